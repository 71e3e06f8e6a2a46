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

/** What is known of a correspondant besides the name; empty where nothing is. */
export interface Coordonnees {
  readonly adresse: string;
  readonly telephone: string;
  readonly email: string;
  readonly notes: string;
}

/** The form of a correspondant. */
export interface SaisieCorrespondant extends Coordonnees {
  readonly nom: string;
}

export const CHAMPS_CORRESPONDANT = ['nom', 'adresse', 'telephone', 'email', 'notes'] as const;
export type ChampCorrespondant = (typeof CHAMPS_CORRESPONDANT)[number];

/** Longest texts, in characters. */
export const LONGUEURS_CORRESPONDANT: Readonly<Record<ChampCorrespondant, number>> = {
  nom: NOM_MAX,
  adresse: 500,
  telephone: 60,
  email: 254,
  notes: 2_000,
};

/** A correspondant in the directory. `courriers` and `dernier` speak of the letters that the reader may see. */
export interface FicheCorrespondant extends SaisieCorrespondant {
  readonly id: number;
  readonly actif: boolean;
  readonly version: number;
  readonly courriers: number;
  /** Instant of the newest of these letters; null where there is none. */
  readonly dernier: string | null;
}

/** Another spelling that leads to a correspondant. */
export interface Ecriture {
  readonly id: number;
  readonly nom: string;
}

/** A merge and how far it has come. */
export interface Fusion {
  readonly id: number;
  readonly nomFondu: string;
  readonly fait: number;
  readonly total: number;
  readonly terminee: boolean;
}

export const TRIS_CORRESPONDANT = ['nom', 'courriers', 'dernier'] as const;
export type TriCorrespondant = (typeof TRIS_CORRESPONDANT)[number];

/** Which correspondants, in which order. */
export interface FiltresCorrespondants {
  readonly q: string;
  readonly actif: boolean | null;
  readonly tri: TriCorrespondant;
  readonly ordre: 'asc' | 'desc';
}

/** The principal of whoever opens the directory: entries that an administrator made are offered to everybody. */
export const POUR_TOUS = '*';

/** Why two names are likely one, the surest first: the same words, the same letters, a slip, one word more. */
export const MOTIFS_RESSEMBLANCE = ['mots', 'lettres', 'faute', 'ajout'] as const;
export type MotifRessemblance = (typeof MOTIFS_RESSEMBLANCE)[number];

/** What likely doubles can be sorted by; the usual order is that of the reasons, the surest first. */
export const TRIS_DOUBLONS = ['raison', 'nom'] as const;

/** Which likely doubles, and in what order. */
export interface DemandeDoublons {
  /** Words of one of the two names. */
  readonly q?: string;
  readonly tri?: (typeof TRIS_DOUBLONS)[number];
  readonly ordre?: 'asc' | 'desc';
}

/** Two correspondants that are likely one. */
export interface DoublonCorrespondant {
  readonly a: FicheCorrespondant;
  readonly b: FicheCorrespondant;
  readonly motif: MotifRessemblance;
}

/** What a merge would do. */
export interface ApercuFusion {
  readonly garde: FicheCorrespondant;
  readonly fondu: FicheCorrespondant;
  /** What the kept one will be. */
  readonly resultat: SaisieCorrespondant;
  /** Letters that go along, those in the corbeille too. */
  readonly lettres: number;
  /** Whether the person may write the kept name on the letters. */
  readonly reecriturePermise: boolean;
}
