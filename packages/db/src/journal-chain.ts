import { createHash } from 'node:crypto';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Database } from './database.ts';
import type { ColumnTypes } from './types.ts';

/** The end of the chain: how many entries there are, and the hash of the last one, authenticated. */
export interface JournalHeadTable {
  id: number;
  seq: number;
  hash: string;
  mac: string;
}

interface Tables {
  journal_head: JournalHeadTable;
}

/** Columns that a journal's table has for the chain, besides its own. */
export interface ChainedRow {
  id: number;
  /** Authenticates the content; made when the entry is written, in the transaction of what it records. */
  mac: string;
  /** Place in the chain, from 1; null until the sequencer has come by. */
  seq: number | null;
  hash: string | null;
}

/** The table that holds the end of the chain. */
export function journalHeadTables(t: ColumnTypes): string[] {
  return [
    `create table journal_head (id integer primary key, seq ${t.bigint} not null, hash text not null, mac text not null)`,
  ];
}

/** The first place at which a journal is not what was written. */
export interface ChainBreak {
  kind: 'altered' | 'removed' | 'inserted' | 'head';
  /** Place in the chain, where there is one. */
  seq: number | null;
  /** Id of the row in question; of the last good row before a removed one. */
  id: number | null;
}

/** What a verification found. */
export interface ChainReport {
  ok: boolean;
  /** Entries in the chain, and entries that wait for the sequencer. */
  chained: number;
  waiting: number;
  firstBreak: ChainBreak | null;
}

/** What the chain needs to know of a journal. */
export interface JournalChainOptions<T, Row extends ChainedRow> {
  database: Database<T>;
  table: string;
  /**
   * Everything that the entry says, its id included (a copy of an entry is another entry), in a form that is always
   * the same for the same entry.
   */
  content(row: Row): string;
  /** MAC under the audit key, and its check. */
  mac(data: string): string;
  verifyMac(data: string, mac: string): boolean;
}

const PAGE = 1_000;
const ORIGIN = '0'.repeat(64);

/** A hash-chained, append-only journal: entries are written in any transaction, and chained right after by one process. */
export interface JournalChain {
  /** Chains entries that wait, `limit` at most, and returns how many; 0 also when another process is at it. */
  sequence(limit?: number): Promise<number>;
  /** Reads the whole journal and compares. */
  verify(onProgress?: (done: number, total: number) => void): Promise<ChainReport>;
  /** The end of the chain, for a checkpoint kept elsewhere. */
  head(): Promise<{ seq: number; hash: string }>;
}

function link(previous: string, seq: number, row: ChainedRow, content: string): string {
  return createHash('sha256').update(`${previous}\n${seq}\n${row.id}\n${row.mac}\n${content}`).digest('hex');
}

