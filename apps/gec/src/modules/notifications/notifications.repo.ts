import type { Permission } from '@gec/core';
import type { Keyring } from '@gec/crypto';
import type { Database } from '@gec/db';
import { sql, type Selectable } from 'kysely';
import type { Via } from '../../cache.ts';
import type { Trx } from '../../context.ts';
import type { GecTables, NotificationTable } from '../../db/schema.ts';
import {
  EVENEMENTS,
  faitsShape,
  type ChoixNotifications,
  type Evenement,
  type Faits,
  type NotificationLue,
} from './notifications.schema.ts';

const TABLE = 'notification';

/** A notification to keep. */
export interface NouvelleNotification {
  readonly utilisateurId: number;
  readonly evenement: Evenement;
  readonly courrierId: number | null;
  readonly faits: Faits;
  /** What must not be told to this person twice. */
  readonly cle: string | null;
  readonly affichee: boolean;
  readonly aEnvoyer: boolean;
}

/** An open transmission whose échéance is near or passed. */
export interface EcheanceOuverte {
  readonly id: number;
  readonly courrierId: number;
  readonly numero: string;
  readonly deId: number;
  readonly aId: number;
  readonly instruction: string | null;
  readonly echeance: string;
}

/** The SQL of notifications. */
export function createNotificationsRepo({ kysely, dialect }: Database<GecTables>, { fields }: Keyring) {
  const context = (id: number) => ({ table: TABLE, column: 'message', id });

  function toNotification(row: Selectable<NotificationTable>): NotificationLue[] {
    const evenement = EVENEMENTS.find((known) => known === row.evenement);
    if (!evenement) return [];
    return [
      {
        id: row.id,
        utilisateurId: row.user_id,
        evenement,
        courrierId: row.courrier_id,
        faits: faitsShape.parse(JSON.parse(fields.open(context(row.id), row.message))),
        date: row.date_creation,
        lueLe: row.date_lecture,
      },
    ];
  }

  const shown = (userId: number, { nonLues, evenement }: ChoixNotifications = {}) => {
    let query = kysely.selectFrom(TABLE).where('user_id', '=', userId).where('affichee', '=', true);
    if (nonLues) query = query.where('date_lecture', 'is', null);
    return evenement ? query.where('evenement', '=', evenement) : query;
  };

  return {
    /** Keeps notifications, each sealed for its row; one that was told already is left out. @returns ids */
    async insert(trx: Trx, lines: readonly NouvelleNotification[], now: string): Promise<number[]> {
      if (lines.length === 0) return [];
      const ids = await dialect.nextIds(trx, TABLE, lines.length);
      const rows = await trx
        .insertInto(TABLE)
        .values(
          lines.map((line, at) => {
            const id = ids[at] ?? 0;
            return {
              id,
              user_id: line.utilisateurId,
              evenement: line.evenement,
              courrier_id: line.courrierId,
              message: fields.seal(context(id), JSON.stringify(line.faits)),
              cle: line.cle,
              affichee: line.affichee,
              a_envoyer: line.aEnvoyer,
              date_creation: now,
              date_lecture: null,
            };
          }),
        )
        .onConflict((conflict) => conflict.columns(['user_id', 'cle']).doNothing())
        .returning('id')
        .execute();
      return rows.map((row) => row.id);
    },

    /** A page of somebody's notifications, newest first unless the choice says otherwise. */
    async page(
      userId: number,
      choix: ChoixNotifications,
      { limit, offset }: { limit: number; offset: number },
    ): Promise<NotificationLue[]> {
      const rows = await shown(userId, choix)
        .selectAll()
        .orderBy('id', choix.ordre ?? 'desc')
        .limit(limit)
        .offset(offset)
        .execute();
      return rows.flatMap(toNotification);
    },

    /** How many there are. */
    async count(userId: number, choix: ChoixNotifications): Promise<number> {
      const { n } = await shown(userId, choix)
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .executeTakeFirstOrThrow();
      return Number(n);
    },

    /** Notes that somebody has read one, all of a letter, or all. @returns how many were unread */
    async markRead(
      userId: number,
      which: { id: number } | { courrierId: number } | 'toutes',
      now: string,
    ): Promise<number> {
      let query = kysely
        .updateTable(TABLE)
        .set({ date_lecture: now })
        .where('user_id', '=', userId)
        .where('affichee', '=', true)
        .where('date_lecture', 'is', null);
      if (which !== 'toutes') {
        query =
          'id' in which
            ? query.where('id', '=', which.id)
            : query.where('courrier_id', '=', which.courrierId);
      }
      const { numUpdatedRows } = await query.executeTakeFirst();
      return Number(numUpdatedRows);
    },

    /** Whether somebody has a notification of an id. */
    async has(userId: number, id: number): Promise<boolean> {
      return (await shown(userId).select('id').where('id', '=', id).executeTakeFirst()) !== undefined;
    },

    /** Those of some ids that still wait to go out by e-mail. */
    async toSend(ids: readonly number[]): Promise<NotificationLue[]> {
      if (ids.length === 0) return [];
      const rows = await kysely
        .selectFrom(TABLE)
        .selectAll()
        .where('id', 'in', ids)
        .where('a_envoyer', '=', true)
        .orderBy('id')
        .execute();
      return rows.flatMap(toNotification);
    },

    /** Takes one off those that wait for e-mail. @returns false when somebody else has */
    async takeToSend(trx: Trx, id: number): Promise<boolean> {
      const { numUpdatedRows } = await trx
        .updateTable(TABLE)
        .set({ a_envoyer: false })
        .where('id', '=', id)
        .where('a_envoyer', '=', true)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },

    /** Active people whose role holds a permission: all of them, or those of a department. */
    async holders(trx: Trx, permission: Permission, departementId?: number): Promise<number[]> {
      let query = trx
        .selectFrom('user')
        .innerJoin('role', 'role.nom', 'user.role')
        .innerJoin('role_permission', 'role_permission.role_nom', 'role.nom')
        .select('user.id')
        .where('user.actif', '=', true)
        .where('role.actif', '=', true)
        .where('role_permission.permission_nom', '=', permission);
      if (departementId !== undefined) query = query.where('user.departement_id', '=', departementId);
      return (await query.execute()).map((row) => row.id);
    },

    /** Active people who have to do with a letter: its author, and whoever sent it on or got it. */
    async participants(trx: Trx, courrierId: number): Promise<number[]> {
      const { rows } = await sql<{ id: number }>`
        select id from "user" where actif = ${true} and id in (
          select utilisateur_id from courrier where id = ${courrierId}
          union select forwarded_to_id from courrier_forward where courrier_id = ${courrierId}
          union select forwarded_by_id from courrier_forward where courrier_id = ${courrierId})`.execute(trx);
      return rows.map((row) => row.id);
    },

    /** Preferences of people for some keys, as they are stored. */
    async preferences(
      via: Via,
      userIds: readonly number[],
      keys: readonly string[],
    ): Promise<{ userId: number; cle: string; valeur: string }[]> {
      const rows = await via
        .selectFrom('user_preference')
        .selectAll()
        .where('user_id', 'in', userIds)
        .where('cle', 'in', keys)
        .execute();
      return rows.map((row) => ({ userId: row.user_id, cle: row.cle, valeur: row.valeur }));
    },

    /** Keeps a preference. */
    async prefer(trx: Trx, userId: number, cle: string, valeur: string): Promise<void> {
      await trx
        .insertInto('user_preference')
        .values({ user_id: userId, cle, valeur })
        .onConflict((conflict) => conflict.columns(['user_id', 'cle']).doUpdateSet({ valeur }))
        .execute();
    },

    /**
     * Becomes the one process that does something on a day. @returns false when it was done or is being done
     *
     * @param jour `YYYY-MM-DD`
     */
    async takeDay(trx: Trx, nom: string, jour: string, now: string): Promise<boolean> {
      await trx
        .insertInto('passage')
        .values({ nom, jour: null, date_fin: null, reussi: true, erreur: null })
        .onConflict((conflict) => conflict.column('nom').doNothing())
        .execute();
      const { numUpdatedRows } = await trx
        .updateTable('passage')
        .set({ jour, date_fin: now, reussi: true, erreur: null })
        .where('nom', '=', nom)
        .where((eb) => eb.or([eb('jour', 'is', null), eb('jour', '<', jour)]))
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },

    /** Open transmissions with an échéance between two days (inclusive), of letters that are not in the corbeille. */
    async echeances(
      trx: Trx,
      [from, to]: readonly [string, string],
      afterId: number,
      limit: number,
    ): Promise<EcheanceOuverte[]> {
      const rows = await trx
        .selectFrom('courrier_forward as f')
        .innerJoin('courrier as c', 'c.id', 'f.courrier_id')
        .innerJoin('user as u', 'u.id', 'f.forwarded_to_id')
        .select([
          'f.id',
          'f.courrier_id',
          'c.numero_accuse_reception',
          'f.forwarded_by_id',
          'f.forwarded_to_id',
          'f.instruction',
          'f.echeance',
        ])
        .where('f.date_traitement', 'is', null)
        .where('f.echeance', '>=', from)
        .where('f.echeance', '<=', to)
        .where('c.is_deleted', '=', false)
        .where('u.actif', '=', true)
        .where('f.id', '>', afterId)
        .orderBy('f.id')
        .limit(limit)
        .execute();
      return rows.map((row) => ({
        id: row.id,
        courrierId: row.courrier_id,
        numero: row.numero_accuse_reception,
        deId: row.forwarded_by_id,
        aId: row.forwarded_to_id,
        instruction: row.instruction,
        echeance: row.echeance ?? to,
      }));
    },

    /** Removes old notifications. @param lues before which read ones go @param nonLues before which all go */
    async sweep(lues: string, nonLues: string): Promise<number> {
      const { numDeletedRows } = await kysely
        .deleteFrom(TABLE)
        .where((eb) => eb.or([eb('date_lecture', '<', lues), eb('date_creation', '<', nonLues)]))
        .executeTakeFirst();
      return Number(numDeletedRows);
    },
  };
}

export type NotificationsRepo = ReturnType<typeof createNotificationsRepo>;
