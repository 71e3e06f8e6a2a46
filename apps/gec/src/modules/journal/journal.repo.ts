import type { Keyring } from '@gec/crypto';
import { createJournalChain, type ChainedRow, type Database, type JournalChain } from '@gec/db';
import { sql, type Selectable } from 'kysely';
import type { Trx } from '../../context.ts';
import type { GecTables, LogActiviteTable } from '../../db/schema.ts';
import type { JournalScope } from './journal.policy.ts';
import type { JournalDetails, JournalFilters, JournalLine } from './journal.schema.ts';

type Row = Selectable<LogActiviteTable>;

/** An entry ready to be written. */
export interface NewEntry {
  action: string;
  date: string;
  ip: string;
  utilisateurId: number | null;
  acteur: string;
  courrierId: number | null;
  numero: string | null;
  compteId: number | null;
  details: JournalDetails | null;
}

const TABLE = 'log_activite';

/** The SQL of the journal. */
export function createJournalRepo(database: Database<GecTables>, keyring: Keyring) {
  const { fields, audit } = keyring;
  const context = (id: number) => ({ table: TABLE, column: 'description', id });

  /**
   * Everything that an entry says, always in the same form. The description counts in clear: re-sealing changes nothing.
   * The account that it is about comes last, and only where there is one, as in entries from before there was that column.
   */
  function content(row: Omit<Row, 'mac' | 'seq' | 'hash'>): string {
    const description = row.description === null ? null : fields.open(context(row.id), row.description);
    return JSON.stringify([
      row.id,
      row.action,
      description,
      row.date_action,
      row.ip_address,
      row.utilisateur_id,
      row.acteur,
      row.courrier_id,
      row.numero,
      ...(row.compte_id === null ? [] : [row.compte_id]),
    ]);
  }

  const chain: JournalChain = createJournalChain<GecTables, Row & ChainedRow>({
    database,
    table: TABLE,
    // A row whose sealed part does not open was altered: what it says then is not what was written.
    content: (row) => {
      try {
        return content(row);
      } catch {
        return `unreadable ${row.id}`;
      }
    },
    mac: (data) => audit.mac(data),
    verifyMac: (data, mac) => audit.verify(data, mac),
  });

  function toLine(row: Row): JournalLine {
    const details =
      row.description === null
        ? {}
        : (JSON.parse(fields.open(context(row.id), row.description)) as JournalDetails);
    return {
      id: row.id,
      action: row.action,
      date: row.date_action,
      acteur: row.acteur,
      utilisateurId: row.utilisateur_id,
      ip: row.ip_address,
      courrierId: row.courrier_id,
      numero: row.numero,
      details,
      seq: row.seq,
    };
  }

  function filtered(filters: JournalFilters, scope: JournalScope) {
    let query = database.kysely.selectFrom(TABLE);
    if (scope !== 'tous') {
      const { userId, departementId } = scope;
      query = query.where((eb) =>
        eb.or([
          eb('utilisateur_id', '=', userId),
          eb(
            'utilisateur_id',
            'in',
            eb.selectFrom('user').select('id').where('departement_id', '=', departementId),
          ),
        ]),
      );
    }
    if (filters.action !== undefined) query = query.where('action', '=', filters.action);
    if (filters.utilisateurId !== undefined)
      query = query.where('utilisateur_id', '=', filters.utilisateurId);
    if (filters.courrierId !== undefined) query = query.where('courrier_id', '=', filters.courrierId);
    if (filters.numero !== undefined) {
      const pattern = `%${filters.numero.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
      query = query.where(sql<boolean>`lower(numero) like ${pattern} escape '\\'`);
    }
    if (filters.from !== undefined) query = query.where('date_action', '>=', filters.from);
    if (filters.before !== undefined) query = query.where('date_action', '<', filters.before);
    return query;
  }

  return {
    chain,

    /** Writes an entry with its MAC, in the transaction of what it records. */
    async insert(trx: Trx, entry: NewEntry): Promise<void> {
      const id = await database.dialect.nextId(trx, TABLE);
      const row = {
        id,
        action: entry.action,
        description: entry.details === null ? null : fields.seal(context(id), JSON.stringify(entry.details)),
        date_action: entry.date,
        ip_address: entry.ip,
        utilisateur_id: entry.utilisateurId,
        acteur: entry.acteur,
        courrier_id: entry.courrierId,
        numero: entry.numero,
        compte_id: entry.compteId,
      };
      await trx
        .insertInto(TABLE)
        .values({ ...row, mac: audit.mac(content(row)), seq: null, hash: null })
        .execute();
    },

    /** A page of entries, newest first unless `ordre` says otherwise; `before` is the last id of the page before. */
    async page(
      filters: JournalFilters,
      scope: JournalScope,
      size: number,
      before?: number,
      ordre: 'asc' | 'desc' = 'desc',
    ): Promise<JournalLine[]> {
      let query = filtered(filters, scope).selectAll().orderBy('id', ordre).limit(size);
      if (before !== undefined) query = query.where('id', ordre === 'asc' ? '>' : '<', before);
      return (await query.execute()).map(toLine);
    },

    /** How many entries the filters let through, counted up to `cap`. */
    async count(filters: JournalFilters, scope: JournalScope, cap: number): Promise<number> {
      const { rows } = await sql<{ n: number }>`
        select count(*) as n from (${filtered(filters, scope)
          .select(sql<number>`1`.as('one'))
          .limit(cap)}) as capped`.execute(database.kysely);
      return rows[0]?.n ?? 0;
    },

    /**
     * How many entries of an action fall between each instant and the next.
     *
     * @param bornes instants in order; one count less than there are of them
     */
    async counts(action: string, bornes: readonly string[]): Promise<number[]> {
      const first = bornes[0];
      const last = bornes.at(-1);
      if (first === undefined || last === undefined || bornes.length < 2) return [];
      const row: Partial<Record<string, number | string | null>> = await database.kysely
        .selectFrom(TABLE)
        .select((eb) =>
          bornes.slice(1).map((end, at) =>
            eb.fn
              .sum<number | null>(
                eb
                  .case()
                  .when(eb.and([eb('date_action', '>=', bornes[at] ?? first), eb('date_action', '<', end)]))
                  .then(sql.lit(1))
                  .else(sql.lit(0))
                  .end(),
              )
              .as(`n${at}`),
          ),
        )
        .where('action', '=', action)
        .where('date_action', '>=', first)
        .where('date_action', '<', last)
        .executeTakeFirstOrThrow();
      return bornes.slice(1).map((_end, at) => Number(row[`n${at}`] ?? 0));
    },

    /** The newest entries of some actions since an instant, at most `limit` of them. */
    async recent(actions: readonly string[], since: string, limit: number): Promise<JournalLine[]> {
      const rows = await database.kysely
        .selectFrom(TABLE)
        .selectAll()
        .where('action', 'in', actions)
        .where('date_action', '>=', since)
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
      return rows.map(toLine);
    },

    /** From which addresses people did an action since an instant, when first and when last. */
    async addresses(
      action: string,
      userIds: readonly number[],
      since: string,
    ): Promise<{ utilisateurId: number; ip: string; premiere: string; derniere: string }[]> {
      if (userIds.length === 0) return [];
      const rows = await database.kysely
        .selectFrom(TABLE)
        .select(['utilisateur_id', 'ip_address'])
        .select((eb) => [eb.fn.min('date_action').as('premiere'), eb.fn.max('date_action').as('derniere')])
        .where('action', '=', action)
        .where('utilisateur_id', 'in', userIds)
        .where('date_action', '>=', since)
        .groupBy(['utilisateur_id', 'ip_address'])
        .execute();
      return rows.flatMap(({ utilisateur_id, ip_address, premiere, derniere }) =>
        utilisateur_id === null
          ? []
          : [{ utilisateurId: utilisateur_id, ip: ip_address, premiere, derniere }],
      );
    },

    /** Every entry that the filters let through, newest first, in batches. */
    async *batches(
      filters: JournalFilters,
      scope: JournalScope,
      size: number,
    ): AsyncGenerator<readonly JournalLine[]> {
      let before: number | undefined;
      for (;;) {
        const lines = await this.page(filters, scope, size, before);
        if (lines.length > 0) yield lines;
        if (lines.length < size) return;
        before = lines.at(-1)?.id;
      }
    },

    /** The entries of one letter, oldest first; of a letter that was read very often, the newest. */
    async ofCourrier(courrierId: number): Promise<JournalLine[]> {
      const rows = await filtered({ courrierId }, 'tous')
        .selectAll()
        .orderBy('id', 'desc')
        .limit(2_000)
        .execute();
      return rows.map(toLine).reverse();
    },

    /** The newest entries about one account, and those of its owner on how they sign in; newest first. */
    async ofCompte(compteId: number, size: number): Promise<JournalLine[]> {
      const rows = await database.kysely
        .selectFrom(TABLE)
        .selectAll()
        .where((eb) =>
          eb.or([
            eb('compte_id', '=', compteId),
            eb.and([
              eb('utilisateur_id', '=', compteId),
              eb('action', 'like', 'auth.%'),
              eb('action', 'not in', ['auth.connexion', 'auth.deconnexion', 'auth.echec']),
            ]),
          ]),
        )
        .orderBy('id', 'desc')
        .limit(size)
        .execute();
      return rows.map(toLine);
    },
  };
}
