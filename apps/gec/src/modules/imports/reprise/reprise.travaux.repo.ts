import type { Keyring } from '@gec/crypto';
import type { Database } from '@gec/db';
import { sql, type Selectable } from 'kysely';
import type { Trx } from '../../../context.ts';
import type { GecTables, ImportTable } from '../../../db/schema.ts';
import { insererImport, lignePlace, ouvrirSuivi, place, type NouvelImport } from '../imports.rangee.ts';
import type { EtatImport } from '../imports.suivi.schema.ts';
import { NATURES, type Nature, type Remarque } from './reprise.schema.ts';
import type { Parametres, RemarqueGardee, Resumes, Travail } from './reprise.travaux.schema.ts';

/** What of a takeover can change. */
type Change = Partial<
  Pick<ImportTable, 'etat' | 'user_id' | 'acteur' | 'ip_address' | 'taille' | 'fait' | 'total'> &
    Pick<ImportTable, 'crees' | 'deja' | 'conflits' | 'erreur' | 'date_debut' | 'date_fin'> &
    Pick<ImportTable, 'bail_detenteur' | 'bail_fin'>
> & { parametres?: Parametres; resumes?: Resumes };

/** Remarks that one statement writes. */
const AT_ONCE = 100;
const GENRE = 'ancienne';

/** The SQL of takeovers that a page has asked for. */
export function createTravauxRepo({ kysely, dialect }: Database<GecTables>, { fields }: Keyring) {
  function open(row: Selectable<ImportTable>): Travail {
    const resumes = fields.openOrNull(place('plan', row.id), row.plan);
    return {
      ...ouvrirSuivi(fields, row),
      parametres: JSON.parse(fields.open(place('parametres', row.id), row.parametres)) as Parametres,
      resumes: resumes === null ? { essai: null, bilan: null } : (JSON.parse(resumes) as Resumes),
    };
  }

  const sealed = (id: string, { parametres, resumes, ...columns }: Change) => ({
    ...columns,
    ...(parametres && { parametres: fields.seal(place('parametres', id), JSON.stringify(parametres)) }),
    ...(resumes && { plan: fields.seal(place('plan', id), JSON.stringify(resumes)) }),
  });

  return {
    insert: (trx: Trx, one: Omit<NouvelImport, 'genre'> & Pick<Travail, 'parametres'>): Promise<void> =>
      insererImport(trx, fields, { ...one, genre: GENRE }),

    async find(id: string): Promise<Travail | null> {
      const row = await kysely
        .selectFrom('import')
        .selectAll()
        .where('id', '=', id)
        .where('genre', '=', GENRE)
        .executeTakeFirst();
      return row ? open(row) : null;
    },

    /** Newest first. */
    async list(limit: number): Promise<Travail[]> {
      const rows = await kysely
        .selectFrom('import')
        .selectAll()
        .where('genre', '=', GENRE)
        .orderBy('date_creation', 'desc')
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(open);
    },

    /** Whether a takeover other than this one is under way. */
    async autreEnCours(trx: Trx, id: string): Promise<boolean> {
      const row = await trx
        .selectFrom('import')
        .select('id')
        .where('genre', '=', GENRE)
        .where('etat', '=', 'EN_COURS')
        .where('id', '!=', id)
        .executeTakeFirst();
      return row !== undefined;
    },

    /**
     * Changes a takeover that is in one of the states, and held by whoever says so.
     * @returns whether it was
     */
    async change(
      trx: Trx,
      id: string,
      de: readonly EtatImport[],
      vers: Change,
      detenteur?: string,
    ): Promise<boolean> {
      let query = trx
        .updateTable('import')
        .set(sealed(id, vers))
        .where('id', '=', id)
        .where('genre', '=', GENRE)
        .where('etat', 'in', [...de]);
      if (detenteur !== undefined) query = query.where('bail_detenteur', '=', detenteur);
      return (await query.executeTakeFirst()).numUpdatedRows === 1n;
    },

    /** Takes the oldest takeover that has work to do and that nobody works on; null without one. */
    async prendre(detenteur: string, now: string, bailFin: string): Promise<Travail | null> {
      const { rows } = await sql<Selectable<ImportTable>>`
        update import set bail_detenteur = ${detenteur}, bail_fin = ${bailFin}
        where id in (
          select id from import
          where genre = ${GENRE} and etat in ('DEPOSE', 'EN_COURS') and (bail_fin is null or bail_fin < ${now})
          order by date_creation, id limit 1 ${dialect.skipLocked})
        returning *`.execute(kysely);
      return rows[0] ? open(rows[0]) : null;
    },

    /** Notes progress and renews the lease. @returns false when it was ended or taken over */
    async avancer(
      id: string,
      detenteur: string,
      { fait, total, bailFin }: { fait: number; total: number; bailFin: string },
    ): Promise<boolean> {
      const { numUpdatedRows } = await kysely
        .updateTable('import')
        .set({ fait, total, bail_fin: bailFin })
        .where('id', '=', id)
        .where('bail_detenteur', '=', detenteur)
        .where('etat', 'in', ['DEPOSE', 'EN_COURS'])
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    /** Lets another process take it. */
    async rendre(id: string, detenteur: string): Promise<void> {
      await kysely
        .updateTable('import')
        .set({ bail_detenteur: null, bail_fin: null })
        .where('id', '=', id)
        .where('bail_detenteur', '=', detenteur)
        .execute();
    },

    async effacerRemarques(trx: Trx, id: string): Promise<void> {
      await trx.deleteFrom('import_ligne').where('import_id', '=', id).execute();
    },

    /** Keeps remarks, the first of which has this place. Everything that they say of somebody is sealed. */
    async garderRemarques(trx: Trx, id: string, all: readonly Remarque[], depuis: number): Promise<void> {
      for (let at = 0; at < all.length; at += AT_ONCE) {
        await trx
          .insertInto('import_ligne')
          .values(
            all.slice(at, at + AT_ONCE).map(({ nature, ...reste }, suite) => {
              const rang = depuis + at + suite;
              return {
                import_id: id,
                rang,
                numero: '',
                etat: 'conflit' as const,
                motif: nature,
                detail: fields.seal(lignePlace(id, rang), JSON.stringify(reste)),
                courrier_id: null,
              };
            }),
          )
          .execute();
      }
    },

    /** Remarks in the order of the report. @param page of how many, from 1; all without it */
    async remarques(
      id: string,
      nature: Nature | null,
      page?: { numero: number; taille: number },
    ): Promise<RemarqueGardee[]> {
      let query = kysely.selectFrom('import_ligne').selectAll().where('import_id', '=', id).orderBy('rang');
      if (nature !== null) query = query.where('motif', '=', nature);
      if (page) query = query.limit(page.taille).offset((page.numero - 1) * page.taille);
      return (await query.execute()).flatMap((row) => {
        const known = NATURES.find((one) => one === row.motif);
        const detail = fields.openOrNull(lignePlace(id, row.rang), row.detail);
        if (known === undefined || detail === null) return [];
        return {
          ...(JSON.parse(detail) as Omit<Remarque, 'nature'>),
          rang: row.rang,
          nature: known,
        };
      });
    },

    /** Takeovers that wait for somebody since before an instant. */
    async vieux(before: string): Promise<string[]> {
      const rows = await kysely
        .selectFrom('import')
        .select('id')
        .where('genre', '=', GENRE)
        .where('date_creation', '<', before)
        .where('etat', 'in', ['RECEPTION', 'PRET'])
        .limit(100)
        .execute();
      return rows.map(({ id }) => id);
    },
  };
}

export type TravauxRepo = ReturnType<typeof createTravauxRepo>;
