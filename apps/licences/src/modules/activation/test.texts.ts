import { defineTexts } from '@gec/core';

/** Words of the page on which an administrator tries a key. */
export const testTexts = defineTexts('lic.test', {
  fr: {
    title: 'Test d’une clé',
    subtitle: 'Dit ce que le serveur répondrait à une installation. Rien n’est activé.',
    key: 'Clé de licence',
    hint: 'Douze lettres et chiffres\u00A0; espaces et tirets ne comptent pas.',
    check: 'Vérifier',
    incomplete: 'Encore {n} caractères',
    incomplete_one: 'Encore un caractère',
    badCheck: 'Le dernier caractère ne correspond pas\u00A0: faute de frappe probable.',
    VALID: 'Licence valide\u00A0: {label}, {days} jours.',
    NOT_FOUND: 'Licence introuvable.',
    ALREADY_USED: 'Licence déjà utilisée le {date}.',
    INACTIVE: 'Licence inactive.',
    INVALID_FORMAT: 'Ce n’est pas une clé de licence.',
    open: 'Ouvrir la licence',
    answer: 'Réponse de l’interface',
  },
  en: {
    title: 'Test a key',
    subtitle: 'Says what the server would answer to an installation. Nothing is activated.',
    key: 'Licence key',
    hint: 'Twelve letters and figures; spaces and hyphens do not count.',
    check: 'Check',
    incomplete: '{n} more characters',
    incomplete_one: 'One more character',
    badCheck: 'The last character does not match: probably a typing mistake.',
    VALID: 'Valid licence: {label}, {days} days.',
    NOT_FOUND: 'Licence not found.',
    ALREADY_USED: 'Licence already used on {date}.',
    INACTIVE: 'Inactive licence.',
    INVALID_FORMAT: 'This is not a licence key.',
    open: 'Open the licence',
    answer: 'Answer of the interface',
  },
});
