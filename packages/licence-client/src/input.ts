import { LicenceError } from './errors.ts';
import { decodeBundle, joinFromQr, ProtocolError, type Bundle } from './protocol/index.ts';

/** A key as people type it, in the form in which it is stored. @throws LicenceError INVALID_KEY */
export function keyOf(typed: string): string {
  const key = typed.replace(/[\s\u2010-\u2015-]/g, '').toUpperCase();
  if (!/^[0-9A-Z]{12}$/.test(key)) throw new LicenceError('INVALID_KEY', 'a key has 12 letters and digits');
  return key;
}

/** Reads a licence file or the lines of its QR codes. @throws LicenceError */
export function readBundle(content: Uint8Array | string): Bundle {
  try {
    const text = typeof content === 'string' ? content.trim() : content;
    if (typeof text === 'string' && text.startsWith('GECLIC1 ')) {
      const joined = joinFromQr(text.split(/[\r\n]+/).map((line) => line.trimStart()));
      if (!joined.complete) {
        throw new ProtocolError('INCOMPLETE', `QR codes still missing: ${joined.missing.join(', ')}`);
      }
      return decodeBundle(joined.text);
    }
    return decodeBundle(text);
  } catch (error) {
    if (error instanceof ProtocolError) throw new LicenceError(error.code, error.message, { cause: error });
    throw error;
  }
}
