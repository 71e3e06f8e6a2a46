import { z } from 'zod';

/** Bytes that a file may have which is sent through the browser. */
export const IMPORT_OCTETS_MAX = 4 * 1024 ** 3;

/** What a column of an old register can be. */
export const CHAMPS_REGISTRE = [
  'numero',
  'flux',
  'date_enregistrement',
  'date_redaction',
  'objet',
  'correspondant',
  'expediteur',
  'destinataire',
  'numero_reference',
  'statut',
  'type_courrier_sortant',
  'departement',
  'secretaire_general_copie',
  'autres_informations',
] as const;
export type ChampRegistre = (typeof CHAMPS_REGISTRE)[number];

const id = z.number().int().positive();

/** What the person who imports has decided. */
export const choixShape = z.object({
  /** A letter whose number another one has is left out, or gets a suffix. */
  si_pris: z.enum(['conflit', 'suffixe']).default('conflit'),
  /** A letter without its scan is left out, or gets a page that says so. */
  sans_scan: z.enum(['conflit', 'notice']).default('notice'),
  /** Who counts as the author of what people did who have no account here. */
  utilisateur: id,
  /** Words of elsewhere, and what they are here: accounts, statuts, types of departures, departments (0: none). */
  utilisateurs: z.record(z.string(), id).default({}),
  statut: z.string(),
  statuts: z.record(z.string(), z.string()).default({}),
  types: z.record(z.string(), z.number().int().nonnegative()).default({}),
  departements: z.record(z.string(), z.number().int().nonnegative()).default({}),
  /** Register: flow of the lines that do not say theirs, and which column (from 0) is what. */
  flux: z.enum(['ENTRANT', 'SORTANT']).default('ENTRANT'),
  colonnes: z.partialRecord(z.enum(CHAMPS_REGISTRE), z.number().int().min(0).max(499)).optional(),
});
export type Choix = z.output<typeof choixShape>;

/** A part of what was decided, as a form or a JSON client sends it. */
export const choixPartielShape = choixShape.partial();
export type ChoixPartiel = z.output<typeof choixPartielShape>;

/** What the dry run has found. */
export interface Plan {
  readonly total: number;
  readonly crees: number;
  readonly deja: number;
  readonly conflits: Readonly<Record<string, number>>;
  /** Letters that get a page in place of their scan. */
  readonly notices: number;
  readonly pieces: number;
  readonly octets: number;
  /** First and last day of registration. */
  readonly du: string | null;
  readonly au: string | null;
  /** Words that mean nothing here, and how often they stand there. */
  readonly inconnus: {
    readonly utilisateurs: Readonly<Record<string, number>>;
    readonly statuts: Readonly<Record<string, number>>;
    readonly types: Readonly<Record<string, number>>;
    readonly departements: Readonly<Record<string, number>>;
  };
  /** Register: what stands above the columns, and the first lines, to be mapped. */
  readonly entetes: readonly string[];
  readonly exemples: readonly (readonly string[])[];
}
