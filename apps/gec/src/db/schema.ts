import type { Sealed } from '@gec/crypto';
import type { DataKeyTable, JournalHeadTable, KeyProcessTable, KeyRotationTable, OutboxTable } from '@gec/db';
import type { AddressTables, LockoutTables, SessionTables } from '@gec/http';
import type { Generated } from 'kysely';

/** ISO 8601 instant in UTC. */
export type Timestamp = string;
/** Calendar day, `YYYY-MM-DD`. */
export type Day = string;

/** Direction of a letter, as the specification stores it. */
export type TypeCourrier = 'ENTRANT' | 'SORTANT';

export interface DepartementTable {
  id: number;
  code: string;
  nom: string;
  description: string | null;
  parent_id: number | null;
  chef_departement_id: number | null;
  actif: boolean;
  date_creation: Timestamp;
  version: Generated<number>;
}

export interface RoleTable {
  nom: string;
  nom_affichage: string;
  description: string | null;
  couleur: string | null;
  actif: boolean;
  modifiable: boolean;
  version: Generated<number>;
}

export interface RolePermissionTable {
  role_nom: string;
  permission_nom: string;
}

export interface UserTable {
  id: number;
  username: string;
  /** Folded user name: `Admin` and `admin` are one account. */
  username_cle: string;
  email: Sealed;
  /** Blind index of the folded address: uniqueness and sign-in by e-mail. */
  email_cle: string;
  password_hash: string;
  nom_complet: Sealed;
  matricule: Sealed | null;
  fonction: Sealed | null;
  telephone: Sealed | null;
  role: string;
  departement_id: number | null;
  actif: boolean;
  langue: 'fr' | 'en';
  doit_changer_mot_de_passe: boolean;
  mot_de_passe_change_le: Timestamp;
  derniere_connexion: Timestamp | null;
  date_creation: Timestamp;
  version: number;
  /** Random word of the photograph, which changes with it and stands in its address; null without one. */
  photo: Generated<string | null>;
}

/** Photographs of people: 256 × 256 JPEG in base64, sealed. */
export interface UserPhotoTable {
  user_id: number;
  contenu: Sealed;
}

/** A list of people that was read and waits to be confirmed. */
export interface UtilisateursImportTable {
  id: string;
  /** Who sent it. */
  user_id: number;
  /** Sealed JSON. */
  contenu: Sealed;
  date_creation: Timestamp;
}

export interface StatutCourrierTable {
  id: Generated<number>;
  nom: string;
  libelle: string;
  description: string | null;
  couleur: string;
  final: boolean;
  actif: boolean;
  ordre: number;
  version: Generated<number>;
}

/** Which statuts may follow one; a statut without rows may be followed by all. */
export interface StatutSuivantTable {
  statut_id: number;
  suivant_id: number;
}

/** A degree of urgency, with the delay that it leaves. */
export interface UrgenceTable {
  id: Generated<number>;
  nom: string;
  description: string | null;
  couleur: string;
  delai: number;
  unite: 'heures' | 'jours';
  actif: boolean;
  ordre: number;
  version: Generated<number>;
}

/** A standard instruction of transmissions. `code` is stored with the transmission. */
export interface InstructionTable {
  id: Generated<number>;
  code: string;
  libelle: string;
  libelle_en: string | null;
  actif: boolean;
  ordre: number;
  version: Generated<number>;
}

export interface TypeCourrierSortantTable {
  id: Generated<number>;
  nom: string;
  description: string | null;
  actif: boolean;
  ordre_affichage: number;
  version: Generated<number>;
}

/** A flow and a year, with the number that comes next (DESIGN.md § 7). */
export interface RegistreTable {
  id: number;
  flux: TypeCourrier;
  annee: number;
  format: string;
  mode: 'automatique' | 'manuel';
  valeur_depart: number;
  prochain: number;
}

/** Every number ever given out: a letter's, a cancelled one's, a destroyed letter's. */
export interface NumeroTable {
  id: number;
  registre_id: number;
  /** Place in the register; null for a manual number that does not follow the format. */
  compteur: number | null;
  numero: string;
  etat: 'ATTRIBUE' | 'ANNULE' | 'DETRUIT';
  courrier_id: number | null;
  motif: Sealed | null;
  utilisateur_id: number | null;
  date_attribution: Timestamp;
  date_etat: Timestamp;
}

