/** Languages of the interface. French is the default and the reference. */
export type Lang = 'fr' | 'en';

/** The languages, in the order in which they are offered. */
export const LANGS: readonly Lang[] = ['fr', 'en'];

/** Typographic spaces of French: before `: ; ! ?`, inside « », between thousands. */
export const NBSP = '\u00A0';
export const NNBSP = '\u202F';

type Dictionary = Readonly<Record<string, string>>;

/** The texts of one module: call it with a language, get the dictionary. */
export interface Texts<T extends Dictionary> {
  (lang: Lang): T;
  readonly module: string;
  readonly all: Readonly<Record<Lang, T>>;
}

const registry = new Map<string, Texts<Dictionary>>();

/** A text that an administrator worded otherwise. */
export interface TextOverride {
  module: string;
  cle: string;
  langue: Lang;
  texte: string;
}

let overrides: readonly TextOverride[] = [];
const replacers = new Map<string, (words: readonly TextOverride[]) => void>();

function replace(module: string): void {
  replacers.get(module)?.(overrides.filter((word) => word.module === module));
}

/**
 * Sets the spaces of French typography in a text that was typed with plain ones: no-break before `:` and inside « »,
 * narrow no-break before `;`, `!` and `?`. So a line never begins with a sign, and texts are written as one types.
 */
export function frenchSpaces(text: string): string {
  return text
    .replace(/ ([:»])/g, `${NBSP}$1`)
    .replace(/« /g, `«${NBSP}`)
    .replace(/ ([;!?])/g, `${NNBSP}$1`);
}

/**
 * Declares the texts of a module in both languages. The French dictionary fixes the keys; a missing or a
 * superfluous English key is a type error. Values are plain strings with `{name}` placeholders (see {@link fill}),
 * so that an administrator can override one without writing code.
 *
 * @param module name of the module, unique in the program
 * @returns a function from language to dictionary
 */
export function defineTexts<const K extends string>(
  module: string,
  dictionaries: { fr: Record<K, string>; en: Record<NoInfer<K>, string> },
): Texts<Record<K, string>> {
  const fr = Object.fromEntries(
    Object.entries<string>(dictionaries.fr).map(([key, text]) => [key, frenchSpaces(text)]),
  ) as Record<K, string>;
  const all = { fr, en: dictionaries.en };
  let shown: Readonly<Record<Lang, Record<K, string>>> = all;
  const texts = Object.assign((lang: Lang) => shown[lang], { module, all });
  registry.set(module, texts as unknown as Texts<Dictionary>);
  replacers.set(module, (words) => {
    const known = words.filter(({ cle }) => Object.hasOwn(fr, cle));
    if (known.length === 0) {
      shown = all;
      return;
    }
    const next = { fr: { ...all.fr }, en: { ...all.en } };
    for (const { cle, langue, texte } of known) {
      (next[langue] as Record<string, string>)[cle] = langue === 'fr' ? frenchSpaces(texte) : texte;
    }
    shown = next;
  });
  replace(module);
  return texts;
}

/**
 * Has the whole program use other words than its own from now on; what is not among them is as it was written. Words of
 * texts that do not exist (any more) are passed over.
 */
export function overrideTexts(words: readonly TextOverride[]): void {
  overrides = words;
  for (const module of replacers.keys()) replace(module);
}

/** Every module's texts that this program has loaded, for the completeness test and for overrides. */
export function allTexts(): ReadonlyMap<string, Texts<Dictionary>> {
  return registry;
}

/**
 * Fills the `{name}` placeholders of a text. A placeholder without a value stays as it is, so that a missing
 * value is seen in tests instead of reading as an empty word.
 */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : String(value);
  });
}

/** Picks the singular or plural text by the language's own rule (in French, 0 and 1 are singular) and fills `{n}`. */
export function plural(lang: Lang, n: number, one: string, other: string): string {
  const singular = lang === 'fr' ? Math.abs(n) < 2 : n === 1;
  return fill(singular ? one : other, { n: formatNumber(lang, n) });
}

const numberFormats: Record<Lang, Intl.NumberFormat> = {
  fr: new Intl.NumberFormat('fr-FR'),
  en: new Intl.NumberFormat('en-GB'),
};

/** A whole or decimal number with the separators of the language (`1 530` in French, narrow no-break space). */
export function formatNumber(lang: Lang, n: number): string {
  return numberFormats[lang].format(n);
}
