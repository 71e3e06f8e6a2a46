import { foldName } from '@gec/core';
import type { ForeignRow } from '@gec/db';
import type { ChampSuivi } from '../../courriers/courriers.schema.ts';
import type {
  CommentaireImporte,
  LettreImportee,
  ModificationImportee,
  TransmissionImportee,
} from '../imports.schema.ts';
import { numeroRepris } from '../imports.engine.ts';
import { court, texte, type Contexte } from './reprise.contexte.ts';
import { enBool, enId, enInstant, enJour, enTexte } from './reprise.valeurs.ts';

/** What a row of theirs has become here; people that are not known any more are one account. */
export interface Correspondances {
  readonly comptes: ReadonlyMap<number, number>;
  /** Department here of each of their accounts. */
  readonly departements: ReadonlyMap<number, number>;
  readonly types: ReadonlyMap<number, number>;
  readonly statut: (mot: string | null, defaut: string) => Promise<string>;
  readonly reprise: () => Promise<number>;
}

/** A letter of theirs with what hangs on it. */
export interface CourrierAncien {
  readonly row: ForeignRow;
  readonly modifications: readonly ForeignRow[];
  readonly commentaires: readonly ForeignRow[];
  readonly transmissions: readonly ForeignRow[];
}

/** A file that a row names. */
export interface FichierNomme {
  readonly table: string;
  readonly ancienId: number;
  readonly nom: string;
  readonly chemin: string;
  readonly somme: string | null;
  readonly chiffre: boolean;
}

/** A letter ready to be taken over, but for its files. */
export type LettreSansPieces = Omit<LettreImportee, 'pieces' | 'sansScan'>;

const TABLE = 'courrier';
const SANS_OBJET = '(sans objet)';
const SANS_CORRESPONDANT = '(non indiqué)';
/** The statuts with which a transmission is over. */
const FINIS = ['TRAITE', 'ARCHIVE'];

const CHAMPS: Readonly<Record<string, ChampSuivi>> = {
  objet: 'objet',
  expediteur: 'correspondant',
  destinataire: 'correspondant',
  correspondant: 'correspondant',
  numero_reference: 'numero_reference',
  date_redaction: 'date_redaction',
  secretaire_general_copie: 'secretaire_general_copie',
  type_courrier_sortant_id: 'type_courrier_sortant_id',
  type_courrier_sortant: 'type_courrier_sortant_id',
  autres_informations: 'autres_informations',
  statut: 'statut',
  fichier: 'pieces',
  fichier_nom: 'pieces',
  fichier_chemin: 'pieces',
};

/** The files that a letter and its transmissions name, the scan first. */
export function fichiersDe({ row, transmissions }: CourrierAncien): FichierNomme[] {
  const files: FichierNomme[] = [];
  const chemin = enTexte(row['fichier_chemin']) ?? enTexte(row['fichier_nom']);
  if (chemin !== null) {
    files.push({
      table: TABLE,
      ancienId: Number(row['id']),
      nom: enTexte(row['fichier_nom']) ?? nomDe(chemin),
      chemin,
      somme: court(row, 'fichier_checksum', 128),
      chiffre: enBool(row['fichier_encrypted']) ?? false,
    });
  }
  for (const one of transmissions) {
    const joint = enTexte(one['attached_file']);
    if (joint === null) continue;
    files.push({
      table: 'courrier_forward',
      ancienId: Number(one['id']),
      nom: enTexte(one['attached_file_original_name']) ?? nomDe(joint),
      chemin: joint,
      somme: null,
      chiffre: false,
    });
  }
  return files;
}

const nomDe = (chemin: string): string => chemin.split(/[\\/]+/).at(-1) || chemin;

/**
 * Reads a letter of theirs. What it does not have and needs here is replaced by words that say so, and the report says
 * where; nothing that it has is left out without a remark.
 */
