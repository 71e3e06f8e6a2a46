import type { Keyring } from '@gec/crypto';
import { adoptDigest, type Database } from '@gec/db';
import { sql } from 'kysely';
import type { Trx } from '../../context.ts';
import type { GecTables } from '../../db/schema.ts';

/** A correspondant found by completion, with what orders it. */
export interface CorrespondantTrouve {
  id: number;
  nom: string;
  usages: number;
}

const TABLE = 'correspondant';

/** The SQL of correspondants. */
export function createCorrespondantsRepo({ kysely, dialect }: Database<GecTables>, keyring: Keyring) {
  const context = (id: number) => ({ table: TABLE, column: 'nom', id });

  async function use(trx: Trx, cle: string, date: string): Promise<number | undefined> {
    const row = await trx
      .updateTable(TABLE)
      .set({ usages: sql<number>`usages + 1`, dernier_usage: date })
      .where('nom_cle', '=', cle)
      .returning('id')
      .executeTakeFirst();
    if (row) return row.id;
    // An earlier name, or that of one merged into another, leads to the one that is kept.
    const alias = await trx
      .updateTable(TABLE)
      .set({ usages: sql<number>`usages + 1`, dernier_usage: date })
      .where('id', '=', ({ selectFrom }) =>
        selectFrom('correspondant_alias').select('correspondant_id').where('nom_cle', '=', cle),
      )
      .returning('id')
      .executeTakeFirst();
    return alias?.id;
  }

  return {
    /**
     * Counts one more use of a name, which is learnt when it is new; another transaction may learn the same name at
     * the same time.
     *
     * @param cles every blind key of the name, the one in force first
     * @param terms keyed hashes of the beginnings of its words, made only when they are needed
     */
    async learn(
      trx: Trx,
      {
        cles,
        nom,
        date,
        terms,
      }: { cles: readonly string[]; nom: string; date: string; terms: () => string[] },
    ): Promise<number> {
      const cle = cles[0]!;
      await adoptDigest(trx, TABLE, 'nom_cle', cles);
      await adoptDigest(trx, 'correspondant_alias', 'nom_cle', cles);
      const known = await use(trx, cle, date);
      if (known !== undefined) return known;
      const id = await dialect.nextId(trx, TABLE);
      const inserted = await trx
        .insertInto(TABLE)
        .values({
          id,
          nom: keyring.fields.seal(context(id), nom),
          nom_cle: cle,
          usages: 1,
          dernier_usage: date,
          actif: true,
        })
        .onConflict((conflict) => conflict.column('nom_cle').doNothing())
        .returning('id')
        .executeTakeFirst();
      if (!inserted) {
        const meanwhile = await use(trx, cle, date);
        if (meanwhile === undefined) throw new Error('a correspondant is neither new nor known');
        return meanwhile;
      }
      const rows = terms().map((terme) => ({ terme, correspondant_id: id }));
      if (rows.length > 0) {
        await trx
          .insertInto('correspondant_terme')
          .values(rows)
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }
      return id;
    },

    /** Lets principals be offered a correspondant. */
    async grant(trx: Trx, principals: readonly string[], id: number): Promise<void> {
      if (principals.length === 0) return;
      await trx
        .insertInto('correspondant_acces')
        .values(principals.map((principal) => ({ principal, correspondant_id: id })))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },

    /**
     * The most used correspondants that have one of each of the terms and that the principals have letters of.
     * `offset` goes on after earlier batches.
     */
    async find(
      terms: readonly (readonly string[])[],
      principals: readonly string[] | 'all',
      limit: number,
      offset: number,
    ): Promise<CorrespondantTrouve[]> {
      let query = kysely.selectFrom(TABLE).select(['id', 'nom', 'usages']).where('actif', '=', true);
      for (const un of terms) {
        query = query.where(({ exists, selectFrom }) =>
          exists(
            selectFrom('correspondant_terme')
              .select('terme')
              .where('terme', 'in', un)
              .whereRef('correspondant_terme.correspondant_id', '=', 'correspondant.id'),
          ),
        );
      }
      if (principals !== 'all') {
        query = query.where(({ exists, selectFrom }) =>
          exists(
            selectFrom('correspondant_acces')
              .select('principal')
              .where('principal', 'in', principals)
              .whereRef('correspondant_acces.correspondant_id', '=', 'correspondant.id'),
          ),
        );
      }
      const rows = await query.orderBy('usages', 'desc').orderBy('id').limit(limit).offset(offset).execute();
      return rows.map(({ id, nom, usages }) => ({ id, nom: keyring.fields.open(context(id), nom), usages }));
    },
  };
}
