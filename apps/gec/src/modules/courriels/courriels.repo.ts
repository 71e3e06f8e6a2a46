import type { Lang } from '@gec/core';
import type { Keyring } from '@gec/crypto';
import type { Database } from '@gec/db';
import type { Via } from '../../cache.ts';
import type { Trx } from '../../context.ts';
import type { GecTables } from '../../db/schema.ts';
import type { EvenementCourriel, Modele, ValeursCourriel } from './courriels.schema.ts';

/** Stored settings: JSON text, with who saved them and how often that has happened. */
export interface ReglageLu {
  readonly json: string;
  readonly version: number;
  readonly parId: number | null;
  readonly le: string;
}

/** A changed template as it is stored. */
export interface ModeleLu extends Modele {
  readonly evenement: string;
  readonly langue: Lang;
  readonly version: number;
  readonly parId: number | null;
  readonly le: string;
}

/** A message that waits. */
export interface CourrielLu {
  readonly id: number;
  readonly evenement: string;
  readonly langue: Lang;
  readonly adresse: string;
  readonly valeurs: ValeursCourriel;
  readonly dateCreation: string;
}

const REGLAGE = 'courriel_reglage';
const MODELE = 'courriel_modele';
const COURRIEL = 'courriel';

/** The SQL of e-mail. */
export function createCourrielsRepo({ kysely, dialect }: Database<GecTables>, { fields }: Keyring) {
  const sealedAt = (cle: string) => ({ table: REGLAGE, column: 'valeur', id: cle });
  const contentAt = (id: number) => ({ table: COURRIEL, column: 'contenu', id });

  return {
    /** The settings of a key, opened. */
    async reglage(via: Via, cle: string): Promise<ReglageLu | null> {
      const row = await via.selectFrom(REGLAGE).selectAll().where('cle', '=', cle).executeTakeFirst();
      if (!row) return null;
      return {
        json: fields.open(sealedAt(cle), row.valeur),
        version: row.version,
        parId: row.modifie_par_id,
        le: row.date_modification,
      };
    },

    /** Keeps settings, sealed. */
    async putReglage(trx: Trx, cle: string, { json, version, parId, le }: ReglageLu): Promise<void> {
      const change = {
        valeur: fields.seal(sealedAt(cle), json),
        version,
        modifie_par_id: parId,
        date_modification: le,
      };
      await trx
        .insertInto(REGLAGE)
        .values({ cle, ...change })
        .onConflict((conflict) => conflict.column('cle').doUpdateSet(change))
        .execute();
    },

    /** Forgets settings. @returns whether there were any */
    async removeReglage(trx: Trx, cle: string): Promise<boolean> {
      const { numDeletedRows } = await trx.deleteFrom(REGLAGE).where('cle', '=', cle).executeTakeFirst();
      return numDeletedRows > 0n;
    },

    /** The templates that were changed. */
    async modeles(via: Via): Promise<ModeleLu[]> {
      const rows = await via.selectFrom(MODELE).selectAll().execute();
      return rows.map(({ modifie_par_id: parId, date_modification: le, ...rest }) => ({
        ...rest,
        parId,
        le,
      }));
    },

    /** Keeps a template. */
    async putModele(trx: Trx, modele: ModeleLu): Promise<void> {
      const { evenement, langue, sujet, texte, html, version } = modele;
      const change = {
        sujet,
        texte,
        html,
        version,
        modifie_par_id: modele.parId,
        date_modification: modele.le,
      };
      await trx
        .insertInto(MODELE)
        .values({ evenement, langue, ...change })
        .onConflict((conflict) => conflict.columns(['evenement', 'langue']).doUpdateSet(change))
        .execute();
    },

    /** Forgets a changed template. @returns whether there was one */
    async removeModele(trx: Trx, evenement: string, langue: Lang): Promise<boolean> {
      const { numDeletedRows } = await trx
        .deleteFrom(MODELE)
        .where('evenement', '=', evenement)
        .where('langue', '=', langue)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },

    /** Keeps a message until it is sent. @returns its id */
    async insert(
      trx: Trx,
      message: {
        evenement: EvenementCourriel;
        langue: Lang;
        adresse: string;
        valeurs: ValeursCourriel;
        date: string;
      },
    ): Promise<number> {
      const id = await dialect.nextId(trx, COURRIEL);
      const { evenement, langue, adresse, valeurs, date } = message;
      await trx
        .insertInto(COURRIEL)
        .values({
          id,
          evenement,
          langue,
          contenu: fields.seal(contentAt(id), JSON.stringify({ adresse, valeurs })),
          date_creation: date,
        })
        .execute();
      return id;
    },

    /** A message that waits. */
    async find(id: number): Promise<CourrielLu | null> {
      const row = await kysely.selectFrom(COURRIEL).selectAll().where('id', '=', id).executeTakeFirst();
      if (!row) return null;
      const content = JSON.parse(fields.open(contentAt(id), row.contenu)) as Pick<
        CourrielLu,
        'adresse' | 'valeurs'
      >;
      return {
        id,
        evenement: row.evenement,
        langue: row.langue,
        dateCreation: row.date_creation,
        ...content,
      };
    },

    /** Forgets a message: it was sent, or given up. */
    async remove(via: Via, id: number): Promise<void> {
      await via.deleteFrom(COURRIEL).where('id', '=', id).execute();
    },
  };
}

export type CourrielsRepo = ReturnType<typeof createCourrielsRepo>;
