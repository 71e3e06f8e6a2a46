import type { Actor } from '@gec/core';
import { foldName, systemActor } from '@gec/core';
import type { Keyring, Sealed } from '@gec/crypto';
import type { Database } from '@gec/db';
import { sql } from 'kysely';
import type { Via } from '../../cache.ts';
import type { Trx } from '../../context.ts';
import type { CourrierTable, GecTables } from '../../db/schema.ts';
import { empreinte, empreintes } from '../../empreintes.ts';
import { visibleTo } from './courriers.acces.repo.ts';
import { principal } from './courriers.policy.ts';
import type { Courrier, TypeCourrier } from './courriers.schema.ts';

const TABLE = 'courrier';

/** Letters of one reference that are opened, to find those of one correspondant, for each that is wanted. */
const REFERENCES_OPENED = 10;

/** Columns whose content is sealed, with the plain text that goes into them. */
export interface TextesCourrier {
  objet: string;
  correspondant: string;
  numeroReference: string | null;
  autresInformations: string | null;
}

/** A new row, its texts still plain. */
export interface NouvelleLigne extends TextesCourrier {
  id: number;
  ordre: number;
  numero: string;
  typeCourrier: TypeCourrier;
  dateRedaction: string | null;
  dateEnregistrement: string;
  statut: string;
  fichierNom: string;
  fichierChemin: string;
  fichierType: string;
  utilisateurId: number;
  departementId: number | null;
  correspondantId: number;
  secretaireGeneralCopie: boolean | null;
  typeCourrierSortantId: number | null;
  urgenceId: number | null;
  echeance: string | null;
  nombrePieces: number;
  envoi: string | null;
}

/** A letter as the repo reads it: without what the actor may do, but with what decides it. */
export type CourrierLu = Omit<Courrier, 'droits' | 'utilisateurNom'> & {
  correspondantId: number | null;
  transmis: boolean;
};