export interface CourrierTable {
  id: number;
  /** Order of the register, newest last: milliseconds × 1024 + id mod 1024. Lists and the search index go by it. */
  ordre: number;
  numero_accuse_reception: string;
  numero_reference: Sealed | null;
  objet: Sealed;
  type_courrier: TypeCourrier;
  expediteur: Sealed | null;
  destinataire: Sealed | null;
  date_redaction: Day | null;
  date_enregistrement: Timestamp;
  statut: string;
  fichier_nom: Sealed;
  fichier_chemin: string;
  fichier_type: string;
  utilisateur_id: number;
  departement_id: number | null;
  correspondant_id: number | null;
  secretaire_general_copie: boolean | null;
  type_courrier_sortant_id: number | null;
  autres_informations: Sealed | null;
  /** Blind index of the folded objet and reference, for likely duplicates. */
  objet_cle: string;
  reference_cle: string | null;
  nombre_pieces: number;
  /** Names the request that registered the letter: the same request again gets the same letter. */
  envoi: string | null;
  date_modification_statut: Timestamp | null;
  modifie_par_id: number | null;
  date_modification: Timestamp | null;
  is_deleted: boolean;
  deleted_at: Timestamp | null;
  deleted_by_id: number | null;
  version: number;
  urgence_id: number | null;
  /** Instant by which it is to be dealt with, from the urgency that was chosen. */
  echeance: Timestamp | null;
}

/**
 * Who may read which letter, ready for range scans: one row for each principal (`d:<departement>`, `o:<owner>`,
 * `t:<user it was transmitted to>`).
 */
export interface CourrierAccesTable {
  principal: string;
  ordre: number;
  courrier_id: number;
}

export interface PieceTable {
  id: number;
  courrier_id: number;
  rang: number;
  nom: Sealed;
  chemin: string;
  type_mime: string;
  taille: number;
  sha256: Sealed;
  /** Blind index of the SHA-256, to notice that the same file is registered twice. */
  empreinte: string;
  pages: number;
  ajoute_par_id: number;
  date_ajout: Timestamp;
}

/** A file that was received, checked and sealed, and waits for its letter. */
export interface TeleversementTable {
  id: string;
  user_id: number;
  nom: Sealed;
  chemin: string;
  type_mime: string;
  taille: number;
  sha256: Sealed;
  empreinte: string;
  pages: number;
  date_ajout: Timestamp;
}

export interface BrouillonTable {
  user_id: number;
  flux: TypeCourrier;
  contenu: Sealed;
  date_modification: Timestamp;
}

export interface CourrierModificationTable {
  id: number;
  courrier_id: number;
  utilisateur_id: number;
  champ_modifie: string;
  ancienne_valeur: Sealed | null;
  nouvelle_valeur: Sealed | null;
  date_modification: Timestamp;
  ip_address: string;
}

export interface CourrierForwardTable {
  id: number;
  courrier_id: number;
  forwarded_by_id: number;
  forwarded_to_id: number;
  instruction: string | null;
  message: Sealed | null;
  echeance: Day | null;
  date_transmission: Timestamp;
  lu: boolean;
  date_lecture: Timestamp | null;
  date_traitement: Timestamp | null;
}

export interface CourrierCommentTable {
  id: number;
  courrier_id: number;
  user_id: number;
  commentaire: Sealed;
  type_comment: 'comment' | 'annotation' | 'instruction';
  date_creation: Timestamp;
  actif: boolean;
}

export interface CorrespondantTable {
  id: number;
  nom: Sealed;
  /** Blind index of the folded name: one row a name. */
  nom_cle: string;
  usages: number;
  dernier_usage: Timestamp;
  actif: boolean;
  adresse: Sealed | null;
  telephone: Sealed | null;
  email: Sealed | null;
  notes: Sealed | null;
  version: Generated<number>;
}

/** Another spelling that leads to a correspondant: its earlier name, or that of one merged into it. */
export interface CorrespondantAliasTable {
  id: number;
  correspondant_id: number;
  nom: Sealed;
  nom_cle: string;
}

