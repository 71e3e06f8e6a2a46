import { setImmediate } from 'node:timers/promises';
import { fold } from '@gec/core';
import type { Keyring } from '@gec/crypto';
import type { Database } from '@gec/db';
import { sql } from 'kysely';
import type { GecTables } from '../../db/schema.ts';
import { empreintes } from '../../empreintes.ts';
import type { FiltresUtilisateurs, PageDemandee } from './utilisateurs.schema.ts';

/** Names that are opened in one go. */
const OUVERTS_A_LA_FOIS = 250;

/**
 * Accounts whose sealed names are opened for one list, at most. Names are not in a search index: an office has tens or
 * hundreds of accounts. Opening five thousand takes about half a second, once in a process: what was opened is kept
 * until the account changes. Beyond it a list is sorted by user
 * name, and words are looked for in user names and, whole, among the addresses.
 */
export const NOMS_OUVERTS = 5_000;

/** What a list leaves to the database, besides the words. */
export interface FiltresListe extends Omit<FiltresUtilisateurs, 'bloque'> {
  /** Department beyond which the actor sees nobody. */
  perimetre?: number | null;
  /** Only these accounts, or all but these. */
  ids?: readonly number[];
  saufIds?: readonly number[];
}

/** Ids of a page, how many accounts there are, and whether names were left out of the search. */
export interface IdsTrouves {
  ids: number[];
  total: number;
  reduit: boolean;
}

const ORDERS = {
  nom: 'user.username_cle',
  identifiant: 'user.username_cle',
  role: 'user.role',
  departement: 'departement.nom',
  connexion: 'user.derniere_connexion',
  creation: 'user.date_creation',
} as const;

const wordsOf = (q: string): string[] =>
  fold(q)
    .split(/\s+/)
    .filter((word) => word !== '');

