import { fold, foldName } from '@gec/core';

/** A ministry, company or person that letters come from or go to, as completion shows it. */
export interface Correspondant {
  readonly id: number;
  readonly nom: string;
}

/** Characters of a name at most. */
export const NOM_MAX = 200;
/** Letters of the longest beginning that is indexed; longer ones are checked on the opened name. */
export const DEBUT_MAX = 8;
/** Words of a name that are indexed. */
const MOTS_MAX = 24;

/** A name as it is kept: composed characters, single spaces. */
export function cleanNom(nom: string): string {
  return nom.normalize('NFC').replace(/\s+/gu, ' ').trim();
}

/** The folded words of a name or of what was typed, each once. */
export function motsDe(text: string): string[] {
  const words = foldName(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  return [...new Set(words)].slice(0, MOTS_MAX);
}

/** The beginnings of the words of a name, from one letter to eight. */
export function debutsDe(nom: string): string[] {
  const found = new Set<string>();
  for (const word of motsDe(nom)) {
    const letters = [...word];
    for (let n = 1; n <= Math.min(DEBUT_MAX, letters.length); n++) found.add(letters.slice(0, n).join(''));
  }
  return [...found];
}

/** Whether each of the typed words begins a word of the name, whatever accents, case and order. */
export function correspond(nom: string, typed: readonly string[]): boolean {
  const words = fold(nom).split(/[^\p{L}\p{N}]+/u);
  return typed.every((start) => words.some((word) => word.startsWith(start)));
}