export async function lireCourrier(
  ctx: Contexte,
  ancien: CourrierAncien,
  vers: Correspondances,
): Promise<LettreSansPieces> {
  const { suivi, choix, source } = ctx;
  const { row } = ancien;
  const id = Number(row['id']);
  const ecrit = enTexte(row['numero_accuse_reception']) ?? '';
  const numero = numeroRepris(ecrit) ?? `ANCIEN-${id}`;
  if (numero !== ecrit) suivi.noter('numero_change', TABLE, id, numero, `« ${ecrit} » → « ${numero} »`);
  const remplacer = (detail: string) => suivi.noter('valeur_remplacee', TABLE, id, numero, detail);

  const mot = foldName(enTexte(row['type_courrier']) ?? '');
  const flux = /^(sort|dep)/.test(mot) ? 'SORTANT' : 'ENTRANT';
  if (mot !== 'entrant' && mot !== 'sortant') remplacer(`type_courrier « ${mot} » → ${flux}`);

  const objet = texte(ctx, TABLE, row, 'objet')?.trim() ?? SANS_OBJET;
  if (objet === SANS_OBJET) remplacer('objet ∅');
  const expediteur = texte(ctx, TABLE, row, 'expediteur')?.trim() ?? null;
  const destinataire = texte(ctx, TABLE, row, 'destinataire')?.trim() ?? null;
  const [sien, autre] = flux === 'ENTRANT' ? [expediteur, destinataire] : [destinataire, expediteur];
  const correspondant = sien ?? autre ?? SANS_CORRESPONDANT;
  if (sien === null) remplacer(`${flux === 'ENTRANT' ? 'expediteur' : 'destinataire'} ∅ → ${correspondant}`);
  let autresInformations = texte(ctx, TABLE, row, 'autres_informations');
  if (sien !== null && autre !== null && autre !== sien) {
    // One side of a letter is the office itself here; what the other column says is kept in words.
    const ligne = `${flux === 'ENTRANT' ? 'Destinataire' : 'Expéditeur'} : ${autre}`;
    autresInformations = autresInformations === null ? ligne : `${autresInformations}\n${ligne}`;
    remplacer(`autres_informations + « ${ligne} »`);
  }

  const redaction = enTexte(row['date_redaction']);
  const dateRedaction = enJour(row['date_redaction']);
  if (redaction !== null && dateRedaction === null) remplacer(`date_redaction « ${redaction} » → ∅`);
  const statutLe = enInstant(row['date_modification_statut'], choix.fuseau);
  let dateEnregistrement = enInstant(row['date_enregistrement'], choix.fuseau);
  if (dateEnregistrement === null) {
    dateEnregistrement = (dateRedaction === null ? null : `${dateRedaction}T12:00:00.000Z`) ?? statutLe ?? '';
    remplacer(`date_enregistrement « ${enTexte(row['date_enregistrement']) ?? ''} » → ${dateEnregistrement}`);
  }

  const statutEcrit = court(row, 'statut', 80);
  const statut = await vers.statut(statutEcrit, 'RECU');
  if (statutEcrit === null) remplacer(`statut ∅ → ${statut}`);
  const typeAncien = enId(row['type_courrier_sortant_id']);
  const type = typeAncien === null ? null : (vers.types.get(typeAncien) ?? null);
  if (typeAncien !== null && type === null) remplacer(`type_courrier_sortant_id ${typeAncien} → ∅`);

  const auteur = enId(row['utilisateur_id']);
  const utilisateurId = vers.comptes.get(auteur ?? 0) ?? (await vers.reprise());
  if (!vers.comptes.has(auteur ?? 0)) remplacer(`utilisateur_id ${auteur ?? '∅'} → reprise`);
  const supprime = enBool(row['is_deleted']) ?? false;

  return {
    source,
    cle: String(id),
    numero,
    flux,
    objet,
    correspondant,
    numeroReference: texte(ctx, TABLE, row, 'numero_reference')?.trim() ?? null,
    autresInformations,
    dateRedaction,
    dateEnregistrement,
    statut,
    dateModificationStatut: statutLe,
    secretaireGeneralCopie: enBool(row['secretaire_general_copie']),
    typeCourrierSortantId: flux === 'SORTANT' ? type : null,
    utilisateurId,
    departementId: vers.departements.get(auteur ?? 0) ?? null,
    supprime: supprime
      ? {
          le: enInstant(row['deleted_at'], choix.fuseau) ?? dateEnregistrement,
          parId: vers.comptes.get(enId(row['deleted_by_id']) ?? 0) ?? null,
        }
      : null,
    modifications: modifications(ctx, ancien, numero, vers, utilisateurId),
    commentaires: commentaires(ctx, ancien, numero, vers),
    transmissions: transmissions(ctx, ancien, numero, vers, FINIS.includes(statut)),
    siPris: choix.doubles === 'suffixer' ? 'suffixe' : 'conflit',
  };
}

function modifications(
  { suivi, choix }: Contexte,
  { modifications: rows }: CourrierAncien,
  numero: string,
  { comptes }: Correspondances,
  auteur: number,
): ModificationImportee[] {
  const table = 'courrier_modification';
  return rows.flatMap((row) => {
    const id = Number(row['id']);
    const champEcrit = enTexte(row['champ_modifie'])?.trim() ?? '';
    const champ = CHAMPS[champEcrit.toLowerCase()];
    const date = enInstant(row['date_modification'], choix.fuseau);
    if (champ === undefined || date === null) {
      suivi.ecarter(
        'enfant_orphelin',
        table,
        id,
        numero,
        champ === undefined ? champEcrit : 'date_modification',
      );
      return [];
    }
    const par = comptes.get(enId(row['utilisateur_id']) ?? 0);
    if (par === undefined) suivi.noter('valeur_remplacee', table, id, numero, 'utilisateur_id');
    return {
      champ,
      ancienne: enTexte(row['ancienne_valeur']),
      nouvelle: enTexte(row['nouvelle_valeur']),
      date,
      utilisateurId: par ?? auteur,
      ip: court(row, 'ip_address', 45) ?? '',
    };
  });
}

