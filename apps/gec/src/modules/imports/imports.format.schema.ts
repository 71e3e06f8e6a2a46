import { z } from 'zod';

/** What the file of letters calls itself, and its version: docs/FORMAT-EXPORT.md. */
export const FORMAT = 'gec-mines/courriers';
export const FORMAT_VERSION = 1;
export const FICHIER_COURRIERS = 'courriers.json';
export const FICHIER_SOMMES = 'SOMMES.sha256';
export const DOSSIER_PIECES = 'pieces/';

const instant = z.iso.datetime({ offset: true });
const jour = z.iso.date();
const mot = (max: number) => z.string().max(max);
const texte = z.string().max(100_000);

const pieceShape = z.object({
  /** Name inside the archive; null when the file was missing at the export. */
  fichier: mot(400).nullable(),
  nom: mot(400),
  type: mot(100),
  taille: z.number().int().nonnegative(),
  pages: z.number().int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/i),
});

/** A letter of the file. */
export const courrierShape = z.object({
  id: z.union([z.number(), mot(100)]),
  numero: mot(400),
  type_courrier: z.enum(['ENTRANT', 'SORTANT']),
  objet: texte,
  correspondant: texte,
  numero_reference: texte.nullable(),
  date_redaction: jour.nullable(),
  date_enregistrement: instant,
  statut: mot(200),
  date_modification_statut: instant.nullable(),
  secretaire_general_copie: z.boolean().nullable(),
  type_courrier_sortant: mot(400).nullable(),
  autres_informations: texte.nullable(),
  utilisateur: mot(200).nullable(),
  departement: mot(200).nullable(),
  pieces: z.array(pieceShape).max(1000),
  historique: z
    .array(
      z.object({
        date: instant,
        utilisateur: mot(200).nullable(),
        champ: mot(100),
        ancienne: texte.nullable(),
        nouvelle: texte.nullable(),
      }),
    )
    .max(10_000),
  commentaires: z
    .array(
      z.object({
        date: instant,
        utilisateur: mot(200).nullable(),
        type: z.enum(['comment', 'annotation', 'instruction']),
        texte,
      }),
    )
    .max(10_000),
  transmissions: z
    .array(
      z.object({
        date: instant,
        de: mot(200).nullable(),
        a: mot(200).nullable(),
        instruction: mot(200).nullable(),
        message: texte.nullable(),
        echeance: jour.nullable(),
        date_lecture: instant.nullable(),
        date_traitement: instant.nullable(),
      }),
    )
    .max(10_000),
});
export type CourrierExporte = z.output<typeof courrierShape>;

/** The file of letters. */
export const fichierShape = z.object({
  format: z.literal(FORMAT),
  version: z.literal(FORMAT_VERSION),
  exporte_le: instant,
  /** Names the installation without telling anything of it: the same at each of its exports. */
  installation: z.string().min(8).max(200),
  organisme: mot(400),
  courriers: z.array(courrierShape).max(100_000),
});
export type FichierExporte = z.output<typeof fichierShape>;
