import { defineTexts } from '@gec/core';

/** Words of letters that are taken over from elsewhere. */
export const importsTexts = defineTexts('imports', {
  fr: {
    noticeTitre: 'Courrier repris sans numérisation',
    noticeTexte:
      'Ce courrier a été repris d’un registre tenu avant la mise en service du logiciel. Il n’a pas été numérisé : cette page en tient lieu. Le document original est à rechercher dans les archives papier, sous le numéro ci-dessus.',
    arrivee: 'Courrier arrivée',
    depart: 'Courrier départ',
    objet: 'Objet',
    expediteur: 'Expéditeur',
    destinataire: 'Destinataire',
    reference: 'Référence',
    dateCourrier: 'Date du courrier',
    dateEnregistrement: 'Date d’enregistrement',
    observations: 'Observations',
    refuse: 'Votre compte n’a pas le droit d’importer des courriers.',
    introuvable: 'Cet import n’existe pas.',
    fichierGenre: 'Choisissez une archive de courriers (.zip) ou un registre (.csv ou .xlsx).',
    fichierVide: 'Ce fichier est vide.',
    utilisateurRequis: 'Choisissez le compte au nom duquel les courriers sont repris.',
    statutInconnu: 'Choisissez un statut qui existe.',
    clos: 'Cet import est déjà lancé ou terminé. Rechargez la page.',
    rien: 'Il n’y a aucun courrier à reprendre.',
  },
  en: {
    noticeTitre: 'Letter taken over without a scan',
    noticeTexte:
      'This letter was taken over from a register kept before the program was put into service. It was not scanned: this page stands for it. The original is to be looked for in the paper archives, under the number above.',
    arrivee: 'Incoming letter',
    depart: 'Outgoing letter',
    objet: 'Subject',
    expediteur: 'Sender',
    destinataire: 'Recipient',
    reference: 'Reference',
    dateCourrier: 'Date of the letter',
    dateEnregistrement: 'Date of registration',
    observations: 'Remarks',
    refuse: 'Your account may not import letters.',
    introuvable: 'This import does not exist.',
    fichierGenre: 'Choose an archive of letters (.zip) or a register (.csv or .xlsx).',
    fichierVide: 'This file is empty.',
    utilisateurRequis: 'Choose the account in whose name the letters are taken over.',
    statutInconnu: 'Choose a statut that exists.',
    clos: 'This import is under way or over already. Reload the page.',
    rien: 'There is no letter to take over.',
  },
});
