import { fold } from '@gec/core';
import type { Keyring } from '@gec/crypto';
import type { Database } from '@gec/db';
import type { Via } from '../../cache.ts';
import type { Trx } from '../../context.ts';
import type { GecTables } from '../../db/schema.ts';
import { empreintes } from '../../empreintes.ts';
import { listeImport, type ListeImport } from './utilisateurs.import.schema.ts';

const TABLE = 'utilisateurs_import';
const AT_ONCE = 400;

/** The SQL of lists of people that wait to be confirmed. */
export function createImportRepo(database: Database<GecTables>, keyring: Keyring) {
  const { fields, index } = keyring;
  const context = (id: string) => ({ table: TABLE, column: 'contenu', id });
  const emailKeys = (email: string) => empreintes(index, 'email', email);

  return {
    /** Keeps a list, sealed, in place of the one that the person sent before; older ones of others go too. */
    async keep(trx: Trx, id: string, userId: number, liste: ListeImport, now: string, before: string) {
      await trx
        .deleteFrom(TABLE)
        .where((eb) => eb.or([eb('user_id', '=', userId), eb('date_creation', '<', before)]))
        .execute();
      const contenu = fields.seal(context(id), JSON.stringify(liste));
      await trx.insertInto(TABLE).values({ id, user_id: userId, contenu, date_creation: now }).execute();
    },

    /** A list that the person sent and that is not too old. */
    async find(id: string, userId: number, after: string): Promise<ListeImport | null> {
      const row = await database.kysely
        .selectFrom(TABLE)
        .select('contenu')
        .where('id', '=', id)
        .where('user_id', '=', userId)
        .where('date_creation', '>=', after)
        .executeTakeFirst();
      return row ? listeImport.parse(JSON.parse(fields.open(context(id), row.contenu))) : null;
    },

    /** Takes a list out. @returns false when somebody did already */
    async take(trx: Trx, id: string, userId: number): Promise<boolean> {
      const { numDeletedRows } = await trx
        .deleteFrom(TABLE)
        .where('id', '=', id)
        .where('user_id', '=', userId)
        .executeTakeFirstOrThrow();
      return numDeletedRows > 0n;
    },

    /** Which user names and addresses accounts have already: their ids, by folded name and by address as given. */
    async known(
      via: Via,
      people: readonly { username: string; email: string }[],
    ): Promise<{ usernames: Map<string, number>; emails: Map<string, number> }> {
      const usernames = new Map<string, number>();
      const emails = new Map<string, number>();
      for (let at = 0; at < people.length; at += AT_ONCE) {
        const some = people.slice(at, at + AT_ONCE);
        const keys = new Map(
          some.flatMap(({ email }) => emailKeys(email).map((key) => [key, fold(email.trim())] as const)),
        );
        // PostgreSQL takes no NUL in a text, and no user name has one.
        const names = [...new Set(some.map(({ username }) => fold(username.replace(/\p{Cc}/gu, ' '))))];
        const rows = await via
          .selectFrom('user')
          .select(['id', 'username_cle', 'email_cle'])
          .where((eb) => eb.or([eb('username_cle', 'in', names), eb('email_cle', 'in', [...keys.keys()])]))
          .execute();
        for (const row of rows) {
          usernames.set(row.username_cle, row.id);
          const email = keys.get(row.email_cle);
          if (email !== undefined) emails.set(email, row.id);
        }
      }
      return { usernames, emails };
    },
  };
}
