import { foldName, startOfDay, type FieldError } from '@gec/core';
import type { Keyring } from '@gec/crypto';
import type { Table } from '../../tableur/read-table.ts';
import { CHAMPS_SUIVIS, type ChampSuivi } from '../courriers/courriers.schema.ts';
import type { ArchiveOuverte } from './imports.archive.ts';
import { CHAMPS_REGISTRE, type ChampRegistre, type Choix } from './imports.choix.schema.ts';
import { lireDate } from './imports.dates.ts';
import type { CourrierExporte } from './imports.format.schema.ts';
import type { Mots } from './imports.mots.ts';
import type { LettreImportee, MotifConflit } from './imports.schema.ts';

/** A line of what is imported: a letter, or why it cannot be one. */
export interface LigneSource {
  /** Line of the file, or place in the archive (from 1). */
  readonly rang: number;
  readonly numero: string;
  readonly lettre: LettreImportee | { readonly motif: MotifConflit; readonly detail: string };
}

const champSuivi = (mot: string): ChampSuivi | undefined => CHAMPS_SUIVIS.find((one) => one === mot);

/** A letter of an archive. */
export function lettreDArchive(
  courrier: CourrierExporte,
  archive: Pick<ArchiveOuverte, 'fichier' | 'has' | 'ouvrir'>,
  mots: Mots,
  choix: Choix,
): LettreImportee {
  const instant = (date: string) => new Date(date).toISOString();
  const peut = (date: string | null) => (date === null ? null : instant(date));
  return {
    source: `archive:${archive.fichier.installation}`,
    cle: String(courrier.id),
    numero: courrier.numero,
    flux: courrier.type_courrier,
    objet: courrier.objet,
    correspondant: courrier.correspondant,
    numeroReference: courrier.numero_reference,
    autresInformations: courrier.autres_informations,
    dateRedaction: courrier.date_redaction,
    dateEnregistrement: instant(courrier.date_enregistrement),
    statut: mots.statut(courrier.statut),
    dateModificationStatut: peut(courrier.date_modification_statut),
    secretaireGeneralCopie: courrier.secretaire_general_copie,
    typeCourrierSortantId: mots.type(courrier.type_courrier_sortant),
    utilisateurId: mots.utilisateur(courrier.utilisateur),
    departementId: mots.departement(courrier.departement),
    supprime: null,
    pieces: courrier.pieces.map(({ nom, sha256, fichier }) => ({
      nom,
      sha256,
      ouvrir: fichier !== null && archive.has(fichier) ? () => archive.ouvrir(fichier) : null,
    })),
    modifications: courrier.historique.flatMap((one) => {
      const champ = champSuivi(one.champ);
      if (!champ) return [];
      const { ancienne, nouvelle } = one;
      const utilisateurId = mots.utilisateur(one.utilisateur);
      return [{ champ, ancienne, nouvelle, date: instant(one.date), utilisateurId, ip: '' }];
    }),
    commentaires: courrier.commentaires.map((one) => ({
      type: one.type,
      texte: one.texte,
      date: instant(one.date),
      utilisateurId: mots.utilisateur(one.utilisateur),
    })),
    transmissions: courrier.transmissions.map((one) => ({
      deId: mots.utilisateur(one.de),
      aId: mots.utilisateur(one.a),
      instruction: one.instruction,
      message: one.message,
      echeance: one.echeance,
      date: instant(one.date),
      dateLecture: peut(one.date_lecture),
      dateTraitement: peut(one.date_traitement),
    })),
    siPris: choix.si_pris,
    sansScan: choix.sans_scan,
  };
}

/** What people write above the columns of a register. */
const ENTETES: Readonly<Record<ChampRegistre, readonly string[]>> = {
  numero: [
    'n°',
    'no',
    'num',
    'n° enregistrement',
    'numéro d’enregistrement',
    'numero accuse reception',
    'n° d’ordre',
    'numéro d’ordre',
    'number',
  ],
  flux: ['sens', 'type courrier', 'arrivée départ', 'arrivée/départ', 'nature', 'flow', 'direction'],
  date_enregistrement: [
    'date',
    'date d’arrivée',
    'date arrivée',
    'date de réception',
    'date d’expédition',
    'date départ',
    'registered on',
  ],
  date_redaction: [
    'date du courrier',
    'date de la lettre',
    'date lettre',
    'date de rédaction',
    'date d’émission',
    'letter date',
  ],
  objet: ['sujet', 'subject', 'libellé', 'objet du courrier', 'analyse'],
  correspondant: ['correspondent', 'expéditeur/destinataire', 'expéditeur ou destinataire', 'nom'],
  expediteur: ['provenance', 'origine', 'sender', 'expéditeur du courrier'],
  destinataire: ['destination', 'recipient', 'adressé à'],
  numero_reference: [
    'référence',
    'réf',
    'ref',
    'n° référence',
    'n/réf',
    'v/réf',
    'n° de la lettre',
    'reference',
  ],
  statut: ['état', 'status', 'situation'],
  type_courrier_sortant: ['type de courrier sortant', 'type départ', 'genre'],
  departement: ['service', 'direction traitante', 'département', 'department', 'imputation'],
  secretaire_general_copie: ['copie sg', 'sg', 'copie au sg', 'copie au secrétaire général'],
  autres_informations: ['observations', 'observation', 'remarques', 'notes', 'informations', 'remarks'],
};

