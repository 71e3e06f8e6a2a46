import { defineTexts } from '@gec/core';

/** What is said of a list that cannot be read. Nothing was kept in any of these cases. */
export const tableurTexts = defineTexts('tableur', {
  fr: {
    empty: '« {nom} » ne contient aucune ligne sous les titres des colonnes.',
    broken: '« {nom} » n’est ni un fichier CSV ni un classeur XLSX lisible. Rien n’a été enregistré.',
    'old-format':
      '« {nom} » est dans un ancien format (.xls) ou protégé par un mot de passe. Enregistrez-le en .xlsx, sans mot de passe.',
    'too-many-rows': '« {nom} » a plus de {max} lignes. Partagez-le en plusieurs fichiers.',
    'too-large': '« {nom} » est trop volumineux une fois ouvert. Rien n’a été enregistré.',
    'open-quote': '« {nom} », ligne {ligne} : un guillemet ouvert n’est jamais refermé.',
    tropGros: '« {nom} » dépasse {max}. Rien n’a été enregistré.',
    interrompu: 'L’envoi de « {nom} » s’est arrêté en chemin. Rien n’a été enregistré.',
    occupe: 'Le serveur lit beaucoup de fichiers en ce moment. Réessayez dans un instant.',
  },
  en: {
    empty: '“{nom}” has no row under its headings.',
    broken: '“{nom}” is neither a readable CSV file nor an XLSX workbook. Nothing was saved.',
    'old-format':
      '“{nom}” is in an older format (.xls) or has a password. Save it as .xlsx, without a password.',
    'too-many-rows': '“{nom}” has more than {max} rows. Split it into several files.',
    'too-large': '“{nom}” is too large once opened. Nothing was saved.',
    'open-quote': '“{nom}”, row {ligne}: a quotation mark is never closed.',
    tropGros: '“{nom}” is larger than {max}. Nothing was saved.',
    interrompu: 'Sending “{nom}” stopped on its way. Nothing was saved.',
    occupe: 'The server is reading many files just now. Try again in a moment.',
  },
});
