import { fold, foldName } from '@gec/core';
import type { IndexKeys } from '@gec/crypto';

/** Sealed values that are found again by a keyed digest, and how each is written before it is hashed. */
const SORTES = {
  email: { tag: 'user.email', ecrire: (texte: string) => fold(texte.trim()) },
  objet: { tag: 'courrier.objet', ecrire: foldName },
  reference: { tag: 'courrier.reference', ecrire: foldName },
  correspondant: { tag: 'correspondant', ecrire: foldName },
  /** The SHA-256 of a file, hexadecimal. */
  piece: { tag: 'piece', ecrire: (texte: string) => texte },
} as const;

export type Sorte = keyof typeof SORTES;

/** The digest under which a value is kept. */
export function empreinte(index: IndexKeys, sorte: Sorte, texte: string): string {
  const { tag, ecrire } = SORTES[sorte];
  return index.digest(tag, ecrire(texte));
}

/** Every digest under which a value may be kept, that of {@link empreinte} first: two while the index key is renewed. */
export function empreintes(index: IndexKeys, sorte: Sorte, texte: string): string[] {
  const { tag, ecrire } = SORTES[sorte];
  return index.digests(tag, ecrire(texte));
}
