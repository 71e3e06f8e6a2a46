import { loadSharp } from '../workers/libraries.ts';

/** Longest side of the logo as it is embedded (pixels): sharp in print at the size of a letterhead. */
const MAX_SIDE = 480;

/** A logo ready for a PDF. */
export interface Logo {
  png: Buffer;
  width: number;
  height: number;
}

/**
 * Makes a PNG that PDFKit takes (it knows no interlaced ones) of the logo in the settings.
 *
 * @param base64 PNG or JPEG
 * @returns undefined where it cannot be read: a broken logo must not keep an office from printing
 */
export async function loadLogo(base64: string): Promise<Logo | undefined> {
  const sharp = await loadSharp();
  try {
    const { data, info } = await sharp(Buffer.from(base64, 'base64'), { limitInputPixels: 20_000_000 })
      .resize(MAX_SIDE, MAX_SIDE, { fit: 'inside', withoutEnlargement: true })
      .png({ progressive: false, palette: false })
      .toBuffer({ resolveWithObject: true });
    return { png: data, width: info.width, height: info.height };
  } catch {
    return undefined;
  }
}
