import { UnreadableSheet } from './table.ts';

/**
 * Inflates raw DEFLATE data (RFC 1951) and throws beyond `maxLength` bytes. Given by the caller: this package does
 * nothing but compute.
 */
export type Inflate = (packed: Uint8Array, maxLength: number) => Buffer;

const ENTRIES_MAX = 2_000;
/** Bytes of one part of the file once inflated, at most. */
const PART_MAX = 32 * 1024 * 1024;
const END_RECORD = 0x06054b50;
const CENTRAL_RECORD = 0x02014b50;
const LOCAL_RECORD = 0x04034b50;

interface Entry {
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

/** The table of contents of a ZIP file (APPNOTE 6.3, without ZIP64 and encryption). */
function entriesOf(file: Buffer): Map<string, Entry> {
  let end = file.length - 22;
  const first = Math.max(0, end - 65_535);
  while (end >= first && file.readUInt32LE(end) !== END_RECORD) end--;
  if (end < first) throw new UnreadableSheet('broken', 'no end of a ZIP file');
  const count = file.readUInt16LE(end + 10);
  if (count > ENTRIES_MAX) throw new UnreadableSheet('too-large', 'too many parts');
  const entries = new Map<string, Entry>();
  let at = file.readUInt32LE(end + 16);
  for (let i = 0; i < count; i++) {
    if (file.readUInt32LE(at) !== CENTRAL_RECORD) {
      throw new UnreadableSheet('broken', 'a broken table of contents');
    }
    const nameLength = file.readUInt16LE(at + 28);
    const name = file.toString('utf8', at + 46, at + 46 + nameLength);
    const encrypted = (file.readUInt16LE(at + 8) & 1) === 1;
    if (encrypted) throw new UnreadableSheet('old-format', 'an encrypted part');
    entries.set(name.replace(/^\//, ''), {
      method: file.readUInt16LE(at + 10),
      packed: file.readUInt32LE(at + 20),
      size: file.readUInt32LE(at + 24),
      offset: file.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
  }
  return entries;
}

function inflated(packed: Buffer, inflate: Inflate, name: string): Buffer {
  try {
    return inflate(packed, PART_MAX);
  } catch (cause) {
    const tooLarge = cause instanceof RangeError;
    throw new UnreadableSheet(tooLarge ? 'too-large' : 'broken', `${name} cannot be inflated`, { cause });
  }
}

/**
 * Opens a ZIP file in memory.
 *
 * @returns reads one part as text, `null` where there is none. What a part says of its size is checked while it is
 *   inflated: a bomb stops at 32 MB.
 * @throws UnreadableSheet, RangeError for lengths that point outside of the file
 */
export function openZip(file: Buffer, inflate: Inflate): (name: string) => string | null {
  const entries = entriesOf(file);
  return (name) => {
    const entry = entries.get(name);
    if (!entry) return null;
    if (entry.size > PART_MAX) throw new UnreadableSheet('too-large', `${name} is too large`);
    if (file.readUInt32LE(entry.offset) !== LOCAL_RECORD) {
      throw new UnreadableSheet('broken', `${name} is not there`);
    }
    const lengths = file.readUInt16LE(entry.offset + 26) + file.readUInt16LE(entry.offset + 28);
    const from = entry.offset + 30 + lengths;
    const packed = file.subarray(from, from + entry.packed);
    if (entry.method !== 0 && entry.method !== 8) {
      throw new UnreadableSheet('broken', 'an unknown compression');
    }
    const bytes = entry.method === 0 ? packed : inflated(packed, inflate, name);
    const text = bytes.toString('utf8');
    // No spreadsheet program writes a document type; entities are how small files become large ones.
    if (text.includes('<!')) throw new UnreadableSheet('broken', 'a document type in a spreadsheet');
    return text;
  };
}
