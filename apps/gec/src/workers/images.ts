import type { Metadata, Sharp } from 'sharp';
import { loadSharp } from './libraries.ts';
import type { Pixels } from './pdf.ts';
import { AtelierError } from './protocol.ts';

/** Most pixels of one page: an A3 page at 600 dpi has 70 millions. */
const MAX_PIXELS = 100_000_000;
/** After this long (ms) the remaining pages of a thick TIFF are taken on trust, except the last. */
const DECODE_BUDGET_MS = 10_000;
/** Tallest picture that is made of one page (pixels). */
const MAX_PICTURE_HEIGHT = 6_000;

/** What an image is: pages, and the size of the first as it is seen (pixels). */
export interface ImageFacts {
  pages: number;
  width: number;
  height: number;
}

/** Opens a page; a lenient reader takes what is left of a damaged one. */
export async function openImage(bytes: Buffer, page: number, lenient: boolean): Promise<Sharp> {
  const sharp = await loadSharp();
  return sharp(bytes, {
    page,
    limitInputPixels: MAX_PIXELS,
    failOn: lenient ? 'none' : 'error',
    sequentialRead: true,
  });
}

/** Reads the header of a page without decoding it. @throws AtelierError `broken`, `too-large-image` */
export async function readHeader(bytes: Buffer, page: number): Promise<Metadata> {
  const sharp = await loadSharp();
  let facts: Metadata;
  try {
    facts = await sharp(bytes, { page, limitInputPixels: false }).metadata();
  } catch (cause) {
    throw new AtelierError('broken', 'no readable header', { cause });
  }
  const { width, height } = facts;
  if (width < 1 || height < 1) throw new AtelierError('broken', 'no size');
  if (width * height > MAX_PIXELS) throw new AtelierError('too-large-image', `${width} × ${height} pixels`);
  return facts;
}

/**
 * Reads an image to its end, so that a truncated one is known now.
 *
 * @param maxPages more pages than this are not looked at: the caller refuses the file
 * @throws AtelierError `broken`, `too-large-image`
 */
export async function imageFacts(bytes: Buffer, maxPages: number): Promise<ImageFacts> {
  const first = await readHeader(bytes, 0);
  const pages = Math.max(1, first.pages ?? 1);
  const { width, height } = first.autoOrient;
  if (pages > maxPages) return { pages, width, height };
  for (let page = 1; page < pages; page++) await readHeader(bytes, page);
  const until = Date.now() + DECODE_BUDGET_MS;
  for (let page = 0; page < pages; page++) {
    if (Date.now() < until || page === pages - 1) await decode(bytes, page);
  }
  return { pages, width, height };
}

/** Decodes every pixel of a page and keeps none: shrinking reads them all. */
async function decode(bytes: Buffer, page: number): Promise<void> {
  try {
    const image = await openImage(bytes, page, false);
    await image.resize(32, 32, { fit: 'fill', fastShrinkOnLoad: true }).raw().toBuffer();
  } catch (cause) {
    throw new AtelierError('broken', 'cannot be decoded', { cause });
  }
}

/**
 * Renders a page of an image, upright, on white, never larger than it is.
 *
 * @param page from 1
 * @throws AtelierError `no-such-page`, `broken`, `too-large-image`
 */
export async function renderImagePage(bytes: Buffer, page: number, width: number): Promise<Pixels> {
  const first = await readHeader(bytes, 0);
  if (page < 1 || page > Math.max(1, first.pages ?? 1)) throw new AtelierError('no-such-page');
  if (page > 1) await readHeader(bytes, page - 1);
  try {
    const image = await openImage(bytes, page - 1, true);
    const { data, info } = await image
      .autoOrient()
      .resize({ width, height: MAX_PICTURE_HEIGHT, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { data, width: info.width, height: info.height };
  } catch (cause) {
    throw new AtelierError('broken', 'cannot be decoded', { cause });
  }
}
