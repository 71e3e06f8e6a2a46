/** Why an archive is refused as a whole: its words are in `imports.texts.ts`. */
export const REFUS_ARCHIVE = [
  'ILLISIBLE',
  'TROP_DE_FICHIERS',
  'NOM_DANGEREUX',
  'NOM_DOUBLE',
  'LIEN',
  'CHIFFREE',
  'BOMBE',
  'MEMOIRE',
  'SANS_COURRIERS',
  'FORMAT_INCONNU',
  'COURRIERS_ALTERES',
] as const;
export type CodeRefus = (typeof REFUS_ARCHIVE)[number];
