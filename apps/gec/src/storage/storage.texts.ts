import { defineTexts } from '@gec/core';

/** What the file store tells people. */
export const storageTexts = defineTexts('storage', {
  fr: {
    plein:
      'Le disque est plein\u00A0: le fichier n’a pas pu être conservé. Rien n’a été enregistré. Prévenez l’administrateur.',
    illisible: 'Le fichier est introuvable dans le dépôt. Prévenez l’administrateur.',
    injoignable: 'Le dépôt des fichiers ne répond pas. Rien n’a été enregistré. Réessayez dans un instant.',
  },
  en: {
    plein: 'The disk is full: the file could not be kept. Nothing was saved. Tell the administrator.',
    illisible: 'The file is missing from the store. Tell the administrator.',
    injoignable: 'The file store does not answer. Nothing was saved. Try again in a moment.',
  },
});
