import { defineTexts, fill, formatDateTime, formatNumber, type Lang } from '@gec/core';
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
    'activation.review_refused': 'Changement d’empreinte refusé',
    'activation.offline': 'Demande hors ligne traitée',
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
    'webhook.retry': 'Envois d’un webhook relancés',
    'journal.verify': 'Journal vérifié',
    'secret.change': 'Secret du serveur remplacé',
    'secret.renewal': 'Renouvellement de clés de données',
    'backup.create': 'Sauvegarde',
    'backup.restore': 'Sauvegarde rétablie',
    oui: 'oui',
    non: 'non',
    'actor.api': 'interface',
    'actor.cli': 'ligne de commande',
    'actor.login': 'visiteur',
    'actor.first-start': 'premier démarrage',
    'actor.token': 'jeton « {name} »',
    'detail.account': 'compte',
    'detail.activations': 'activations',
    'detail.alert': 'alerte n°',
    'detail.at': 'le',
    'detail.backup': 'sauvegarde',
    'detail.batch': 'lot',
    'detail.closed': 'sessions fermées',
    'detail.code': 'raison',
    'detail.counter': 'compteur',
    'detail.days': 'jours',
    'detail.entries': 'entrées',
    'detail.expected': 'attendu',
    'detail.expires_at': 'fin',
    'detail.hint': 'clé',
    'detail.keys': 'clés',
    'detail.kid': 'clé',
    'detail.event': 'étape',
    'detail.purpose': 'sorte',
    'detail.done': 'refaits',
    'detail.kind': 'demande',
    'detail.known': 'déjà connues',
    'detail.licenses': 'clés',
    'detail.deliveries': 'envois',
    'detail.name': 'nom',
    'detail.ok': 'intact',
    'detail.published': 'notées comme publiques',
    'detail.reason': 'motif',
    'detail.resolution': 'décision',
    'detail.scopes': 'droits',
    'detail.serial': 'n° de série',
    'detail.state': 'état',
    'detail.token': 'jeton n°',
    'detail.webhook': 'webhook n°',
    'word.active': 'active',
    'word.suspended': 'suspendue',
    'word.revoked': 'révoquée',
    'word.activate': 'activation',
    'word.renew': 'renouvellement',
    'word.deactivate': 'libération',
    'word.deactivated': 'libérée par l’installation',
    'word.accepted': 'changement accepté',
    'word.refused': 'changement refusé',
    'word.back': 'empreinte revenue',
    'word.manual': 'traitée à la main',
    'word.NOT_FOUND': 'introuvable',
    'word.ALREADY_USED': 'déjà utilisée',
    'word.INACTIVE': 'inactive',
    'word.INVALID_FORMAT': 'format invalide',
    'word.UNKNOWN_LICENCE': 'licence inconnue pour cette installation',
    'word.BAD_SIGNATURE': 'signature fausse',
    'word.read': 'lecture',
    'word.generate': 'génération',
    'word.manage': 'gestion',
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
    'activation.review_refused': 'Change of fingerprint refused',
    'activation.offline': 'Offline request answered',
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
    'webhook.retry': 'Deliveries of a webhook sent again',
    'journal.verify': 'Journal verified',
    'secret.change': 'Secret of the server replaced',
    'secret.renewal': 'Renewal of data keys',
    'backup.create': 'Backup',
    'backup.restore': 'Backup restored',
    oui: 'yes',
    non: 'no',
    'actor.api': 'interface',
    'actor.cli': 'command line',
    'actor.login': 'visitor',
    'actor.first-start': 'first start',
    'actor.token': 'token “{name}”',
    'detail.account': 'account',
    'detail.activations': 'activations',
    'detail.alert': 'alert no.',
    'detail.at': 'on',
    'detail.backup': 'backup',
    'detail.batch': 'batch',
    'detail.closed': 'sessions closed',
    'detail.code': 'reason',
    'detail.counter': 'counter',
    'detail.days': 'days',
    'detail.entries': 'entries',
    'detail.expected': 'expected',
    'detail.expires_at': 'end',
    'detail.hint': 'key',
    'detail.keys': 'keys',
    'detail.kid': 'key',
    'detail.event': 'step',
    'detail.purpose': 'kind',
    'detail.done': 'redone',
    'detail.kind': 'request',
    'detail.known': 'already here',
    'detail.licenses': 'keys',
    'detail.deliveries': 'deliveries',
    'detail.name': 'name',
    'detail.ok': 'intact',
    'detail.published': 'noted as published',
    'detail.reason': 'reason',
    'detail.resolution': 'decision',
    'detail.scopes': 'rights',
    'detail.serial': 'serial',
    'detail.state': 'status',
    'detail.token': 'token no.',
    'detail.webhook': 'webhook no.',
    'word.active': 'active',
    'word.suspended': 'suspended',
    'word.revoked': 'revoked',
    'word.activate': 'activation',
    'word.renew': 'renewal',
    'word.deactivate': 'release',
    'word.deactivated': 'released by the installation',
    'word.accepted': 'change accepted',
    'word.refused': 'change refused',
    'word.back': 'fingerprint came back',
    'word.manual': 'dealt with by hand',
    'word.NOT_FOUND': 'not found',
    'word.ALREADY_USED': 'already used',
    'word.INACTIVE': 'inactive',
    'word.INVALID_FORMAT': 'invalid format',
    'word.UNKNOWN_LICENCE': 'licence unknown for this installation',
    'word.BAD_SIGNATURE': 'wrong signature',
    'word.read': 'read',
    'word.generate': 'generate',
    'word.manage': 'manage',
  },
});

