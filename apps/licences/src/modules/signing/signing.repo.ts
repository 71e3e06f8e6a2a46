import type { Keyring, Sealed } from '@gec/crypto';
import type { Database } from '@gec/db';
import type { PrivateJwk, PublicJwk } from '@gec/licence-client';
import type { Selectable } from 'kysely';
import type { Trx } from '../../context.ts';
import type { LicenceTables, SigningKeyTable } from '../../db/schema.ts';

type Row = Selectable<SigningKeyTable>;

/** A key of the hierarchy as the service sees it; the private half stays sealed until it is needed. */
export interface StoredKeyPair {
  readonly kid: string;
  readonly kind: 'root' | 'signing';
  readonly jwk: PublicJwk;
  readonly statement: string | null;
  readonly serial: number;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly retiredAt: string | null;
  readonly revokedAt: string | null;
  readonly createdAt: string;
}

function toKey(row: Row): StoredKeyPair {
  return {
    kid: row.kid,
    kind: row.kind,
    jwk: JSON.parse(row.jwk) as PublicJwk,
    statement: row.statement,
    serial: row.serial,
    notBefore: row.not_before,
    notAfter: row.not_after,
    retiredAt: row.retired_at,
    revokedAt: row.revoked_at,
    createdAt: row.created_at,
  };
}

/** The SQL of the signing keys. */
export function createSigningRepo(database: Database<LicenceTables>, keyring: Keyring) {
  const { kysely, dialect } = database;
  const place = (kid: string) => ({ table: 'signing_key', column: 'private_key', id: kid });
  return {
    /** Every key, oldest first. */
    async all(trx: Pick<Trx, 'selectFrom'> = kysely): Promise<StoredKeyPair[]> {
      const rows = await trx
        .selectFrom('signing_key')
        .selectAll()
        .orderBy('created_at')
        .orderBy('serial')
        .execute();
      return rows.map(toKey);
    },

    /** Opens the private half of a signing key. */
    async privateJwk(kid: string): Promise<PrivateJwk | null> {
      const row = await kysely
        .selectFrom('signing_key')
        .select('private_key')
        .where('kid', '=', kid)
        .executeTakeFirst();
      const sealed: Sealed | null = row?.private_key ?? null;
      return sealed === null ? null : (JSON.parse(keyring.fields.open(place(kid), sealed)) as PrivateJwk);
    },

    async insert(trx: Trx, key: StoredKeyPair, privateJwk: PrivateJwk | null): Promise<void> {
      await trx
        .insertInto('signing_key')
        .values({
          kid: key.kid,
          kind: key.kind,
          jwk: JSON.stringify(key.jwk),
          private_key:
            privateJwk === null ? null : keyring.fields.seal(place(key.kid), JSON.stringify(privateJwk)),
          statement: key.statement,
          serial: key.serial,
          not_before: key.notBefore,
          not_after: key.notAfter,
          retired_at: key.retiredAt,
          revoked_at: key.revokedAt,
          created_at: key.createdAt,
        })
        .execute();
    },

    async retire(trx: Trx, exceptKid: string, at: string): Promise<void> {
      await trx
        .updateTable('signing_key')
        .set({ retired_at: at })
        .where('kind', '=', 'signing')
        .where('kid', '!=', exceptKid)
        .where('retired_at', 'is', null)
        .execute();
    },

    /** Marks a key as revoked and forgets its private half. */
    async revoke(trx: Trx, kid: string, at: string): Promise<void> {
      await trx
        .updateTable('signing_key')
        .set({ revoked_at: at, private_key: null })
        .where('kid', '=', kid)
        .execute();
    },

    async latestKrl(): Promise<{ serial: number; statement: string } | null> {
      const row = await kysely
        .selectFrom('key_revocation_list')
        .select(['serial', 'statement'])
        .orderBy('serial', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row ?? null;
    },

    async insertKrl(trx: Trx, serial: number, statement: string, at: string): Promise<void> {
      await trx.insertInto('key_revocation_list').values({ serial, statement, issued_at: at }).execute();
    },

    /** Becomes the one process that makes the first keys. */
    exclusive: (trx: Trx): Promise<boolean> => dialect.tryExclusive(trx, 'licences:first-keys'),
  };
}
