import type { Keyring } from '@gec/crypto';
import type { Database } from '@gec/db';
import { sql, type Selectable } from 'kysely';
import type { Trx } from '../../context.ts';
import type { GecTables, ImportTable } from '../../db/schema.ts';
import type { Choix, Plan } from './imports.choix.schema.ts';
import type { Segment } from './imports.depot.ts';
import { insererImport, lignePlace, ouvrirSuivi, place, type NouvelImport } from './imports.rangee.ts';
import type { EtatImport, Import, LigneRapport } from './imports.suivi.schema.ts';

/** The SQL of imports and how far they have come. */
export function createImportsRepo({ kysely }: Database<GecTables>, { fields }: Keyring) {
  function open(row: Selectable<ImportTable>): Import {
    const plan = fields.openOrNull(place('plan', row.id), row.plan);
    return {
      ...ouvrirSuivi(fields, row),
      genre: row.genre === 'registre' ? 'registre' : 'archive',
      choix: JSON.parse(fields.open(place('parametres', row.id), row.parametres)) as Choix,
      plan: plan === null ? null : (JSON.parse(plan) as Plan),
    };
  }

  return {
    /** Every account: id and user name. */
    comptes: (): Promise<{ id: number; username: string }[]> =>
      kysely.selectFrom('user').select(['id', 'username']).orderBy('username').execute(),

    insert: (
      trx: Trx,
      { choix, ...one }: Omit<NouvelImport, 'etat' | 'parametres'> & Pick<Import, 'genre' | 'choix'>,
    ): Promise<void> => insererImport(trx, fields, { ...one, etat: 'RECEPTION', parametres: choix }),

    async segment(trx: Trx, importId: string, rang: number, { chemin, taille }: Segment): Promise<void> {
      await trx.insertInto('import_segment').values({ import_id: importId, rang, chemin, taille }).execute();
    },

    segments: (importId: string): Promise<Segment[]> =>
      kysely
        .selectFrom('import_segment')
        .select(['chemin', 'taille'])
        .where('import_id', '=', importId)
        .orderBy('rang')
        .execute(),

    /** Takes the parts of the file out of the table; answers their paths. */
    async dropSegments(trx: Trx, importId: string): Promise<string[]> {
      const rows = await trx
        .deleteFrom('import_segment')
        .where('import_id', '=', importId)
        .returning('chemin')
        .execute();
      return rows.map(({ chemin }) => chemin);
    },

    async find(id: string): Promise<Import | null> {
      const row = await kysely.selectFrom('import').selectAll().where('id', '=', id).executeTakeFirst();
      return row && row.genre !== 'ancienne' ? open(row) : null;
    },

    /** Newest first. */
    async list(limit: number): Promise<Import[]> {
      const rows = await kysely
        .selectFrom('import')
        .selectAll()
        .where('genre', 'in', ['archive', 'registre'])
        .orderBy('date_creation', 'desc')
        .limit(limit)
        .execute();
      return rows.map(open);
    },

    /**
     * Changes an import that is in one of the states.
     * @returns whether it was
     */
    async change(
      trx: Trx,
      id: string,
      de: readonly EtatImport[],
      vers: Partial<
        Pick<ImportTable, 'etat' | 'taille' | 'fait' | 'total' | 'crees' | 'deja' | 'conflits' | 'erreur'> & {
          date_debut: string | null;
          date_fin: string | null;
        }
      > & { choix?: Choix; plan?: Plan | null },
    ): Promise<boolean> {
      const { choix, plan, ...columns } = vers;
      const { numUpdatedRows } = await trx
        .updateTable('import')
        .set({
          ...columns,
          ...(choix && { parametres: fields.seal(place('parametres', id), JSON.stringify(choix)) }),
          ...(plan !== undefined && {
            plan: plan === null ? null : fields.seal(place('plan', id), JSON.stringify(plan)),
          }),
        })
        .where('id', '=', id)
        .where('etat', 'in', [...de])
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    /** Keeps what became of some lines; those that are kept already stay. */
    async lignes(trx: Trx, id: string, all: readonly LigneRapport[]): Promise<void> {
      if (all.length === 0) return;
      await trx
        .insertInto('import_ligne')
        .values(
          all.map((one) => ({
            import_id: id,
            rang: one.rang,
            numero: one.numero.slice(0, 400),
            etat: one.etat,
            motif: one.motif,
            detail: fields.sealOrNull(lignePlace(id, one.rang), one.detail),
            courrier_id: one.courrierId,
          })),
        )
        .onConflict((conflict) => conflict.columns(['import_id', 'rang']).doNothing())
        .execute();
    },

    /** One letter more is done. @returns whether the import is still under way */
    async avancer(trx: Trx, id: string, etat: LigneRapport['etat']): Promise<boolean> {
      const one = (wanted: LigneRapport['etat']) => (etat === wanted ? 1 : 0);
      const { numUpdatedRows } = await trx
        .updateTable('import')
        .set({
          fait: sql<number>`fait + 1`,
          crees: sql<number>`crees + ${sql.lit(one('cree'))}`,
          deja: sql<number>`deja + ${sql.lit(one('deja'))}`,
          conflits: sql<number>`conflits + ${sql.lit(one('conflit'))}`,
        })
        .where('id', '=', id)
        .where('etat', '=', 'EN_COURS')
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    async effacerLignes(trx: Trx, id: string): Promise<void> {
      await trx.deleteFrom('import_ligne').where('import_id', '=', id).execute();
    },

    /** What became of the lines, in their order. */
    async rapport(
      id: string,
      options: { etat?: LigneRapport['etat']; limit?: number } = {},
    ): Promise<LigneRapport[]> {
      let query = kysely.selectFrom('import_ligne').selectAll().where('import_id', '=', id).orderBy('rang');
      if (options.etat) query = query.where('etat', '=', options.etat);
      if (options.limit) query = query.limit(options.limit);
      return (await query.execute()).map((row) => ({
        rang: row.rang,
        numero: row.numero,
        etat: row.etat,
        motif: row.motif,
        detail: fields.openOrNull(lignePlace(id, row.rang), row.detail),
        courrierId: row.courrier_id,
      }));
    },

    /** Imports whose file was never used since an instant. */
    async vieux(before: string): Promise<string[]> {
      const rows = await kysely
        .selectFrom('import')
        .select('id')
        .where('date_creation', '<', before)
        .where('genre', 'in', ['archive', 'registre'])
        .where('etat', 'in', ['RECEPTION', 'DEPOSE', 'PRET'])
        .limit(100)
        .execute();
      return rows.map(({ id }) => id);
    },
  };
}

export type ImportsRepo = ReturnType<typeof createImportsRepo>;
