import { defineTexts } from '@gec/core';

/** Words of backups. */
export const sauvegardesTexts = defineTexts('sauvegardes', {
  fr: {
    refuse: 'Vous n’avez pas le droit de gérer les sauvegardes.',
    inconnue: 'Cette sauvegarde n’existe pas ou n’existe plus.',
    sansCle:
      'Créez d’abord une clé de sauvegarde\u00A0: sans elle, personne ne pourrait ouvrir la sauvegarde.',
    derniere: 'C’est la dernière bonne sauvegarde\u00A0: faites-en une autre avant de la supprimer.',
    cleRefusee: 'Ce n’est pas une clé publique de sauvegarde.',
    valeurRefusee: 'Cette valeur n’est pas acceptée.',
    versionPerimee: 'Quelqu’un d’autre a modifié ces réglages entre-temps.',
    erreur_ARRETEE: 'Le programme a été arrêté pendant la sauvegarde.',
    erreur_INTERROMPUE: 'La sauvegarde a été interrompue.',
    erreur_CLE: 'Il n’y a ni clé ni phrase pour chiffrer la sauvegarde.',
    erreur_PLACE: 'Le lieu de sauvegarde est plein, absent ou interdit en écriture.',
    erreur_ALTEREE: 'La sauvegarde relue n’était pas celle qui a été écrite.',
    erreur_AUTRE: 'Une erreur est survenue\u00A0; voyez les traces du programme.',
  },
  en: {
    refuse: 'You may not manage backups.',
    inconnue: 'This backup does not exist, or no longer does.',
    sansCle: 'Make a backup key first: without one, nobody could open the backup.',
    derniere: 'This is the last good backup: make another one before deleting it.',
    cleRefusee: 'This is not a public backup key.',
    valeurRefusee: 'This value is not accepted.',
    versionPerimee: 'Somebody else changed these settings meanwhile.',
    erreur_ARRETEE: 'The program was stopped during the backup.',
    erreur_INTERROMPUE: 'The backup was cut short.',
    erreur_CLE: 'There is neither a key nor a passphrase to seal the backup.',
    erreur_PLACE: 'The place of backups is full, missing or not writable.',
    erreur_ALTEREE: 'The backup that was read again was not the one that was written.',
    erreur_AUTRE: 'An error occurred; see the traces of the program.',
  },
});
