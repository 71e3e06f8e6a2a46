import { imageFacts } from './images.ts';
import { loadFileType } from './libraries.ts';
import { pdfFacts, withPdf } from './pdf.ts';
import { AtelierError, type Inspection, type ScanType } from './protocol.ts';
import { hasPdfHeader, isPolyglot, startsAsPdf } from './signatures.ts';

const EXTENSIONS: Readonly<Record<ScanType, 'pdf' | 'png' | 'jpg' | 'tif'>> = {
  'application/pdf': 'pdf',
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/tiff': 'tif',
};

/** A PDF ends with a trailer; one that was cut has neither of these words in its last part (bytes). */
const PDF_END = 4096;

function isScanType(mime: string): mime is ScanType {
  return mime in EXTENSIONS;
}

/**
 * What a file is by its first bytes.
 *
 * @returns a type of scan, or why it is none
 */
export async function scanTypeOf(
  bytes: Buffer,
): Promise<ScanType | 'empty' | 'unknown-type' | 'type-not-allowed' | 'polyglot'> {
  if (bytes.length === 0) return 'empty';
  if (startsAsPdf(bytes)) return 'application/pdf';
  const { fileTypeFromBuffer } = await loadFileType();
  const mime = (await fileTypeFromBuffer(bytes))?.mime;
  if (mime === undefined || mime === 'application/pdf') {
    // A PDF header behind something else: readers of PDF would open it, others would see another file.
    return hasPdfHeader(bytes) ? 'polyglot' : 'unknown-type';
  }
  return isScanType(mime) ? mime : 'type-not-allowed';
}

/**
 * Looks at a whole file: what it is, whether it is only that, whether it can be shown.
 *
 * @param maxPages more pages than this are refused
 */
export async function inspect(bytes: Buffer, maxPages: number): Promise<Inspection> {
  const type = await scanTypeOf(bytes);
  if (!isScanType(type)) return { ok: false, code: type };
  if (isPolyglot(bytes, type)) return { ok: false, code: 'polyglot' };
  try {
    const facts =
      type === 'application/pdf'
        ? await withPdf(wholePdf(bytes), pdfFacts)
        : await imageFacts(bytes, maxPages);
    if (facts.pages > maxPages) return { ok: false, code: 'too-many-pages' };
    return { ok: true, type, ext: EXTENSIONS[type], ...facts };
  } catch (error) {
    if (error instanceof AtelierError) {
      const { code } = error;
      if (code === 'encrypted' || code === 'broken' || code === 'too-large-image') return { ok: false, code };
    }
    throw error;
  }
}

/** PDFium repairs what it can, and would show half of a letter without a word: a PDF without its end is broken. */
function wholePdf(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0 || bytes[end - 1] === 0x0a || bytes[end - 1] === 0x0d)) end--;
  const last = bytes.subarray(Math.max(0, end - PDF_END), end).toString('latin1');
  if (!/%%EOF|startxref/.test(last)) throw new AtelierError('broken', 'no end of file');
  return bytes;
}
