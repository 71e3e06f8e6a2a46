/**
 * Folds a text for comparison: canonical decomposition, no accents, lower case, `œ` → `oe`, `æ` → `ae`, `ß` → `ss`,
 * typographic apostrophes and dashes as plain ones. Search, suggestions and likely duplicates all compare folded texts.
 */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/œ/g, 'oe')
    .replace(/æ/g, 'ae')
    .replace(/ß/g, 'ss')
    .replace(/[\u2018\u2019\u02BC]/g, "'")
    .replace(/[\u2010-\u2015]/g, '-');
}

/** Folds, and reduces every run of white space to one space: the form in which two names count as the same. */
export function foldName(text: string): string {
  return fold(text).replace(/\s+/g, ' ').trim();
}

/**
 * Folds a text and says for every folded character at which index of the original it began, so that what was found
 * in the folded text can be marked in the original.
 *
 * @returns `folded`, and `starts` with one original index for each folded UTF-16 unit, plus a last one for the end
 */
export function foldWithMap(text: string): { folded: string; starts: number[] } {
  let folded = '';
  const starts: number[] = [];
  let index = 0;
  for (const char of text) {
    const piece = fold(char);
    for (let unit = 0; unit < piece.length; unit++) starts.push(index);
    folded += piece;
    index += char.length;
  }
  starts.push(index);
  return { folded, starts };
}