/** Two correspondants that look alike and are not one; the smaller id first. */
export interface CorrespondantDistinctTable {
  premier_id: number;
  second_id: number;
}

/** A merge and how far it has come. */
export interface CorrespondantFusionTable {
  id: number;
  garde_id: number;
  /** Null once the merged row is gone. */
  fondu_id: number | null;
  nom_fondu: Sealed;
  /** Whether the letters take the kept name. */
  reecrire: boolean;
  etat: 'EN_COURS' | 'TERMINEE';
  fait: number;
  total: number;
  user_id: number;
  ip_address: string;
  date_creation: Timestamp;
  date_fin: Timestamp | null;
}

/** Beginnings of the words of a name, as keyed hashes: completion as one types. */
export interface CorrespondantTermeTable {
  terme: string;
  correspondant_id: number;
}

/** Which principals have letters of a correspondant: suggestions obey the same rule as the letters. */
export interface CorrespondantAccesTable {
  principal: string;
  correspondant_id: number;
}

export interface LogActiviteTable {
  id: number;
  action: string;
  /** JSON facts of the entry (no letter content), sealed. */
  description: Sealed | null;
  date_action: Timestamp;
  ip_address: string;
  utilisateur_id: number | null;
  /** User name, or `system:<reason>`; kept as it was. */
  acteur: string;
  courrier_id: number | null;
  numero: string | null;
  mac: string;
  seq: number | null;
  hash: string | null;
  /** The account that the entry is about. Finds entries, and is not chained with them. */
  compte_id: Generated<number | null>;
}

export interface ParametreTable {
  cle: string;
  valeur: Sealed;
  modifie_par_id: number | null;
  date_modification: Timestamp;
}

/** Words of this office for a text of the program; null: the program's own. */
export interface TexteRemplaceTable {
  module: string;
  cle: string;
  texte_fr: string | null;
  texte_en: string | null;
  version: number;
  modifie_par_id: number | null;
  date_modification: Timestamp;
}

/** Counters that processes compare to notice that something cached has changed. */
export interface VersionCacheTable {
  nom: string;
  version: number;
}

/** Long work that a person asked for and may leave: exports. */
export interface TacheTable {
  id: string;
  user_id: number;
  genre: string;
  parametres: Sealed;
  etat: 'EN_ATTENTE' | 'EN_COURS' | 'TERMINEE' | 'ECHOUEE';
  fait: number;
  total: number;
  fichier_nom: Sealed | null;
  fichier_chemin: string | null;
  fichier_type: string | null;
  taille: number | null;
  /** Why it failed, as a code. */
  erreur: string | null;
  /** How often a process has begun it. */
  essais: number;
  /** The process that works on it, and until when it may be silent before another one takes over. */
  bail_detenteur: string | null;
  bail_fin: Timestamp | null;
  date_creation: Timestamp;
  date_fin: Timestamp | null;
}

/** What the licence client keeps, and the pace of its synchronisations. One row. */
export interface LicenceLocalTable {
  cle: string;
  /** Sealed by the licence client, under a secret that the keyring gives it. */
  contenu: string;
  sync_prochaine: Timestamp | null;
  /** Synchronisations that failed in a row. */
  sync_echecs: number;
}

/** Settings of e-mail and notifications: one row, `smtp` or `notifications`, sealed JSON. */
export interface CourrielReglageTable {
  cle: string;
  valeur: Sealed;
  version: number;
  modifie_par_id: number | null;
  date_modification: Timestamp;
}

/** A template that an administrator changed; the others are in the program. */
export interface CourrielModeleTable {
  evenement: string;
  langue: 'fr' | 'en';
  sujet: string;
  texte: string;
  html: string;
  version: number;
  modifie_par_id: number | null;
  date_modification: Timestamp;
}

/** A message that waits to be sent. */
export interface CourrielTable {
  id: number;
  evenement: string;
  langue: 'fr' | 'en';
  /** Sealed JSON: address and variables. */
  contenu: Sealed;
  date_creation: Timestamp;
}

