import type { Lang } from '@gec/core';
import { z } from 'zod';

/** What messages are sent about. */
export const EVENEMENTS_COURRIEL = [
  'premier_mot_de_passe',
  'reinitialisation',
  'transmission',
  'nouveau_courrier',
  'commentaire',
  'traitement',
  'echeance_proche',
  'echeance_depassee',
  'alerte_securite',
  'sauvegarde_echouee',
] as const;
export type EvenementCourriel = (typeof EVENEMENTS_COURRIEL)[number];

/** Words that every message may bear. */
const COMMUNES = ['destinataire', 'organisme', 'logiciel', 'lien'] as const;
const MOT_DE_PASSE = ['identifiant', 'mot_de_passe'] as const;
const LETTRE = ['numero', 'auteur', 'objet'] as const;

/** The variables that a template of an event may name, as `{name}`. */
export const VARIABLES: Readonly<Record<EvenementCourriel, readonly string[]>> = {
  premier_mot_de_passe: [...COMMUNES, ...MOT_DE_PASSE],
  reinitialisation: [...COMMUNES, ...MOT_DE_PASSE],
  transmission: [...COMMUNES, ...LETTRE, 'instruction', 'echeance'],
  nouveau_courrier: [...COMMUNES, ...LETTRE],
  commentaire: [...COMMUNES, ...LETTRE, 'genre'],
  traitement: [...COMMUNES, ...LETTRE],
  echeance_proche: [...COMMUNES, ...LETTRE, 'instruction', 'echeance'],
  echeance_depassee: [...COMMUNES, ...LETTRE, 'instruction', 'echeance'],
  alerte_securite: [...COMMUNES, 'date', 'detail'],
  sauvegarde_echouee: [...COMMUNES, 'date', 'detail'],
};

/** Variables without which a message would be of no use. */
export const INDISPENSABLES: Readonly<Partial<Record<EvenementCourriel, readonly string[]>>> = {
  premier_mot_de_passe: ['identifiant', 'mot_de_passe'],
  reinitialisation: ['mot_de_passe'],
};

/** Values of a message's variables; one that is missing is empty. */
export type ValeursCourriel = Readonly<Record<string, string>>;

/** Subject, text and HTML of a message, with `{variables}`. An empty `html` sends the text alone. */
export interface Modele {
  readonly sujet: string;
  readonly texte: string;
  readonly html: string;
}

/** Characters of a template at most. */
export const SUJET_MAX = 200;
export const TEXTE_MAX = 8_000;
export const HTML_MAX = 20_000;

/** A template as the administration sees it. */
export interface ModeleCourriel extends Modele {
  readonly evenement: EvenementCourriel;
  readonly langue: Lang;
  /** 0 for the program's own; counts the changes otherwise. */
  readonly version: number;
  readonly parId: number | null;
  readonly le: string | null;
}

/** How the connection to the mail server is secured: not at all, STARTTLS (RFC 3207), or TLS from the start (RFC 8314). */
export const SECURITES = ['aucune', 'starttls', 'tls'] as const;
export type Securite = (typeof SECURITES)[number];

/** Usual port of each way. */
export const PORTS: Readonly<Record<Securite, number>> = { aucune: 25, starttls: 587, tls: 465 };

/** How messages are sent. */
export interface ReglageSmtp {
  readonly hote: string;
  readonly port: number;
  readonly securite: Securite;
  /** Empty: without signing in. */
  readonly utilisateur: string;
  readonly motDePasse: string;
  readonly expediteur: string;
  readonly nomExpediteur: string;
  readonly verifierCertificat: boolean;
}

const line = (max: number) => z.string().trim().max(max);

/** The stored form; see {@link ReglageSmtp}. */
export const reglageSmtpShape = z.object({
  hote: line(253).regex(/^[A-Za-z0-9.:-]+$/),
  port: z.int().min(1).max(65_535),
  securite: z.enum(SECURITES),
  utilisateur: line(254),
  motDePasse: z.string().max(500),
  expediteur: z.email().max(254),
  nomExpediteur: line(120),
  verifierCertificat: z.boolean(),
});

/** What a person types for the mail server. */
export interface SaisieSmtp {
  readonly hote: string;
  readonly port: string;
  readonly securite: string;
  readonly utilisateur: string;
  /** Empty: the password stays as it is. */
  readonly motDePasse: string;
  readonly expediteur: string;
  readonly nomExpediteur: string;
  readonly verifierCertificat: boolean;
}

/** The mail server as the administration sees it: never the password. */
export interface SmtpVu {
  /** Where it comes from: `base` what an administrator set, `environnement` the variables, `aucun` nothing. */
  readonly source: 'base' | 'environnement' | 'aucun';
  readonly reglage: Omit<ReglageSmtp, 'motDePasse'> | null;
  readonly motDePassePresent: boolean;
  readonly version: number;
  readonly parId: number | null;
  readonly le: string | null;
}

/** One line of the talk with a mail server. */
export interface LigneSmtp {
  readonly de: 'client' | 'serveur';
  readonly texte: string;
}

/** How a test ended, with the whole talk; passwords are masked. */
export interface EssaiSmtp {
  readonly reussi: boolean;
  /** What went wrong, in words; null when it went well. */
  readonly message: string | null;
  readonly conversation: readonly LigneSmtp[];
}

/** The certificate that a mail server shows. */
export interface CertificatSmtp {
  /** ISO 8601, UTC. */
  readonly expire: string;
  readonly sujet: string;
  /** Whether the machine trusts it. */
  readonly reconnu: boolean;
}

/** A message that a use case wants sent. */
export interface NouveauCourriel {
  readonly evenement: EvenementCourriel;
  readonly langue: Lang;
  readonly adresse: string;
  readonly valeurs: ValeursCourriel;
}
