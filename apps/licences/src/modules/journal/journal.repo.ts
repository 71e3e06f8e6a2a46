import type { Keyring } from '@gec/crypto';
import { createJournalChain, type ChainedRow, type Database, type JournalChain } from '@gec/db';
import { sql, type Selectable } from 'kysely';
import type { Trx } from '../../context.ts';
import type { JournalTable, LicenceTables } from '../../db/schema.ts';
import type { JournalDetails, JournalFilters, JournalLine, PreparedEntry } from './journal.schema.ts';

type Row = Selectable<JournalTable>;

/** An entry ready to be written. */
export interface NewEntry {
  action: string;
  at: string;
  ip: string;
  actor: string;
  licenseId: number | null;
  details: JournalDetails | null;
}

const TABLE = 'journal';

/** The SQL of the journal. */
export function createJournalRepo(database: Database<LicenceTables>, keyring: Keyring) {
  const { fields, audit } = keyring;
  const place = (id: number) => ({ table: TABLE, column: 'details', id });

  /** Everything that an entry says, always in the same form; the details count in clear, so re-sealing changes nothing. */
  function content(row: Omit<Row, 'mac' | 'seq' | 'hash' | 'details'>, details: string | null): string {
    return JSON.stringify([row.id, row.action, details, row.at, row.ip, row.actor, row.license_id]);
  }

  /** An entry as its row, sealed and authenticated for its id. */
  function prepared(entry: NewEntry, id: number): PreparedEntry {
    const details = entry.details === null ? null : JSON.stringify(entry.details);
    const row = {
      id,
      action: entry.action,
      at: entry.at,
      ip: entry.ip,
      actor: entry.actor,
      license_id: entry.licenseId,
    };
    return {
      ...row,
      details: fields.sealOrNull(place(id), details),
      mac: audit.mac(content(row, details)),
      seq: null,
      hash: null,
    };
  }

  const chain: JournalChain = createJournalChain<LicenceTables, Row & ChainedRow>({
    database,
    table: TABLE,
    // A row whose sealed part does not open was altered: what it says then is not what was written.
    content: (row) => {
      try {
        return content(row, fields.openOrNull(place(row.id), row.details));
      } catch {
        return `unreadable ${row.id}`;
      }
    },
    mac: (data) => audit.mac(data),
    verifyMac: (data, mac) => audit.verify(data, mac),
  });

  function toLine(row: Row): JournalLine {
    const details = fields.openOrNull(place(row.id), row.details);
    return {
      id: row.id,
      action: row.action,
      at: row.at,
      actor: row.actor,
      ip: row.ip,
      licenseId: row.license_id,
      details: details === null ? {} : (JSON.parse(details) as JournalDetails),
      seq: row.seq,
    };
  }

  function filtered(filters: JournalFilters) {
    let query = database.kysely.selectFrom(TABLE);
    if (filters.actions !== undefined) query = query.where('action', 'in', filters.actions);
    if (filters.actor !== undefined) query = query.where('actor', '=', filters.actor);
    if (filters.licenseId !== undefined) query = query.where('license_id', '=', filters.licenseId);
    if (filters.from !== undefined) query = query.where('at', '>=', filters.from);
    if (filters.before !== undefined) query = query.where('at', '<', filters.before);
    return query;
  }

  return {
    chain,

    /** Writes entries with their MACs, in the transaction of what they record. */
    async insert(trx: Trx, entries: readonly NewEntry[]): Promise<void> {
      const ids = await database.dialect.nextIds(trx, TABLE, entries.length);
      const rows = entries.map((entry, index) => prepared(entry, ids[index]!));
      await trx.insertInto(TABLE).values(rows).execute();
    },

    /** Ids of entries that another module's statement will write: taken outside of its transaction (PostgreSQL only). */
    reserve: (count: number): Promise<number[]> => database.dialect.nextIds(database.kysely, TABLE, count),

    prepared,

    /** A page of entries, newest first; `before` is the id of the last entry of the page before. */
    async page(filters: JournalFilters, size: number, before?: number): Promise<JournalLine[]> {
      let query = filtered(filters).selectAll().orderBy('id', 'desc').limit(size);
      if (before !== undefined) query = query.where('id', '<', before);
      return (await query.execute()).map(toLine);
    },

    /** How many entries of each action since an instant, by hour (`2026-11-21T23`, UTC). */
    async perHour(
      actions: readonly string[],
      since: string,
    ): Promise<{ hour: string; action: string; n: number }[]> {
      // Sessions run in UTC, so the text of an instant begins with its day and hour on both engines.
      const hour = sql<string>`replace(substr(cast(at as text), 1, 13), ' ', 'T')`;
      return database.kysely
        .selectFrom(TABLE)
        .select([hour.as('hour'), 'action', sql<number>`count(*)`.as('n')])
        .where('action', 'in', actions)
        .where('at', '>=', since)
        .groupBy([hour, 'action'])
        .execute();
    },
  };
}
