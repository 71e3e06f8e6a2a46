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
  },
});
