/**
 * What the journal can say happened. The code is stored; its words are in `journal.texts.ts`. A code is never renamed
 * or given another meaning: entries are kept for years.
 */
export const JOURNAL_ACTIONS = [
  'auth.connexion',
  'auth.echec',
  'auth.blocage',
  'auth.deconnexion',
  'auth.sessions_fermees',
  'auth.mot_de_passe',
  'facteur.ajout',
  'facteur.retrait',
  'facteur.secours',
  'facteur.reinitialisation',
  'session.fermeture',
  'utilisateur.ajout',
  'utilisateur.modification',
  'utilisateur.mot_de_passe',
  'utilisateur.role',
  'utilisateur.activation',
  'utilisateur.photo',
  'utilisateur.sessions',
  'utilisateur.import',
  'utilisateur.export',
  'departement.ajout',
  'departement.modification',
  'departement.activation',
  'departement.suppression',
  'role.ajout',
  'role.modification',
  'role.activation',
  'role.suppression',
  'adresse.blocage',
  'adresse.autorisation',
  'adresse.liberation',
  'courrier.enregistrement',
  'courrier.import',
  'import.lancement',
  'import.abandon',
  'reprise.installation',
  'courrier.consultation',
  'courrier.telechargement',
  'courrier.fiche',
  'courrier.modification',
  'courrier.statut',
  'courrier.suppression',
  'courrier.annulation',
  'courrier.restauration',
  'courrier.destruction',
  'courrier.transmission',
  'courrier.traitement',
  'courrier.commentaire',
  'numero.annulation',
  'registre.configuration',
  'parametres.modification',
  'texte.modification',
  'fichiers.deplacement',
  'referentiel.ajout',
  'referentiel.modification',
  'referentiel.activation',
  'referentiel.suppression',
  'referentiel.ordre',
  'correspondant.ajout',
  'correspondant.modification',
  'correspondant.activation',
  'correspondant.distinction',
  'correspondant.ecriture',
  'correspondant.fusion',
  'correspondant.import',
  'correspondant.export',
  'export.demande',
  'export.telechargement',
  'journal.consultation',
  'journal.verification',
  'recherche.reconstruction',
  'cles.maitre',
  'cles.debut',
  'cles.pause',
  'cles.reprise',
  'cles.rescelle',
  'cles.oubli',
  'licence.activation',
  'licence.fichier',
  'licence.synchronisation',
  'licence.restitution',
  'licence.demande',
  'courriels.reglage',
  'courriels.modele',
  'courriels.essai',
  'notifications.reglage',
  'sauvegarde.creation',
  'sauvegarde.echec',
  'sauvegarde.controle',
  'sauvegarde.telechargement',
  'sauvegarde.suppression',
  'sauvegarde.reglage',
  'sauvegarde.restauration',
  'travail.relance',
  'travail.abandon',
] as const;

export type JournalAction = (typeof JOURNAL_ACTIONS)[number];

/** Facts of an entry: ids, codes and counts. Never what a letter says: objet, names and texts stay with the letter. */
export type JournalDetails = Readonly<Record<string, string | number | boolean | null>>;

/** What a use case records. */
export interface JournalEntry {
  action: JournalAction;
  courrierId?: number | null;
  /** Registration number, so that the entry still names the letter when the letter is gone. */
  numero?: string | null;
  /** The account that the entry is about, where it is about one. */
  compteId?: number;
  details?: JournalDetails;
}

/** An entry as it is read. */
export interface JournalLine {
  id: number;
  action: string;
  date: string;
  acteur: string;
  utilisateurId: number | null;
  ip: string;
  courrierId: number | null;
  numero: string | null;
  details: JournalDetails;
  /** Place in the chain; null for the moment before the sequencer comes by. */
  seq: number | null;
}

/** An entry in the words of a language. */
export interface JournalEnMots {
  /** ISO 8601, UTC. */
  readonly date: string;
  readonly action: string;
  readonly acteur: string;
  readonly numero: string;
  readonly details: string;
  readonly ip: string;
  readonly seq: number | null;
}

/** Filters of the journal; days are inclusive and in the office's zone. */
export interface JournalFilters {
  action?: string;
  utilisateurId?: number;
  /** Part of a registration number. */
  numero?: string;
  courrierId?: number;
  /** Instants: from (inclusive) and before (exclusive). */
  from?: string;
  before?: string;
}