/** The SQL of letters. */
export function createCourriersRepo(database: Database<GecTables>, keyring: Keyring) {
  const { fields, index } = keyring;

  function openText(id: number, column: keyof CourrierTable, sealed: Sealed | null): string | null {
    return fields.openOrNull({ table: TABLE, column, id }, sealed);
  }

  /** The sealed columns and the blind keys of the given texts. */
  function sealTexts(id: number, type: TypeCourrier, texts: TextesCourrier) {
    const seal = (column: string, text: string) => fields.seal({ table: TABLE, column, id }, text);
    const sealOrNull = (column: string, text: string | null) =>
      fields.sealOrNull({ table: TABLE, column, id }, text || null);
    const arrivee = type === 'ENTRANT';
    return {
      objet: seal('objet', texts.objet),
      expediteur: arrivee ? seal('expediteur', texts.correspondant) : null,
      destinataire: arrivee ? null : seal('destinataire', texts.correspondant),
      numero_reference: sealOrNull('numero_reference', texts.numeroReference),
      autres_informations: sealOrNull('autres_informations', texts.autresInformations),
      objet_cle: empreinte(index, 'objet', texts.objet),
      reference_cle: texts.numeroReference ? empreinte(index, 'reference', texts.numeroReference) : null,
    };
  }

  function selection(actor: Actor, via: Via = database.kysely) {
    const transmisA = actor.kind === 'user' ? principal.transmis(actor.userId) : '';
    return via
      .selectFrom('courrier')
      .leftJoin('departement', 'departement.id', 'courrier.departement_id')
      .leftJoin('type_courrier_sortant', 'type_courrier_sortant.id', 'courrier.type_courrier_sortant_id')
      .leftJoin('urgence', 'urgence.id', 'courrier.urgence_id')
      .selectAll('courrier')
      .select([
        'departement.nom as departement_nom',
        'type_courrier_sortant.nom as type_sortant_nom',
        'urgence.nom as urgence_nom',
      ])
      .select(
        sql<number>`(select count(*) from courrier_acces where courrier_acces.courrier_id = courrier.id
          and courrier_acces.principal = ${transmisA})`.as('transmis'),
      );
  }

  type Row = Awaited<ReturnType<ReturnType<typeof selection>['execute']>>[number];

  function toCourrier(row: Row): CourrierLu {
    return {
      id: row.id,
      ordre: row.ordre,
      numero: row.numero_accuse_reception,
      typeCourrier: row.type_courrier,
      objet: openText(row.id, 'objet', row.objet) ?? '',
      correspondant:
        openText(row.id, 'expediteur', row.expediteur) ??
        openText(row.id, 'destinataire', row.destinataire) ??
        '',
      numeroReference: openText(row.id, 'numero_reference', row.numero_reference),
      dateRedaction: row.date_redaction,
      dateEnregistrement: row.date_enregistrement,
      statut: row.statut,
      dateModificationStatut: row.date_modification_statut,
      secretaireGeneralCopie: row.secretaire_general_copie,
      typeCourrierSortantId: row.type_courrier_sortant_id,
      typeCourrierSortant: row.type_sortant_nom,
      urgenceId: row.urgence_id,
      urgence: row.urgence_nom,
      echeance: row.echeance,
      autresInformations: openText(row.id, 'autres_informations', row.autres_informations),
      utilisateurId: row.utilisateur_id,
      departementId: row.departement_id,
      departementNom: row.departement_nom,
      correspondantId: row.correspondant_id,
      nombrePieces: row.nombre_pieces,
      fichierNom: openText(row.id, 'fichier_nom', row.fichier_nom) ?? '',
      isDeleted: row.is_deleted,
      deletedAt: row.deleted_at,
      deletedById: row.deleted_by_id,
      version: row.version,
      transmis: row.transmis > 0,
    };
  }

  return {
    /**
     * Inserts a letter with its texts sealed.
     *
     * @param passe what happened to it elsewhere before, where it is taken over
     */
    async insert(
      trx: Trx,
      line: NouvelleLigne,
      passe: {
        dateModificationStatut: string | null;
        supprime: { le: string; parId: number | null } | null;
      } = { dateModificationStatut: null, supprime: null },
    ): Promise<void> {
      await trx
        .insertInto('courrier')
        .values({
          id: line.id,
          ordre: line.ordre,
          numero_accuse_reception: line.numero,
          type_courrier: line.typeCourrier,
          ...sealTexts(line.id, line.typeCourrier, line),
          date_redaction: line.dateRedaction,
          date_enregistrement: line.dateEnregistrement,
          statut: line.statut,
          fichier_nom: fields.seal({ table: TABLE, column: 'fichier_nom', id: line.id }, line.fichierNom),
          fichier_chemin: line.fichierChemin,
          fichier_type: line.fichierType,
          utilisateur_id: line.utilisateurId,
          departement_id: line.departementId,
          correspondant_id: line.correspondantId,
          secretaire_general_copie: line.secretaireGeneralCopie,
          type_courrier_sortant_id: line.typeCourrierSortantId,
          urgence_id: line.urgenceId,
          echeance: line.echeance,
          nombre_pieces: line.nombrePieces,
          envoi: line.envoi,
          date_modification_statut: passe.dateModificationStatut,
          modifie_par_id: null,
          date_modification: null,
          is_deleted: passe.supprime !== null,
          deleted_at: passe.supprime?.le ?? null,
          deleted_by_id: passe.supprime?.parId ?? null,
          version: 1,
        })
        .execute();
    },

    /**
     * The first free place in the order of letters from a given one on: letters that are taken over may have the same
     * instant by thousands.
     */
    async ordreLibre(trx: Trx, voulu: number): Promise<number> {
      for (let ordre = voulu; ; ordre += 1024) {
        const row = await trx
          .selectFrom('courrier')
          .select('id')
          .where('ordre', '=', ordre)
          .executeTakeFirst();
        if (!row) return ordre;
      }
    },

    /** The letter that bears a number, in the corbeille or not. */
    async parNumero(numero: string): Promise<{ id: number; typeCourrier: TypeCourrier } | null> {
      const row = await database.kysely
        .selectFrom('courrier')
        .select(['id', 'type_courrier'])
        .where('numero_accuse_reception', '=', numero)
        .executeTakeFirst();
      return row ? { id: row.id, typeCourrier: row.type_courrier } : null;
    },

    /** A letter that the actor may read, in the corbeille or not; `null` otherwise. */
    async find(actor: Actor, id: number): Promise<CourrierLu | null> {
      const row = await selection(actor)
        .where('courrier.id', '=', id)
        .where(visibleTo(actor))
        .executeTakeFirst();
      return row ? toCourrier(row) : null;
    },

    /** Letters by id that the actor may read, without those in the corbeille. */
    async findMany(actor: Actor, ids: readonly number[]): Promise<CourrierLu[]> {
      if (ids.length === 0) return [];
      const rows = await selection(actor)
        .where('courrier.id', 'in', ids)
        .where('courrier.is_deleted', '=', false)
        .where(visibleTo(actor))
        .execute();
      return rows.map(toCourrier);
    },

    /** Those of some ids that the actor may read. @param corbeille also those in the corbeille */
    async readable(actor: Actor, ids: readonly number[], corbeille: boolean): Promise<number[]> {
      if (ids.length === 0) return [];
      let query = database.kysely
        .selectFrom('courrier')
        .select('courrier.id')
        .where('courrier.id', 'in', ids)
        .where(visibleTo(actor));
      if (!corbeille) query = query.where('courrier.is_deleted', '=', false);
      return (await query.execute()).map(({ id }) => id);
    },

    /** Letters by id as a transaction sees them, in the corbeille or not. */
    async byIds(trx: Trx, ids: readonly number[]): Promise<CourrierLu[]> {
      const rows = await selection(systemActor('rattachement'), trx)
        .where('courrier.id', 'in', ids)
        .orderBy('courrier.ordre')
        .execute();
      return rows.map(toCourrier);
    },

    /** Gives the oldest letters of a correspondant to another. @returns their ids */
    async reattach(trx: Trx, de: number, vers: number, limit: number): Promise<number[]> {
      const rows = await trx
        .updateTable('courrier')
        .set((eb) => ({ correspondant_id: vers, version: eb('version', '+', 1) }))
        .where('id', 'in', ({ selectFrom }) =>
          selectFrom('courrier')
            .select('id')
            .where('correspondant_id', '=', de)
            .orderBy('ordre')
            .limit(limit),
        )
        .returning('id')
        .execute();
      return rows.map(({ id }) => id);
    },

    /** Writes another name of the correspondant on a letter that the transaction holds. */
    async rename(
      trx: Trx,
      current: CourrierLu,
      nom: string,
      by: { userId: number; now: string },
    ): Promise<void> {
      const { expediteur, destinataire } = sealTexts(current.id, current.typeCourrier, {
        ...current,
        correspondant: nom,
      });
      await trx
        .updateTable('courrier')
        .set({ expediteur, destinataire, modifie_par_id: by.userId, date_modification: by.now })
        .where('id', '=', current.id)
        .execute();
    },

    /** The letter that a request has already registered, whoever asks. */
    async findByEnvoi(
      envoi: string,
    ): Promise<Pick<CourrierLu, 'id' | 'numero' | 'utilisateurId' | 'objet' | 'correspondant'> | null> {
      const row = await database.kysely
        .selectFrom('courrier')
        .select(['id', 'numero_accuse_reception', 'utilisateur_id', 'objet', 'expediteur', 'destinataire'])
        .where('envoi', '=', envoi)
        .executeTakeFirst();
      if (!row) return null;
      const { id, objet, expediteur, destinataire } = row;
      return {
        id,
        numero: row.numero_accuse_reception,
        utilisateurId: row.utilisateur_id,
        objet: openText(id, 'objet', objet) ?? '',
        correspondant:
          openText(id, 'expediteur', expediteur) ?? openText(id, 'destinataire', destinataire) ?? '',
      };
    },

    /**
     * Writes changed facts if the letter is still at the version that the change was made on.
     * @returns false when somebody was faster
     */
    async update(
      trx: Trx,
      current: CourrierLu,
      facts: TextesCourrier & {
        dateRedaction: string | null;
        secretaireGeneralCopie: boolean | null;
        typeCourrierSortantId: number | null;
        urgenceId: number | null;
        echeance: string | null;
        correspondantId: number;
      },
      by: { userId: number; now: string },
    ): Promise<boolean> {
      const { numUpdatedRows } = await trx
        .updateTable('courrier')
        .set({
          ...sealTexts(current.id, current.typeCourrier, facts),
          date_redaction: facts.dateRedaction,
          secretaire_general_copie: facts.secretaireGeneralCopie,
          type_courrier_sortant_id: facts.typeCourrierSortantId,
          urgence_id: facts.urgenceId,
          echeance: facts.echeance,
          correspondant_id: facts.correspondantId,
          modifie_par_id: by.userId,
          date_modification: by.now,
          version: current.version + 1,
        })
        .where('id', '=', current.id)
        .where('version', '=', current.version)
        .where('is_deleted', '=', false)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    /** Keeps a letter from being changed until the transaction ends. @returns false when it is gone or in the corbeille */
    async hold(trx: Trx, id: number): Promise<boolean> {
      const { numUpdatedRows } = await trx
        .updateTable('courrier')
        .set((eb) => ({ version: eb.ref('version') }))
        .where('id', '=', id)
        .where('is_deleted', '=', false)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    /** Changes other columns under the same condition. @returns false when somebody was faster */
    async set(
      trx: Trx,
      current: Pick<CourrierLu, 'id' | 'version'>,
      columns: Partial<
        Pick<
          CourrierTable,
          | 'statut'
          | 'date_modification_statut'
          | 'is_deleted'
          | 'deleted_at'
          | 'deleted_by_id'
          | 'nombre_pieces'
        >
      >,
      by: { userId: number | null; now: string },
    ): Promise<boolean> {
      const { numUpdatedRows } = await trx
        .updateTable('courrier')
        .set({
          ...columns,
          modifie_par_id: by.userId,
          date_modification: by.now,
          version: current.version + 1,
        })
        .where('id', '=', current.id)
        .where('version', '=', current.version)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    /** Removes a letter with what hangs on it, but not its files (theirs goes first), its number and its journal. */
    async erase(trx: Trx, id: number): Promise<void> {
      for (const table of [
        'courrier_acces',
        'courrier_modification',
        'courrier_forward',
        'courrier_comment',
      ] as const) {
        await trx.deleteFrom(table).where('courrier_id', '=', id).execute();
      }
      await trx.deleteFrom('courrier').where('id', '=', id).execute();
    },

    /** Letters of the corbeille by id, those that the actor may see. */
    async deleted(actor: Actor, ids: readonly number[]): Promise<CourrierLu[]> {
      if (ids.length === 0) return [];
      const rows = await selection(actor)
        .where('courrier.id', 'in', ids)
        .where('courrier.is_deleted', '=', true)
        .where(visibleTo(actor))
        .execute();
      return rows.map(toCourrier);
    },

    /**
     * Visible letters with one of the blind keys, newest first; `since` bounds those found by their objet. A reference
     * is its sender's own: `1/2026` of another correspondant is another letter, so both must agree when both are given.
     */
    async withKeys(
      actor: Actor,
      keys: { objet?: string; reference?: string; correspondant?: string; empreintes?: readonly string[] },
      since: string,
      limit: number,
    ): Promise<{ courrier: CourrierLu; motif: 'reference' | 'objet' | 'fichier' }[]> {
      const found = new Map<number, { courrier: CourrierLu; motif: 'reference' | 'objet' | 'fichier' }>();
      const base = (most = limit) =>
        selection(actor)
          .where('courrier.is_deleted', '=', false)
          .where(visibleTo(actor))
          .orderBy('courrier.ordre', 'desc')
          .limit(most);
      const correspondant = keys.correspondant ? foldName(keys.correspondant) : '';
      const take = (
        rows: Row[],
        motif: 'reference' | 'objet' | 'fichier',
        counts: (courrier: CourrierLu) => boolean = () => true,
      ) => {
        for (const row of rows) {
          const courrier = toCourrier(row);
          if (!found.has(row.id) && counts(courrier)) found.set(row.id, { courrier, motif });
        }
      };
      if (keys.empreintes && keys.empreintes.length > 0) {
        const same = database.kysely
          .selectFrom('piece')
          .select('courrier_id')
          .where('empreinte', 'in', keys.empreintes);
        take(await base().where('courrier.id', 'in', same).execute(), 'fichier');
      }
      if (keys.reference) {
        const reference = empreintes(index, 'reference', keys.reference);
        take(
          await base(limit * REFERENCES_OPENED)
            .where('courrier.reference_cle', 'in', reference)
            .execute(),
          'reference',
          (courrier) => correspondant === '' || foldName(courrier.correspondant) === correspondant,
        );
      }
      if (keys.objet) {
        const objet = empreintes(index, 'objet', keys.objet);
        take(
          await base()
            .where('courrier.objet_cle', 'in', objet)
            .where('courrier.date_enregistrement', '>=', since)
            .execute(),
          'objet',
        );
      }
      return [...found.values()].slice(0, limit);
    },
  };
}

export type CourriersRepo = ReturnType<typeof createCourriersRepo>;
