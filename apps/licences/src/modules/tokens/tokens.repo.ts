import type { Database } from '@gec/db';
import type { Selectable } from 'kysely';
import type { Trx } from '../../context.ts';
import type { ApiTokenTable, LicenceTables } from '../../db/schema.ts';
import type { ApiToken } from './tokens.schema.ts';

function toToken(row: Selectable<ApiTokenTable>): ApiToken {
  return {
    id: row.id,
    name: row.name,
    hint: row.hint,
    scopes: JSON.parse(row.scopes) as ApiToken['scopes'],
    createdAt: row.created_at,
    createdBy: row.created_by,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  };
}

/** The SQL of the tokens. */
export function createTokensRepo({ kysely }: Database<LicenceTables>) {
  return {
    async all(): Promise<ApiToken[]> {
      const rows = await kysely.selectFrom('api_token').selectAll().orderBy('id', 'desc').execute();
      return rows.map(toToken);
    },

    async findLive(digest: string, now: string): Promise<ApiToken | null> {
      const row = await kysely
        .selectFrom('api_token')
        .selectAll()
        .where('digest', '=', digest)
        .where('revoked_at', 'is', null)
        .where('expires_at', '>', now)
        .executeTakeFirst();
      return row ? toToken(row) : null;
    },

    async insert(
      trx: Trx,
      token: Omit<ApiToken, 'id' | 'lastUsedAt' | 'revokedAt'> & { digest: string },
    ): Promise<void> {
      await trx
        .insertInto('api_token')
        .values({
          name: token.name,
          digest: token.digest,
          hint: token.hint,
          scopes: JSON.stringify(token.scopes),
          created_at: token.createdAt,
          created_by: token.createdBy,
          expires_at: token.expiresAt,
          last_used_at: null,
          revoked_at: null,
        })
        .execute();
    },

    async revoke(trx: Trx, id: number, at: string): Promise<boolean> {
      const { numUpdatedRows } = await trx
        .updateTable('api_token')
        .set({ revoked_at: at })
        .where('id', '=', id)
        .where('revoked_at', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    async touch(id: number, at: string): Promise<void> {
      await kysely.updateTable('api_token').set({ last_used_at: at }).where('id', '=', id).execute();
    },
  };
}
