/** Words that the server gives in the language of the page. */
export type Words = Record<
  | 'tropGros'
  | 'typeRefuse'
  | 'envoi'
  | 'verification'
  | 'pret'
  | 'pages1'
  | 'pagesN'
  | 'dejaConnu'
  | 'annuler'
  | 'retirer'
  | 'retire'
  | 'monter'
  | 'descendre'
  | 'deplace'
  | 'reessayer'
  | 'coupure'
  | 'envoisEnCours',
  string
>;

/** What the server says of a file that it keeps. */
export interface Kept {
  id: string;
  nom: string;
  pages: number;
  connue: boolean;
}

/** Fills the `{name}` places of a text. */
export const fill = (text: string, values: Record<string, string | number>) =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));

/** What the server answered, in either of its shapes; null when it is no JSON (a proxy in between). */
export function parse(text: string): {
  fichiers?: { id: string; nom: string; pages: number; deja_enregistre: boolean }[];
  erreurs?: { message: string }[];
  error?: { message: string };
} | null {
  try {
    return JSON.parse(text) as ReturnType<typeof parse>;
  } catch {
    return null;
  }
}
