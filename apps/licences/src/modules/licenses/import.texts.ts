import { defineTexts } from '@gec/core';

/** Words of the import of keys from a file. */
export const importTexts = defineTexts('lic.import', {
  fr: {
    report: 'Ce que l’import ferait',
    dryDone: 'Le fichier a été vérifié. Rien n’a été changé.',
    read: 'Lignes lues',
    added: 'Clés à ajouter',
    used: 'dont déjà utilisées',
    known: 'Déjà connues',
    doubles: 'En double dans le fichier',
    published: 'Rendues publiques',
    flagged: 'Déjà connues, à noter comme publiques',
    malformed: 'Lignes sans clé lisible',
    malformedLines: '{n} (lignes {lines})',
    done: 'Import terminé\u00A0: {added} clés ajoutées, {known} déjà connues, {malformed} lignes refusées.',
    defaultLabel: 'Import {file}',
    noFile: 'Choisissez un fichier CSV ou XLSX.',
    unreadable: 'Ce fichier n’est pas un tableur lisible. Rien n’a été importé.',
    noKey:
      'Aucune clé dans ce fichier. La première ligne nomme les colonnes\u00A0: license_key et duration_days.',
    tooMany: 'Plus de {max} clés\u00A0: importez ce fichier par la ligne de commande, licences import.',
  },
  en: {
    report: 'What the import would do',
    dryDone: 'The file was checked. Nothing was changed.',
    read: 'Lines read',
    added: 'Keys to add',
    used: 'of which used already',
    known: 'Already here',
    doubles: 'Twice in the file',
    published: 'Published',
    flagged: 'Already here, to be noted as published',
    malformed: 'Lines without a readable key',
    malformedLines: '{n} (lines {lines})',
    done: 'Import done: {added} keys added, {known} already here, {malformed} lines refused.',
    defaultLabel: 'Import {file}',
    noFile: 'Choose a CSV or XLSX file.',
    unreadable: 'This file is not a readable spreadsheet. Nothing was imported.',
    noKey: 'There is no key in this file. Its first line names the columns: license_key and duration_days.',
    tooMany: 'More than {max} keys: import this file by the command line, licences import.',
  },
});