function isAction(word: string): word is JournalAction {
  return (JOURNAL_ACTIONS as readonly string[]).includes(word);
}

/** The words of an action; one of a newer version is shown as it is stored. */
export function actionLabel(lang: Lang, action: string): string {
  return isAction(action) ? journalTexts(lang)[action] : action;
}

/** Who acted, in words: an administrator by name, a program by what it is. */
export function actorLabel(lang: Lang, actor: string): string {
  const words: Readonly<Record<string, string>> = journalTexts(lang);
  const [, reason] = /^system:(.*)$/.exec(actor) ?? [];
  if (reason === undefined) return actor;
  const [, token] = /^token:(.*)$/.exec(reason) ?? [];
  if (token !== undefined) return fill(journalTexts(lang)['actor.token'], { name: token });
  return words[`actor.${reason}`] ?? reason;
}

/** Facts whose values are words of ours; in the others a word is somebody's own. */
const WORDED = new Set(['state', 'kind', 'code', 'resolution', 'scopes', 'reason']);

function valueInWords(lang: Lang, name: string, value: string | number | boolean): string {
  const t = journalTexts(lang);
  const words: Readonly<Record<string, string>> = t;
  if (typeof value === 'boolean') return value ? t.oui : t.non;
  if (typeof value === 'number') return formatNumber(lang, value);
  if (name === 'expires_at' || name === 'at') return formatDateTime(lang, value);
  if (name === 'hint') return `•••• ${value}`;
  if (name === 'scopes')
    return value
      .split(' ')
      .map((word) => words[`word.${word}`] ?? word)
      .join(', ');
  return (WORDED.has(name) ? words[`word.${value}`] : undefined) ?? value;
}

/** The name of a fact before its value: with a colon, but for what is a number of something. */
function labelOf(lang: Lang, name: string): string {
  if (/(°|\bno\.)$/.test(name)) return `${name}\u00A0`;
  return lang === 'fr' ? `${name}\u00A0: ` : `${name}: `;
}

/** The facts of an entry in words, on one line; a fact of a newer version is shown as it is stored. */
export function detailsLine(lang: Lang, details: JournalDetails): string {
  const words: Readonly<Record<string, string>> = journalTexts(lang);
  return Object.entries(details)
    .flatMap(([name, value]) =>
      value === null || value === ''
        ? []
        : [`${labelOf(lang, words[`detail.${name}`] ?? name)}${valueInWords(lang, name, value)}`],
    )
    .join(' · ');
}
