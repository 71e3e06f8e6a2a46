import { defineTexts, type Lang } from '@gec/core';
import { JOURNAL_ACTIONS, type JournalAction, type JournalDetails } from './journal.schema.ts';

/** Words of the journal; the keys with a dot are the actions. */
export const journalTexts = defineTexts('lic.journal', {
  fr: {
    title: 'Journal',
    subtitle:
      'Tout ce qui a été fait, par qui et quand. Les entrées sont chaînées\u00A0: aucune ne peut être modifiée ni retirée sans que cela se voie.',
    none: 'Aucune entrée',
    noneText: 'Aucune entrée ne correspond à ces filtres.',
    date: 'Date',
    what: 'Action',
    who: 'Qui',
    license: 'Licence',
    address: 'Adresse',
    details: 'Détails',
    all: 'Toutes les actions',
    from: 'Du',
    to: 'Au',
    filter: 'Filtrer',
    older: 'Entrées plus anciennes',
    newest: 'Revenir aux plus récentes',
    verify: 'Vérifier la chaîne',
    verified: 'Le journal est intact\u00A0: {n} entrées vérifiées.',
    broken: 'Le journal n’est plus intact. Première rupture\u00A0: {kind}, place {seq}, entrée {id}.',
    badDate: 'Cette date n’existe pas. Écrivez-la ainsi\u00A0: 2026-11-21.',
    checkpoint: 'Point de contrôle signé',
    'auth.login': 'Connexion',
    'auth.failure': 'Échec de connexion',
    'auth.lock': 'Compte bloqué',
    'auth.logout': 'Déconnexion',
    'auth.password': 'Mot de passe changé',
    'auth.sessions': 'Sessions fermées',
    'admin.create': 'Administrateur créé',
    'license.generate': 'Clés générées',
    'license.import': 'Clés importées',
    'license.export': 'Clés exportées',
    'license.reveal': 'Clé affichée',
    'license.state': 'État changé',
    'license.extend': 'Licence prolongée',
    'license.block_published': 'Clés publiques bloquées',
    'license.reset': 'Clés supprimées',
    'validation.failure': 'Validation refusée',
    'activation.done': 'Activation',
    'activation.refused': 'Activation refusée',
    'activation.release': 'Licence libérée par l’installation',
    'activation.transfer': 'Licence libérée par l’administrateur',
    'activation.review': 'Changement d’empreinte accepté',
    'sync.refused': 'Synchronisation refusée',
    'sync.divergence': 'Compteur divergent',
    'key.root': 'Clé racine créée',
    'key.certify': 'Clé de signature certifiée',
    'key.rotate': 'Clé de signature changée',
    'key.revoke': 'Clé de signature révoquée',
    'alert.resolve': 'Alerte traitée',
    'token.create': 'Jeton créé',
    'token.revoke': 'Jeton révoqué',
    'webhook.create': 'Webhook ajouté',
    'webhook.remove': 'Webhook retiré',
    'journal.verify': 'Journal vérifié',
    'backup.create': 'Sauvegarde',
  },
  en: {
    title: 'Journal',
    subtitle:
      'Everything that was done, by whom and when. Entries are chained: none can be changed or removed without its being seen.',
    none: 'No entry',
    noneText: 'No entry matches these filters.',
    date: 'Date',
    what: 'Action',
    who: 'Who',
    license: 'Licence',
    address: 'Address',
    details: 'Details',
    all: 'All actions',
    from: 'From',
    to: 'To',
    filter: 'Filter',
    older: 'Older entries',
    newest: 'Back to the newest',
    verify: 'Verify the chain',
    verified: 'The journal is intact: {n} entries verified.',
    broken: 'The journal is no longer intact. First break: {kind}, place {seq}, entry {id}.',
    badDate: 'This date does not exist. Write it like this: 2026-11-21.',
    checkpoint: 'Signed checkpoint',
    'auth.login': 'Sign-in',
    'auth.failure': 'Failed sign-in',
    'auth.lock': 'Account locked',
    'auth.logout': 'Sign-out',
    'auth.password': 'Password changed',
    'auth.sessions': 'Sessions closed',
    'admin.create': 'Administrator created',
    'license.generate': 'Keys generated',
    'license.import': 'Keys imported',
    'license.export': 'Keys exported',
    'license.reveal': 'Key shown',
    'license.state': 'Status changed',
    'license.extend': 'Licence extended',
    'license.block_published': 'Published keys blocked',
    'license.reset': 'Keys removed',
    'validation.failure': 'Validation refused',
    'activation.done': 'Activation',
    'activation.refused': 'Activation refused',
    'activation.release': 'Licence released by the installation',
    'activation.transfer': 'Licence released by the administrator',
    'activation.review': 'Change of fingerprint accepted',
    'sync.refused': 'Synchronisation refused',
    'sync.divergence': 'Diverging counter',
    'key.root': 'Root key made',
    'key.certify': 'Signing key certified',
    'key.rotate': 'Signing key changed',
    'key.revoke': 'Signing key revoked',
    'alert.resolve': 'Alert dealt with',
    'token.create': 'Token made',
    'token.revoke': 'Token revoked',
    'webhook.create': 'Webhook added',
    'webhook.remove': 'Webhook removed',
    'journal.verify': 'Journal verified',
    'backup.create': 'Backup',
  },
});

function isAction(word: string): word is JournalAction {
  return (JOURNAL_ACTIONS as readonly string[]).includes(word);
}

/** The words of an action; one of a newer version is shown as it is stored. */
export function actionLabel(lang: Lang, action: string): string {
  return isAction(action) ? journalTexts(lang)[action] : action;
}

/** The facts of an entry on one line. */
export function detailsLine(details: JournalDetails): string {
  return Object.entries(details)
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}
