import type { Keyring } from '@gec/crypto';
import type { Database } from '@gec/db';
import { sql } from 'kysely';
import type { Trx } from '../../context.ts';
import type { GecTables } from '../../db/schema.ts';
import type { Fusion } from './correspondants.schema.ts';

const TABLE = 'correspondant_fusion';

/** A merge with what its work needs. */
export interface FusionEnCours {
  id: number;
  gardeId: number;
  fonduId: number | null;
  reecrire: boolean;
  terminee: boolean;
  userId: number;
  ip: string;
}

/** The SQL of merges. */
export function createFusionRepo({ kysely, dialect }: Database<GecTables>, keyring: Keyring) {
  const { fields } = keyring;
  const context = (id: number) => ({ table: TABLE, column: 'nom_fondu', id });

  return {
    /** Letters of a correspondant, those in the corbeille too: all of them go along. */
    async lettres(correspondantId: number): Promise<number> {
      const row = await kysely
        .selectFrom('courrier')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('correspondant_id', '=', correspondantId)
        .executeTakeFirstOrThrow();
      return Number(row.n);
    },

    /**
     * Hands everything but the letters over from one correspondant to another: who is offered it, its other
     * spellings, its use. The merged one is no longer found by its name.
     *
     * @returns false when one of the two was changed since the version that the person saw
     */
    async handOver(
      trx: Trx,
      garde: { id: number; version: number },
      fondu: { id: number; version: number },
    ): Promise<boolean> {
      const merged = await trx
        .updateTable('correspondant')
        .set({ nom_cle: `fusion:${fondu.id}`, actif: false, version: fondu.version + 1 })
        .where('id', '=', fondu.id)
        .where('version', '=', fondu.version)
        .returning(['usages', 'dernier_usage'])
        .executeTakeFirst();
      if (!merged) return false;
      const kept = await trx
        .updateTable('correspondant')
        .set({
          usages: sql<number>`usages + ${merged.usages}`,
          dernier_usage: sql<string>`case when dernier_usage < ${merged.dernier_usage}
            then ${merged.dernier_usage} else dernier_usage end`,
        })
        .where('id', '=', garde.id)
        .where('version', '=', garde.version)
        .returning('id')
        .executeTakeFirst();
      if (!kept) return false;
      await sql`insert into correspondant_acces (principal, correspondant_id)
        select principal, ${garde.id} from correspondant_acces where correspondant_id = ${fondu.id}
        on conflict do nothing`.execute(trx);
      for (const table of ['correspondant_acces', 'correspondant_terme'] as const) {
        await trx.deleteFrom(table).where('correspondant_id', '=', fondu.id).execute();
      }
      await trx
        .deleteFrom('correspondant_distinct')
        .where((eb) => eb.or([eb('premier_id', '=', fondu.id), eb('second_id', '=', fondu.id)]))
        .execute();
      await trx
        .updateTable('correspondant_alias')
        .set({ correspondant_id: garde.id })
        .where('correspondant_id', '=', fondu.id)
        .execute();
      await trx.updateTable(TABLE).set({ garde_id: garde.id }).where('garde_id', '=', fondu.id).execute();
      return true;
    },

    /** Notes a merge whose letters are still to be taken over. @returns its id */
    async insert(
      trx: Trx,
      line: {
        gardeId: number;
        fonduId: number;
        nomFondu: string;
        reecrire: boolean;
        total: number;
        userId: number;
        ip: string;
        date: string;
      },
    ): Promise<number> {
      const id = await dialect.nextId(trx, TABLE);
      await trx
        .insertInto(TABLE)
        .values({
          id,
          garde_id: line.gardeId,
          fondu_id: line.fonduId,
          nom_fondu: fields.seal(context(id), line.nomFondu),
          reecrire: line.reecrire,
          etat: 'EN_COURS',
          fait: 0,
          total: line.total,
          user_id: line.userId,
          ip_address: line.ip,
          date_creation: line.date,
          date_fin: null,
        })
        .execute();
      return id;
    },

    /** A merge, held until the transaction ends, so that one process works on it at a time. */
    async hold(trx: Trx, id: number): Promise<FusionEnCours | null> {
      const row = await trx
        .updateTable(TABLE)
        .set((eb) => ({ fait: eb.ref('fait') }))
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst();
      if (!row) return null;
      return {
        id,
        gardeId: row.garde_id,
        fonduId: row.fondu_id,
        reecrire: row.reecrire,
        terminee: row.etat === 'TERMINEE',
        userId: row.user_id,
        ip: row.ip_address,
      };
    },

    /** Counts letters that were taken over. */
    async avancer(trx: Trx, id: number, lettres: number): Promise<void> {
      await trx
        .updateTable(TABLE)
        .set((eb) => ({ fait: eb('fait', '+', lettres) }))
        .where('id', '=', id)
        .execute();
    },

    /** Ends a merge: the merged correspondant is gone. */
    async terminer(trx: Trx, { id, fonduId }: FusionEnCours, now: string): Promise<void> {
      await trx
        .updateTable(TABLE)
        .set({ etat: 'TERMINEE', fondu_id: null, date_fin: now })
        .where('id', '=', id)
        .execute();
      if (fonduId === null) return;
      for (const table of ['correspondant_acces', 'correspondant_terme', 'correspondant_alias'] as const) {
        await trx.deleteFrom(table).where('correspondant_id', '=', fonduId).execute();
      }
      await trx.deleteFrom('correspondant').where('id', '=', fonduId).execute();
    },

    /** The merges into a correspondant, newest first. */
    async de(gardeId: number): Promise<Fusion[]> {
      const rows = await kysely
        .selectFrom(TABLE)
        .selectAll()
        .where('garde_id', '=', gardeId)
        .orderBy('id', 'desc')
        .limit(20)
        .execute();
      return rows.map((row) => ({
        id: row.id,
        nomFondu: fields.open(context(row.id), row.nom_fondu),
        fait: row.fait,
        total: Math.max(row.total, row.fait),
        terminee: row.etat === 'TERMINEE',
      }));
    },

    /** Whether a correspondant takes part in a merge that is not finished. */
    async enCours(trx: Trx, id: number): Promise<boolean> {
      const row = await trx
        .selectFrom(TABLE)
        .select('id')
        .where('etat', '=', 'EN_COURS')
        .where((eb) => eb.or([eb('garde_id', '=', id), eb('fondu_id', '=', id)]))
        .executeTakeFirst();
      return row !== undefined;
    },
  };
}
