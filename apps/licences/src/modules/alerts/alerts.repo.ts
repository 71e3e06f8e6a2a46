import type { Database } from '@gec/db';
import type { Selectable } from 'kysely';
import type { Trx } from '../../context.ts';
import type { AlertTable, LicenceTables } from '../../db/schema.ts';
import type { Alert, NewAlert } from './alerts.schema.ts';

function toAlert(row: Selectable<AlertTable>): Alert {
  return {
    id: row.id,
    kind: row.kind as Alert['kind'],
    severity: row.severity,
    licenseId: row.license_id,
    details: JSON.parse(row.details) as Alert['details'],
    occurrences: row.occurrences,
    createdAt: row.created_at,
    lastAt: row.last_at,
    resolvedAt: row.resolved_at,
    resolvedBy: row.resolved_by,
    resolution: row.resolution,
  };
}

/** What tells one trouble from another. */
const dedupeOf = ({ kind, subject }: { kind: string; subject: string | number }): string =>
  `${kind} ${subject}`;

/** The SQL of the alerts. */
export function createAlertsRepo({ kysely }: Database<LicenceTables>) {
  return {
    /** Opens an alert, or counts up the open one of the same trouble. @returns whether it is new */
    async raise(trx: Trx, alert: NewAlert, at: string): Promise<boolean> {
      const row = await trx
        .insertInto('alert')
        .values({
          kind: alert.kind,
          severity: alert.severity,
          dedupe: dedupeOf(alert),
          license_id: alert.licenseId ?? null,
          details: JSON.stringify(alert.details ?? {}),
          occurrences: 1,
          created_at: at,
          last_at: at,
          resolved_at: null,
          resolved_by: null,
          resolution: null,
        })
        .onConflict((conflict) =>
          conflict
            .column('dedupe')
            .where('resolved_at', 'is', null)
            .doUpdateSet((eb) => ({
              occurrences: eb('alert.occurrences', '+', 1),
              last_at: at,
              details: eb.ref('excluded.details'),
            })),
        )
        .returning('occurrences')
        .executeTakeFirstOrThrow();
      return row.occurrences === 1;
    },

    async resolve(
      trx: Trx,
      where:
        { id: number } | { licenseId: number; kind: string } | { kind: string; subject: string | number },
      by: { actor: string; at: string; resolution: string },
    ): Promise<number> {
      let query = trx
        .updateTable('alert')
        .set({ resolved_at: by.at, resolved_by: by.actor, resolution: by.resolution })
        .where('resolved_at', 'is', null);
      if ('id' in where) query = query.where('id', '=', where.id);
      else if ('subject' in where) query = query.where('dedupe', '=', dedupeOf(where));
      else query = query.where('license_id', '=', where.licenseId).where('kind', '=', where.kind);
      const { numUpdatedRows } = await query.executeTakeFirst();
      return Number(numUpdatedRows);
    },

    async list(filter: { open: boolean; licenseId?: number }, limit: number): Promise<Alert[]> {
      let query = kysely
        .selectFrom('alert')
        .selectAll()
        .orderBy('last_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit);
      query = filter.open
        ? query.where('resolved_at', 'is', null)
        : query.where('resolved_at', 'is not', null);
      if (filter.licenseId !== undefined) query = query.where('license_id', '=', filter.licenseId);
      return (await query.execute()).map(toAlert);
    },

    async countOpen(): Promise<number> {
      const { n } = await kysely
        .selectFrom('alert')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('resolved_at', 'is', null)
        .executeTakeFirstOrThrow();
      return n;
    },
  };
}
