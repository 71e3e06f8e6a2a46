import { columnTypes, migrate, openDatabase, type Database } from '@gec/db';
import { describeEachDatabase, fromTemplate } from '@gec/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSessionService, type SessionService } from './sessions.service.ts';
import { sessionTables, type SessionTables } from './sessions.tables.ts';

const HOUR = 3_600_000;
const from = { ip: '10.0.0.1', userAgent: 'Navigateur/1.0' };

describeEachDatabase('sessions', (open, engine) => {
  const template = fromTemplate(`http.sessions.${engine}`, async ({ url }) => {
    const db = openDatabase<SessionTables>(url);
    await migrate(db, [{ name: '0001', statements: (types) => sessionTables(types) }]);
    await db.close();
  });
  let db: Database<SessionTables>;
  let now: number;
  let sessions: SessionService;

  beforeEach(async () => {
    db = openDatabase((await open(template)).url);
    now = Date.parse('2026-11-21T08:00:00Z');
    sessions = createSessionService({ db, clock: { now: () => new Date(now) }, lifetimeMs: () => 8 * HOUR });
  });
  afterEach(() => db.close());

  it('begin with a token that the database does not know', async () => {
    const { token, session } = await sessions.create(null, 7, from);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(session).toEqual({
      id: session.id,
      userId: 7,
      createdAt: '2026-11-21T08:00:00.000Z',
      lastSeenAt: '2026-11-21T08:00:00.000Z',
      expiresAt: '2026-11-21T16:00:00.000Z',
      ...from,
    });
    expect(await sessions.resolve(token)).toEqual(session);
    const rows = await db.kysely.selectFrom('session').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(await sessions.resolve(session.id)).toBeNull();
    expect(await sessions.resolve('')).toBeNull();
  });

  it('last eight hours after their last use', async () => {
    const { token } = await sessions.create(null, 7, from);
    for (let i = 0; i < 10; i += 1) {
      now += 7 * HOUR;
      expect((await sessions.resolve(token))?.expiresAt).toBe(new Date(now + 8 * HOUR).toISOString());
    }
    now += 8 * HOUR;
    expect(await sessions.resolve(token)).toBeNull();
    expect(await sessions.sweep()).toBe(1);
  });

  it('are not put off by what a page asks by itself', async () => {
    const { token } = await sessions.create(null, 7, from);
    now += 7 * HOUR;
    expect(await sessions.resolve(token, { prolong: false })).not.toBeNull();
    now += HOUR;
    expect(await sessions.resolve(token)).toBeNull();
  });

  it('note their use every five minutes, not at every request', async () => {
    const { token } = await sessions.create(null, 7, from);
    const stored = async () =>
      (await db.kysely.selectFrom('session').select('last_seen_at').executeTakeFirstOrThrow()).last_seen_at;
    now += 4 * 60_000;
    await sessions.resolve(token);
    expect(await stored()).toBe('2026-11-21T08:00:00.000Z');
    now += 60_000;
    await sessions.resolve(token);
    expect(await stored()).toBe('2026-11-21T08:05:00.000Z');
  });

  it('end at once when revoked, and a late use brings none back', async () => {
    const [a, b, c] = [
      await sessions.create(null, 7, from),
      await sessions.create(null, 7, from),
      await sessions.create(null, 8, from),
    ];
    await sessions.revoke(a.session.id);
    expect(await sessions.resolve(a.token)).toBeNull();
    now += HOUR;
    const [used] = await Promise.all([sessions.resolve(b.token), sessions.revoke(b.session.id)]);
    expect(used === null || used.id === b.session.id).toBe(true);
    expect(await sessions.resolve(b.token)).toBeNull();
    expect((await sessions.resolve(c.token))?.userId).toBe(8);
  });

  it('can be listed, and the others closed', async () => {
    const first = await sessions.create(null, 7, from);
    now += 60_000;
    const second = await sessions.create(null, 7, { ip: '10.0.0.2', userAgent: undefined });
    await sessions.create(null, 8, from);
    expect((await sessions.list(7)).map(({ id }) => id)).toEqual([second.session.id, first.session.id]);
    expect((await sessions.listAll(2)).map(({ userId }) => userId)).toHaveLength(2);
    expect(new Set((await sessions.listAll(10)).map(({ userId }) => userId))).toEqual(new Set([7, 8]));
    expect(await sessions.revokeAll(7, { except: second.session.id })).toBe(1);
    expect((await sessions.list(7)).map(({ id }) => id)).toEqual([second.session.id]);
    expect(await sessions.revokeAll(7)).toBe(1);
    expect(await sessions.list(8)).toHaveLength(1);
  });

  it('begin and end with the transaction that they belong to', async () => {
    const before = await sessions.create(null, 7, from);
    let token = '';
    const failing = db.transaction(async (trx) => {
      await sessions.revokeAll(7, { trx });
      ({ token } = await sessions.create(trx, 7, from));
      throw new Error('the password was not changed');
    });
    await expect(failing).rejects.toThrow();
    expect(await sessions.resolve(token)).toBeNull();
    expect(await sessions.resolve(before.token)).not.toBeNull();
  });

  it('keep the browser’s name short and free of line breaks', async () => {
    const { session } = await sessions.create(null, 7, {
      ip: '',
      userAgent: `a\r\nb${'x'.repeat(1000)}\u0000`,
    });
    expect(session.userAgent).toHaveLength(300);
    expect(session.userAgent.startsWith('a  bx')).toBe(true);
  });

  it('may refer to the users of the program', () => {
    const [table] = sessionTables(columnTypes(engine), '"user"');
    expect(table).toContain('references "user" (id) on delete cascade');
  });
});
