import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FileCipher } from '@gec/crypto';

/** The plain bytes of a sealed stream. What was read counts only once it has ended without error. */
export function unsealed(files: FileCipher, chemin: string, sealed: Readable): Readable {
  const open = files.openTransform(chemin);
  // Errors of either end show on the other one, and closing the plain end closes the file.
  void pipeline(sealed, open).catch(() => undefined);
  return open;
}