export interface NotificationTable {
  id: number;
  user_id: number;
  evenement: string;
  courrier_id: number | null;
  /** Sealed JSON: what the words are made of when it is read. */
  message: Sealed;
  /** What must not be told to a person twice. */
  cle: string | null;
  /** Shown on the page; otherwise only sent by e-mail. */
  affichee: boolean;
  a_envoyer: boolean;
  date_creation: Timestamp;
  date_lecture: Timestamp | null;
}

/** What a person prefers: `notif.<evenement>.page`, `notif.<evenement>.courriel` (`1` or `0`). */
export interface UserPreferenceTable {
  user_id: number;
  cle: string;
  valeur: string;
}

/** Work in the background that one process does: on which day it was last done, and how it last ended. */
export interface PassageTable {
  nom: string;
  jour: Day | null;
  date_fin: Timestamp | null;
  reussi: boolean;
  erreur: string | null;
}

/** A second factor of a person: an authenticator app (`totp`) or a passkey (`cle`). */
export interface FacteurTable {
  id: number;
  user_id: number;
  genre: 'totp' | 'cle';
  nom: Sealed;
  /** Base32 secret of an authenticator app. */
  secret: Sealed | null;
  /** Time step of the last code that was used: none is taken twice. */
  dernier_pas: number | null;
  /** Site that a passkey belongs to; the rest of a passkey is public by nature. */
  rp_id: string | null;
  credential_id: string | null;
  cle_publique: string | null;
  compteur: number | null;
  transports: string | null;
  date_creation: Timestamp;
  derniere_utilisation: Timestamp | null;
}

/** Recovery codes that are left, as keyed hashes; a used one is gone. */
export interface CodeSecoursTable {
  user_id: number;
  empreinte: string;
}

/** What waits for an answer: a sign-in for its second step, a challenge for its signature, a secret for its first code. */
export interface FacteurDefiTable {
  /** SHA-256 of what the browser holds. */
  id: string;
  user_id: number | null;
  genre: 'connexion' | 'totp' | 'cle-ajout' | 'cle-second' | 'cle-seule';
  contenu: Sealed;
  expire_le: Timestamp;
}

/** A verification of the journal that somebody asked for on the screen. */
export interface VerificationJournalTable {
  id: Generated<number>;
  user_id: number;
  etat: 'EN_COURS' | 'TERMINEE' | 'ECHOUEE';
  fait: number;
  total: number;
  date_debut: Timestamp;
  /** When the process that works on it last said so. */
  signe_de_vie: Timestamp;
  date_fin: Timestamp | null;
  /** Entries that were compared. */
  entrees: number | null;
  rupture_nature: 'altered' | 'removed' | 'inserted' | 'head' | null;
  rupture_seq: number | null;
  rupture_id: number | null;
}

/** A backup that was made, is being made or failed. Its archive bears `nom`; nothing of it is in a backup itself. */
export interface SauvegardeTable {
  id: Generated<number>;
  nom: string;
  origine: 'MANUELLE' | 'PLANIFIEE' | 'COMMANDE' | 'SECURITE';
  etat: 'EN_COURS' | 'REUSSIE' | 'ECHOUEE';
  user_id: number | null;
  lignes: number;
  fichiers: number;
  /** Bytes of the files in it. */
  octets: number;
  /** Files that rows name and that were not there. */
  absents: number;
  /** Bytes of the archive. */
  taille: number | null;
  /** SHA-256 of the archive. */
  empreinte: string | null;
  /** Whether the archive was as it was written when it was last read, and when that was. */
  intacte: boolean | null;
  controle_le: Timestamp | null;
  /** Why it failed, as a code. */
  erreur: string | null;
  date_debut: Timestamp;
  /** When the process that makes it last said so. */
  signe_de_vie: Timestamp;
  date_fin: Timestamp | null;
}

/** When backups are made and for which key: one row, JSON. */
export interface SauvegardeReglageTable {
  cle: string;
  valeur: string;
  version: number;
  modifie_par_id: number | null;
  date_modification: Timestamp;
}

/** The activity journal of an older installation, as it was: it is none of ours, and not chained. */
export interface JournalAncienTable {
  id: number;
  source: string;
  ancien_id: number;
  date_action: Timestamp | null;
  /** Sealed JSON of the row. */
  contenu: Sealed;
}