/** Makes the chain of a journal table. Entries must have been given `mac = options.mac(options.content(row))`. */
export function createJournalChain<T extends Tables, Row extends ChainedRow>(
  options: JournalChainOptions<T, Row>,
): JournalChain {
  const { database } = options;
  const table = sql.table(options.table);
  const kysely = database.kysely as unknown as Kysely<Tables>;
  const headData = (seq: number, hash: string) => `head\n${seq}\n${hash}`;

  async function readHead(trx: Kysely<Tables>): Promise<{ seq: number; hash: string; mac: string | null }> {
    const row = await trx.selectFrom('journal_head').selectAll().where('id', '=', 1).executeTakeFirst();
    return row ?? { seq: 0, hash: ORIGIN, mac: null };
  }

  async function sequenceIn(trx: Transaction<Tables>, limit: number): Promise<number> {
    if (!(await database.dialect.tryExclusive(trx, `journal:${options.table}`))) return 0;
    const head = await readHead(trx);
    // A head that was tampered with must not be signed anew: the break stays where `verify` finds it.
    if (head.mac !== null && !options.verifyMac(headData(head.seq, head.hash), head.mac)) return 0;
    const { rows } = await sql<Row>`
      select * from ${table} where seq is null order by id limit ${limit}`.execute(trx);
    let { seq, hash } = head;
    const links: { id: number; seq: number; hash: string }[] = [];
    for (const row of rows) {
      const content = options.content(row);
      // An entry that this program did not write stays outside the chain, for `verify` to name.
      if (!options.verifyMac(content, row.mac)) continue;
      seq++;
      hash = link(hash, seq, row, content);
      links.push({ id: row.id, seq, hash });
    }
    if (links.length > 0) {
      const made = database.dialect.records({ id: 'bigint', seq: 'bigint', hash: 'text' }, links);
      await sql`update ${table} set seq = v.seq, hash = v.hash from ${made} where ${table}.id = v.id`.execute(
        trx,
      );
      const mac = options.mac(headData(seq, hash));
      await trx
        .insertInto('journal_head')
        .values({ id: 1, seq, hash, mac })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ seq, hash, mac }))
        .execute();
    }
    return links.length;
  }

  async function firstBreakIn(
    head: { seq: number; hash: string; mac: string | null },
    onProgress?: (done: number, total: number) => void,
  ): Promise<ChainBreak | null> {
    if (head.mac !== null && !options.verifyMac(headData(head.seq, head.hash), head.mac)) {
      return { kind: 'head', seq: head.seq, id: null };
    }
    let seq = 0;
    let hash = ORIGIN;
    let lastId: number | null = null;
    for (;;) {
      const { rows } = await sql<Row>`
        select * from ${table} where seq > ${seq} and seq <= ${head.seq} order by seq limit ${PAGE}`.execute(
        kysely,
      );
      if (rows.length === 0) break;
      for (const row of rows) {
        if (row.seq !== seq + 1) return { kind: 'removed', seq: seq + 1, id: lastId };
        seq++;
        const content = options.content(row);
        if (!options.verifyMac(content, row.mac)) return { kind: 'altered', seq, id: row.id };
        hash = link(hash, seq, row, content);
        // The content is authentic, so it is its place that is wrong: something before it was changed or put in.
        if (hash !== row.hash) return { kind: 'inserted', seq, id: row.id };
        lastId = row.id;
      }
      onProgress?.(seq, head.seq);
    }
    if (seq < head.seq) return { kind: 'removed', seq: seq + 1, id: lastId };
    if (hash !== head.hash) return { kind: 'head', seq, id: lastId };
    return null;
  }

  /** Entries outside the chain: those that wait are authentic, the others were put there by somebody else. */
  async function outside(): Promise<{ waiting: number; foreign: ChainBreak | null }> {
    let waiting = 0;
    let after = 0;
    for (;;) {
      const { rows } = await sql<Row>`
        select * from ${table} where (seq is null or seq < 1 or seq > (select coalesce(max(seq), 0) from journal_head))
        and id > ${after} order by id limit ${PAGE}`.execute(kysely);
      for (const row of rows) {
        after = row.id;
        if (row.seq === null && options.verifyMac(options.content(row), row.mac)) waiting++;
        else return { waiting, foreign: { kind: 'inserted', seq: row.seq, id: row.id } };
      }
      if (rows.length < PAGE) return { waiting, foreign: null };
    }
  }

  return {
    // A power cut may take a link back, not the entry: it waits again and is chained again. Each entry would otherwise
    // keep the medium busy twice.
    sequence: (limit = 500) =>
      database.quickTransaction((trx) => sequenceIn(trx as unknown as Transaction<Tables>, limit)),
    async verify(onProgress) {
      const head = await readHead(kysely);
      const broken = await firstBreakIn(head, onProgress);
      const { waiting, foreign } = await outside();
      const firstBreak = broken ?? foreign;
      return { ok: firstBreak === null, chained: head.seq, waiting, firstBreak };
    },
    async head() {
      // What is noted elsewhere must not come to name a link that a power cut takes back: a durable commit makes all
      // that came before it last.
      const { seq, hash } = await database.transaction(async (transaction) => {
        const trx = transaction as unknown as Transaction<Tables>;
        await trx
          .updateTable('journal_head')
          .set(({ ref }) => ({ seq: ref('seq') }))
          .where('id', '=', 1)
          .execute();
        return readHead(trx);
      });
      return { seq, hash };
    },
  };
}
