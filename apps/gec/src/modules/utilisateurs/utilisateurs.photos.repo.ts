import type { Keyring } from '@gec/crypto';
import type { Database } from '@gec/db';
import type { Trx } from '../../context.ts';
import type { GecTables } from '../../db/schema.ts';

const TABLE = 'user_photo';

/** The SQL of the photographs of people. */
export function createPhotosRepo(database: Database<GecTables>, keyring: Keyring) {
  const context = (id: number) => ({ table: TABLE, column: 'contenu', id });

  return {
    /** The photograph of an account and the word of its address. */
    async find(id: number): Promise<{ image: Buffer; mot: string } | null> {
      const row = await database.kysely
        .selectFrom('user')
        .innerJoin('user_photo', 'user_photo.user_id', 'user.id')
        .select(['user.photo', 'user_photo.contenu'])
        .where('user.id', '=', id)
        .executeTakeFirst();
      if (!row || row.photo === null) return null;
      return {
        image: Buffer.from(keyring.fields.open(context(id), row.contenu), 'base64'),
        mot: row.photo,
      };
    },

    /** Keeps a photograph in place of the one there was. @param mot new word of its address */
    async put(trx: Trx, id: number, image: Buffer, mot: string): Promise<void> {
      const contenu = keyring.fields.seal(context(id), image.toString('base64'));
      await trx
        .insertInto(TABLE)
        .values({ user_id: id, contenu })
        .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ contenu }))
        .execute();
      await trx.updateTable('user').set({ photo: mot }).where('id', '=', id).execute();
    },

    /** Removes a photograph. @returns whether there was one */
    async remove(trx: Trx, id: number): Promise<boolean> {
      await trx.updateTable('user').set({ photo: null }).where('id', '=', id).execute();
      const { numDeletedRows } = await trx
        .deleteFrom(TABLE)
        .where('user_id', '=', id)
        .executeTakeFirstOrThrow();
      return numDeletedRows > 0n;
    },
  };
}