/** Letters that are taken over from elsewhere: what was sent, what is wanted of it, how far it has come. */
export interface ImportTable {
  id: string;
  genre: 'archive' | 'registre' | 'ancienne';
  etat: 'RECEPTION' | 'DEPOSE' | 'PRET' | 'EN_COURS' | 'TERMINE' | 'ECHOUE' | 'ANNULE';
  user_id: number | null;
  /** User name, or `system:<reason>`. */
  acteur: string;
  ip_address: string;
  nom: Sealed;
  /** Where the letters come from: the same words for the same place. */
  source: string | null;
  /** Sealed JSON: choices of the person. */
  parametres: Sealed;
  /** Sealed JSON: what the dry run found. */
  plan: Sealed | null;
  /** Bytes of the file that was sent. */
  taille: number;
  fait: number;
  total: number;
  crees: number;
  deja: number;
  conflits: number;
  /** Why it failed, as a code. */
  erreur: string | null;
  date_creation: Timestamp;
  date_debut: Timestamp | null;
  date_fin: Timestamp | null;
}

/** A part of the file of an import, sealed in the store: it can be read from anywhere. */
export interface ImportSegmentTable {
  import_id: string;
  rang: number;
  chemin: string;
  /** Plain bytes. */
  taille: number;
}

/** What became of one letter of an import. */
export interface ImportLigneTable {
  import_id: string;
  rang: number;
  numero: string;
  etat: 'cree' | 'deja' | 'conflit';
  motif: string | null;
  detail: Sealed | null;
  courrier_id: number | null;
}

/** Which row of ours something of another installation has become. */
export interface ImportElementTable {
  source: string;
  objet: string;
  cle: string;
  id_local: number;
  date_import: Timestamp;
}

/** The tables of GEC Mines. */
export interface GecTables extends SessionTables, LockoutTables, AddressTables {
  data_key: DataKeyTable;
  key_process: KeyProcessTable;
  key_rotation: KeyRotationTable;
  outbox: OutboxTable;
  journal_head: JournalHeadTable;
  departement: DepartementTable;
  role: RoleTable;
  role_permission: RolePermissionTable;
  user: UserTable;
  user_photo: UserPhotoTable;
  utilisateurs_import: UtilisateursImportTable;
  statut_courrier: StatutCourrierTable;
  statut_suivant: StatutSuivantTable;
  urgence: UrgenceTable;
  instruction: InstructionTable;
  type_courrier_sortant: TypeCourrierSortantTable;
  registre: RegistreTable;
  numero: NumeroTable;
  courrier: CourrierTable;
  courrier_acces: CourrierAccesTable;
  piece: PieceTable;
  televersement: TeleversementTable;
  brouillon: BrouillonTable;
  courrier_modification: CourrierModificationTable;
  courrier_forward: CourrierForwardTable;
  courrier_comment: CourrierCommentTable;
  correspondant: CorrespondantTable;
  correspondant_terme: CorrespondantTermeTable;
  correspondant_acces: CorrespondantAccesTable;
  correspondant_alias: CorrespondantAliasTable;
  correspondant_distinct: CorrespondantDistinctTable;
  correspondant_fusion: CorrespondantFusionTable;
  log_activite: LogActiviteTable;
  parametre: ParametreTable;
  version_cache: VersionCacheTable;
  texte_remplace: TexteRemplaceTable;
  tache: TacheTable;
  licence_local: LicenceLocalTable;
  facteur: FacteurTable;
  code_secours: CodeSecoursTable;
  facteur_defi: FacteurDefiTable;
  verification_journal: VerificationJournalTable;
  courriel_reglage: CourrielReglageTable;
  courriel_modele: CourrielModeleTable;
  courriel: CourrielTable;
  notification: NotificationTable;
  user_preference: UserPreferenceTable;
  passage: PassageTable;
  sauvegarde: SauvegardeTable;
  sauvegarde_reglage: SauvegardeReglageTable;
  import: ImportTable;
  import_segment: ImportSegmentTable;
  import_ligne: ImportLigneTable;
  import_element: ImportElementTable;
  journal_ancien: JournalAncienTable;
}
