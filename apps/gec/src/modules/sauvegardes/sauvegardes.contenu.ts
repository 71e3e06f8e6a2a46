/**
 * What a backup holds, and what it leaves out. The search index is built anew; sessions, locks and exports do not
 * outlive the moment, and what is known of archives lies beside them.
 */
export const TABLES_EXCLUES: readonly RegExp[] = [
  /^courrier_recherche/,
  /^session$/,
  /^login_/,
  /^facteur_defi$/,
  /^tache$/,
  /^utilisateurs_import$/,
  /^version_cache$/,
  /^sauvegarde$/,
];

/** The columns that name files of the store. A test compares them with the schema. */
export const COLONNES_FICHIERS = [
  { table: 'piece', colonne: 'chemin' },
  { table: 'televersement', colonne: 'chemin' },
  { table: 'import_segment', colonne: 'chemin' },
] as const;
