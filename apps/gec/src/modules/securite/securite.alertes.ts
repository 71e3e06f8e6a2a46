import { isIPv6 } from 'node:net';
import { addressGroup, plainAddress } from '@gec/http';
import type { JournalLine } from '../journal/journal.schema.ts';
import type { Alerte, Verification } from './securite.schema.ts';

/** Failures within a day from which on an account, and a network, is worth a look. */
export const SEUIL_COMPTE = 10;
export const SEUIL_RESEAU = 30;

/** What alerts are derived from. */
export interface Constats {
  /** Failed sign-ins of the last day, newest first. */
  readonly echecs: readonly JournalLine[];
  /** From where administrators signed in, over a longer time. */
  readonly adresses: readonly { utilisateurId: number; ip: string; premiere: string; derniere: string }[];
  /** Instant from which on an address counts as new. */
  readonly nouveauDepuis: string;
  /** Factors that were removed lately, newest first. */
  readonly retraits: readonly JournalLine[];
  readonly verification: Verification | null;
  /** Full names by id. */
  readonly noms: ReadonlyMap<number, string>;
}

/** The network of an address: a /24, or a /64 of IPv6. */
export function reseauDe(ip: string): string {
  const plain = plainAddress(ip);
  if (plain === '' || isIPv6(plain)) return plain === '' ? ip : addressGroup(plain);
  return `${plain.split('.').slice(0, 3).join('.')}.0/24`;
}

/** Counts lines by a word, with the newest instant of each. Lines come newest first. */
function parMot(lines: readonly JournalLine[], word: (line: JournalLine) => string | null) {
  const counts = new Map<string, { nombre: number; date: string }>();
  for (const line of lines) {
    const key = word(line);
    if (key === null) continue;
    const known = counts.get(key);
    if (known) known.nombre += 1;
    else counts.set(key, { nombre: 1, date: line.date });
  }
  return counts;
}

const detail = (line: JournalLine, key: string): string | null => {
  const value = line.details[key];
  return typeof value === 'string' ? value : null;
};

function nouvellesAdresses({ adresses, nouveauDepuis, noms }: Constats): Alerte[] {
  const known = new Map<number, Set<string>>();
  for (const { utilisateurId, ip, premiere } of adresses) {
    if (premiere >= nouveauDepuis) continue;
    const set = known.get(utilisateurId) ?? new Set();
    known.set(utilisateurId, set.add(addressGroup(ip)));
  }
  return adresses.flatMap(({ utilisateurId, ip, premiere }) => {
    const before = known.get(utilisateurId);
    // Of somebody who never came from anywhere before, every address is new: that says nothing.
    if (premiere < nouveauDepuis || !before || before.has(addressGroup(ip))) return [];
    return [
      { genre: 'adresse', date: premiere, ip, personne: noms.get(utilisateurId) ?? String(utilisateurId) },
    ];
  });
}

/** What is worth a look, the gravest and newest first. */
export function alertesDe(constats: Constats): Alerte[] {
  const { echecs, retraits, verification, noms } = constats;
  const alertes: Alerte[] = [];
  if (verification?.rupture) {
    const { seq, id } = verification.rupture;
    const place = String(seq ?? id ?? '—');
    alertes.push({ genre: 'chaine', date: verification.fin ?? verification.debut, place });
  }
  const others: Alerte[] = [];
  for (const connu of [true, false]) {
    const counts = parMot(echecs, (line) => detail(line, connu ? 'compte' : 'empreinte'));
    for (const [compte, { nombre, date }] of counts) {
      if (nombre >= SEUIL_COMPTE) others.push({ genre: 'compte', date, compte, connu, nombre });
    }
  }
  for (const [reseau, { nombre, date }] of parMot(echecs, (line) => reseauDe(line.ip))) {
    if (nombre >= SEUIL_RESEAU) others.push({ genre: 'reseau', date, reseau, nombre });
  }
  for (const line of retraits) {
    const par = (line.utilisateurId === null ? undefined : noms.get(line.utilisateurId)) ?? line.acteur;
    others.push({ genre: 'facteur', date: line.date, par, compte: detail(line, 'compte') });
  }
  others.push(...nouvellesAdresses(constats));
  others.sort((a, b) => (a.date < b.date ? 1 : a.date > b.date ? -1 : 0));
  return [...alertes, ...others];
}
