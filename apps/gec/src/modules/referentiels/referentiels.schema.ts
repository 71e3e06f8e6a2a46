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
}

/** A kind of departure, such as a note circulaire. */
export interface TypeCourrierSortant {
  readonly id: number;
  readonly nom: string;
  readonly description: string | null;
  readonly actif: boolean;
  readonly ordre: number;
}

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
