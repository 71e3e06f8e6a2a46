import { defineTexts } from '@gec/core';

/** Words of `gec correspondants`. */
export const cliCorrespondantsTexts = defineTexts('cli-correspondants', {
  fr: {
    groupe: 'L’annuaire des correspondants.',
    import: 'Importer une liste (CSV ou XLSX) : nom, adresse, téléphone, e-mail, notes.',
    export: 'Écrire l’annuaire en CSV sur la sortie standard.',
    doublons: 'Lister les correspondants qui sont probablement le même.',
    argFichier: 'fichier CSV ou XLSX',
    optSimuler: 'dire ce que ferait chaque ligne, sans rien enregistrer',
    optLimite: 'paires montrées au plus',
    colLigne: 'Ligne',
    colNom: 'Nom',
    colEffet: 'Effet',
    colRaison: 'Raison',
    colPremier: 'Premier',
    colSecond: 'Second',
    limiteInvalide: 'Écrivez un nombre entre 1 et 10 000.',
  },
  en: {
    groupe: 'The directory of correspondents.',
    import: 'Import a list (CSV or XLSX): name, address, telephone, e-mail, notes.',
    export: 'Write the directory as CSV to standard output.',
    doublons: 'List correspondents that are likely the same.',
    argFichier: 'CSV or XLSX file',
    optSimuler: 'say what each line would do, without saving anything',
    optLimite: 'pairs shown at most',
    colLigne: 'Line',
    colNom: 'Name',
    colEffet: 'Effect',
    colRaison: 'Reason',
    colPremier: 'First',
    colSecond: 'Second',
    limiteInvalide: 'Enter a number between 1 and 10,000.',
  },
});
