import jsqr from 'jsqr';
import { renderPdfPage, withPdf } from '../workers/pdf.ts';

/** What the QR code on the first page says to a reader that sees the paper as a picture of this width in pixels. */
export async function qrOf(pdf: Buffer, width: number): Promise<string | undefined> {
  const picture = await withPdf(pdf, (document) => renderPdfPage(document, 1, width));
  // The package is CommonJS: what it exports by default hides one floor down.
  const read = jsqr as unknown as typeof jsqr.default;
  return read(new Uint8ClampedArray(picture.data), picture.width, picture.height)?.data;
}
