import { type Actor, foldName, systemActor } from '@gec/core';
import type { Keyring } from '@gec/crypto';
import type { Database } from '@gec/db';
import type { Trx } from '../../context.ts';
import type { GecTables } from '../../db/schema.ts';
import { empreintes } from '../../empreintes.ts';
import { visibleTo } from './courriers.acces.repo.ts';
import type { CourrierLu, Lignes } from './courriers.lignes.repo.ts';
import type { TypeCourrier } from './courriers.schema.ts';

/** Letters of one reference that are opened, to find those of one correspondant, for each that is wanted. */
const REFERENCES_OPENED = 10;

/** The SQL that finds letters: one, those of an actor, those that are likely the same. */
export function createLecture(
  database: Database<GecTables>,
  { index }: Keyring,
  { openText, selection, toCourrier }: Lignes,
) {
  return {
    /** The letter that bears a number, in the corbeille or not. */
    async parNumero(numero: string): Promise<{ id: number; typeCourrier: TypeCourrier } | null> {
      const row = await database.kysely
        .selectFrom('courrier')
        .select(['id', 'type_courrier'])
        .where('numero_accuse_reception', '=', numero)
        .executeTakeFirst();
      return row ? { id: row.id, typeCourrier: row.type_courrier } : null;
    },

    /** A letter that the actor may read, in the corbeille or not; `null` otherwise. */
    async find(actor: Actor, id: number): Promise<CourrierLu | null> {
      const row = await selection(actor)
        .where('courrier.id', '=', id)
        .where(visibleTo(actor))
        .executeTakeFirst();
      return row ? toCourrier(row) : null;
    },

    /** Letters by id that the actor may read, without those in the corbeille. */
    async findMany(actor: Actor, ids: readonly number[]): Promise<CourrierLu[]> {
      if (ids.length === 0) return [];
      const rows = await selection(actor)
        .where('courrier.id', 'in', ids)
        .where('courrier.is_deleted', '=', false)
        .where(visibleTo(actor))
        .execute();
      return rows.map(toCourrier);
    },

    /** Those of some ids that the actor may read. @param corbeille also those in the corbeille */
    async readable(actor: Actor, ids: readonly number[], corbeille: boolean): Promise<number[]> {
      if (ids.length === 0) return [];
      let query = database.kysely
        .selectFrom('courrier')
        .select('courrier.id')
        .where('courrier.id', 'in', ids)
        .where(visibleTo(actor));
      if (!corbeille) query = query.where('courrier.is_deleted', '=', false);
      return (await query.execute()).map(({ id }) => id);
    },

    /** Letters by id as a transaction sees them, in the corbeille or not. */
    async byIds(trx: Trx, ids: readonly number[]): Promise<CourrierLu[]> {
      const rows = await selection(systemActor('rattachement'), trx)
        .where('courrier.id', 'in', ids)
        .orderBy('courrier.ordre')
        .execute();
      return rows.map(toCourrier);
    },

    /** The letter that a request has already registered, whoever asks. */
    async findByEnvoi(
      envoi: string,
    ): Promise<Pick<CourrierLu, 'id' | 'numero' | 'utilisateurId' | 'objet' | 'correspondant'> | null> {
      const row = await database.kysely
        .selectFrom('courrier')
        .select(['id', 'numero_accuse_reception', 'utilisateur_id', 'objet', 'expediteur', 'destinataire'])
        .where('envoi', '=', envoi)
        .executeTakeFirst();
      if (!row) return null;
      const { id, objet, expediteur, destinataire } = row;
      return {
        id,
        numero: row.numero_accuse_reception,
        utilisateurId: row.utilisateur_id,
        objet: openText(id, 'objet', objet) ?? '',
        correspondant:
          openText(id, 'expediteur', expediteur) ?? openText(id, 'destinataire', destinataire) ?? '',
      };
    },

    /** Letters of the corbeille by id, those that the actor may see. */
    async deleted(actor: Actor, ids: readonly number[]): Promise<CourrierLu[]> {
      if (ids.length === 0) return [];
      const rows = await selection(actor)
        .where('courrier.id', 'in', ids)
        .where('courrier.is_deleted', '=', true)
        .where(visibleTo(actor))
        .execute();
      return rows.map(toCourrier);
    },

    /**
     * Visible letters with one of the blind keys, newest first; `since` bounds those found by their objet. A reference
     * is its sender's own: `1/2026` of another correspondant is another letter, so both must agree when both are given.
     */
    async withKeys(
      actor: Actor,
      keys: { objet?: string; reference?: string; correspondant?: string; empreintes?: readonly string[] },
      since: string,
      limit: number,
    ): Promise<{ courrier: CourrierLu; motif: 'reference' | 'objet' | 'fichier' }[]> {
      const found = new Map<number, { courrier: CourrierLu; motif: 'reference' | 'objet' | 'fichier' }>();
      const base = (most = limit) =>
        selection(actor)
          .where('courrier.is_deleted', '=', false)
          .where(visibleTo(actor))
          .orderBy('courrier.ordre', 'desc')
          .limit(most);
      const correspondant = keys.correspondant ? foldName(keys.correspondant) : '';
      const take = (
        rows: Parameters<Lignes['toCourrier']>[0][],
        motif: 'reference' | 'objet' | 'fichier',
        counts: (courrier: CourrierLu) => boolean = () => true,
      ) => {
        for (const row of rows) {
          const courrier = toCourrier(row);
          if (!found.has(row.id) && counts(courrier)) found.set(row.id, { courrier, motif });
        }
      };
      if (keys.empreintes && keys.empreintes.length > 0) {
        const same = database.kysely
          .selectFrom('piece')
          .select('courrier_id')
          .where('empreinte', 'in', keys.empreintes);
        take(await base().where('courrier.id', 'in', same).execute(), 'fichier');
      }
      if (keys.reference) {
        const reference = empreintes(index, 'reference', keys.reference);
        take(
          await base(limit * REFERENCES_OPENED)
            .where('courrier.reference_cle', 'in', reference)
            .execute(),
          'reference',
          (courrier) => correspondant === '' || foldName(courrier.correspondant) === correspondant,
        );
      }
      if (keys.objet) {
        const objet = empreintes(index, 'objet', keys.objet);
        take(
          await base()
            .where('courrier.objet_cle', 'in', objet)
            .where('courrier.date_enregistrement', '>=', since)
            .execute(),
          'objet',
        );
      }
      return [...found.values()].slice(0, limit);
    },
  };
}