const nu = (mot: string) => foldName(mot).replace(/[^\p{L}\p{N}]/gu, '');

/** Guesses from what stands above the columns which one is what. */
export function devinerColonnes(entetes: readonly string[]): Partial<Record<ChampRegistre, number>> {
  const found: Partial<Record<ChampRegistre, number>> = {};
  for (const champ of CHAMPS_REGISTRE) {
    const names = new Set([champ, ...ENTETES[champ]].map(nu));
    const at = entetes.findIndex(
      (entete, position) => names.has(nu(entete)) && !Object.values(found).includes(position),
    );
    if (at >= 0) found[champ] = at;
  }
  return found;
}

/** What is missing among the columns for a register to be read: field and code of the message. */
export function colonnesManquantes(colonnes: Partial<Record<ChampRegistre, number>>): FieldError['field'][] {
  const has = (champ: ChampRegistre) => colonnes[champ] !== undefined;
  const manque: string[] = [];
  if (!has('numero')) manque.push('numero');
  if (!has('objet')) manque.push('objet');
  if (!has('date_enregistrement') && !has('date_redaction')) manque.push('date_enregistrement');
  if (!has('correspondant') && !has('expediteur') && !has('destinataire')) manque.push('correspondant');
  return manque;
}

const OUI = /^(o|oui|x|1|vrai|yes|y|true|✓)$/;
const DEPART = /^(s|d|sortant|sortie|depart|departs|courrier depart|out|outgoing)$/;
const ARRIVEE = /^(e|a|entrant|entree|arrivee|arrivees|courrier arrivee|in|incoming)$/;

/** A letter of a line of an old register. */
export function lettreDeRegistre(
  { ligne, valeurs }: Table['lignes'][number],
  contexte: { mots: Mots; choix: Choix; fuseau: string; identity: Keyring['identity'] },
): LigneSource {
  const { mots, choix, fuseau, identity } = contexte;
  const colonnes = choix.colonnes ?? {};
  const valeur = (champ: ChampRegistre): string => {
    const at = colonnes[champ];
    return at === undefined ? '' : (valeurs[at] ?? '');
  };
  const numero = valeur('numero');
  const sens = foldName(valeur('flux'));
  const flux = DEPART.test(sens) ? 'SORTANT' : ARRIVEE.test(sens) ? 'ENTRANT' : choix.flux;
  const refuse = (champ: ChampRegistre): LigneSource => ({
    rang: ligne,
    numero,
    lettre: { motif: 'DATE_INVALIDE', detail: `${champ} : ${valeur(champ).slice(0, 40)}` },
  });
  const redaction = valeur('date_redaction');
  const jourRedaction = lireDate(redaction);
  if (redaction !== '' && jourRedaction === null) return refuse('date_redaction');
  const enregistrement = valeur('date_enregistrement');
  const jour = enregistrement === '' ? jourRedaction : lireDate(enregistrement);
  if (jour === null) return refuse('date_enregistrement');
  const objet = valeur('objet');
  const propre = valeur(flux === 'ENTRANT' ? 'expediteur' : 'destinataire');
  const correspondant = propre || valeur('correspondant') || valeur('expediteur') || valeur('destinataire');
  const copie = valeur('secretaire_general_copie');
  // The same line is the same letter, also when it comes again in a file that was put right elsewhere.
  const contenu = [flux, numero, jour, foldName(objet), foldName(correspondant)].join('\n');
  return {
    rang: ligne,
    numero,
    lettre: {
      source: 'registre',
      cle: identity.digest('import.registre', contenu),
      numero,
      flux,
      objet,
      correspondant,
      numeroReference: valeur('numero_reference') || null,
      autresInformations: valeur('autres_informations') || null,
      dateRedaction: jourRedaction,
      dateEnregistrement: startOfDay(jour, fuseau),
      statut: mots.statut(valeur('statut')),
      dateModificationStatut: null,
      secretaireGeneralCopie: copie === '' ? null : OUI.test(foldName(copie)),
      typeCourrierSortantId: mots.type(valeur('type_courrier_sortant')),
      utilisateurId: choix.utilisateur,
      departementId: mots.departement(valeur('departement')),
      supprime: null,
      pieces: [],
      modifications: [],
      commentaires: [],
      transmissions: [],
      siPris: choix.si_pris,
      // A line of a register has no scan: a page stands for it, or there would be nothing to import.
      sansScan: 'notice',
    },
  };
}
