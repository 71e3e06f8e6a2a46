import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { fill, invalid, type AppError, type Lang } from '@gec/core';
import type { CleImage, ImagePng } from './parametres.schema.ts';
import { parametresTexts } from './parametres.texts.ts';

/** Bytes of a picture at most. */
export const IMAGE_MAX_BYTES = 300 * 1024;
/** Pixels of a side at most: more than a letterhead can show. */
export const IMAGE_MAX_SIDE = 2_000;

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** What makes the image; everything else (texts, times, profiles, hidden data) is left out. */
const KEPT = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);
/** Samples of a pixel by colour type (PNG, third edition, § 11.2.1). */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

interface Chunk {
  type: string;
  data: Buffer;
}

/** The chunks of a PNG up to IEND, each with a right checksum; null where the file is not one. */
function readChunks(file: Buffer): Chunk[] | null {
  if (!file.subarray(0, 8).equals(SIGNATURE)) return null;
  const chunks: Chunk[] = [];
  let at = 8;
  while (at + 12 <= file.length) {
    const length = file.readUInt32BE(at);
    const end = at + 12 + length;
    if (end > file.length) return null;
    if (crc32(file.subarray(at + 4, end - 4)) !== file.readUInt32BE(end - 4)) return null;
    const type = file.toString('latin1', at + 4, at + 8);
    chunks.push({ type, data: file.subarray(at + 8, end - 4) });
    if (type === 'IEND') return chunks;
    at = end;
  }
  return null;
}

function writeChunk({ type, data }: Chunk): Buffer {
  const chunk = Buffer.alloc(12 + data.length);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, 'latin1');
  data.copy(chunk, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length);
  return chunk;
}

/**
 * Checks a picture by its content and writes it anew: signature, checksums, size, and pixels that unpack to exactly what
 * the header promises, so that a document which bears it cannot fail on it later.
 *
 * @param cle the setting that it is for; names the field of a refusal
 * @throws AppError invalid
 */
export function readImage(lang: Lang, cle: CleImage, bytes: Uint8Array): ImagePng {
  const texts = parametresTexts(lang);
  const refuse = (message: string): AppError => invalid([{ field: cle, message }]);
  if (bytes.length > IMAGE_MAX_BYTES)
    throw refuse(fill(texts.imageTropGrande, { n: IMAGE_MAX_BYTES / 1024 }));

  const chunks = readChunks(Buffer.from(bytes));
  const header = chunks?.[0];
  if (!chunks || header?.type !== 'IHDR' || header.data.length !== 13) throw refuse(texts.imagePasPng);
  const largeur = header.data.readUInt32BE(0);
  const hauteur = header.data.readUInt32BE(4);
  const depth = header.data[8]!;
  const channels = CHANNELS[header.data[9]!];
  const interlaced = header.data[12] !== 0;
  if (
    largeur === 0 ||
    hauteur === 0 ||
    channels === undefined ||
    ![1, 2, 4, 8].includes(depth) ||
    interlaced
  ) {
    throw refuse(texts.imagePasPng);
  }
  if (largeur > IMAGE_MAX_SIDE || hauteur > IMAGE_MAX_SIDE)
    throw refuse(fill(texts.imageDimensions, { n: IMAGE_MAX_SIDE }));

  const expected = (Math.ceil((largeur * channels * depth) / 8) + 1) * hauteur;
  let pixels: Buffer;
  try {
    const packed = Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data));
    pixels = inflateSync(packed, { maxOutputLength: expected });
  } catch {
    throw refuse(texts.imagePasPng);
  }
  const palette = chunks.some(({ type }) => type === 'PLTE');
  if (pixels.length !== expected || (header.data[9] === 3 && !palette)) throw refuse(texts.imagePasPng);

  const rewritten = [
    ...chunks.filter(({ type }) => KEPT.has(type) && type !== 'IDAT' && type !== 'IEND'),
    { type: 'IDAT', data: deflateSync(pixels, { level: 9 }) },
    { type: 'IEND', data: Buffer.alloc(0) },
  ];
  const png = Buffer.concat([SIGNATURE, ...rewritten.map(writeChunk)]);
  // Packing anew may lose a little against an optimised original, so the kept size has its own bound.
  if (png.length > IMAGE_MAX_BYTES) throw refuse(fill(texts.imageTropGrande, { n: IMAGE_MAX_BYTES / 1024 }));
  return { type: 'image/png', base64: png.toString('base64'), largeur, hauteur };
}
