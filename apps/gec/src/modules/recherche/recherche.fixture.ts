import type { TestBase } from '../../test/harness.ts';
import type { TypeCourrier } from '../../db/schema.ts';
import { principalsOf } from '../courriers/courriers.policy.ts';
import type { RechercheService } from './recherche.service.ts';

/** A letter of a test; what is left out does not matter to it. */
export interface Exemple {
  numero?: string;
  numeroReference?: string | null;
  objet?: string;
  correspondant?: string;
  typeCourrier?: TypeCourrier;
  statut?: string;
  date?: string;
  dateRedaction?: string | null;
  sgCopie?: boolean | null;
  typeSortantId?: number | null;
  autresInformations?: string | null;
  echeance?: string;
  utilisateurId: number;
  departementId?: number | null;
  /** Persons to whom it was transmitted. */
  transmisA?: readonly number[];
  isDeleted?: boolean;
  /** Leaves it out of the index, as somebody who writes to the database could. */
  cache?: boolean;
}

let compteur = 0;

/** Stores letters as the module of letters does (row, principals, index), without files. @returns their ids */
export async function enregistrer(
  base: TestBase,
  recherche: Pick<RechercheService, 'index'>,
  exemples: readonly Exemple[],
): Promise<number[]> {
  const { database, keyring } = base;
  return database.transaction(async (trx) => {
    const ids: number[] = [];
    for (const exemple of exemples) {
      const id = await database.dialect.nextId(trx, 'courrier');
      const {
        numero = `N-${++compteur}`,
        numeroReference = null,
        objet = 'Objet',
        correspondant = 'Division provinciale',
        typeCourrier = 'ENTRANT',
        statut = 'RECU',
        date = new Date(Date.parse('2025-03-01T08:00:00Z') + id * 60_000).toISOString(),
        dateRedaction = null,
        sgCopie = null,
        typeSortantId = null,
        autresInformations = null,
        departementId = null,
        isDeleted = false,
      } = exemple;
      const ordre = Date.parse(date) * 1024 + (id % 1024);
      const seal = (column: string, plain: string | null) =>
        keyring.fields.sealOrNull({ table: 'courrier', column, id }, plain);
      const entrant = typeCourrier === 'ENTRANT';
      await trx
        .insertInto('courrier')
        .values({
          id,
          ordre,
          numero_accuse_reception: numero,
          numero_reference: seal('numero_reference', numeroReference),
          objet: keyring.fields.seal({ table: 'courrier', column: 'objet', id }, objet),
          type_courrier: typeCourrier,
          expediteur: entrant ? seal('expediteur', correspondant) : null,
          destinataire: entrant ? null : seal('destinataire', correspondant),
          date_redaction: dateRedaction,
          date_enregistrement: date,
          statut,
          fichier_nom: keyring.fields.seal({ table: 'courrier', column: 'fichier_nom', id }, 'scan.pdf'),
          fichier_chemin: `x/${id}`,
          fichier_type: 'application/pdf',
          utilisateur_id: exemple.utilisateurId,
          departement_id: departementId,
          correspondant_id: null,
          secretaire_general_copie: sgCopie,
          type_courrier_sortant_id: typeSortantId,
          autres_informations: seal('autres_informations', autresInformations),
          echeance: exemple.echeance ?? null,
          objet_cle: '-',
          reference_cle: null,
          nombre_pieces: 1,
          date_modification_statut: null,
          modifie_par_id: null,
          date_modification: null,
          is_deleted: isDeleted,
          deleted_at: isDeleted ? date : null,
          deleted_by_id: isDeleted ? exemple.utilisateurId : null,
          version: 1,
        })
        .execute();
      const cles = principalsOf({ utilisateurId: exemple.utilisateurId, departementId });
      for (const personne of exemple.transmisA ?? []) cles.push(`t:${personne}`);
      await trx
        .insertInto('courrier_acces')
        .values(cles.map((principal) => ({ principal, ordre, courrier_id: id })))
        .execute();
      if (exemple.cache !== true) {
        await recherche.index(trx, {
          id,
          ordre,
          typeCourrier,
          statut,
          departementId,
          utilisateurId: exemple.utilisateurId,
          typeCourrierSortantId: typeSortantId,
          secretaireGeneralCopie: sgCopie,
          dateEnregistrement: date,
          isDeleted,
          words: { numero, numeroReference, objet, correspondant, autresInformations },
        });
      }
      ids.push(id);
    }
    return ids;
  });
}
