import { createHmac } from 'node:crypto';
import { describeEachDatabase } from '@gec/testing';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import {
  createJournalChain,
  journalHeadTables,
  migrate,
  openDatabase,
  type ChainedRow,
  type Database,
  type JournalHeadTable,
  type Step,
} from './index.ts';

interface Tables {
  entry: ChainedRow & { text: string };
  journal_head: JournalHeadTable;
}

const steps: Step[] = [
  {
    name: '0001_test',
    statements: (t) => [
      `create table entry (id ${t.id}, text text not null, mac text not null, seq ${t.bigint} unique, hash text)`,
      ...journalHeadTables(t),
    ],
  },
];

const mac = (data: string) => createHmac('sha256', 'test').update(data).digest('hex');

describeEachDatabase('journal chain', (open) => {
  let db: Database<Tables>;
  let drop: () => Promise<void>;

  beforeEach(async () => {
    const opened = await open();
    drop = opened.drop;
    db = openDatabase<Tables>(opened.url);
    await migrate(db, steps);
  });
  afterEach(async () => {
    await db.close();
    await drop();
  });

  const content = (row: Tables['entry']) => JSON.stringify([row.id, row.text]);
  const chainOf = () =>
    createJournalChain<Tables, Tables['entry']>({
      database: db,
      table: 'entry',
      content,
      mac,
      verifyMac: (data, given) => mac(data) === given,
    });

  async function write(...texts: string[]): Promise<void> {
    await db.transaction(async (trx) => {
      for (const text of texts) {
        const id = await db.dialect.nextId(trx, 'entry');
        const row = { id, text, seq: null, hash: null };
        await trx
          .insertInto('entry')
          .values({ ...row, mac: mac(content({ ...row, mac: '' })) })
          .execute();
      }
    });
  }

  async function filled() {
    const chain = chainOf();
    await write('a', 'b', 'c', 'd', 'e');
    expect(await chain.sequence()).toBe(5);
    await write('f');
    expect(await chain.verify()).toEqual({ ok: true, chained: 5, waiting: 1, firstBreak: null });
    await chain.sequence();
    return chain;
  }

  it('chains what was written, and verifies it', async () => {
    const chain = await filled();
    expect(await chain.sequence()).toBe(0);
    expect(await chain.verify()).toEqual({ ok: true, chained: 6, waiting: 0, firstBreak: null });
  });

  it('keeps the medium busy for what is noted elsewhere only', async () => {
    const durable = vi.spyOn(db, 'transaction');
    const chain = chainOf();
    await write('a', 'b');
    durable.mockClear();
    await chain.sequence();
    expect(durable).not.toHaveBeenCalled();
    const { seq } = await chain.head();
    expect([seq, durable.mock.calls.length]).toEqual([2, 1]);
    expect((await chain.verify()).ok).toBe(true);
  });

  it('names an altered entry', async () => {
    const chain = await filled();
    await sql`update entry set text = 'C' where id = 3`.execute(db.kysely);
    expect((await chain.verify()).firstBreak).toEqual({ kind: 'altered', seq: 3, id: 3 });
  });

  it('names where an entry was removed, in the middle and at the end', async () => {
    const chain = await filled();
    await sql`delete from entry where id = 6`.execute(db.kysely);
    expect((await chain.verify()).firstBreak).toEqual({ kind: 'removed', seq: 6, id: 5 });
    await sql`delete from entry where id = 2`.execute(db.kysely);
    expect((await chain.verify()).firstBreak).toEqual({ kind: 'removed', seq: 2, id: 1 });
  });

  it('finds a removed end even when the head was set back', async () => {
    const chain = await filled();
    await sql`delete from entry where id = 6`.execute(db.kysely);
    await sql`update journal_head set seq = 5, hash = (select hash from entry where id = 5)`.execute(
      db.kysely,
    );
    expect((await chain.verify()).firstBreak).toMatchObject({ kind: 'head' });
    await write('g');
    expect(await chain.sequence()).toBe(0);
  });

  it('names an inserted entry, forged or copied, waiting or in a place', async () => {
    const chain = await filled();
    await sql`insert into entry (id, text, mac) values (50, 'forged', 'x')`.execute(db.kysely);
    expect(await chain.sequence()).toBe(0);
    expect((await chain.verify()).firstBreak).toEqual({ kind: 'inserted', seq: null, id: 50 });
    await sql`delete from entry where id = 50`.execute(db.kysely);
    await sql`insert into entry (id, text, mac) select 51, text, mac from entry where id = 2`.execute(
      db.kysely,
    );
    expect((await chain.verify()).firstBreak).toEqual({ kind: 'inserted', seq: null, id: 51 });
    await sql`delete from entry where id = 51`.execute(db.kysely);
    await sql`insert into entry (id, text, mac, seq, hash) values (52, 'late', 'x', 7, 'y')`.execute(
      db.kysely,
    );
    expect((await chain.verify()).firstBreak).toEqual({ kind: 'inserted', seq: 7, id: 52 });
  });
});
