import { defineTexts, NBSP } from '@gec/core';

/** Words of `gec demo`. */
export const demoTexts = defineTexts('demo', {
  fr: {
    description:
      'Remplir un registre vide de 1 500 courriers inventés sur cinq semaines, avec comptes et pièces, pour juger du programme.',
    pasVide:
      'Ce registre contient déjà des numéros ou des comptes de la démonstration. Elle ne se fait que dans une installation vide : choisissez un autre dossier (GEC_DATA_DIR) ou une autre base (DATABASE_URL).',
    progression: 'Démonstration',
    fait: `Démonstration prête${NBSP}: {courriers} courriers, {transmissions} transmissions, en {secondes} s.`,
    comptes: `Comptes de la démonstration. Les mots de passe sont affichés cette seule fois${NBSP}:`,
    utilisateur: 'Utilisateur',
    motDePasse: 'Mot de passe',
    nom: 'Nom',
    fonction: 'Fonction',
    role: 'Rôle',
  },
  en: {
    description:
      'Fill an empty register with 1,500 invented letters over five weeks, with accounts and scans, to judge the program by.',
    pasVide:
      'This register already has numbers, or accounts of the demonstration. It is made in an empty installation only: choose another folder (GEC_DATA_DIR) or database (DATABASE_URL).',
    progression: 'Demonstration',
    fait: 'Demonstration ready: {courriers} letters, {transmissions} forwardings, in {secondes} s.',
    comptes: 'Accounts of the demonstration. The passwords are shown this once:',
    utilisateur: 'User',
    motDePasse: 'Password',
    nom: 'Name',
    fonction: 'Function',
    role: 'Role',
  },
});
