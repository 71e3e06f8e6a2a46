import type { Keyring } from '@gec/crypto';
import type { Trx } from '../../context.ts';
import type { CourrierTable } from '../../db/schema.ts';
import type { CourrierLu, Lignes, NouvelleLigne, TextesCourrier } from './courriers.lignes.repo.ts';

/** The SQL that writes letters, in the transaction of a use case. */
export function createEcriture({ fields }: Keyring, { sealTexts }: Lignes) {
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
          fichier_nom: fields.seal(
            { table: 'courrier', column: 'fichier_nom', id: line.id },
            line.fichierNom,
          ),
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
  };
}
