import { Fragment, type ComponentChildren } from 'preact';

/** Folds one character for comparison: no accent, lower case; may give none or several (`œ` gives `oe`). */
export type FoldCharacter = (character: string) => string;

const LIGATURES: Readonly<Record<string, string>> = { œ: 'oe', æ: 'ae', ß: 'ss', '’': "'" };

/** The folding of the search: NFD without marks, lower case, ligatures opened. */
export function foldCharacter(character: string): string {
  const lower = character.toLowerCase();
  return LIGATURES[lower] ?? lower.normalize('NFD').replace(/\p{M}+/gu, '');
}

const WORD = /[\p{L}\p{N}]/u;

/**
 * Finds where the words of a search begin words of a text, whatever the accents and the case.
 *
 * @returns `[start, end)` ranges of UTF-16 positions in the text, ascending, not overlapping
 */
export function findMarks(
  text: string,
  words: readonly string[],
  fold: FoldCharacter = foldCharacter,
): [number, number][] {
  const needles = [...new Set(words.map((word) => [...word].map(fold).join('')))].filter(
    (word) => word !== '',
  );
  if (needles.length === 0) return [];
  let folded = '';
  const starts: number[] = [];
  const ends: number[] = [];
  let position = 0;
  for (const character of text) {
    const small = fold(character);
    const end = position + character.length;
    for (let i = 0; i < small.length; i++) {
      starts.push(position);
      ends.push(end);
    }
    // A combining mark folds to nothing: it belongs to the letter before it.
    if (small === '' && ends.length > 0) ends[ends.length - 1] = end;
    folded += small;
    position = end;
  }
  const marks: [number, number][] = [];
  for (const needle of needles) {
    for (let at = folded.indexOf(needle); at !== -1; at = folded.indexOf(needle, at + 1)) {
      const before = folded[at - 1];
      if (before !== undefined && WORD.test(before)) continue;
      marks.push([starts[at] ?? 0, ends[at + needle.length - 1] ?? text.length]);
    }
  }
  marks.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  const merged: [number, number][] = [];
  for (const mark of marks) {
    const last = merged[merged.length - 1];
    if (last && mark[0] < last[1]) last[1] = Math.max(last[1], mark[1]);
    else merged.push(mark);
  }
  return merged;
}

export interface HighlightProps {
  text: string;
  /** Words of the search as typed. */
  words: readonly string[];
  /** Folding to use when the search folds in another way. */
  fold?: FoldCharacter;
}

/** A text with the beginnings of words that were searched marked. */
export function Highlight({ text, words, fold }: HighlightProps) {
  const marks = words.length === 0 ? [] : findMarks(text, words, fold);
  if (marks.length === 0) return <>{text}</>;
  const parts: ComponentChildren[] = [];
  let at = 0;
  for (const [start, end] of marks) {
    parts.push(
      <Fragment key={at}>{text.slice(at, start)}</Fragment>,
      <mark key={`m${start}`}>{text.slice(start, end)}</mark>,
    );
    at = end;
  }
  parts.push(text.slice(at));
  return <>{parts}</>;
}
