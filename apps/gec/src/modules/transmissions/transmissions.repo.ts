import type { Actor } from '@gec/core';
import type { Keyring } from '@gec/crypto';
import type { Database } from '@gec/db';
import { sql, type RawBuilder, type Selectable } from 'kysely';
import type { Trx } from '../../context.ts';
import type { CourrierForwardTable, GecTables } from '../../db/schema.ts';
import { principals } from '../courriers/courriers.policy.ts';
import { type EtatTransmission, type Transmission } from './transmissions.schema.ts';

const TABLE = 'courrier_forward';

/** A new transmission, its message still plain. */
export interface NouvelleLigne {
  courrierId: number;
  deId: number;
  aId: number;
  instruction: string | null;
  message: string | null;
  echeance: string | null;
  date: string;
}

/** A transmission as the repo reads it: people by their ids, no day to compare with. */
export type TransmissionLue = Omit<Transmission, 'deNom' | 'aNom' | 'instructionLibelle' | 'enRetard'>;

/** Letters that are not in the corbeille. */
const PRESENT = sql<boolean>`exists (select 1 from courrier c
  where c.id = courrier_forward.courrier_id and c.is_deleted = ${false})`;

/** The letters that an actor may read: one may have lost a letter that one sent on. */
function lisible(actor: Actor): RawBuilder<boolean> {
  const keys = principals(actor);
  if (keys === 'all') return sql<boolean>`1 = 1`;
  return sql<boolean>`exists (select 1 from courrier_acces a
    where a.courrier_id = courrier_forward.courrier_id and a.principal in (${sql.join(keys)}))`;
}

/** The SQL of transmissions. */
export function createTransmissionsRepo({ kysely, dialect }: Database<GecTables>, { fields }: Keyring) {
  const context = (id: number) => ({ table: TABLE, column: 'message', id });

  function toTransmission(row: Selectable<CourrierForwardTable>): TransmissionLue {
    return {
      id: row.id,
      courrierId: row.courrier_id,
      deId: row.forwarded_by_id,
      aId: row.forwarded_to_id,
      instruction: row.instruction,
      message: fields.openOrNull(context(row.id), row.message),
      echeance: row.echeance,
      date: row.date_transmission,
      dateLecture: row.date_lecture,
      dateTraitement: row.date_traitement,
    };
  }

  function inState(actor: Actor, userId: number, etat: EtatTransmission) {
    const query = kysely.selectFrom(TABLE).where(PRESENT);
    if (etat === 'envoye') return query.where('forwarded_by_id', '=', userId).where(lisible(actor));
    // Whoever a letter was sent to may read it: the transaction that sends it says so, and nothing takes it back.
    return query
      .where('forwarded_to_id', '=', userId)
      .where('date_traitement', etat === 'traite' ? 'is not' : 'is', null);
  }

  return {
    /** Keeps a transmission, its message sealed. @returns its id */
    async insert(trx: Trx, line: NouvelleLigne): Promise<number> {
      const id = await dialect.nextId(trx, TABLE);
      await trx
        .insertInto(TABLE)
        .values({
          id,
          courrier_id: line.courrierId,
          forwarded_by_id: line.deId,
          forwarded_to_id: line.aId,
          instruction: line.instruction,
          message: fields.sealOrNull(context(id), line.message),
          echeance: line.echeance,
          date_transmission: line.date,
          lu: false,
          date_lecture: null,
          date_traitement: null,
        })
        .execute();
      return id;
    },

    /** A transmission by its id. */
    async find(id: number): Promise<TransmissionLue | null> {
      const row = await kysely.selectFrom(TABLE).selectAll().where('id', '=', id).executeTakeFirst();
      return row ? toTransmission(row) : null;
    },

    /** To whom, of the given people, somebody has an open transmission of a letter. */
    async open(courrierId: number, deId: number, aIds: readonly number[]): Promise<number[]> {
      const rows = await kysely
        .selectFrom(TABLE)
        .select('forwarded_to_id')
        .where('courrier_id', '=', courrierId)
        .where('forwarded_by_id', '=', deId)
        .where('forwarded_to_id', 'in', aIds)
        .where('date_traitement', 'is', null)
        .execute();
      return rows.map((row) => row.forwarded_to_id);
    },

    /** The transmissions of a letter, newest first. */
    async ofCourrier(courrierId: number): Promise<TransmissionLue[]> {
      const rows = await kysely
        .selectFrom(TABLE)
        .selectAll()
        .where('courrier_id', '=', courrierId)
        .orderBy('id', 'desc')
        .execute();
      return rows.map(toTransmission);
    },

    /** A page of a person's transmissions: open ones by échéance, done ones and sent ones newest first. */
    async page(
      actor: Actor,
      userId: number,
      etat: EtatTransmission,
      { limit, offset }: { limit: number; offset: number },
    ): Promise<TransmissionLue[]> {
      let query = inState(actor, userId, etat).selectAll(TABLE);
      if (etat === 'a_traiter') {
        query = query.orderBy(sql`case when echeance is null then 1 else 0 end`).orderBy('echeance');
      } else if (etat === 'traite') {
        query = query.orderBy('date_traitement', 'desc');
      }
      const rows = await query.orderBy('id', 'desc').limit(limit).offset(offset).execute();
      return rows.map(toTransmission);
    },

    /** How many transmissions a page is taken from. */
    async count(actor: Actor, userId: number, etat: EtatTransmission): Promise<number> {
      const row = await inState(actor, userId, etat)
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .executeTakeFirstOrThrow();
      return Number(row.n);
    },

    /** What is open for a person: in all, with an échéance before a day, not read yet. */
    async counts(actor: Actor, userId: number, today: string) {
      const row = await inState(actor, userId, 'a_traiter')
        .select((eb) => [
          eb.fn.countAll<number>().as('total'),
          sql<number>`sum(case when echeance < ${today} then 1 else 0 end)`.as('late'),
          sql<number>`sum(case when lu then 0 else 1 end)`.as('unread'),
        ])
        .executeTakeFirstOrThrow();
      return {
        aTraiter: Number(row.total),
        enRetard: Number(row.late ?? 0),
        nonLus: Number(row.unread ?? 0),
      };
    },

    /** Notes that a person has read what was sent to them of a letter. @returns how many were unread */
    async markRead(courrierId: number, aId: number, now: string): Promise<number> {
      const { numUpdatedRows } = await kysely
        .updateTable(TABLE)
        .set({ lu: true, date_lecture: now })
        .where('courrier_id', '=', courrierId)
        .where('forwarded_to_id', '=', aId)
        .where('lu', '=', false)
        .executeTakeFirst();
      return Number(numUpdatedRows);
    },

    /** Notes that a transmission is done. @returns false when it was already */
    async markDone(trx: Trx, id: number, now: string): Promise<boolean> {
      const { numUpdatedRows } = await trx
        .updateTable(TABLE)
        .set({
          lu: true,
          date_lecture: sql<string>`coalesce(date_lecture, ${now})`,
          date_traitement: now,
        })
        .where('id', '=', id)
        .where('date_traitement', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
  };
}
