import { fold } from '@gec/core';
import type { TypeCourrier } from '../../db/schema.ts';

/**
 * What is looked for in the index, before it is hashed: `w` a whole word, `p` a beginning of one, `r` two
 * neighbouring parts of a reference, and the filters `type`, `statut`, `dep`, `ts` (type sortant), `urg` (urgency), `sg`, `mois`.
 */
export type Terme = readonly [tag: TagTerme, mot: string];
export type TagTerme = 'w' | 'p' | 'r' | 'type' | 'statut' | 'dep' | 'ts' | 'urg' | 'sg' | 'mois';

/** Text of a letter that its words are taken from. */
export interface MotsCourrier {
  readonly numero: string;
  readonly numeroReference: string | null;
  readonly objet: string;
  /** Sender or recipient; both, one after the other, when a letter has both. */
  readonly correspondant: string | null;
  readonly autresInformations: string | null;
}

/** A letter as the index takes it. `ordre` is `courrier.ordre`; `dateEnregistrement` an ISO 8601 instant. */
export interface Indexable {
  readonly id: number;
  readonly ordre: number;
  readonly typeCourrier: TypeCourrier;
  readonly statut: string;
  readonly departementId: number | null;
  /** Who registered it. */
  readonly utilisateurId: number;
  readonly typeCourrierSortantId: number | null;
  /** Degree of urgency; left out for an ordinary letter. */
  readonly urgenceId?: number | null | undefined;
  readonly secretaireGeneralCopie: boolean | null;
  readonly dateEnregistrement: string;
  readonly isDeleted: boolean;
  readonly words: MotsCourrier;
}

/**
 * Words too common to tell letters apart. They are neither indexed nor looked for (unless one stands alone in a
 * search, where it is the beginning of another word that is being typed).
 */
const VIDES = new Set(
  (
    'au aux ce ces cet cette de des du elle elles en est et il ils je la le les leur leurs lui ma mes mon ne nos ' +
    'notre nous on ou par pas pour que qui sa se ses son sont sur ta te tes ton tu un une vos votre vous'
  ).split(' '),
);

/**
 * The longest beginning that the index holds. SEARCH.md measured 8; letters of an administration are full of longer
 * words that begin alike (« administration », « administratif »), whose counts would be wrong.
 */
export const PLUS_LONG_DEBUT = 16;

const CHIFFRE = /\p{N}/u;
const SEPARATEURS = /[^\p{L}\p{N}]+/u;

/** A run without white space, split into its words; `reference` when it joins several parts, one with a digit. */
interface Bloc {
  readonly mots: readonly string[];
  readonly reference: boolean;
}

function blocsDe(texte: string): Bloc[] {
  const blocs: Bloc[] = [];
  for (const morceau of fold(texte).split(/\s+/u)) {
    const mots = morceau.split(SEPARATEURS).filter((mot) => mot !== '');
    if (mots.length > 0) blocs.push({ mots, reference: mots.length > 1 && CHIFFRE.test(morceau) });
  }
  return blocs;
}

/** `00042` is also found as `42`: nobody types the zeros of a number. */
function sansZeros(mot: string): string | null {
  return /^0+\d/.test(mot) ? mot.replace(/^0+(?=\d)/, '') : null;
}

/** Two neighbouring parts of a reference in one spelling: `GEC-2025-00042` and `gec/2025/42` share theirs. */
function paire(gauche = '', droite = ''): string {
  return `${sansZeros(gauche) ?? gauche}-${sansZeros(droite) ?? droite}`;
}

/** Single letters (« l’ », « d’ ») and the commonest words are left out; single digits are kept. */
function estIndexe(mot: string): boolean {
  if (VIDES.has(mot)) return false;
  return longueur(mot) > 1 || CHIFFRE.test(mot);
}

// Most words are plain: counting code points by iteration only where a surrogate may be.
function longueur(mot: string): number {
  for (let i = 0; i < mot.length; i++) if (mot.charCodeAt(i) >= 0xd800) return [...mot].length;
  return mot.length;
}

function debut(mot: string, lettres: number): string {
  return longueur(mot) === mot.length ? mot.slice(0, lettres) : [...mot].slice(0, lettres).join('');
}

/** Beginnings start at two letters, those of numbers at one digit, so that something is found from the first key. */
function debutsDe(mot: string): string[] {
  const plusCourt = CHIFFRE.test(debut(mot, 1)) ? 1 : 2;
  const n = Math.min(longueur(mot), PLUS_LONG_DEBUT);
  const debuts: string[] = [];
  for (let i = plusCourt; i <= n; i++) debuts.push(debut(mot, i));
  return debuts;
}

/**
 * The terms of one word: itself, its beginnings, and the same without leading zeros.
 *
 * @param mot a folded word of letters and digits
 */
export function termesDuMot(mot: string): Terme[] {
  const termes: Terme[] = [];
  for (const forme of [mot, sansZeros(mot)]) {
    if (forme === null) continue;
    termes.push(['w', forme]);
    for (const d of debutsDe(forme)) termes.push(['p', d]);
  }
  return termes;
}

/** The texts of a letter that are searched, without the missing ones. */
export function textesDe(words: MotsCourrier): string[] {
  return [
    words.numero,
    words.numeroReference,
    words.objet,
    words.correspondant,
    words.autresInformations,
  ].filter((texte): texte is string => texte !== null && texte !== '');
}

/**
 * The words of a letter to index, each once, and the pairs of neighbouring parts of its references.
 *
 * @returns folded `mots`, and `paires` as `part-part`
 */
