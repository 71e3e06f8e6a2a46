import { startOfDay, type Actor } from '@gec/core';
import type { Keyring } from '@gec/crypto';
import type { Database } from '@gec/db';
import { sql, type Selectable } from 'kysely';
import type { Trx } from '../../context.ts';
import type { GecTables, TacheTable, TypeCourrier } from '../../db/schema.ts';
import { principals } from '../courriers/courriers.policy.ts';
import { ERREURS, GENRES, type ErreurExport, type Export } from './rapports.schema.ts';

const TABLE = 'tache';

/** How often an export is begun again after a crash before it counts as failed. */
export const ESSAIS_MAX = 3;

/** A task that a process has taken on. `parametres` is what was asked, as JSON. */
export interface Prise {
  id: string;
  userId: number;
  parametres: string;
  essais: number;
}

/** The file of a finished export. */
export interface FichierExport {
  nom: string;
  chemin: string;
  type: string;
  taille: number;
}

/** Letters of a flow and department that were counted. */
export interface Compte {
  type: TypeCourrier;
  departementId: number | null;
  n: number;
}

/** The SQL of exports and figures. */
export function createRapportsRepo(database: Database<GecTables>, { fields }: Keyring) {
  const { kysely, dialect } = database;
  const nom = (id: string) => ({ table: TABLE, column: 'fichier_nom', id });
  const parametres = (id: string) => ({ table: TABLE, column: 'parametres', id });

  function toExport(row: Selectable<TacheTable>): Export & { chemin: string | null; userId: number } {
    return {
      id: row.id,
      userId: row.user_id,
      genre: GENRES.find((genre) => genre === row.genre) ?? 'liste-pdf',
      etat: row.etat,
      fait: row.fait,
      total: row.total,
      nom: fields.openOrNull(nom(row.id), row.fichier_nom),
      chemin: row.fichier_chemin,
      type: row.fichier_type,
      taille: row.taille,
      erreur: row.erreur === null ? null : (ERREURS.find((code) => code === row.erreur) ?? 'ECHEC'),
      dateCreation: row.date_creation,
      dateFin: row.date_fin,
    };
  }

  /** The row of a task as long as a process still holds it. */
  const tenue = (id: string, detenteur: string) =>
    kysely.updateTable(TABLE).where('id', '=', id).where('bail_detenteur', '=', detenteur);

  /** The letters of a part of the register that the actor may read and that are not in the corbeille. */
  function lisibles(actor: Actor, plage: { min: number; max: number }) {
    const query = kysely
      .selectFrom('courrier')
      .where('courrier.ordre', '>=', plage.min)
      .where('courrier.ordre', '<', plage.max)
      .where('courrier.is_deleted', '=', false);
    const keys = principals(actor);
    if (keys === 'all') return query;
    return query.where('courrier.id', 'in', (eb) =>
      eb
        .selectFrom('courrier_acces')
        .select('courrier_acces.courrier_id')
        .where('courrier_acces.principal', 'in', keys)
        .where('courrier_acces.ordre', '>=', plage.min)
        .where('courrier_acces.ordre', '<', plage.max),
    );
  }

  return {
    /** Keeps what was asked, sealed. */
    async insert(
      trx: Trx,
      task: { id: string; userId: number; genre: string; parametres: string; total: number; date: string },
    ): Promise<void> {
      await trx
        .insertInto(TABLE)
        .values({
          id: task.id,
          user_id: task.userId,
          genre: task.genre,
          parametres: fields.seal(parametres(task.id), task.parametres),
          etat: 'EN_ATTENTE',
          fait: 0,
          total: task.total,
          fichier_nom: null,
          fichier_chemin: null,
          fichier_type: null,
          taille: null,
          erreur: null,
          essais: 0,
          bail_detenteur: null,
          bail_fin: null,
          date_creation: task.date,
          date_fin: null,
        })
        .execute();
    },

    /**
     * Exports of a person that wait or are under way. The person's row is held until the transaction ends: two requests
     * at once count one after the other.
     */
    async enCours(trx: Trx, userId: number): Promise<number> {
      await trx
        .updateTable('user')
        .set((eb) => ({ version: eb.ref('version') }))
        .where('id', '=', userId)
        .execute();
      const { n } = await trx
        .selectFrom(TABLE)
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('user_id', '=', userId)
        .where('etat', 'in', ['EN_ATTENTE', 'EN_COURS'])
        .executeTakeFirstOrThrow();
      return Number(n);
    },

    /** The exports of a person, newest first. */
    async list(userId: number) {
      const rows = await kysely
        .selectFrom(TABLE)
        .selectAll()
        .where('user_id', '=', userId)
        .orderBy('date_creation', 'desc')
        .orderBy('id')
        .limit(100)
        .execute();
      return rows.map(toExport);
    },

    /** An export of a person. */
    async find(userId: number, id: string) {
      const row = await kysely
        .selectFrom(TABLE)
        .selectAll()
        .where('id', '=', id)
        .where('user_id', '=', userId)
        .executeTakeFirst();
      return row ? toExport(row) : null;
    },

    /** Takes an export of a person away. @returns the path of its file, `null` without one; undefined when there is none */
    async remove(trx: Trx, userId: number, id: string): Promise<string | null | undefined> {
      const row = await trx
        .deleteFrom(TABLE)
        .where('id', '=', id)
        .where('user_id', '=', userId)
        .returning('fichier_chemin')
        .executeTakeFirst();
      return row?.fichier_chemin;
    },

    /**
     * Takes the export that has waited longest, or one whose process has been silent beyond its lease.
     *
     * @param detenteur names this taking: what comes later counts only as long as nobody else has taken over
     */
    async prendre(detenteur: string, now: string, bailFin: string): Promise<Prise | null> {
      const { rows } = await sql<Selectable<TacheTable>>`
        update tache set etat = 'EN_COURS', essais = essais + 1, bail_detenteur = ${detenteur}, bail_fin = ${bailFin}
        where id in (
          select id from tache
          where etat = 'EN_ATTENTE' or (etat = 'EN_COURS' and bail_fin < ${now} and essais < ${ESSAIS_MAX})
          order by date_creation, id limit 1 ${dialect.skipLocked})
        returning *`.execute(kysely);
      const row = rows[0];
      if (!row) return null;
      const { id, user_id, essais } = row;
      return { id, userId: user_id, essais, parametres: fields.open(parametres(id), row.parametres) };
    },

    /** Gives up exports under which processes have died again and again. */
    async abandonner(now: string): Promise<number> {
      const result = await kysely
        .updateTable(TABLE)
        .set({ etat: 'ECHOUEE', erreur: 'INTERROMPU' satisfies ErreurExport, date_fin: now, bail_fin: null })
        .where('etat', '=', 'EN_COURS')
        .where('bail_fin', '<', now)
        .where('essais', '>=', ESSAIS_MAX)
        .executeTakeFirst();
      return Number(result.numUpdatedRows);
    },

    /** Notes progress and renews the lease. @returns false when the export was cancelled or taken over */
    async avancer(
      id: string,
      detenteur: string,
      { fait, total, bailFin }: { fait: number; total: number; bailFin: string },
    ): Promise<boolean> {
      const result = await tenue(id, detenteur).set({ fait, total, bail_fin: bailFin }).executeTakeFirst();
      return result.numUpdatedRows > 0n;
    },

    /** Notes that the file is there. @returns false when the export was cancelled or taken over: the file is nobody's */
    async terminer(
      id: string,
      detenteur: string,
      fichier: FichierExport,
      { lignes, now }: { lignes: number; now: string },
    ): Promise<boolean> {
      const result = await tenue(id, detenteur)
        .set({
          etat: 'TERMINEE',
          fait: lignes,
          total: lignes,
          fichier_nom: fields.seal(nom(id), fichier.nom),
          fichier_chemin: fichier.chemin,
          fichier_type: fichier.type,
          taille: fichier.taille,
          bail_detenteur: null,
          bail_fin: null,
          date_fin: now,
        })
        .executeTakeFirst();
      return result.numUpdatedRows > 0n;
    },

    /** Notes that an export failed for good. */
    async echouer(id: string, detenteur: string, erreur: ErreurExport, now: string): Promise<void> {
      await tenue(id, detenteur)
        .set({ etat: 'ECHOUEE', erreur, date_fin: now, bail_detenteur: null, bail_fin: null })
        .execute();
    },

    /** Puts an export back to wait, as if it had never been begun: the program stops, or is too busy. */
    async rendre(id: string, detenteur: string): Promise<void> {
      await tenue(id, detenteur)
        .set((eb) => ({
          etat: 'EN_ATTENTE',
          fait: 0,
          essais: eb('essais', '-', 1),
          bail_detenteur: null,
          bail_fin: null,
        }))
        .execute();
    },

    /** Drops exports that ended before an instant. @returns the paths of their files */
    async dropOld(before: string): Promise<string[]> {
      const rows = await kysely
        .deleteFrom(TABLE)
        .where('etat', 'in', ['TERMINEE', 'ECHOUEE'])
        .where('date_fin', '<', before)
        .returning('fichier_chemin')
        .execute();
      return rows.flatMap(({ fichier_chemin }) => fichier_chemin ?? []);
    },

    /**
     * Letters that the actor may read, by flow and department, over days of a zone.
     *
     * @param du first day; `avant` the day after the last
     */
    async compter(actor: Actor, du: string, avant: string, fuseau: string): Promise<Compte[]> {
      const rows = await lisibles(actor, plageDe(du, avant, fuseau))
        .select(['courrier.type_courrier', 'courrier.departement_id'])
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .groupBy(['courrier.type_courrier', 'courrier.departement_id'])
        .execute();
      return rows.map((row) => ({
        type: row.type_courrier,
        departementId: row.departement_id,
        n: Number(row.n),
      }));
    },

    /** Registration and treatment of the latest letters of a statut that the actor may read (instants). */
    async traites(
      actor: Actor,
      statut: string,
      du: string,
      avant: string,
      fuseau: string,
      limite: number,
    ): Promise<{ debut: string; fin: string }[]> {
      const rows = await lisibles(actor, plageDe(du, avant, fuseau))
        .select(['courrier.date_enregistrement', 'courrier.date_modification_statut'])
        .where('courrier.statut', '=', statut)
        .where('courrier.date_modification_statut', 'is not', null)
        .orderBy('courrier.ordre', 'desc')
        .limit(limite)
        .execute();
      return rows.flatMap((row) =>
        row.date_modification_statut === null
          ? []
          : [{ debut: row.date_enregistrement, fin: row.date_modification_statut }],
      );
    },

    /** User names of people by their ids. */
    async identifiants(ids: readonly number[]): Promise<Map<number, string>> {
      const wanted = [...new Set(ids)];
      if (wanted.length === 0) return new Map();
      const rows = await database.kysely
        .selectFrom('user')
        .select(['id', 'username'])
        .where('id', 'in', wanted)
        .execute();
      return new Map(rows.map(({ id, username }) => [id, username]));
    },
  };
}

export type RapportsRepo = ReturnType<typeof createRapportsRepo>;

/** The part of the register that lies between two days (the second one excluded), in `courrier.ordre`. */
function plageDe(du: string, avant: string, fuseau: string): { min: number; max: number } {
  const ordre = (day: string) => Date.parse(startOfDay(day, fuseau)) * 1024;
  return { min: ordre(du), max: ordre(avant) };
}
