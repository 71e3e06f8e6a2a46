import type { Keyring } from '@gec/crypto';
import type { Database } from '@gec/db';
import type { Trx } from '../../context.ts';
import type { LicenceTables } from '../../db/schema.ts';

/** A webhook with what is needed to deliver to it. */
export interface StoredWebhook {
  readonly id: number;
  readonly url: string;
  readonly secret: string;
  readonly events: readonly string[];
  readonly active: boolean;
  readonly createdAt: string;
  readonly lastDeliveryAt: string | null;
  readonly lastError: string | null;
}

/** The SQL of the webhooks. */
export function createWebhooksRepo({ kysely, dialect }: Database<LicenceTables>, keyring: Keyring) {
  const place = (id: number, column: 'url' | 'secret') => ({ table: 'webhook', column, id });
  return {
    async all(): Promise<StoredWebhook[]> {
      const rows = await kysely.selectFrom('webhook').selectAll().orderBy('id').execute();
      return rows.map((row) => ({
        id: row.id,
        url: keyring.fields.open(place(row.id, 'url'), row.url),
        secret: keyring.fields.open(place(row.id, 'secret'), row.secret),
        events: JSON.parse(row.events) as string[],
        active: row.active,
        createdAt: row.created_at,
        lastDeliveryAt: row.last_delivery_at,
        lastError: row.last_error,
      }));
    },

    async insert(
      trx: Trx,
      webhook: { url: string; secret: string; events: readonly string[] },
      now: string,
    ): Promise<number> {
      const id = await dialect.nextId(trx, 'webhook');
      await trx
        .insertInto('webhook')
        .values({
          id,
          url: keyring.fields.seal(place(id, 'url'), webhook.url),
          secret: keyring.fields.seal(place(id, 'secret'), webhook.secret),
          events: JSON.stringify(webhook.events),
          active: true,
          created_at: now,
          last_delivery_at: null,
          last_error: null,
        })
        .execute();
      return id;
    },

    async remove(trx: Trx, id: number): Promise<boolean> {
      const { numDeletedRows } = await trx.deleteFrom('webhook').where('id', '=', id).executeTakeFirst();
      return numDeletedRows === 1n;
    },

    async noteDelivery(id: number, at: string, error: string | null): Promise<void> {
      await kysely
        .updateTable('webhook')
        .set(error === null ? { last_delivery_at: at, last_error: null } : { last_error: error })
        .where('id', '=', id)
        .execute();
    },
  };
}