export function motsAIndexer(textes: readonly string[]): { mots: Set<string>; paires: Set<string> } {
  const mots = new Set<string>();
  const paires = new Set<string>();
  for (const texte of textes) {
    for (const bloc of blocsDe(texte)) {
      for (const mot of bloc.mots) if (estIndexe(mot)) mots.add(mot);
      if (bloc.reference) {
        for (let i = 1; i < bloc.mots.length; i++) paires.add(paire(bloc.mots[i - 1], bloc.mots[i]));
      }
    }
  }
  return { mots, paires };
}

/** The filters that a letter answers to, as terms. */
export function termesDeFiltres(courrier: Omit<Indexable, 'words' | 'utilisateurId'>): Terme[] {
  const termes: Terme[] = [
    ['type', courrier.typeCourrier],
    ['statut', courrier.statut],
  ];
  if (courrier.departementId !== null) termes.push(['dep', String(courrier.departementId)]);
  if (courrier.typeCourrierSortantId !== null) termes.push(['ts', String(courrier.typeCourrierSortantId)]);
  if (courrier.urgenceId != null) termes.push(['urg', String(courrier.urgenceId)]);
  if (courrier.secretaireGeneralCopie !== null) {
    termes.push(['sg', courrier.secretaireGeneralCopie ? 'oui' : 'non']);
  }
  return termes;
}

/** One condition of a search: neighbouring words of a letter, the last one perhaps only begun. */
export interface Condition {
  readonly mots: readonly string[];
  /** Whole words only, because it was quoted. */
  readonly exact: boolean;
}

/** A search, understood. */
export interface Recherche {
  readonly conditions: readonly Condition[];
  /** What was typed and does not narrow: too short or too common. To be told, never dropped in silence. */
  readonly ignores: readonly string[];
}

/** `"` and its typographic sisters quote. */
const GUILLEMETS = /["\u201C\u201D\u00AB\u00BB]/u;

/**
 * Understands what was typed: words narrow (each must be there, in any order), each as the beginning of a word unless
 * it stands between quotes; a reference (`123/CAB/2025`) must be there in one piece, its last part perhaps begun.
 */
export function lireRecherche(texte: string): Recherche {
  const conditions: Condition[] = [];
  const ignores: string[] = [];
  const blocs = texte
    .split(GUILLEMETS)
    .flatMap((partie, i) => blocsDe(partie).map((bloc) => ({ ...bloc, exact: i % 2 === 1 })));
  for (const { mots, reference, exact } of blocs) {
    // « n°12 » means 12, wherever a blank stands in the letter.
    const premier = Math.max(0, mots.findIndex(estIndexe));
    const groupes = reference ? [mots.slice(premier)] : mots.map((mot) => [mot]);
    for (const groupe of groupes) {
      if (groupe.some(estIndexe)) conditions.push({ mots: groupe, exact });
      else ignores.push(groupe.join('-'));
    }
  }
  const seul = ignores[0];
  if (conditions.length === 0 && seul !== undefined && longueur(seul) > 1) {
    return { conditions: [{ mots: [seul], exact: false }], ignores: ignores.slice(1) };
  }
  return { conditions, ignores };
}

/** Enough for any reference and a sentence; more is a mistake or an attack. */
export const MOTS_AU_PLUS = 16;

/** The terms that a letter must have to answer a search; what they let through is checked by {@link repond}. */
export function termesCherches(recherche: Recherche): Terme[] {
  const termes: Terme[] = [];
  for (const { mots, exact } of recherche.conditions) {
    mots.forEach((mot, i) => {
      const entier = exact || i < mots.length - 1;
      if (entier && i > 0) termes.push(['r', paire(mots[i - 1], mot)]);
      // A pair says more than its parts, so those are not asked for again.
      if (entier && mots.length > 1 && (exact || mots.length > 2)) return;
      if (mots.length > 1 && !estIndexe(mot)) return;
      termes.push(entier ? ['w', mot] : ['p', debut(mot, PLUS_LONG_DEBUT)]);
    });
  }
  return [...new Map(termes.map((terme) => [terme.join('\0'), terme])).values()];
}

function correspond(mot: string, cherche: string, entier: boolean): boolean {
  const formes = [mot, sansZeros(mot)];
  return formes.some((forme) => forme !== null && (entier ? forme === cherche : forme.startsWith(cherche)));
}

/**
 * Whether a letter really answers: two words may share a hash, and parts of a reference may stand apart.
 *
 * @param textes see {@link textesDe}
 */
export function repond(recherche: Recherche, textes: readonly string[]): boolean {
  const blocs = textes.flatMap(blocsDe);
  return recherche.conditions.every(({ mots, exact }) =>
    blocs.some((bloc) => {
      if (mots.length > 1 && !bloc.reference) return false;
      for (let depart = 0; depart + mots.length <= bloc.mots.length; depart++) {
        const trouve = mots.every((mot, i) => {
          const lu = bloc.mots[depart + i] ?? '';
          // The index does not hold the commonest words: « je » finds « jeudi », and never « je » itself.
          if (mots.length === 1 && !estIndexe(lu)) return false;
          const entier = exact || i < mots.length - 1;
          return correspond(lu, mot, entier);
        });
        if (trouve) return true;
      }
      return false;
    }),
  );
}

/** The words of a search to mark where they are shown. */
export function motsAMarquer(recherche: Recherche): string[] {
  return [...new Set(recherche.conditions.flatMap(({ mots }) => mots.filter(estIndexe)))];
}
