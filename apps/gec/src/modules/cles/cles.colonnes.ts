import type { SealedTable } from '@gec/db';

/**
 * Every sealed column, with the key of its table and the id under which its values are sealed. A test compares the
 * list with the `Sealed` columns of the schema: what is missing here would be lost with a former key.
 */
export const COLONNES_SCELLEES: readonly SealedTable[] = [
  { table: 'user', columns: ['email', 'nom_complet', 'matricule', 'fonction', 'telephone'], keys: ['id'] },
  { table: 'user_photo', columns: ['contenu'], keys: ['user_id'] },
  { table: 'utilisateurs_import', columns: ['contenu'], keys: ['id'] },
  { table: 'numero', columns: ['motif'], keys: ['id'] },
  {
    table: 'courrier',
    columns: [
      'numero_reference',
      'objet',
      'expediteur',
      'destinataire',
      'fichier_nom',
      'autres_informations',
    ],
    keys: ['id'],
  },
  { table: 'piece', columns: ['nom', 'sha256'], keys: ['id'] },
  { table: 'televersement', columns: ['nom', 'sha256'], keys: ['id'] },
  { table: 'brouillon', columns: ['contenu'], keys: ['user_id', 'flux'], id: (keys) => keys.join(':') },
  { table: 'courrier_modification', columns: ['ancienne_valeur', 'nouvelle_valeur'], keys: ['id'] },
  { table: 'courrier_forward', columns: ['message'], keys: ['id'] },
  { table: 'courrier_comment', columns: ['commentaire'], keys: ['id'] },
  { table: 'correspondant', columns: ['nom', 'adresse', 'telephone', 'email', 'notes'], keys: ['id'] },
  { table: 'correspondant_alias', columns: ['nom'], keys: ['id'] },
  { table: 'correspondant_fusion', columns: ['nom_fondu'], keys: ['id'] },
  { table: 'log_activite', columns: ['description'], keys: ['id'] },
  { table: 'parametre', columns: ['valeur'], keys: ['cle'] },
  { table: 'tache', columns: ['parametres', 'fichier_nom'], keys: ['id'] },
  { table: 'courriel_reglage', columns: ['valeur'], keys: ['cle'] },
  { table: 'courriel', columns: ['contenu'], keys: ['id'] },
  { table: 'notification', columns: ['message'], keys: ['id'] },
  { table: 'facteur', columns: ['nom', 'secret'], keys: ['id'] },
  { table: 'facteur_defi', columns: ['contenu'], keys: ['id'] },
  { table: 'import', columns: ['nom', 'parametres', 'plan'], keys: ['id'] },
  {
    table: 'import_ligne',
    columns: ['detail'],
    keys: ['import_id', 'rang'],
    id: (keys) => keys.join(':'),
  },
  { table: 'journal_ancien', columns: ['contenu'], keys: ['id'] },
];

/** The columns that name sealed files of the store, each sealed under its path. */
export const COLONNES_FICHIERS_SCELLES = [
  { table: 'piece', colonne: 'chemin', cles: ['id'] },
  { table: 'televersement', colonne: 'chemin', cles: ['id'] },
  { table: 'tache', colonne: 'fichier_chemin', cles: ['id'] },
  { table: 'import_segment', colonne: 'chemin', cles: ['import_id', 'rang'] },
] as const;
