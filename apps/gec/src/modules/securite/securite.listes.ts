import { fill, formatDateTime, type Lang } from '@gec/core';
import { choisir, type ListeLue } from '../../http/liste.ts';
import { colonneTexte, type ContenuTable } from '../../tableur/write-table.ts';
import type { RegleAdresse } from '../auth/adresses.schema.ts';
import type {
  Blocage,
  SessionOuverte,
  TRIS_ADRESSES,
  TRIS_BLOCAGES,
  TRIS_SESSIONS,
} from './securite.schema.ts';
import { securiteTexts } from './securite.texts.ts';

/** Address under which second steps are counted over all addresses. */
const PARTOUT = '0.0.0.0';

/** Rules of addresses that answer a search, in order. */
export function choisirAdresses(
  rows: readonly RegleAdresse[],
  lue: ListeLue<(typeof TRIS_ADRESSES)[number]>,
): RegleAdresse[] {
  return choisir(rows, lue, {
    mots: ({ cidr, reason }) => `${cidr} ${reason}`,
    cles: {
      ajout: ({ createdAt }) => createdAt,
      adresse: ({ cidr }) => cidr,
      expire: ({ expiresAt }) => expiresAt ?? '9999',
    },
  });
}

/** Where a lock counts, in words. */
export function ouBloque(lang: Lang, adresse: string): string {
  return adresse === PARTOUT ? securiteTexts(lang).partout : adresse;
}

/** Locks that answer a search, in order. */
export function choisirBlocages(
  lang: Lang,
  rows: readonly Blocage[],
  lue: ListeLue<(typeof TRIS_BLOCAGES)[number]>,
): Blocage[] {
  return choisir(rows, lue, {
    mots: ({ adresse, personne, compte }) => `${ouBloque(lang, adresse)} ${personne ?? ''} ${compte ?? ''}`,
    cles: {
      jusqua: ({ jusqua }) => jusqua,
      compte: ({ personne }) => personne ?? '',
      adresse: ({ adresse }) => adresse,
    },
  });
}

/** Sessions that answer a search, in order. */
export function choisirSessions(
  rows: readonly SessionOuverte[],
  lue: ListeLue<(typeof TRIS_SESSIONS)[number]>,
): SessionOuverte[] {
  return choisir(rows, lue, {
    mots: ({ personne, ip, navigateur, systeme }) => `${personne} ${ip} ${navigateur} ${systeme ?? ''}`,
    cles: {
      activite: ({ derniereActivite }) => derniereActivite,
      personne: ({ personne }) => personne,
      adresse: ({ ip }) => ip,
      debut: ({ debut }) => debut,
    },
  });
}

/** What a session runs on, in words. */
export function appareil(lang: Lang, { navigateur, systeme }: SessionOuverte): string {
  const t = securiteTexts(lang);
  if (navigateur === '') return systeme ?? t.appareilInconnu;
  return systeme === null ? navigateur : fill(t.navigateurSur, { navigateur, systeme });
}

/** The rules of addresses as a table to be saved. */
export function tableauAdresses(lang: Lang, zone: string, rows: readonly RegleAdresse[]): ContenuTable {
  const t = securiteTexts(lang);
  return {
    colonnes: [
      colonneTexte(t.adresse, 28),
      colonneTexte(t.regle, 14),
      colonneTexte(t.motif, 40),
      colonneTexte(t.ajouteLe, 22),
      colonneTexte(t.jusqua, 22),
    ],
    lignes: rows.map((row) => [
      row.cidr,
      t[`genre_${row.genre}`],
      row.reason,
      formatDateTime(lang, row.createdAt, zone),
      row.expiresAt === null ? t.toujours : formatDateTime(lang, row.expiresAt, zone),
    ]),
  };
}

/** The locks as a table to be saved. */
export function tableauBlocages(lang: Lang, zone: string, rows: readonly Blocage[]): ContenuTable {
  const t = securiteTexts(lang);
  return {
    colonnes: [
      colonneTexte(t.compte, 30),
      colonneTexte(t.adresseSeule, 34),
      { label: t.echecsNombre, width: 10, type: 'nombre' },
      { label: t.fois, width: 14, type: 'nombre' },
      colonneTexte(t.jusqua, 22),
    ],
    lignes: rows.map((row) => [
      row.personne ?? t.personneInconnue,
      ouBloque(lang, row.adresse),
      row.echecs,
      row.fois,
      formatDateTime(lang, row.jusqua, zone),
    ]),
  };
}

/** The sessions as a table to be saved. */
export function tableauSessions(lang: Lang, zone: string, rows: readonly SessionOuverte[]): ContenuTable {
  const t = securiteTexts(lang);
  return {
    colonnes: [
      colonneTexte(t.personne, 30),
      colonneTexte(t.appareil, 26),
      colonneTexte(t.adresseSeule, 26),
      colonneTexte(t.debut, 22),
      colonneTexte(t.activite, 22),
    ],
    lignes: rows.map((row) => [
      row.personne,
      appareil(lang, row),
      row.ip,
      formatDateTime(lang, row.debut, zone),
      formatDateTime(lang, row.derniereActivite, zone),
    ]),
  };
}
