/** A statut that a letter can have. `nom` is stored with the letter, `libelle` is what people read. */
export interface Statut {
  readonly id: number;
  readonly nom: string;
  readonly libelle: string;
  readonly description: string | null;
  /** Colour of its mark, `#RRGGBB`; always shown beside the word. */
  readonly couleur: string;
  /** Whether nothing more is to be done with the letter. */
  readonly final: boolean;
  readonly actif: boolean;
  readonly ordre: number;
  readonly version: number;
  /** Words (`nom`) of the statuts that may follow; empty when all may. */
  readonly suivants: readonly string[];
}

/** A kind of departure, such as a note circulaire. */
export interface TypeCourrierSortant {
  readonly id: number;
  readonly nom: string;
  readonly description: string | null;
  readonly actif: boolean;
  readonly ordre: number;
  readonly version: number;
}

export const UNITES = ['heures', 'jours'] as const;
export type Unite = (typeof UNITES)[number];

/** A degree of urgency, with the delay in which a letter of it is to be dealt with. */
export interface Urgence {
  readonly id: number;
  readonly nom: string;
  readonly description: string | null;
  readonly couleur: string;
  /** From the registration on. */
  readonly delai: number;
  readonly unite: Unite;
  readonly actif: boolean;
  readonly ordre: number;
  readonly version: number;
}

/** A standard instruction of transmissions. `code` is stored with the transmission. */
export interface Instruction {
  readonly id: number;
  readonly code: string;
  readonly libelle: string;
  /** Null where the office wrote one label for both languages. */
  readonly libelleEn: string | null;
  readonly actif: boolean;
  readonly ordre: number;
  readonly version: number;
}

/** Everything that is kept of the lists between two requests. */
export interface Referentiels {
  readonly statuts: readonly Statut[];
  readonly types: readonly TypeCourrierSortant[];
  readonly urgences: readonly Urgence[];
  readonly instructions: readonly Instruction[];
}

/** The lists that an office changes, as addresses name them. */
export const LISTES = ['statuts', 'types', 'urgences', 'instructions'] as const;
export type Liste = (typeof LISTES)[number];

/** An entry of any list, as its administrator sees it; what a list does not have is null, false or empty. */
export interface Entree {
  readonly id: number;
  readonly code: string | null;
  readonly libelle: string;
  readonly libelleEn: string | null;
  readonly description: string | null;
  readonly couleur: string | null;
  readonly final: boolean;
  /** Ids of the statuts that may follow; empty when all may. */
  readonly suivants: readonly number[];
  readonly delai: number | null;
  readonly unite: Unite | null;
  readonly actif: boolean;
  readonly version: number;
  /** Whether a letter or a transmission bears it: then it can be put out of use, not deleted. */
  readonly utilise: boolean;
  /** Whether the program itself gives it to letters: then it stays in use. */
  readonly protege: boolean;
}

/** What is typed into the form of an entry, all as text. */
export interface SaisieEntree {
  readonly code: string;
  readonly libelle: string;
  readonly libelleEn: string;
  readonly description: string;
  readonly couleur: string;
  /** `oui` or nothing. */
  readonly final: string;
  readonly suivants: readonly string[];
  readonly delai: string;
  readonly unite: string;
}

export type ChampEntree = keyof SaisieEntree;

/** The fields that the entries of a list have. */
export const CHAMPS: Readonly<Record<Liste, readonly ChampEntree[]>> = {
  statuts: ['libelle', 'code', 'description', 'couleur', 'final', 'suivants'],
  types: ['libelle', 'description'],
  urgences: ['libelle', 'description', 'couleur', 'delai', 'unite'],
  instructions: ['libelle', 'libelleEn'],
};

/** Longest texts, in characters, and the longest delays. */
export const LIBELLE_MAX = 80;
export const DESCRIPTION_MAX = 300;
export const DELAI_MAX: Readonly<Record<Unite, number>> = { heures: 720, jours: 365 };
/** Entries of one list. */
export const ENTREES_MAX = 100;

