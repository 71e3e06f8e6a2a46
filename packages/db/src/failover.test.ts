import { startPostgres, type PostgresCluster } from '@gec/testing';
import { sql, type Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openDatabase, type Database } from './database.ts';
import { openForeign } from './foreign.ts';
import { postgresPool } from './postgres.ts';
import { parseAddress } from './servers.ts';
import { AllTakenError } from './turns.ts';

interface Tables {
  lettre: { numero: number };
}

const inRecovery = async (via: Kysely<Tables>) =>
  (await sql<{ standby: boolean }>`select pg_is_in_recovery() as standby`.execute(via)).rows[0]?.standby;
const count = async (via: Kysely<Tables>) =>
  (await sql<{ n: number }>`select count(*) as n from lettre`.execute(via)).rows[0]?.n;

describe('parseAddress', () => {
  const urls = (url: string) => parseAddress(url).servers.map((server) => server.url);

  it('leaves the address of one server as it is', () => {
    const url = 'postgres://u:p%40ss@db.example.cd:5433/gec?sslmode=verify-full';
    expect(parseAddress(url)).toEqual({ servers: [{ name: 'db.example.cd:5433', url }], session: null });
    expect(urls('postgres:///gec?host=/run/postgresql')).toEqual(['postgres:///gec?host=/run/postgresql']);
  });

  it('takes several servers apart as libpq does, sockets too', () => {
    expect(
      parseAddress(
        'postgresql://u:p@a:5433,b,[::1]:6000/gec?sslmode=require&target_session_attrs=read-write',
      ),
    ).toEqual({
      session: 'read-write',
      servers: [
        { name: 'a:5433', url: 'postgres://u:p@a:5433/gec?sslmode=require' },
        { name: 'b:5432', url: 'postgres://u:p@b:5432/gec?sslmode=require' },
        { name: '[::1]:6000', url: 'postgres://u:p@[::1]:6000/gec?sslmode=require' },
      ],
    });
    const sockets = ['postgres://u@%2Ftmp%2Fa:5433/gec', 'postgres://u@%2Ftmp%2Fb:5434/gec'];
    expect(urls('postgres://u@%2Ftmp%2Fa:5433,%2Ftmp%2Fb:5434/gec')).toEqual(sockets);
    expect(urls('postgres://u@/gec?host=/tmp/a,/tmp/b&port=5433,5434')).toEqual(sockets);
  });

  it('says what is wrong without the password', () => {
    expect(() => parseAddress('postgres://u:secret@a/gec?target_session_attrs=master')).toThrow(
      /^target_session_attrs is one of any, read-write/,
    );
    expect(() => parseAddress('postgres://u:secret@/gec?host=a,b,c&port=1,2')).toThrow('3 hosts and 2 ports');
    expect(() => postgresPool('postgres://u:secret@a,b/gec?target_session_attrs=standby')).toThrow(
      'the program writes',
    );
  });
});

