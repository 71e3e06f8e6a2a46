import type { PDFiumLibrary } from '@hyzyla/pdfium';

/** Loads a library when the first job wants it: a child that only inspects pictures never reads the PDF code. */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => (loaded ??= load());
}

/**
 * sharp, closed but for the formats of a scan: libvips would otherwise open a dozen more (SVG, GIF, HEIF …), each of them
 * code that a hostile file could reach. One thread and no cache: the child serves one job at a time.
 */
export const loadSharp = once(async () => {
  const { default: sharp } = await import('sharp');
  sharp.concurrency(1);
  sharp.cache(false);
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({
    operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadTiff'],
  });
  return sharp;
});

/** PDFium as WebAssembly: a hostile PDF stays inside the memory of the module. */
export const loadPdfium = once(async (): Promise<PDFiumLibrary> => {
  const pdfium = await import('@hyzyla/pdfium');
  return pdfium.PDFiumLibrary.init();
});

/** file-type: formats by their first bytes. */
export const loadFileType = once(() => import('file-type'));
