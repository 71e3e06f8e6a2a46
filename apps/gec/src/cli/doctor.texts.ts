import { defineTexts } from '@gec/core';

/** Words of `gec doctor`. */
export const doctorCliTexts = defineTexts('cli.doctor', {
  fr: {
    doctor:
      'Contrôler cette machine et dire ce qui manque. Rien n’est modifié. Code 3 si le programme ne peut pas fonctionner ainsi.',
    reglagesFaux: 'Réglages refusés : {message}',
    reglagesCorriger: 'Corrigez ces variables ; elles sont toutes décrites dans .env.example.',
    reglages: 'Les variables d’environnement sont correctes',
    courriel: 'Vérifiez SMTP_HOST, SMTP_PORT et le pare-feu. Les courriers s’enregistrent sans.',
    licence: 'Vérifiez LICENSE_SERVER_URL et le pare-feu ; une licence s’active aussi par fichier.',
    replique: '{serveur} a tout après {ms} ms',
    replique_late: '{serveur} est en retard',
    replique_away: '{serveur} ne répond pas',
    'replique_not-a-standby': '{serveur} n’est pas une réplique en marche',
    'replique_other-history': '{serveur} suit une ancienne base principale',
    repliqueVoir:
      'Vérifiez DATABASE_READ_URL et la réplication (docs/SCALE.md). D’ici là la base principale répond à tout.',
    fichiers: '{lieu} garde, rend et efface un fichier',
    fichiersEchec: '{lieu} refuse un fichier d’essai : {message}',
    fichiersVoir: 'Vérifiez GEC_FILES, AWS_REGION, AWS_ENDPOINT_URL_S3 et les droits de la clé d’accès.',
    atelier: 'Images, PDF et polices : un enfant sans droits a tout fait en {ms} ms',
    atelierImage: 'lire une image',
    atelierPdf: 'rendre une page PDF',
    atelierListe: 'imprimer une liste',
    atelierEchec: 'L’atelier n’a pas pu {quoi} : {message}',
    atelierReinstaller:
      'Refaites npm ci sur cette machine (même système, même processeur), puis npm run build.',
  },
  en: {
    doctor:
      'Check this machine and say what is wrong. Nothing is changed. Code 3 if the program cannot work like this.',
    reglagesFaux: 'Settings refused: {message}',
    reglagesCorriger: 'Correct these variables; all are described in .env.example.',
    reglages: 'The environment variables are right',
    courriel: 'Check SMTP_HOST, SMTP_PORT and the firewall. Letters are registered without it.',
    licence: 'Check LICENSE_SERVER_URL and the firewall; a licence can be activated by file too.',
    replique: '{serveur} has everything after {ms} ms',
    replique_late: '{serveur} is late',
    replique_away: '{serveur} does not answer',
    'replique_not-a-standby': '{serveur} is no running standby',
    'replique_other-history': '{serveur} follows a former primary',
    repliqueVoir:
      'Check DATABASE_READ_URL and the replication (docs/SCALE.md). Until then the primary answers everything.',
    fichiers: '{lieu} keeps, gives and removes a file',
    fichiersEchec: '{lieu} refuses a trial file: {message}',
    fichiersVoir: 'Check GEC_FILES, AWS_REGION, AWS_ENDPOINT_URL_S3 and the rights of the access key.',
    atelier: 'Images, PDF and fonts: a child without rights did all of it in {ms} ms',
    atelierImage: 'read a picture',
    atelierPdf: 'render a PDF page',
    atelierListe: 'print a list',
    atelierEchec: 'The workshop could not {quoi}: {message}',
    atelierReinstaller: 'Run npm ci on this machine (same system, same processor), then npm run build.',
  },
});
