import { randomBytes } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

/** What a PDF made for tests holds. */
export interface SamplePdfOptions {
  /** Number of A4 pages; 1 by default. */
  readonly pages?: number;
  /** Text of every page, or one text for each page. */
  readonly text?: string | readonly string[];
  /** Adds incompressible content until the file has about this many bytes. */
  readonly bytes?: number;
  /** Asks for this password at opening. */
  readonly password?: string;
}

/** Dimensions of a picture made for tests, in pixels. */
export interface SampleImageOptions {
  readonly width?: number;
  readonly height?: number;
}

/**
 * A valid PDF with selectable text.
 *
 * @returns the content of the file
 */
export async function samplePdf(options: SamplePdfOptions = {}): Promise<Buffer> {
  const { default: PDFDocument } = await import('pdfkit');
  const { pages = 1, text = 'Lettre d’essai', bytes = 0, password } = options;
  const document = new PDFDocument({
    size: 'A4',
    autoFirstPage: false,
    info: { Title: 'Document d’essai' },
    ...(password === undefined ? {} : { userPassword: password, pdfVersion: '1.7ext3' as const }),
  });
  const chunks: Buffer[] = [];
  const complete = new Promise<Buffer>((resolve, reject) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => resolve(Buffer.concat(chunks)));
    document.on('error', reject);
  });
  for (let page = 0; page < pages; page += 1) {
    document.addPage();
    document.fontSize(12).text(typeof text === 'string' ? text : (text[page] ?? ''));
    document.fontSize(9).text(`Page ${page + 1} / ${pages}`, { align: 'right' });
  }
  if (bytes > 0) document.ref({}).end(randomBytes(bytes));
  document.end();
  return complete;
}

/** A PDF that cannot be read without a password. */
export function encryptedPdf(): Promise<Buffer> {
  return samplePdf({ password: 'motdepasse', text: 'Ce texte est chiffré' });
}

/** A PDF that was cut off in mid-transfer: it has a header, but no table of objects and no end. */
export async function brokenPdf(): Promise<Buffer> {
  const whole = await samplePdf({ pages: 2 });
  return whole.subarray(0, Math.floor(whole.length / 3));
}

/** A ZIP archive of one stored file (APPNOTE 6.3, method 0). `offset` is where it begins in the containing file. */
function zipArchive(name: string, content: Buffer, offset: number): Buffer {
  const fileName = Buffer.from(name);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0); // version needed
  common.writeUInt32LE(crc32(content), 10);
  common.writeUInt32LE(content.length, 14);
  common.writeUInt32LE(content.length, 18);
  common.writeUInt16LE(fileName.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, fileName, content]);
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(offset, 10);
  const made = Buffer.from([20, 0]);
  const central = Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), made, common, rest, fileName]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset + local.length, 16);
  return Buffer.concat([local, central, end]);
}

/**
 * A file that is two things at once.
 *
 * @param disguise `html`: a page with a script in front of a PDF, which many readers still open as a PDF;
 *   `zip`: a PDF followed by an archive, which both a PDF reader and an unzipper open
 */
export async function polyglot(disguise: 'html' | 'zip' = 'html'): Promise<Buffer> {
  const pdf = await samplePdf();
  if (disguise === 'zip') return Buffer.concat([pdf, zipArchive('charge.txt', Buffer.from('x'), pdf.length)]);
  const html = '<!DOCTYPE html><html><body><script>alert(document.domain)</script><!--\n';
  return Buffer.concat([Buffer.from(html), pdf, Buffer.from('\n--></body></html>\n')]);
}

async function picture({ width = 620, height = 877 }: SampleImageOptions, copies = 1) {
  const { default: sharp } = await import('sharp');
  const rows = Buffer.alloc(width * height * copies, 0xff);
  for (let y = 0; y < height * copies; y += 1) {
    // Grey bars like lines of type, different on every page.
    const page = Math.floor(y / height);
    const inLine = y % 24 < 8 && y % height > 40;
    if (inLine)
      rows.fill(0x40, y * width + 40, y * width + Math.max(41, width - 40 - ((y * 7 + page * 31) % 90)));
  }
  const raw = { width, height: height * copies, channels: 1 as const };
  return sharp(rows, { raw: copies > 1 ? { ...raw, pageHeight: height } : raw });
}

/** A PNG that looks like a page of type. */
export async function samplePng(options: SampleImageOptions = {}): Promise<Buffer> {
  return (await picture(options)).png().toBuffer();
}

/** A JPEG that looks like a page of type. */
export async function sampleJpeg(options: SampleImageOptions = {}): Promise<Buffer> {
  return (await picture(options)).jpeg().toBuffer();
}

/** A TIFF of one or several pages. */
export async function sampleTiff(options: SampleImageOptions & { pages?: number } = {}): Promise<Buffer> {
  return (await picture(options, options.pages ?? 1)).tiff({ compression: 'lzw' }).toBuffer();
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

/**
 * A PNG of some hundred bytes that declares 50 000 × 50 000 pixels: decoding it would take gigabytes of memory. The
 * header and the checksums are right; only the first rows are there, since nobody must come as far as reading them.
 */
export function imageBomb(): Buffer {
  const side = 50_000;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2, 0, 0, 0], 8); // 8 bits, RGB
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(Buffer.alloc((side * 3 + 1) * 8))),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}
