import { defineTexts } from '@gec/core';

/** Words of the signing keys. */
export const signingTexts = defineTexts('lic.signing', {
  fr: {
    title: 'Clés de signature',
    subtitle:
      'Une clé racine, gardée hors ligne, certifie les clés qui signent. Elles se changent par la ligne de commande, avec la clé racine.',
    kid: 'Empreinte',
    kind: 'Rôle',
    'kind.root': 'racine',
    'kind.signing': 'signature',
    state: 'État',
    inForce: 'en vigueur',
    retired: 'retirée',
    revoked: 'révoquée',
    from: 'Depuis',
    until: 'Jusqu’au',
    anchor: 'Ancre de confiance',
    anchorText:
      'Les clés racines publiques, telles que les programmes clients les connaissent (LICENSE_TRUST_ANCHOR).',
    copy: 'Copier',
    commands: 'Commandes',
  },
  en: {
    title: 'Signing keys',
    subtitle:
      'A root key, kept offline, certifies the keys that sign. They are changed on the command line, with the root key.',
    kid: 'Thumbprint',
    kind: 'Role',
    'kind.root': 'root',
    'kind.signing': 'signing',
    state: 'Status',
    inForce: 'in force',
    retired: 'retired',
    revoked: 'revoked',
    from: 'From',
    until: 'Until',
    anchor: 'Trust anchor',
    anchorText: 'The public root keys, as client programs know them (LICENSE_TRUST_ANCHOR).',
    copy: 'Copy',
    commands: 'Commands',
  },
});
