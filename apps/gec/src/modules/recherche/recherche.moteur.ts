import type { RawBuilder } from 'kysely';
import type { Via } from '../../cache.ts';
import type { Trx } from '../../context.ts';
import type { Indexable, Terme } from './recherche.termes.ts';

/** Part of the register, by `courrier.ordre`: from `min` on, before `max`. */
export interface Plage {
  readonly min: number;
  readonly max: number;
}

/** What is asked of the index. */
export interface Demande {
  /** All must be there. At least one. */
  readonly termes: readonly Terme[];
  /** One of these must be there too, when there are any: a letter is of one department. */
  readonly unDe?: readonly Terme[];
  /** Registered by this person and with none of the terms in `sauf`; only for an index that is kept `parAuteur`. */
  readonly auteur?: { readonly id: number; readonly sauf: readonly Terme[] };
  readonly plage: Plage;
  /** Further conditions on a letter, given the SQL expression of its `ordre`. */
  readonly conditions: readonly ((ordre: RawBuilder<number>) => RawBuilder<boolean>)[];
}

/** Which of the hits. */
export interface Portion {
  /** Only beyond this `ordre`, in the direction of `sens`. */
  readonly apres: number | null;
  readonly sens: 'asc' | 'desc';
  readonly limite: number;
  readonly saut: number;
}

/** How many there are; `plafonne` when counting stopped: there are more. */
export interface Compte {
  readonly total: number;
  readonly plafonne: boolean;
}

/** From where on things are done another way, so that no question takes long. */
export interface Limites {
  /** Hits up to which one counts exactly and sorts in memory. */
  readonly plafond: number;
  /** Letters that a person reads besides the department's, up to which they are tried one by one. */
  readonly aLaMain: number;
  /** Milliseconds for which a count is given again: another process may have registered meanwhile. */
  readonly dureeComptes: number;
}

/** Hits, and how many there are if it was asked. */
export interface Trouves {
  readonly ordres: readonly number[];
  readonly compte: Compte | null;
}

/** What is in an index as a whole. */
export interface Contenu {
  /** Whether the letter of an `ordre` has no entry. */
  sansEntree(ordre: RawBuilder<number>): RawBuilder<boolean>;
  /** Letters (deleted ones apart) without an entry. */
  manquants(via: Via): Promise<number>;
  vide(via: Via): Promise<boolean>;
  /** Makes ready for many entries, before the first of them. */
  preparer(trx: Trx): Promise<void>;
  /** Takes every entry out, at once. */
  vider(trx: Trx): Promise<void>;
}

/**
 * The index on one engine. Everything takes the transaction or connection of its caller; `lire` gives one that is
 * ready for `portion`, `compterTout` and `parmi`.
 */
export interface Moteur extends Contenu {
  readonly limites: Limites;
  /** Whether the index knows who registered a letter. */
  readonly parAuteur: boolean;
  /** Puts a letter into the index, or what it says now in place of what it said before. */
  ecrire(trx: Trx, doc: Indexable): Promise<void>;
  ecrireTous(trx: Trx, docs: readonly Indexable[]): Promise<void>;
  effacer(trx: Trx, ordres: readonly number[]): Promise<void>;
  lire<R>(work: (via: Via) => Promise<R>): Promise<R>;
  /** The hits of a portion in its order; with `compter` also how many there are in all, up to the cap. */
  portion(via: Via, demande: Demande, portion: Portion, compter: boolean): Promise<Trouves>;
  /** How many there are, however long it takes. */
  compterTout(via: Via, demande: Demande): Promise<number>;
  /** Which of these letters (at most some thousands) have all the terms; `conditions` are not looked at. */
  parmi(via: Via, termes: readonly Terme[], ordres: readonly number[]): Promise<number[]>;
  /** The list as a table of one column `ordre`, whatever its length: one statement to prepare. */
  table(ordres: readonly number[]): RawBuilder<{ ordre: number }>;
  /** Which of these letters' entries miss a term that they must have. */
  incomplets(via: Via, docs: readonly Indexable[]): Promise<number[]>;
  /** Entries in `[plage.min, plage.max)`, ascending, at most `limite`. */
  entrees(via: Via, plage: Plage, limite: number): Promise<number[]>;
  /** Ends a read of rows that are about to be written, so that nobody changes them in between. */
  readonly verrou: RawBuilder<unknown>;
}

/** What lies beyond `apres`: one bound on each side, since SQLite uses only the first that it meets for the index. */
export function reste(plage: Plage, { apres, sens }: Portion): Plage {
  if (apres === null) return plage;
  return sens === 'desc'
    ? { min: plage.min, max: Math.min(plage.max, apres) }
    : { min: Math.max(plage.min, apres + 1), max: plage.max };
}