/** The SQL of the list of accounts. */
export function createListeRepo(database: Database<GecTables>, keyring: Keyring) {
  const { fields, index } = keyring;

  function filtered(filters: FiltresListe) {
    let query = database.kysely
      .selectFrom('user')
      .leftJoin('departement', 'departement.id', 'user.departement_id');
    for (const departement of [filters.perimetre, filters.departementId]) {
      if (departement === null) query = query.where('user.departement_id', 'is', null);
      else if (departement !== undefined) query = query.where('user.departement_id', '=', departement);
    }
    if (filters.role !== undefined) query = query.where('user.role', '=', filters.role);
    if (filters.actif !== undefined) query = query.where('user.actif', '=', filters.actif);
    if (filters.jamais !== undefined) {
      query = query.where('user.derniere_connexion', filters.jamais ? 'is' : 'is not', null);
    }
    if (filters.ids) query = query.where('user.id', 'in', filters.ids.length > 0 ? filters.ids : [0]);
    if (filters.saufIds?.length) query = query.where('user.id', 'not in', filters.saufIds);
    return query;
  }

  type Query = ReturnType<typeof filtered>;

  async function countOf(query: Query): Promise<number> {
    const { n } = await query.select((eb) => eb.fn.countAll().as('n')).executeTakeFirstOrThrow();
    return Number(n);
  }

  /** Words in user names, or a whole address: what can be asked of the database. */
  function narrowed(query: Query, q: string): Query {
    const words = wordsOf(q);
    if (words.length === 0) return query;
    const emails = empreintes(index, 'email', q);
    return query.where((eb) =>
      eb.or([
        eb('user.email_cle', 'in', emails),
        eb.and(
          words.map((word) => {
            const pattern = `%${word.replace(/[\\%_]/g, '\\$&')}%`;
            return sql<boolean>`"user"."username_cle" like ${pattern} escape '\\'`;
          }),
        ),
      ]),
    );
  }

  async function pageOf(query: Query, page: PageDemandee): Promise<number[]> {
    const order = page.ordre ?? 'asc';
    const column = ORDERS[page.tri ?? 'nom'];
    const rows = await query
      .select('user.id')
      // Engines do not agree on where what is missing goes: last, whichever way one sorts.
      .orderBy((eb) => eb.case().when(column, 'is', null).then(1).else(0).end())
      .orderBy(column, order)
      .orderBy('user.id', order)
      .limit(page.size)
      .offset((page.page - 1) * page.size)
      .execute();
    return rows.map(({ id }) => id);
  }

  /** Folded name and searchable text of accounts, by id; what another version says is opened anew. */
  const known = new Map<number, { version: number; nom: string; text: string }>();

  /** Opens the names of accounts that are not known yet, some at a time: others are waiting meanwhile. */
  async function learn(ids: readonly number[]): Promise<void> {
    for (let at = 0; at < ids.length; at += OUVERTS_A_LA_FOIS) {
      const rows = await database.kysely
        .selectFrom('user')
        .select(['id', 'version', 'username', 'nom_complet', 'email', 'matricule'])
        .where('id', 'in', ids.slice(at, at + OUVERTS_A_LA_FOIS))
        .execute();
      for (const row of rows) {
        const open = (column: string, sealed: string | null) =>
          fields.openOrNull({ table: 'user', column, id: row.id }, sealed) ?? '';
        const nom = fold(open('nom_complet', row.nom_complet));
        const rest = [row.username, open('email', row.email), open('matricule', row.matricule)];
        known.set(row.id, { version: row.version, nom, text: `${nom} ${fold(rest.join(' '))}` });
      }
      await setImmediate();
    }
  }

  /** Looks into names: keeps the accounts with all the words, sorted by name if that is wanted. */
  async function opened(query: Query, q: string, page: PageDemandee): Promise<number[]> {
    const rows = await query
      .select(['user.id', 'user.version', 'user.role', 'user.username_cle'])
      .select(['departement.nom as departement', 'user.derniere_connexion', 'user.date_creation'])
      .execute();
    await learn(rows.filter(({ id, version }) => known.get(id)?.version !== version).map(({ id }) => id));
    const words = wordsOf(q);
    const tri = page.tri ?? 'nom';
    const entries = rows.flatMap((row) => {
      const names = known.get(row.id);
      if (!names || !words.every((word) => names.text.includes(word))) return [];
      const keys = {
        nom: names.nom,
        identifiant: row.username_cle,
        role: row.role,
        departement: row.departement,
        connexion: row.derniere_connexion,
        creation: row.date_creation,
      };
      return [{ id: row.id, key: keys[tri] }];
    });
    const way = page.ordre === 'desc' ? -1 : 1;
    entries.sort((a, b) => {
      if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
      return way * (a.key < b.key ? -1 : a.key > b.key ? 1 : a.id - b.id);
    });
    return entries.map(({ id }) => id);
  }

  return {
    /** A page of the accounts that the filters let through. */
    async page(filters: FiltresListe, page: PageDemandee): Promise<IdsTrouves> {
      const q = filters.q ?? '';
      const total = await countOf(filtered(filters));
      const needsNames = wordsOf(q).length > 0 || (page.tri ?? 'nom') === 'nom';
      if (needsNames && total <= NOMS_OUVERTS) {
        const ids = await opened(filtered(filters), q, page);
        const from = (page.page - 1) * page.size;
        return { ids: ids.slice(from, from + page.size), total: ids.length, reduit: false };
      }
      const query = narrowed(filtered(filters), q);
      const found = wordsOf(q).length > 0 ? await countOf(narrowed(filtered(filters), q)) : total;
      return { ids: await pageOf(query, page), total: found, reduit: needsNames };
    },

    /** Ids of all accounts of a department, or of all. */
    async idsOf(filters: Pick<FiltresListe, 'perimetre'>): Promise<number[]> {
      return (await filtered(filters).select('user.id').execute()).map(({ id }) => id);
    },

    /** How many accounts there are, active and not. */
    async comptes(filters: Pick<FiltresListe, 'perimetre'>): Promise<{ actifs: number; inactifs: number }> {
      const rows = await filtered(filters)
        .select(['user.actif', (eb) => eb.fn.countAll().as('n')])
        .groupBy('user.actif')
        .execute();
      const of = (actif: boolean) => Number(rows.find((row) => row.actif === actif)?.n ?? 0);
      return { actifs: of(true), inactifs: of(false) };
    },
  };
}
