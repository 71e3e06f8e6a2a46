import { sha256 } from './encoding.ts';
import { ProtocolError } from './errors.ts';
import { MAX_BUNDLE, MAX_QR, MAX_QR_PARTS } from './limits.ts';

/** `GECLIC1 2/5 <SHA-256 of the whole, base64url> <piece>`. */
const PART = /^GECLIC1 (\d{1,2})\/(\d{1,2}) ([\w-]{43}) ([\x20-\x7e]+)$/;
/** Room for what precedes a piece. */
const HEAD = 'GECLIC1 64/64 '.length + 43 + 1;

/**
 * Cuts a bundle or request file into the contents of QR codes, each of which says which one it is, of how many, and the
 * SHA-256 of the whole.
 *
 * @param text ASCII, as `encodeBundle` and `encodeRequestFile` write it
 * @param max bytes of one code, 200 to 2 900
 * @throws ProtocolError TOO_LARGE when it would need more than 64 codes, MALFORMED when it is not ASCII
 */
export function splitForQr(text: string, max: number = MAX_QR): string[] {
  if (max < 200 || max > 2_900) throw new RangeError('a QR code holds 200 to 2900 bytes here');
  if (!/^[\x20-\x7e]+$/.test(text)) throw new ProtocolError('MALFORMED', 'only ASCII goes into QR codes');
  const room = max - HEAD;
  const total = Math.ceil(text.length / room);
  if (total > MAX_QR_PARTS) throw new ProtocolError('TOO_LARGE', `this would need ${total} QR codes`);
  const hash = sha256(text);
  return Array.from(
    { length: total },
    (_, index) => `GECLIC1 ${index + 1}/${total} ${hash} ${text.slice(index * room, (index + 1) * room)}`,
  );
}

/** What the codes read so far make. */
export type JoinedQr =
  | { readonly complete: true; readonly text: string }
  | { readonly complete: false; readonly total: number; readonly missing: readonly number[] };

/**
 * Puts codes together, in any order, read once or several times.
 *
 * @param parts contents of codes; at least one
 * @returns the text, or which codes (from 1) are still missing
 * @throws ProtocolError MALFORMED for what is no such code, for codes of two files, and for a wrong whole
 */
export function joinFromQr(parts: readonly string[]): JoinedQr {
  const pieces = new Map<number, string>();
  let whole: { total: number; hash: string } | null = null;
  for (const part of parts) {
    const match = part.length <= MAX_BUNDLE ? PART.exec(part) : null;
    if (!match) throw new ProtocolError('MALFORMED', 'not one of our QR codes');
    const [, position, of, hash, piece] = match as unknown as [string, string, string, string, string];
    const index = Number(position);
    const total = Number(of);
    whole ??= { total, hash };
    if (hash !== whole.hash || total !== whole.total || index < 1 || index > total || total > MAX_QR_PARTS) {
      throw new ProtocolError('MALFORMED', 'QR codes of different files');
    }
    if ((pieces.get(index) ?? piece) !== piece)
      throw new ProtocolError('MALFORMED', 'two different codes in one place');
    pieces.set(index, piece);
  }
  if (whole === null) throw new ProtocolError('INCOMPLETE', 'no QR code was read');
  const places = Array.from({ length: whole.total }, (_, index) => index + 1);
  const missing = places.filter((place) => !pieces.has(place));
  if (missing.length > 0) return { complete: false, total: whole.total, missing };
  const text = places.map((place) => pieces.get(place)).join('');
  if (sha256(text) !== whole.hash)
    throw new ProtocolError('MALFORMED', 'the QR codes do not make what they announce');
  return { complete: true, text };
}
