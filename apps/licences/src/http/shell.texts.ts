import { defineTexts } from '@gec/core';

/** Words of the frame that every page has. */
export const shellTexts = defineTexts('lic.shell', {
  fr: {
    product: 'Licences GEC Mines',
    overview: 'Vue d’ensemble',
    licenses: 'Licences',
    generation: 'Génération',
    test: 'Test',
    alerts: 'Alertes',
    journal: 'Journal',
    automation: 'Automatisation',
    keys: 'Clés de signature',
    administration: 'Administration',
    search: 'Chercher une licence\u00A0: clé, quatre derniers caractères, bénéficiaire…',
    back: 'Revenir à l’accueil',
    signIn: 'Se connecter',
    requestId: 'Demande n°\u00A0{id}',
    administrator: 'Administrateur',
  },
  en: {
    product: 'GEC Mines licences',
    overview: 'Overview',
    licenses: 'Licences',
    generation: 'Generation',
    test: 'Test',
    alerts: 'Alerts',
    journal: 'Journal',
    automation: 'Automation',
    keys: 'Signing keys',
    administration: 'Administration',
    search: 'Find a licence: key, last four characters, owner…',
    back: 'Back to the home page',
    signIn: 'Sign in',
    requestId: 'Request no. {id}',
    administrator: 'Administrator',
  },
});
