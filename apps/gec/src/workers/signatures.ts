import type { ScanType } from './protocol.ts';

/** Part of a file in which a reader of another format would look for its own header (bytes). */
const HEAD = 1024;
/** A tail up to this size after the real end is scanner padding, whatever it holds (bytes). */
const TRIVIAL_TAIL = 16;
/** Size of the end-of-central-directory record of a ZIP, and the longest comment behind it (bytes). */
const ZIP_END = 22;
const ZIP_COMMENT = 0xffff;

/** Markup that a browser or a server would run. XMP packets (`<?xpacket`, `<x:xmpmeta`) are none of it. */
const ACTIVE_MARKUP = /<(?:html|script|!doctype html|svg|body|iframe|\?php)[\s>/]/i;
const PDF_HEADER = /%PDF-\d\.\d/;

/** First bytes of formats that have no business behind the end of a scan. */
const FOREIGN_STARTS: readonly Buffer[] = [
  Buffer.from('PK\x03\x04', 'latin1'),
  Buffer.from('Rar!\x1a\x07', 'latin1'),
  Buffer.from('7z\xbc\xaf\x27\x1c', 'latin1'),
  Buffer.from('\x7fELF', 'latin1'),
  Buffer.from('MZ', 'latin1'),
  Buffer.from('#!', 'latin1'),
  Buffer.from('GIF8', 'latin1'),
  Buffer.from('%!PS', 'latin1'),
  Buffer.from('\x1f\x8b\x08', 'latin1'),
  Buffer.from('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'latin1'),
  Buffer.from('\xca\xfe\xba\xbe', 'latin1'),
  Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
];
const JPEG_START = Buffer.from([0xff, 0xd8, 0xff]);

/**
 * Where the PDF header is allowed: at the very start, or behind a byte order mark and blank characters, which some
 * office machines write. Anything else before it belongs to another format.
 *
 * @returns whether the file is a PDF from its first meaningful byte
 */
export function startsAsPdf(bytes: Buffer): boolean {
  const head = bytes.subarray(0, 64).toString('latin1');
  return /^(?:\xef\xbb\xbf)?[\s\0]{0,32}%PDF-\d/.test(head);
}

/** Whether a reader of PDF would find a header in the beginning of a file, wherever it stands there. */
export function hasPdfHeader(bytes: Buffer): boolean {
  return PDF_HEADER.test(bytes.subarray(0, HEAD).toString('latin1'));
}

/**
 * Whether a scan is also a file of another kind: markup or a PDF header in its beginning, a ZIP directory at its end, or
 * data behind its real end that bear a signature. Padding, incremental updates of a PDF, embedded pictures and the
 * second pictures or clips that telephones append to a JPEG are no such thing.
 *
 * @param type what the file is by its first bytes
 */
export function isPolyglot(bytes: Buffer, type: ScanType): boolean {
  const head = bytes.subarray(0, HEAD).toString('latin1');
  if (ACTIVE_MARKUP.test(head)) return true;
  if (type !== 'application/pdf' && PDF_HEADER.test(head)) return true;
  if (hasZipDirectory(bytes)) return true;
  const end = endOf(bytes, type);
  return end !== undefined && isForeign(bytes.subarray(end), type);
}

function endOf(bytes: Buffer, type: ScanType): number | undefined {
  switch (type) {
    case 'application/pdf': {
      const at = bytes.lastIndexOf('%%EOF');
      return at < 0 ? undefined : at + 5;
    }
    case 'image/png':
      return pngEnd(bytes);
    case 'image/jpeg':
      return jpegEnd(bytes);
    case 'image/tiff': // a TIFF is a graph of offsets: it has no end of its own
      return undefined;
  }
}

function isForeign(rawTail: Buffer, type: ScanType): boolean {
  let from = 0;
  while (from < rawTail.length && isPadding(rawTail[from] ?? 0)) from++;
  const tail = rawTail.subarray(from);
  if (tail.length <= TRIVIAL_TAIL) return false;
  const starts = (signature: Buffer) => tail.subarray(0, signature.length).equals(signature);
  if (FOREIGN_STARTS.some(starts)) return true;
  if (type !== 'image/jpeg' && starts(JPEG_START)) return true;
  const text = tail.toString('latin1');
  return ACTIVE_MARKUP.test(text) || PDF_HEADER.test(text);
}

function isPadding(byte: number): boolean {
  return byte === 0 || byte === 0x20 || byte === 0xff || (byte >= 0x09 && byte <= 0x0d);
}

/** A ZIP is read from its end: it is one where an end record points back to a central directory that is there. */
function hasZipDirectory(bytes: Buffer): boolean {
  const lowest = Math.max(0, bytes.length - ZIP_END - ZIP_COMMENT);
  let at = bytes.lastIndexOf('PK\x05\x06');
  while (at >= lowest) {
    if (at + ZIP_END <= bytes.length) {
      const directory = at - bytes.readUInt32LE(at + 12);
      if (directory >= 0 && directory < at && bytes.readUInt32LE(directory) === 0x02014b50) return true;
    }
    at = at === 0 ? -1 : bytes.lastIndexOf('PK\x05\x06', at - 1);
  }
  return false;
}

/** Offset behind the IEND chunk of a PNG, or undefined where it is cut off. */
function pngEnd(bytes: Buffer): number | undefined {
  let at = 8;
  while (at + 12 <= bytes.length) {
    const next = at + 12 + bytes.readUInt32BE(at);
    if (bytes.toString('latin1', at + 4, at + 8) === 'IEND') return next;
    at = next;
  }
  return undefined;
}

/** Offset behind the end marker of a JPEG's first picture (thumbnails inside segments are skipped), or undefined. */
function jpegEnd(bytes: Buffer): number | undefined {
  let at = 2;
  for (;;) {
    at = bytes.indexOf(0xff, at);
    if (at < 0 || at + 1 >= bytes.length) return undefined;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xd9) return at + 2;
    if (marker === 0xff) at += 1;
    else if (marker === 0 || marker === 1 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    else if (at + 4 > bytes.length) return undefined;
    else at += 2 + bytes.readUInt16BE(at + 2);
  }
}
