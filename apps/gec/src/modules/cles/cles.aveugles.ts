import type { Keyring } from '@gec/crypto';
import { bearsAnother, createBlindRekeyer, type BlindColumn, type Database, type Resealer } from '@gec/db';
import { sql } from 'kysely';
import type { GecTables } from '../../db/schema.ts';
import { empreinte, type Sorte } from '../../empreintes.ts';
import { debutsDe } from '../correspondants/correspondants.schema.ts';

/** The columns of digests under the index key, each with the sealed column that it is made from. */
export const COLONNES_AVEUGLES = [
  { table: 'user', colonnes: [{ colonne: 'email_cle', source: 'email', sorte: 'email' }] },
  {
    table: 'correspondant',
    // One that was merged into another keeps its row, and has no key of its own any more.
    colonnes: [{ colonne: 'nom_cle', source: 'nom', sorte: 'correspondant', sauf: 'fusion:' }],
  },
  {
    table: 'correspondant_alias',
    colonnes: [{ colonne: 'nom_cle', source: 'nom', sorte: 'correspondant' }],
  },
  { table: 'televersement', colonnes: [{ colonne: 'empreinte', source: 'sha256', sorte: 'piece' }] },
  { table: 'piece', colonnes: [{ colonne: 'empreinte', source: 'sha256', sorte: 'piece' }] },
  {
    table: 'courrier',
    colonnes: [
      { colonne: 'objet_cle', source: 'objet', sorte: 'objet' },
      { colonne: 'reference_cle', source: 'numero_reference', sorte: 'reference' },
    ],
  },
] as const satisfies readonly {
  table: string;
  colonnes: readonly { colonne: string; source: string; sorte: Sorte; sauf?: string }[];
}[];

/** Makes the digest columns anew under the index key in force. */
export function createAveuglesRekeyer(
  database: Database<GecTables>,
  keyring: Keyring,
  lead: () => string,
): Resealer {
  const tables = COLONNES_AVEUGLES.map(({ table, colonnes }) => ({
    table,
    key: 'id',
    columns: colonnes.map(
      (une: { colonne: string; source: string; sorte: Sorte; sauf?: string }): BlindColumn => ({
        column: une.colonne,
        source: une.source,
        digest: (texte) => empreinte(keyring.index, une.sorte, texte),
        ...(une.sauf === undefined ? {} : { except: une.sauf }),
      }),
    ),
  }));
  return createBlindRekeyer(database, tables, {
    lead,
    open: (place, sealed) => keyring.fields.open(place, sealed),
  });
}

/** Correspondants of one transaction: each has some twenty terms. */
const LOT = 25;

/** Makes the terms by which correspondants are offered anew under the index key in force. */
export function createTermesRekeyer(
  database: Database<GecTables>,
  keyring: Keyring,
  lead: () => string,
): Resealer {
  const lock = database.engine === 'postgres' ? sql` for update skip locked` : sql``;
  return {
    async count() {
      const { rows } = await sql<{ n: number }>`select count(distinct correspondant_id) as n
        from correspondant_terme where ${bearsAnother('terme', lead())}`.execute(database.kysely);
      return Number(rows[0]?.n ?? 0);
    },
    step: (cursor, save) =>
      database.quickTransaction(async (trx) => {
        const { rows } = await sql<{ id: number; nom: string }>`select id, nom from correspondant c
          where c.id > ${Number(cursor ?? 0)} and exists (select 1 from correspondant_terme t
            where t.correspondant_id = c.id and ${bearsAnother('terme', lead())})
          order by c.id limit ${sql.lit(LOT)}${lock}`.execute(trx);
        let illisibles = 0;
        for (const { id, nom } of rows) {
          let texte;
          try {
            texte = keyring.fields.open({ table: 'correspondant', column: 'nom', id }, nom);
          } catch {
            illisibles += 1;
            continue;
          }
          const termes = [...new Set(debutsDe(texte).map((debut) => keyring.index.term('c', debut)))];
          await trx.deleteFrom('correspondant_terme').where('correspondant_id', '=', id).execute();
          if (termes.length > 0) {
            await trx
              .insertInto('correspondant_terme')
              .values(termes.map((terme) => ({ terme, correspondant_id: id })))
              .execute();
          }
        }
        const step = {
          cursor: rows.length === LOT ? String(rows.at(-1)!.id) : null,
          done: rows.length - illisibles,
          unreadable: illisibles,
        };
        await save(trx, step);
        return step;
      }),
  };
}
