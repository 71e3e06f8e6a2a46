import { can, forbidden, timestamp, type Actor, type Permission } from '@gec/core';
import type { Base, Trx } from '../../context.ts';
import { empreintes } from '../../empreintes.ts';
import { principals } from '../courriers/courriers.policy.ts';
import { createCorrespondantsRepo, type CorrespondantTrouve } from './correspondants.repo.ts';
import {
  cleanNom,
  correspond,
  debutsDe,
  DEBUT_MAX,
  motsDe,
  NOM_MAX,
  POUR_TOUS,
  type Correspondant,
} from './correspondants.schema.ts';
import { correspondantsTexts } from './correspondants.texts.ts';

/** Who is offered names: whoever registers letters or reads some. */
export const LECTEURS = [
  'register_mail',
  'read_all_mail',
  'read_department_mail',
  'read_own_mail',
] as const satisfies readonly Permission[];

/** Names opened at once: as many as have the same use are put into order by name. */
const BATCH = 200;
const LIMIT_MAX = 50;

/** The correspondants: learnt from letters, offered as one types. */
export function createCorrespondantsService({
  database,
  keyring,
  clock,
}: Pick<Base, 'database' | 'keyring' | 'clock'>) {
  const repo = createCorrespondantsRepo(database, keyring);
  const { index } = keyring;

  /** The principals under which somebody is offered names. */
  function lisibles(actor: Actor): readonly string[] | 'all' {
    const keys = principals(actor);
    return keys === 'all' ? keys : [...keys, POUR_TOUS];
  }

  return {
    /**
     * Learns the name of a letter's correspondant, or counts one more use of it. Names that differ in accents, case
     * or spaces are one; the first spelling is kept.
     *
     * @param nom as it was typed; at most 200 characters count
     * @returns id of the correspondant
     */
    learn(trx: Trx, _actor: Actor, nom: string): Promise<number> {
      const clean = cleanNom(nom).slice(0, NOM_MAX);
      return repo.learn(trx, {
        cles: empreintes(index, 'correspondant', clean),
        nom: clean,
        date: timestamp(clock),
        terms: () => debutsDe(clean).map((start) => index.term('c', start)),
      });
    },

    /** Lets the principals of a letter be offered its correspondant (`principalsOf` of courriers.policy). */
    grant: (trx: Trx, keys: readonly string[], correspondantId: number): Promise<void> =>
      repo.grant(trx, keys, correspondantId),

    /**
     * Completes what was typed: names in which every word typed begins a word, most used first, then by name.
     * Somebody is offered only the correspondants of letters that they may read, and those that an administrator
     * entered for all.
     *
     * @param q what was typed; nothing gives the most used names
     * @param limit names at most, 50 at the very most
     * @throws AppError forbidden to those who neither register nor read letters
     */
    async suggest(actor: Actor, q: string, limit = 8): Promise<Correspondant[]> {
      if (!LECTEURS.some((permission) => can(actor, permission))) {
        throw forbidden(correspondantsTexts(actor.lang).refuse);
      }
      const words = motsDe(q.slice(0, NOM_MAX));
      if (words.length === 0 && q.trim() !== '') return [];
      const terms = [...new Set(words.map((word) => [...word].slice(0, DEBUT_MAX).join('')))].map((start) =>
        index.terms('c', start),
      );
      const size = Math.min(Math.max(1, limit), LIMIT_MAX);
      const found: CorrespondantTrouve[] = [];
      for (let offset = 0; ; offset += BATCH) {
        const batch = await repo.find(terms, lisibles(actor), BATCH, offset);
        // Beginnings of more than eight letters are told apart only on the names themselves.
        found.push(...batch.filter(({ nom }) => correspond(nom, words)));
        if (found.length >= size || batch.length < BATCH) break;
      }
      return found
        .sort((a, b) => b.usages - a.usages || a.nom.localeCompare(b.nom, 'fr'))
        .slice(0, size)
        .map(({ id, nom }) => ({ id, nom }));
    },
  };
}

export type CorrespondantsService = ReturnType<typeof createCorrespondantsService>;
