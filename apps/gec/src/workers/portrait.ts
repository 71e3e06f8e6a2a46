import { openImage, readHeader } from './images.ts';
import { loadFileType, loadSharp } from './libraries.ts';
import { AtelierError } from './protocol.ts';

const TYPES: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/webp']);
/** No scan is a WebP: its reader is open for the time of a photograph only. */
const WEBP = { operation: ['VipsForeignLoadWebp'] };

/**
 * Makes a square JPEG of a picture: upright, on white, cut where there is most to see. Nothing else of the file comes
 * along (EXIF with its place and time, profiles, texts).
 *
 * @param side pixels
 * @throws AtelierError `unsupported`, `broken`, `too-large-image`
 */
export async function renderPortrait(bytes: Buffer, side: number): Promise<Buffer> {
  const { fileTypeFromBuffer } = await loadFileType();
  const mime = (await fileTypeFromBuffer(bytes))?.mime ?? 'unknown';
  if (!TYPES.has(mime)) throw new AtelierError('unsupported', mime);
  const sharp = await loadSharp();
  if (mime === 'image/webp') sharp.unblock(WEBP);
  try {
    await readHeader(bytes, 0);
    const image = await openImage(bytes, 0, false);
    return await image
      .autoOrient()
      .resize({ width: side, height: side, fit: 'cover', position: 'attention' })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .jpeg({ quality: 84, chromaSubsampling: '4:4:4' })
      .toBuffer();
  } catch (cause) {
    if (cause instanceof AtelierError) throw cause;
    throw new AtelierError('broken', 'cannot be decoded', { cause });
  } finally {
    if (mime === 'image/webp') sharp.block(WEBP);
  }
}
