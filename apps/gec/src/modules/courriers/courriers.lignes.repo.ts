import type { Actor } from '@gec/core';
import type { Keyring, Sealed } from '@gec/crypto';
import type { Database } from '@gec/db';
import { sql } from 'kysely';
import type { Via } from '../../cache.ts';
import type { CourrierTable, GecTables } from '../../db/schema.ts';
import { empreinte } from '../../empreintes.ts';
import { principal } from './courriers.policy.ts';
import type { Courrier, TypeCourrier } from './courriers.schema.ts';

const TABLE = 'courrier';

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

/** Rows of letters: which columns are read, how their texts are sealed and opened. */
export function createLignes(database: Database<GecTables>, keyring: Keyring) {
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

  function toCourrier(row: Awaited<ReturnType<ReturnType<typeof selection>['execute']>>[number]): CourrierLu {
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

  return { openText, sealTexts, selection, toCourrier };
}

export type Lignes = ReturnType<typeof createLignes>;