describe('a primary and its standby', () => {
  let primary: PostgresCluster;
  let standby: PostgresCluster;
  let both: string;
  let database: Database<Tables>;
  const changes: string[] = [];

  beforeAll(async () => {
    // Acknowledged is written, as it is in earnest; the clusters of tests are faster than that.
    const settings = { synchronous_commit: 'on' };
    primary = await startPostgres({ settings });
    standby = await startPostgres({ settings, standbyOf: { port: primary.port, name: 'second' } });
    // The standby is named first, by its socket.
    const socket = encodeURIComponent(standby.socketDir);
    both = `postgres://postgres@${socket}:${standby.port},127.0.0.1:${primary.port}/postgres?target_session_attrs=read-write`;
    database = openDatabase<Tables>(both, {
      onChange: (server) => changes.push(server),
      reads: { url: standby.adminUrl, maxDelayMs: 5_000 },
    });
    await sql`create table lettre (numero integer not null)`.execute(database.kysely);
  });
  afterAll(async () => {
    await database.close();
    await standby.stop();
    await primary.stop();
  });

  const write = (numero: number) => database.kysely.insertInto('lettre').values({ numero }).execute();

  it('lets a rush wait for its connections, and refuses as for a server that is away when that lasts', async () => {
    const narrow = openDatabase<Tables>(primary.adminUrl, { maxConnections: 1, patienceMs: 300 });
    try {
      const held = Promise.withResolvers<void>();
      const got = Promise.withResolvers<void>();
      const holder = narrow.kysely.connection().execute(() => (got.resolve(), held.promise));
      await got.promise;
      const refused = await count(narrow.kysely).catch((error: unknown) => error);
      expect(narrow.dialect.isUnavailable(refused)).toBe(true);
      expect(refused).toBeInstanceOf(AllTakenError);
      const waiting = Array.from({ length: 20 }, () => count(narrow.kysely));
      held.resolve();
      expect(await Promise.all([holder, ...waiting])).toEqual([undefined, ...waiting.map(() => 0)]);
    } finally {
      await narrow.close();
    }
  });

  it('writes to the one, and reads from the other what was just written', async () => {
    for (let numero = 1; numero <= 20; numero++) {
      await write(numero);
      expect(await database.read(async (via) => [await inRecovery(via), await count(via)])).toEqual([
        true,
        numero,
      ]);
    }
    expect(await inRecovery(database.kysely)).toBe(false);
    expect(await database.standbys()).toEqual([
      {
        server: `127.0.0.1:${standby.port}`,
        delayMs: expect.any(Number),
        behindBytes: expect.any(Number),
        reason: null,
      },
    ]);
  });

  it('asks the primary when the standby is late, away or stops the read, and never shows less', async () => {
    const there = openDatabase<Tables>(standby.adminUrl, { maxConnections: 1 });
    const hasty = openDatabase<Tables>(primary.adminUrl, {
      reads: { url: standby.adminUrl, maxDelayMs: 20 },
    });
    const away = openDatabase<Tables>(primary.adminUrl, {
      reads: { url: 'postgres://postgres@127.0.0.1:9/postgres', maxDelayMs: 20 },
    });
    try {
      await sql`select pg_wal_replay_pause()`.execute(there.kysely);
      await write(21);
      const late = await hasty.read(async (via) => [await inRecovery(via), await count(via)]);
      expect(late).toEqual([false, 21]);
      expect((await hasty.standbys())[0]).toMatchObject({ delayMs: null, reason: 'late' });
      await sql`select pg_wal_replay_resume()`.execute(there.kysely);
      expect(await away.read(inRecovery)).toBe(false);
      expect((await away.standbys())[0]).toMatchObject({ delayMs: null, reason: 'away' });

      let runs = 0;
      const conflict = await database.read(async (via) => {
        runs++;
        if (await inRecovery(via))
          throw Object.assign(new Error('conflict with recovery'), { code: '40001' });
        return count(via);
      });
      expect([runs, conflict]).toEqual([2, 21]);
      await expect(database.read(() => Promise.reject(new Error('ours')))).rejects.toThrow('ours');
    } finally {
      await Promise.all([there, hasty, away].map((one) => one.close()));
    }
  });

  it('says of each server why it takes no writes', async () => {
    const url = `postgres://postgres@127.0.0.1:${standby.port},127.0.0.1:9/postgres`;
    const none = openDatabase<Tables>(url);
    const error = await none.ping().catch((thrown: unknown) => thrown);
    expect(String(error)).toMatch(/no server .* takes writes \(127\.0\.0\.1:\d+: a standby; .*ECONNREFUSED/);
    expect(none.dialect.isUnavailable(error)).toBe(true);
    await none.close();
  });

  it('reads another program’s database from whichever server answers', async () => {
    const url = `postgres://postgres@127.0.0.1:9,127.0.0.1:${standby.port}/postgres`;
    const foreign = await openForeign(url);
    expect(foreign.tables.has('lettre')).toBe(true);
    await foreign.close();
    await expect(openForeign('postgres://postgres@127.0.0.1:9,127.0.0.1:9/x')).rejects.toThrow(
      'ECONNREFUSED',
    );
  });

  it('gives up a connection that refuses writes', async () => {
    const one = openDatabase<Tables>(primary.adminUrl, { maxConnections: 1 });
    const pid = async () =>
      (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(one.kysely)).rows[0]?.pid;
    const first = await pid();
    await sql`set default_transaction_read_only = on`.execute(one.kysely);
    const refused = one.transaction((trx) => trx.insertInto('lettre').values({ numero: 0 }).execute());
    await expect(refused).rejects.toSatisfy((error) => one.dialect.isUnavailable(error));
    await one.transaction((trx) => trx.insertInto('lettre').values({ numero: 22 }).execute());
    expect(await pid()).not.toBe(first);
    await one.close();
  });

  it('goes over to the promoted one, also while the former goes on, and not back', async () => {
    await standby.promote();
    // Found at a look, in five seconds at most; until then the former takes what is written.
    await vi.waitFor(() => expect(changes).toHaveLength(1), { timeout: 10_000, interval: 20 });
    const port = async (via: Kysely<Tables>) =>
      (await sql<{ port: string }>`select current_setting('port') as port`.execute(via)).rows[0]?.port;
    expect(await port(database.kysely)).toBe(String(standby.port));
    // Whoever comes new finds it too, though the former still takes writes; and nothing is read from a former standby.
    const fresh = openDatabase<Tables>(
      `postgres://postgres@127.0.0.1:${primary.port},127.0.0.1:${standby.port}/postgres`,
      { reads: { url: standby.adminUrl, maxDelayMs: 1_000 } },
    );
    expect(await port(fresh.kysely)).toBe(String(standby.port));
    expect((await fresh.standbys())[0]).toMatchObject({ reason: 'not-a-standby' });
    expect(await fresh.read(inRecovery)).toBe(false);
    await primary.crash();
    await fresh.ping();
    expect(await database.read(count)).toBe(await count(database.kysely));

    // With the new one gone as well nothing is left; what hangs on it fails.
    const hanging = sql`select pg_sleep(30)`.execute(fresh.kysely).catch((error: unknown) => error);
    await fresh.ping();
    await standby.crash();
    expect(fresh.dialect.isUnavailable(await hanging)).toBe(true);
    await expect(fresh.ping()).rejects.toThrow('no server of the database takes writes');
    await fresh.close();
  });
});