/** The statuts that registration gives by itself. */
export const STATUTS_INITIAUX: readonly string[] = ['RECU', 'EN_COURS'];

/**
 * The colours that may be chosen: each has a contrast of 3 (WCAG 2.1, 1.4.11) on the surfaces of both themes, and all
 * can be told from each other by name.
 */
export const PALETTE = [
  { nom: 'bleu', couleur: '#3B82F6' },
  { nom: 'indigo', couleur: '#6366F1' },
  { nom: 'violet', couleur: '#A855F7' },
  { nom: 'rose', couleur: '#DB2777' },
  { nom: 'rouge', couleur: '#DC2626' },
  { nom: 'orange', couleur: '#D97706' },
  { nom: 'brun', couleur: '#A16207' },
  { nom: 'vert', couleur: '#009639' },
  { nom: 'turquoise', couleur: '#0D9488' },
  { nom: 'gris', couleur: '#6B7280' },
] as const;

/** The statut of a letter that was just registered. */
export const STATUT_INITIAL = 'RECU';

/** The statuts from the start (CONTRACT.md). Colours have a contrast of 3 on white and on the dark theme. */
export const STATUTS_PAR_DEFAUT = [
  { nom: 'RECU', libelle: 'Reçu', couleur: '#3B82F6', final: false },
  { nom: 'EN_COURS', libelle: 'En cours', couleur: '#D97706', final: false },
  { nom: 'TRAITE', libelle: 'Traité', couleur: '#009639', final: true },
  { nom: 'ARCHIVE', libelle: 'Archivé', couleur: '#6B7280', final: true },
  { nom: 'URGENT', libelle: 'Urgent', couleur: '#DC2626', final: false },
] as const;

/** The types de courrier sortant from the start (CONTRACT.md). */
export const TYPES_SORTANTS_PAR_DEFAUT = [
  'Note circulaire',
  'Note télégramme',
  'Lettre officielle',
  'Mémorandum',
  'Convocation',
  'Rapport',
  'Note de service',
  'Autre',
] as const;

/** The degrees of urgency from the start; a letter without one is not urgent. */
export const URGENCES_PAR_DEFAUT = [
  { nom: 'Urgent', couleur: '#D97706', delai: 3, unite: 'jours' },
  { nom: 'Très urgent', couleur: '#DC2626', delai: 1, unite: 'jours' },
  { nom: 'Extrême urgence', couleur: '#DB2777', delai: 4, unite: 'heures' },
] as const satisfies readonly Pick<Urgence, 'nom' | 'couleur' | 'delai' | 'unite'>[];

/** The standard instructions from the start (UI.md), in the order in which they are offered. */
export const INSTRUCTIONS_PAR_DEFAUT = [
  { code: 'attribution', libelle: 'Pour attribution', libelleEn: 'For assignment' },
  { code: 'disposition', libelle: 'Pour disposition à prendre', libelleEn: 'For action to be taken' },
  { code: 'etude_avis', libelle: 'Pour étude et avis', libelleEn: 'For study and advice' },
  { code: 'element_reponse', libelle: 'Pour élément de réponse', libelleEn: 'For elements of reply' },
  { code: 'projet_reponse', libelle: 'Pour projet de réponse', libelleEn: 'For a draft reply' },
  { code: 'suite', libelle: 'Pour suite à donner', libelleEn: 'For follow-up' },
  { code: 'information', libelle: 'Pour information', libelleEn: 'For information' },
  { code: 'diffusion', libelle: 'Pour diffusion', libelleEn: 'For distribution' },
  { code: 'suivi', libelle: 'Pour suivi', libelleEn: 'For monitoring' },
  { code: 'classement', libelle: 'Pour classement', libelleEn: 'For filing' },
  { code: 'me_voir', libelle: 'Me voir avec le dossier', libelleEn: 'See me with the file' },
  { code: 'me_representer', libelle: 'Me représenter', libelleEn: 'Represent me' },
  { code: 'instance', libelle: 'En instance', libelleEn: 'Pending' },
] as const;
