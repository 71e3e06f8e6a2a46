import type { Keyring } from '@gec/crypto';
import type { Database } from '@gec/db';
import type { Selectable } from 'kysely';
import type { Via } from '../../cache.ts';
import type { Trx } from '../../context.ts';
import type { FacteurDefiTable, FacteurTable, GecTables } from '../../db/schema.ts';
import type { Facteur } from './facteurs.schema.ts';
import type { Cle } from './facteurs.webauthn.ts';

type Row = Selectable<FacteurTable>;
type GenreDefi = FacteurDefiTable['genre'];

/** A passkey with whose it is. */
export interface ClePersonne extends Cle {
  readonly id: number;
  readonly userId: number;
  readonly rpId: string;
}

/** What a new factor is made of. */
export type NouveauFacteur = { userId: number; nom: string; date: string } & (
  { genre: 'totp'; secret: string; pas: number } | { genre: 'cle'; rpId: string; cle: Cle }
);

const TABLE = 'facteur';
const DEFIS = 'facteur_defi';

/** The SQL of second factors. */
export function createFacteursRepo(database: Database<GecTables>, keyring: Keyring) {
  const { fields, identity } = keyring;
  const sealing = (column: string, id: number) => ({ table: TABLE, column, id });
  const empreinte = (userId: number, code: string) => identity.digest('facteur.secours', `${userId} ${code}`);

  function toFacteur(row: Row): Facteur {
    return {
      id: row.id,
      genre: row.genre,
      nom: fields.open(sealing('nom', row.id), row.nom),
      dateCreation: row.date_creation,
      derniereUtilisation: row.derniere_utilisation,
    };
  }

  function toCle(row: Row): ClePersonne[] {
    const { credential_id, cle_publique, rp_id } = row;
    if (credential_id === null || cle_publique === null || rp_id === null) return [];
    return [
      {
        id: row.id,
        userId: row.user_id,
        rpId: rp_id,
        credentialId: credential_id,
        clePublique: cle_publique,
        compteur: row.compteur ?? 0,
        transports: (row.transports ?? '').split(' ').filter((word) => word !== ''),
      },
    ];
  }

  const ofUser = (via: Via, userId: number) =>
    via.selectFrom(TABLE).selectAll().where('user_id', '=', userId).orderBy('id').execute();

  return {
    /** The factors of a person, oldest first. */
    async list(userId: number, via: Via = database.kysely): Promise<Facteur[]> {
      return (await ofUser(via, userId)).map(toFacteur);
    },

    /** Which of these people have a factor. */
    async withFactor(userIds: readonly number[]): Promise<Set<number>> {
      if (userIds.length === 0) return new Set();
      const rows = await database.kysely
        .selectFrom(TABLE)
        .select('user_id')
        .distinct()
        .where('user_id', 'in', userIds)
        .execute();
      return new Set(rows.map((row) => row.user_id));
    },

    /** The kinds of factor that a person has. */
    async kinds(userId: number): Promise<Set<Row['genre']>> {
      const rows = await database.kysely
        .selectFrom(TABLE)
        .select('genre')
        .distinct()
        .where('user_id', '=', userId)
        .execute();
      return new Set(rows.map((row) => row.genre));
    },

    /** The authenticator apps of a person with their secrets. */
    async totp(
      via: Via,
      userId: number,
    ): Promise<{ id: number; secret: string; dernierPas: number | null }[]> {
      return (await ofUser(via, userId)).flatMap((row) =>
        row.secret === null
          ? []
          : [
              {
                id: row.id,
                secret: fields.open(sealing('secret', row.id), row.secret),
                dernierPas: row.dernier_pas,
              },
            ],
      );
    },

    /** The passkeys of a person. */
    async cles(userId: number): Promise<ClePersonne[]> {
      return (await ofUser(database.kysely, userId)).flatMap(toCle);
    },

    /** The passkey of an id, whoever it belongs to. */
    async cle(credentialId: string): Promise<ClePersonne | null> {
      const row = await database.kysely
        .selectFrom(TABLE)
        .selectAll()
        .where('credential_id', '=', credentialId)
        .executeTakeFirst();
      return row ? (toCle(row)[0] ?? null) : null;
    },

    /** Keeps a factor. @returns its id. Throws a unique violation for a passkey that is known already. */
    async insert(trx: Trx, one: NouveauFacteur): Promise<number> {
      const id = await database.dialect.nextId(trx, TABLE);
      const cle = one.genre === 'cle' ? one.cle : null;
      await trx
        .insertInto(TABLE)
        .values({
          id,
          user_id: one.userId,
          genre: one.genre,
          nom: fields.seal(sealing('nom', id), one.nom),
          secret: one.genre === 'totp' ? fields.seal(sealing('secret', id), one.secret) : null,
          dernier_pas: one.genre === 'totp' ? one.pas : null,
          rp_id: one.genre === 'cle' ? one.rpId : null,
          credential_id: cle?.credentialId ?? null,
          cle_publique: cle?.clePublique ?? null,
          compteur: cle?.compteur ?? null,
          transports: cle ? cle.transports.join(' ') : null,
          date_creation: one.date,
          derniere_utilisation: null,
        })
        .execute();
      return id;
    },

    /** Takes the step of a code, unless it or a later one was used. @returns whether it could be taken */
    async takeStep(trx: Trx, id: number, pas: number, date: string): Promise<boolean> {
      const { numUpdatedRows } = await trx
        .updateTable(TABLE)
        .set({ dernier_pas: pas, derniere_utilisation: date })
        .where('id', '=', id)
        .where((eb) => eb.or([eb('dernier_pas', 'is', null), eb('dernier_pas', '<', pas)]))
        .executeTakeFirstOrThrow();
      return numUpdatedRows === 1n;
    },

    /** Notes the use of a passkey. @returns false when it is gone, or its counter went back: somebody copied it */
    async noteUse(
      trx: Trx,
      id: number,
      use: { before: number; after: number; date: string },
    ): Promise<boolean> {
      const { numUpdatedRows } = await trx
        .updateTable(TABLE)
        .set({ compteur: use.after, derniere_utilisation: use.date })
        .where('id', '=', id)
        .where('compteur', '=', use.before)
        .executeTakeFirstOrThrow();
      return numUpdatedRows === 1n;
    },

    /** Removes a factor of a person. @returns whether there was one */
    async remove(trx: Trx, userId: number, id: number): Promise<boolean> {
      const { numDeletedRows } = await trx
        .deleteFrom(TABLE)
        .where('id', '=', id)
        .where('user_id', '=', userId)
        .executeTakeFirstOrThrow();
      return numDeletedRows === 1n;
    },

    /** Removes everything of a person. @returns how many factors there were */
    async removeAll(trx: Trx, userId: number): Promise<number> {
      await trx.deleteFrom('code_secours').where('user_id', '=', userId).execute();
      await trx.deleteFrom(DEFIS).where('user_id', '=', userId).execute();
      const { numDeletedRows } = await trx
        .deleteFrom(TABLE)
        .where('user_id', '=', userId)
        .executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    },

    /** How many recovery codes a person has left. */
    async countCodes(userId: number, via: Via = database.kysely): Promise<number> {
      const { n } = await via
        .selectFrom('code_secours')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('user_id', '=', userId)
        .executeTakeFirstOrThrow();
      return Number(n);
    },

    /** Replaces the recovery codes of a person; none removes them. */
    async putCodes(trx: Trx, userId: number, codes: readonly string[]): Promise<void> {
      await trx.deleteFrom('code_secours').where('user_id', '=', userId).execute();
      if (codes.length === 0) return;
      await trx
        .insertInto('code_secours')
        .values(codes.map((code) => ({ user_id: userId, empreinte: empreinte(userId, code) })))
        .execute();
    },

    /** Uses up a recovery code. @returns whether there was one */
    async takeCode(trx: Trx, userId: number, code: string): Promise<boolean> {
      const { numDeletedRows } = await trx
        .deleteFrom('code_secours')
        .where('user_id', '=', userId)
        .where('empreinte', '=', empreinte(userId, code))
        .executeTakeFirstOrThrow();
      return numDeletedRows === 1n;
    },

    /** Keeps what waits for an answer; `null` outside of a transaction. */
    async putDefi(
      trx: Trx | null,
      defi: { id: string; userId: number | null; genre: GenreDefi; contenu: string; expireLe: string },
    ): Promise<void> {
      await (trx ?? database.kysely)
        .insertInto(DEFIS)
        .values({
          id: defi.id,
          user_id: defi.userId,
          genre: defi.genre,
          contenu: fields.seal({ table: DEFIS, column: 'contenu', id: defi.id }, defi.contenu),
          expire_le: defi.expireLe,
        })
        .execute();
    },

    /** What waits under a name, or of a person, unless it is too late. */
    async findDefi(
      which: { genre: GenreDefi } & ({ id: string } | { userId: number }),
      now: string,
    ): Promise<{ id: string; userId: number | null; contenu: string } | null> {
      let query = database.kysely
        .selectFrom(DEFIS)
        .selectAll()
        .where('genre', '=', which.genre)
        .where('expire_le', '>', now);
      query = 'id' in which ? query.where('id', '=', which.id) : query.where('user_id', '=', which.userId);
      const row = await query.executeTakeFirst();
      if (!row) return null;
      const contenu = fields.open({ table: DEFIS, column: 'contenu', id: row.id }, row.contenu);
      return { id: row.id, userId: row.user_id, contenu };
    },

    /** Uses up what waits: only one answer gets it. @returns whose it was (`null`: nobody's), undefined when gone */
    async takeDefi(
      trx: Trx | null,
      id: string,
      genre: GenreDefi,
      now: string,
    ): Promise<{ userId: number | null } | undefined> {
      const row = await (trx ?? database.kysely)
        .deleteFrom(DEFIS)
        .where('id', '=', id)
        .where('genre', '=', genre)
        .where('expire_le', '>', now)
        .returning('user_id')
        .executeTakeFirst();
      return row && { userId: row.user_id };
    },

    /** Removes what waits of a person. */
    async dropDefis(trx: Trx, userId: number, genre: GenreDefi): Promise<void> {
      await trx.deleteFrom(DEFIS).where('user_id', '=', userId).where('genre', '=', genre).execute();
    },

    /** Removes what came too late. @returns how much it was */
    async sweepDefis(now: string): Promise<number> {
      const { numDeletedRows } = await database.kysely
        .deleteFrom(DEFIS)
        .where('expire_le', '<=', now)
        .executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    },
  };
}

export type FacteursRepo = ReturnType<typeof createFacteursRepo>;