function commentaires(
  { suivi, choix }: Contexte,
  { commentaires: rows }: CourrierAncien,
  numero: string,
  { comptes }: Correspondances,
): CommentaireImporte[] {
  const table = 'courrier_comment';
  return rows.flatMap((row) => {
    const id = Number(row['id']);
    const texte = enTexte(row['commentaire'])?.trim();
    const date = enInstant(row['date_creation'], choix.fuseau);
    const utilisateurId = comptes.get(enId(row['user_id']) ?? 0);
    if (enBool(row['actif']) === false) {
      suivi.ecarter('commentaire_retire', table, id, numero);
      return [];
    }
    if (texte === undefined || date === null || utilisateurId === undefined) {
      suivi.ecarter(
        'enfant_orphelin',
        table,
        id,
        numero,
        utilisateurId === undefined ? 'user_id' : 'commentaire',
      );
      return [];
    }
    const genre = enTexte(row['type_comment'])?.trim();
    const type = genre === 'annotation' || genre === 'instruction' ? genre : 'comment';
    return { type, texte, date, utilisateurId } as const;
  });
}

/**
 * Transmissions. The older program does not say which are done: those of a letter that is dealt with are, and of
 * several from one person to another only the last one can still be open, as here.
 */
function transmissions(
  { suivi, choix }: Contexte,
  { transmissions: rows }: CourrierAncien,
  numero: string,
  { comptes }: Correspondances,
  fini: boolean,
): TransmissionImportee[] {
  const table = 'courrier_forward';
  const all = rows.flatMap((row) => {
    const id = Number(row['id']);
    const deId = comptes.get(enId(row['forwarded_by_id']) ?? 0);
    const aId = comptes.get(enId(row['forwarded_to_id']) ?? 0);
    const date = enInstant(row['date_transmission'], choix.fuseau);
    if (deId === undefined || aId === undefined || date === null) {
      const manque = date === null ? 'date_transmission' : 'forwarded_by_id, forwarded_to_id';
      suivi.ecarter('enfant_orphelin', table, id, numero, manque);
      return [];
    }
    const lueLe = enInstant(row['date_lecture'], choix.fuseau);
    return {
      deId,
      aId,
      instruction: null,
      message: enTexte(row['message'])?.trim() ?? null,
      echeance: null,
      date,
      dateLecture: enBool(row['lu']) === true ? (lueLe ?? date) : null,
    };
  });
  return all.map((one, at) => {
    const suivante = all.slice(at + 1).find(({ deId, aId }) => deId === one.deId && aId === one.aId);
    return { ...one, dateTraitement: suivante?.date ?? (fini ? (one.dateLecture ?? one.date) : null) };
  });
}

/** Whether a letter here is the one that was read: what differs, by name; empty when nothing does. */
export function differences(
  voulu: LettreImportee,
  ici: {
    readonly typeCourrier: string;
    readonly objet: string;
    readonly correspondant: string;
    readonly numeroReference: string | null;
    readonly autresInformations: string | null;
    readonly dateRedaction: string | null;
    readonly dateEnregistrement: string;
    readonly statut: string;
    readonly secretaireGeneralCopie: boolean | null;
    readonly typeCourrierSortantId: number | null;
    readonly isDeleted: boolean;
  },
): string[] {
  const paires: readonly (readonly [string, unknown, unknown])[] = [
    ['type_courrier', voulu.flux, ici.typeCourrier],
    ['objet', voulu.objet, ici.objet],
    ['correspondant', voulu.correspondant, ici.correspondant],
    ['numero_reference', voulu.numeroReference, ici.numeroReference],
    ['autres_informations', voulu.autresInformations, ici.autresInformations],
    ['date_redaction', voulu.dateRedaction, ici.dateRedaction],
    ['date_enregistrement', voulu.dateEnregistrement, ici.dateEnregistrement],
    ['statut', voulu.statut, ici.statut],
    ['secretaire_general_copie', voulu.secretaireGeneralCopie, ici.secretaireGeneralCopie],
    ['type_courrier_sortant_id', voulu.typeCourrierSortantId, ici.typeCourrierSortantId],
    ['is_deleted', voulu.supprime !== null, ici.isDeleted],
  ];
  return paires.flatMap(([nom, la, la2]) => (la === la2 ? [] : [nom]));
}
