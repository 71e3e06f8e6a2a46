import { crc32, deflateSync } from 'node:zlib';
import PDFDocument from 'pdfkit';
import sharp, { type Sharp } from 'sharp';

// Invented files for the tests of this folder, honest and hostile.

/** A PDF of so many pages with a line of text each. */
export async function pdfFile(
  options: { pages?: number; text?: string; password?: string; ownerPassword?: string } = {},
): Promise<Buffer> {
  const pdf = new PDFDocument({
    size: 'A4',
    autoFirstPage: false,
    ...(options.password === undefined ? {} : { userPassword: options.password }),
    ...(options.ownerPassword === undefined ? {} : { ownerPassword: options.ownerPassword }),
  });
  const chunks: Buffer[] = [];
  pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
  const done = new Promise((resolve) => pdf.on('end', resolve));
  for (let page = 1; page <= (options.pages ?? 1); page++) {
    pdf.addPage().text(options.text ?? `Reçu à Kinshasa, page ${page}`);
  }
  pdf.end();
  await done;
  return Buffer.concat(chunks);
}

/** A noisy picture, so that its encoded form is long enough to be cut. */
export function picture(width = 240, height = 160): Sharp {
  const data = Buffer.alloc(width * height * 3);
  for (let at = 0; at < data.length; at++) data[at] = (at * 7919) % 251;
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** A PNG whose header promises a size and whose data do not hold it. */
export function pngBomb(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const chunks: [string, Buffer][] = [
    ['IHDR', header],
    ['IDAT', deflateSync(Buffer.alloc(1000))],
    ['IEND', Buffer.alloc(0)],
  ];
  const parts = chunks.map(([type, data]) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const chunk = Buffer.alloc(body.length + 8);
    chunk.writeUInt32BE(data.length, 0);
    chunk.set(body, 4);
    chunk.writeUInt32BE(crc32(body), 4 + body.length);
    return chunk;
  });
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...parts]);
}

/** A baseline TIFF (TIFF 6.0, grey, uncompressed) of so many pages, each of one shade. */
export function tiffFile(shades: readonly number[], width = 40, height = 60): Buffer {
  const size = width * height;
  const entries = 9;
  const step = size + 2 + entries * 12 + 4;
  const file = Buffer.alloc(8 + shades.length * step);
  file.write('II*\0', 0, 'latin1');
  file.writeUInt32LE(8 + size, 4);
  shades.forEach((shade, page) => {
    const pixels = 8 + page * step;
    file.fill(shade, pixels, pixels + size);
    const directory = pixels + size;
    file.writeUInt16LE(entries, directory);
    const tags: [number, number][] = [
      [256, width],
      [257, height],
      [258, 8],
      [259, 1],
      [262, 1],
      [273, pixels],
      [277, 1],
      [278, height],
      [279, size],
    ];
    tags.forEach(([tag, value], at) => {
      const entry = directory + 2 + at * 12;
      file.writeUInt16LE(tag, entry);
      file.writeUInt16LE(4, entry + 2);
      file.writeUInt32LE(1, entry + 4);
      file.writeUInt32LE(value, entry + 8);
    });
    const next = page + 1 < shades.length ? directory + step : 0;
    file.writeUInt32LE(next, directory + 2 + entries * 12);
  });
  return file;
}

/** A ZIP with one stored file. */
export function zipFile(name = 'a.txt', content = 'bonjour'): Buffer {
  const data = Buffer.from(content);
  const sum = crc32(data);
  const local = Buffer.alloc(30 + name.length);
  local.write('PK\x03\x04', 0, 'latin1');
  local.writeUInt32LE(sum, 14);
  local.writeUInt32LE(data.length, 18);
  local.writeUInt32LE(data.length, 22);
  local.writeUInt16LE(name.length, 26);
  local.write(name, 30, 'latin1');
  const central = Buffer.alloc(46 + name.length);
  central.write('PK\x01\x02', 0, 'latin1');
  central.writeUInt32LE(sum, 16);
  central.writeUInt32LE(data.length, 20);
  central.writeUInt32LE(data.length, 24);
  central.writeUInt16LE(name.length, 28);
  central.write(name, 46, 'latin1');
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length + data.length, 16);
  return Buffer.concat([local, data, central, end]);
}

/** Bytes as a source that gives them piece by piece. */
export async function* source(bytes: Buffer, piece = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += piece) {
    yield bytes.subarray(at, at + piece);
    await Promise.resolve();
  }
}
