import type { PDFiumDocument, PDFiumPage } from '@hyzyla/pdfium';
import { loadPdfium } from './libraries.ts';
import { AtelierError } from './protocol.ts';

/** Sides of a page beyond which it is no paper (points; PDF's own limit is 14 400). */
const MAX_SIDE = 14_400;
/** Tallest picture that is made of one page (pixels). */
const MAX_PICTURE_HEIGHT = 6_000;
/** A long text is cut between two pages when this much time has gone (ms). */
const TEXT_BUDGET_MS = 30_000;

/**
 * Opens a PDF for the time of one piece of work.
 *
 * @throws AtelierError `encrypted` where it wants a password, `broken` where it cannot be read or has no page
 */
export async function withPdf<T>(bytes: Buffer, work: (document: PDFiumDocument) => Promise<T>): Promise<T> {
  const library = await loadPdfium();
  let document: PDFiumDocument;
  try {
    document = await library.loadDocument(bytes);
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    const locked = /password|security/i.test(message);
    throw new AtelierError(locked ? 'encrypted' : 'broken', message, { cause: error });
  }
  try {
    if (document.getPageCount() < 1) throw new AtelierError('broken', 'no page');
    return await work(document);
  } finally {
    document.destroy();
  }
}

/** One page, with a size that a page may have (points). */
function pageOf(
  document: PDFiumDocument,
  number: number,
): { page: PDFiumPage; width: number; height: number } {
  if (number < 1 || number > document.getPageCount()) throw new AtelierError('no-such-page');
  const page = document.getPage(number - 1);
  const { originalWidth: width, originalHeight: height } = page.getOriginalSize();
  const sane = [width, height].every((side) => Number.isFinite(side) && side >= 1 && side <= MAX_SIDE);
  if (!sane) throw new AtelierError('broken', `page of ${width} × ${height} points`);
  return { page, width, height };
}

/** Pixels of a rendered page: RGBA, 8 bits, row after row. */
export interface Pixels {
  data: Uint8Array;
  width: number;
  height: number;
}

/**
 * Renders a page, filled forms and annotations included.
 *
 * @param width width of the picture in pixels; its height follows, down to a narrower picture for a very tall page
 * @throws AtelierError `no-such-page`, `broken`
 */
export async function renderPdfPage(
  document: PDFiumDocument,
  number: number,
  width: number,
): Promise<Pixels> {
  const { page, ...size } = pageOf(document, number);
  const scale = Math.min(width / size.width, MAX_PICTURE_HEIGHT / size.height);
  const picture = await page.render({
    scale: 1,
    width: Math.max(1, Math.round(size.width * scale)),
    height: Math.max(1, Math.round(size.height * scale)),
    render: 'bitmap',
    renderFormFields: true,
  });
  return { data: picture.data, width: picture.width, height: picture.height };
}

/**
 * Number of pages and size of the first (points). The first page is rendered small: what cannot be shown should be
 * refused while the paper is still on the desk.
 */
export async function pdfFacts(
  document: PDFiumDocument,
): Promise<{ pages: number; width: number; height: number }> {
  const { width, height } = pageOf(document, 1);
  await renderPdfPage(document, 1, 64);
  return { pages: document.getPageCount(), width: Math.round(width), height: Math.round(height) };
}

/** Text layer of the pages, separated by form feeds, without control characters, cut after `maxChars`. */
export function pdfText(document: PDFiumDocument, maxChars: number): string {
  const until = Date.now() + TEXT_BUDGET_MS;
  const pages: string[] = [];
  let length = 0;
  for (let number = 0; number < document.getPageCount(); number++) {
    if (length >= maxChars || Date.now() > until) break;
    const text = document
      .getPage(number)
      .getText()
      .replace(/\r\n?/g, '\n')
      .replace(/[^\P{C}\n\t]/gu, '');
    pages.push(text);
    length += text.length + 1;
  }
  return pages.join('\f').slice(0, maxChars).trim();
}
