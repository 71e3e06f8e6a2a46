import { loadSharp } from './libraries.ts';
import type { Pixels } from './pdf.ts';
import type { PageFormat } from './protocol.ts';

/** Spread between the colours of a pixel above which it is seen as coloured (of 255). */
const COLOURED = 28;
/** Share of coloured pixels below which a page is printed in grey: a stamp has more. */
const GREY_PAGE = 0.0005;
/** Share of pure white above which a page is text on paper, which PNG may hold in fewer bytes than JPEG. */
const CLEAN_PAGE = 0.6;

/** Looks at every pixel once: share of coloured and of white ones. */
function look({ data, width, height }: Pixels): { grey: boolean; clean: boolean } {
  let coloured = 0;
  let white = 0;
  for (let at = 0; at + 3 < data.length; at += 4) {
    const r = data[at] ?? 0;
    const g = data[at + 1] ?? 0;
    const b = data[at + 2] ?? 0;
    if (Math.max(r, g, b) - Math.min(r, g, b) > COLOURED) coloured++;
    else if (r > 250 && g > 250) white++;
  }
  const all = Math.max(1, width * height);
  return { grey: coloured / all < GREY_PAGE, clean: white / all > CLEAN_PAGE };
}

/**
 * Encodes a rendered page for a slow link.
 *
 * @param format undefined: JPEG, in grey where the page has no colour, or a PNG of few colours where that is smaller
 */
export async function encodePage(
  pixels: Pixels,
  format: PageFormat | undefined,
): Promise<{ image: Buffer; contentType: `image/${PageFormat}` }> {
  const sharp = await loadSharp();
  const { grey, clean } = look(pixels);
  const { width, height } = pixels;
  const picture = () => {
    const image = sharp(pixels.data, { raw: { width, height, channels: 4 } }).removeAlpha();
    return grey ? image.toColourspace('b-w') : image;
  };
  const jpeg = () => picture().jpeg({ quality: 75, mozjpeg: true }).toBuffer();
  const drawing = () =>
    picture()
      .png({ palette: true, colours: grey ? 16 : 48, dither: 0, effort: 4, compressionLevel: 9 })
      .toBuffer();
  if (format === 'webp') {
    return { image: await picture().webp({ quality: 72, effort: 3 }).toBuffer(), contentType: 'image/webp' };
  }
  if (format === 'png') {
    // Asked for by name, a PNG is exact; as a choice of ours it is the smaller of two likenesses.
    return { image: await picture().png({ compressionLevel: 9 }).toBuffer(), contentType: 'image/png' };
  }
  const photo = await jpeg();
  if (format === undefined && clean) {
    const png = await drawing();
    if (png.length < photo.length) return { image: png, contentType: 'image/png' };
  }
  return { image: photo, contentType: 'image/jpeg' };
}
