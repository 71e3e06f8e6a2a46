// The fonts that every PDF reader has (Helvetica) know the Windows-1252 characters: French and most European languages
// whole. What is outside is written with what is inside, so that no name ever prints as rubbish.

/** Characters of Windows-1252 beyond Latin-1. */
const EXTRA = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ';

const REPLACEMENTS: Readonly<Record<string, string>> = {
  '→': '->',
  '⇒': '=>',
  '←': '<-',
  '↔': '<->',
  '✓': '[x]',
  '✔': '[x]',
  '☑': '[x]',
  '☒': '[x]',
  '☐': '[ ]',
  '✗': '×',
  '✘': '×',
  '−': '-',
  '‐': '-',
  '‑': '-',
  '‒': '–',
  '―': '—',
  '≤': '<=',
  '≥': '>=',
  '≠': '!=',
  '≈': '~',
  '⁄': '/',
  '′': "'",
  '″': '"',
  '‟': '"',
  '●': '•',
  '▪': '•',
  '■': '•',
  '№': 'N°',
  ı: 'i',
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  ħ: 'h',
  Ħ: 'H',
  // Lingala, Tshiluba and their neighbours.
  ɛ: 'e',
  Ɛ: 'E',
  ɔ: 'o',
  Ɔ: 'O',
  ŋ: 'ng',
  Ŋ: 'Ng',
  ɓ: 'b',
  ɗ: 'd',
  ə: 'e',
};

const CYRILLIC: Readonly<Record<string, string>> = {
  а: 'a',
  б: 'b',
  в: 'v',
  г: 'g',
  д: 'd',
  е: 'e',
  ё: 'io',
  ж: 'j',
  з: 'z',
  и: 'i',
  й: 'i',
  к: 'k',
  л: 'l',
  м: 'm',
  н: 'n',
  о: 'o',
  п: 'p',
  р: 'r',
  с: 's',
  т: 't',
  у: 'ou',
  ф: 'f',
  х: 'kh',
  ц: 'ts',
  ч: 'tch',
  ш: 'ch',
  щ: 'chtch',
  ъ: '',
  ы: 'y',
  ь: '',
  э: 'e',
  ю: 'iou',
  я: 'ia',
  і: 'i',
  ї: 'i',
  є: 'ie',
};

const GREEK: Readonly<Record<string, string>> = {
  α: 'a',
  β: 'v',
  γ: 'g',
  δ: 'd',
  ε: 'e',
  ζ: 'z',
  η: 'i',
  θ: 'th',
  ι: 'i',
  κ: 'k',
  λ: 'l',
  μ: 'm',
  ν: 'n',
  ξ: 'x',
  ο: 'o',
  π: 'p',
  ρ: 'r',
  σ: 's',
  ς: 's',
  τ: 't',
  υ: 'y',
  φ: 'f',
  χ: 'ch',
  ψ: 'ps',
  ω: 'o',
};

/** Printable ASCII, the no-break space, Latin-1 without the soft hyphen, and the line feed. */
const SAFE = new RegExp(`^[\\n\\u0020-\\u007e\\u00a0-\\u00ac\\u00ae-\\u00ff${EXTRA}]*$`, 'u');

function letter(char: string): string | undefined {
  const known = REPLACEMENTS[char] ?? CYRILLIC[char] ?? GREEK[char];
  if (known !== undefined) return known;
  const lower = char.toLowerCase();
  const small = CYRILLIC[lower] ?? GREEK[lower];
  return small === undefined ? undefined : small.charAt(0).toUpperCase() + small.slice(1);
}

function replace(char: string): string {
  if (SAFE.test(char)) return char;
  if (char === '\u202f' || char === '\u2007' || char === '\u2060') return char === '\u2060' ? '' : '\u00a0';
  if (/\s|\p{Zs}/u.test(char)) return ' ';
  const known = letter(char);
  if (known !== undefined) return known;
  // Invisible characters, marks that no font below would place, and pictures are left out.
  if (/\p{C}|\p{M}|\p{Extended_Pictographic}/u.test(char)) return '';
  const bare = char.normalize('NFKD').replace(/\p{M}/gu, '');
  if (bare === char) return '?';
  return [...bare].map((part) => (SAFE.test(part) ? part : (letter(part) ?? '?'))).join('');
}

/**
 * Writes a text with the characters of Windows-1252: narrow no-break spaces become no-break spaces, arrows and ticks
 * their ASCII likeness, accented letters of other languages their bare letter, Cyrillic and Greek their
 * transliteration; a run of anything else becomes one `?`.
 */
export function winAnsi(text: string): string {
  const composed = text.normalize('NFC').replace(/\r\n?|\u2028|\u2029/g, '\n');
  if (SAFE.test(composed)) return composed;
  return [...composed]
    .map(replace)
    .join('')
    .replace(/\?{2,}/g, '?');
}
