/** Invented letters that the gallery shows. */
export const CORRESPONDANTS = [
  'Division provinciale des Mines du Haut-Katanga',
  'Coopérative minière du Lualaba',
  'Cadastre minier',
  'Ministère des Finances',
  'Société minière de Kamituga',
];
export const OBJETS = [
  'Demande de renouvellement du permis d’exploitation n° 2718',
  'Transmission du rapport trimestriel de production artisanale',
  'Invitation à la réunion technique sur la traçabilité du cobalt',
  'Urgent : incident survenu sur le site de Kawama, demande d’instructions',
  'Accusé de réception de la note circulaire relative aux redevances',
];
export const STATUTS: [string, string][] = [
  ['Reçu', '#4a78c9'],
  ['En cours', '#ffd700'],
  ['Traité', '#009639'],
  ['Urgent', '#ce1126'],
  ['Archivé', '#8a94a6'],
];
export const pick = <T>(list: readonly T[], i: number) => list[i % list.length] as T;
