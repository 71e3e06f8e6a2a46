import type { z } from 'zod';
import type {
  brouillonGardeShape,
  courrierShape,
  doublonsShape,
  enregistrementShape,
  historiqueShape,
  supprimeShape,
} from './courriers.api.schema.ts';
import type {
  Brouillon,
  Courrier,
  CourrierSupprime,
  DoublonProbable,
  Modification,
} from './courriers.schema.ts';

/** A letter as it leaves the program, by the names of the specification's columns. */
export function presentCourrier(courrier: Courrier): z.output<typeof courrierShape> {
  const arrivee = courrier.typeCourrier === 'ENTRANT';
  return {
    id: courrier.id,
    numero_accuse_reception: courrier.numero,
    type_courrier: courrier.typeCourrier,
    objet: courrier.objet,
    expediteur: arrivee ? courrier.correspondant : null,
    destinataire: arrivee ? null : courrier.correspondant,
    numero_reference: courrier.numeroReference,
    date_redaction: courrier.dateRedaction,
    date_enregistrement: courrier.dateEnregistrement,
    statut: courrier.statut,
    date_modification_statut: courrier.dateModificationStatut,
    secretaire_general_copie: courrier.secretaireGeneralCopie,
    type_courrier_sortant_id: courrier.typeCourrierSortantId,
    type_courrier_sortant: courrier.typeCourrierSortant,
    urgence_id: courrier.urgenceId,
    urgence: courrier.urgence,
    echeance: courrier.echeance,
    autres_informations: courrier.autresInformations,
    fichier_nom: courrier.fichierNom,
    nombre_pieces: courrier.nombrePieces,
    utilisateur_id: courrier.utilisateurId,
    utilisateur: courrier.utilisateurNom,
    departement_id: courrier.departementId,
    departement: courrier.departementNom,
    is_deleted: courrier.isDeleted,
    deleted_at: courrier.deletedAt,
    version: courrier.version,
    droits: courrier.droits,
  };
}

/** A letter of the corbeille as it leaves the program. */
export function presentSupprime(courrier: CourrierSupprime): z.output<typeof supprimeShape> {
  return { ...presentCourrier(courrier), supprime_par: courrier.supprimePar };
}

/** The number that a letter was given. */
export function presentEnregistrement(done: {
  id: number;
  numero: string;
}): z.output<typeof enregistrementShape> {
  return { id: done.id, numero_accuse_reception: done.numero };
}

/** Field-by-field changes as they leave the program. */
export function presentHistorique(changes: readonly Modification[]): z.output<typeof historiqueShape> {
  return {
    modifications: changes.map((change) => ({
      id: change.id,
      date: change.date,
      utilisateur_id: change.utilisateurId,
      utilisateur: change.utilisateurNom,
      champ: change.champ,
      ancienne_valeur: change.ancienne,
      nouvelle_valeur: change.nouvelle,
    })),
  };
}

/** Likely duplicates as they leave the program. */
export function presentDoublons(found: readonly DoublonProbable[]): z.output<typeof doublonsShape> {
  return {
    doublons: found.map((one) => ({
      id: one.id,
      numero_accuse_reception: one.numero,
      date_enregistrement: one.dateEnregistrement,
      objet: one.objet,
      correspondant: one.correspondant,
      motif: one.motif,
    })),
  };
}

/** A registration in progress as it leaves the program. */
export function presentBrouillon(draft: Brouillon): z.output<typeof brouillonGardeShape> {
  return {
    champs: { ...draft.champs },
    pieces: [...draft.pieces],
    date_modification: draft.dateModification,
  };
}
