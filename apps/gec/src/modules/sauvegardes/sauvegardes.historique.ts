import type { Database } from '@gec/db';
import type { Trx } from '../../context.ts';
import type { GecTables, SauvegardeTable } from '../../db/schema.ts';
import { ERREURS, reglageShape, type ReglageVu, type Sauvegarde } from './sauvegardes.schema.ts';
import type { Via } from '../../cache.ts';

const REGLAGE = 'planification';
/** The task of the day in `passage`. */
const PASSAGE = 'sauvegarde';
/** A backup whose process says nothing for this long (ms) was cut short. */
const SILENCE_MS = 5 * 60_000;
const LIGNES_MAX = 500;

/** How far a backup is. */
export interface Compte {
  readonly lignes: number;
  readonly fichiers: number;
  readonly octets: number;
}

function lue(row: Omit<SauvegardeTable, 'id'>): Sauvegarde {
  return {
    nom: row.nom,
    origine: row.origine,
    etat: row.etat,
    parId: row.user_id,
    lignes: row.lignes,
    fichiers: row.fichiers,
    absents: row.absents,
    taille: row.taille,
    presente: false,
    intacte: row.intacte,
    controleLe: row.controle_le,
    erreur: row.erreur === null ? null : (ERREURS.find((code) => code === row.erreur) ?? 'AUTRE'),
    debut: row.date_debut,
    fin: row.date_fin,
  };
}

/** The SQL of what is known of backups, and of when they are made. */
export function createHistoriqueRepo({ kysely }: Database<GecTables>) {
  const change = (nom: string, values: Partial<Omit<SauvegardeTable, 'id' | 'nom'>>, via: Via = kysely) =>
    via.updateTable('sauvegarde').set(values).where('nom', '=', nom).execute();

  return {
    async commencer(values: Pick<SauvegardeTable, 'nom' | 'origine' | 'user_id'>, now: string) {
      const rest = { lignes: 0, fichiers: 0, octets: 0, absents: 0, date_debut: now, signe_de_vie: now };
      const none = { taille: null, empreinte: null, intacte: null, controle_le: null, erreur: null };
      await kysely
        .insertInto('sauvegarde')
        .values({ ...values, ...rest, ...none, etat: 'EN_COURS', date_fin: null })
        .execute();
    },

    avancer: (nom: string, compte: Compte, now: string) => change(nom, { ...compte, signe_de_vie: now }),

    reussir: (
      trx: Trx,
      nom: string,
      found: Compte & { absents: number; taille: number; empreinte: string },
      now: string,
    ) =>
      change(
        nom,
        { ...found, etat: 'REUSSIE', intacte: true, controle_le: now, signe_de_vie: now, date_fin: now },
        trx,
      ),

    echouer: (trx: Trx, nom: string, erreur: string, now: string) =>
      change(nom, { etat: 'ECHOUEE', erreur, signe_de_vie: now, date_fin: now }, trx),

    controler: (trx: Trx, nom: string, intacte: boolean, now: string) =>
      change(nom, { intacte, controle_le: now }, trx),

    /** Those whose process is gone have failed. @returns their names */
    async abandonner(trx: Trx, now: Date): Promise<string[]> {
      const rows = await trx
        .updateTable('sauvegarde')
        .set({ etat: 'ECHOUEE', erreur: 'INTERROMPUE', date_fin: now.toISOString() })
        .where('etat', '=', 'EN_COURS')
        .where('signe_de_vie', '<', new Date(now.getTime() - SILENCE_MS).toISOString())
        .returning('nom')
        .execute();
      return rows.map(({ nom }) => nom);
    },

    async empreinte(nom: string): Promise<string | null> {
      const row = await kysely
        .selectFrom('sauvegarde')
        .select('empreinte')
        .where('nom', '=', nom)
        .executeTakeFirst();
      return row?.empreinte ?? null;
    },

    async toutes(): Promise<Sauvegarde[]> {
      const rows = await kysely
        .selectFrom('sauvegarde')
        .selectAll()
        .orderBy('date_debut', 'desc')
        .limit(LIGNES_MAX)
        .execute();
      return rows.map(lue);
    },

    async enCours(): Promise<Sauvegarde | null> {
      const row = await kysely
        .selectFrom('sauvegarde')
        .selectAll()
        .where('etat', '=', 'EN_COURS')
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row ? lue(row) : null;
    },

    async derniere(): Promise<Sauvegarde | null> {
      const row = await kysely
        .selectFrom('sauvegarde')
        .selectAll()
        .where('etat', '<>', 'EN_COURS')
        .where('origine', '<>', 'SECURITE')
        .orderBy('date_debut', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row ? lue(row) : null;
    },

    oublier: (trx: Trx, nom: string) => trx.deleteFrom('sauvegarde').where('nom', '=', nom).execute(),

    /** Failures, and what is known of archives that are gone, are kept for some time only. */
    async balayer(before: string, presentes: readonly string[]): Promise<void> {
      const old = await kysely
        .selectFrom('sauvegarde')
        .select('nom')
        .where('date_debut', '<', before)
        .where('etat', '<>', 'EN_COURS')
        .execute();
      const gone = old.map(({ nom }) => nom).filter((nom) => !presentes.includes(nom));
      for (const nom of gone) await kysely.deleteFrom('sauvegarde').where('nom', '=', nom).execute();
    },

    async reglage(via: Via = kysely): Promise<ReglageVu> {
      const row = await via
        .selectFrom('sauvegarde_reglage')
        .selectAll()
        .where('cle', '=', REGLAGE)
        .executeTakeFirst();
      return { ...reglageShape.parse(JSON.parse(row?.valeur ?? '{}')), version: row?.version ?? 0 };
    },

    /** Keeps the settings over those of a version. @returns false when somebody else was quicker */
    async regler(
      trx: Trx,
      { version, ...reglage }: ReglageVu,
      by: { parId: number | null; le: string },
    ): Promise<boolean> {
      const values = {
        valeur: JSON.stringify(reglage),
        modifie_par_id: by.parId,
        date_modification: by.le,
      };
      if (version === 0) {
        const made = await trx
          .insertInto('sauvegarde_reglage')
          .values({ cle: REGLAGE, version: 1, ...values })
          .onConflict((conflict) => conflict.column('cle').doNothing())
          .returning('cle')
          .executeTakeFirst();
        return made !== undefined;
      }
      const { numUpdatedRows } = await trx
        .updateTable('sauvegarde_reglage')
        .set({ ...values, version: version + 1 })
        .where('cle', '=', REGLAGE)
        .where('version', '=', version)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },

    /** Becomes the one process that makes the backup of a day. @returns false when another one is, or was */
    async prendreJour(trx: Trx, jour: string): Promise<boolean> {
      const row = { nom: PASSAGE, jour: null, date_fin: null, reussi: true, erreur: null };
      await trx
        .insertInto('passage')
        .values(row)
        .onConflict((conflict) => conflict.column('nom').doNothing())
        .execute();
      const { numUpdatedRows } = await trx
        .updateTable('passage')
        .set({ jour })
        .where('nom', '=', PASSAGE)
        .where((eb) => eb.or([eb('jour', 'is', null), eb('jour', '<', jour)]))
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },

    /** Gives the day back: the backup was stopped, not made. */
    async rendreJour(trx: Trx): Promise<void> {
      await trx.updateTable('passage').set({ jour: null }).where('nom', '=', PASSAGE).execute();
    },
  };
}

export type HistoriqueRepo = ReturnType<typeof createHistoriqueRepo>;
