import pg from 'pg';
import { createPrimary, type Primary } from './primary.ts';
import { addressFault, parseAddress, type Server } from './servers.ts';
import { createTurns } from './turns.ts';

const { builtins } = pg.types;

/** How PostgreSQL's text form of a type becomes the same JavaScript value that SQLite gives. */
const PARSERS = new Map<number, (text: string) => unknown>([
  // Ids and counts stay far below 2^53.
  [builtins.INT8, Number],
  [builtins.NUMERIC, Number],
  [builtins.DATE, (text) => text],
  [builtins.TIMESTAMPTZ, (text) => new Date(text).toISOString()],
]);

/** Connections of a process at most, unless said otherwise. */
const CONNECTIONS = 10;

/** How long a connection is waited for that others have: a rush passes, and what waited has lost nothing. */
const PATIENCE_MS = 30_000;

/** Milliseconds between two looks at several servers. */
const LOOK_MS = 5_000;

/** Settings of the connection pool that installations may want to change. */
export interface PostgresOptions {
  /** Connections of this process at most. */
  maxConnections?: number;
  /** Milliseconds for which a connection is waited for while others have them all; 30 s by default. */
  patienceMs?: number;
  /** Told about a connection that broke while idle; the pool replaces it. */
  onIdleError?: (error: Error) => void;
  /** Told, with the name `host:port`, when another server takes the place of the one in use. */
  onChange?: (server: string) => void;
}

/** Connections to whichever server takes writes. */
export interface PostgresPool {
  /**
   * A connection to the server that takes writes; `release` gives it back.
   *
   * @throws Error when there is none to be had: the server is away, others had all of them for too long
   *   (`AllTakenError`), or, of several servers, none takes writes (`NoPrimaryError`)
   */
  connect(): Promise<pg.PoolClient>;
  /** Gives every connection up, as soon as whoever has it gives it back, and looks again for the right server. */
  renew(): void;
  /** Closes everything, once it has been given back. */
  end(): Promise<void>;
  /** Kysely asks for it; it says nothing, as there is no one server. */
  readonly options: object;
}

/**
 * A pool of connections to one server whose values are the same as SQLite's: numbers for int8 and numeric, strings for
 * days and instants. Sessions run in UTC. A statement that runs longer than a minute is a fault and is ended by the
 * server.
 */
export function serverPool(server: Server, options: PostgresOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: server.url,
    max: options.maxConnections ?? CONNECTIONS,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    options: '-c TimeZone=UTC -c statement_timeout=60000 -c idle_in_transaction_session_timeout=60000',
    types: {
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        PARSERS.get(oid) ?? pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
  });
  // Without listeners a connection that breaks would end the program: while it is idle, and while a transaction holds
  // it between two statements (whose next statement then fails as it should).
  pool.on('error', (error) => options.onIdleError?.(error));
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

interface Open {
  readonly server: Server;
  readonly pool: pg.Pool;
  readonly clients: Set<pg.PoolClient>;
}

function open(server: Server, options: PostgresOptions): Open {
  const pool = serverPool(server, options);
  const clients = new Set<pg.PoolClient>();
  pool.on('connect', (client) => clients.add(client));
  pool.on('remove', (client) => clients.delete(client));
  return { server, pool, clients };
}

/**
 * Connections to a PostgreSQL address. Where it names several servers (libpq's syntax), they go to the one that takes
 * writes, and after a failover to the new one, while the program runs.
 *
 * @param url `postgres://user:password@host1:5432,host2:5432/name?target_session_attrs=read-write`
 * @throws Error when the address is wrong, or asks for a session that takes no writes
 */
export function postgresPool(url: string, options: PostgresOptions = {}): PostgresPool {
  const fault = addressFault(url);
  if (fault !== null) throw new Error(fault);
  const { servers, session } = parseAddress(url);
  // The pool's own limit of time is for making a connection; behind a rush it would refuse what need only wait.
  const turn = createTurns(options.maxConnections ?? CONNECTIONS, options.patienceMs ?? PATIENCE_MS);
  let current: Open | null = null;
  let ended = false;
  // Those that wait for their last connection to come back.
  const leaving = new Set<Promise<void>>();

  function leave({ pool }: Open): void {
    const gone = pool.end().finally(() => leaving.delete(gone));
    leaving.add(gone);
  }

  function renew(to?: Server): void {
    const former = current;
    if (!former || ended) return;
    current = to ? open(to, options) : null;
    leave(former);
  }

  /** The former server may hang for ever: what waits for it fails now, and was not acknowledged. */
  function change(to: Server): void {
    const former = current;
    if (!former || former.server === to) return;
    renew(to);
    for (const client of former.clients) client.end().catch(() => undefined);
    options.onChange?.(to.name);
  }

  const [only] = servers;
  const fixed = servers.length === 1 && session === null && only ? only : null;
  const primary: Primary = fixed
    ? { find: async () => fixed, look: async () => fixed, stop: async () => undefined }
    : createPrimary(servers, { everyMs: LOOK_MS, onChange: change });

  /** `change` sees to it that this is the right server's. */
  function poolOf(server: Server): pg.Pool {
    current ??= open(server, options);
    return current.pool;
  }

  async function connect(): Promise<pg.PoolClient> {
    if (ended) throw new Error('the pool of connections was closed');
    const pool = poolOf(await primary.find());
    try {
      return await pool.connect();
    } catch (error) {
      if (fixed) throw error;
      // Refused, or silent: another server may have taken over meanwhile.
      const other = poolOf(await primary.look());
      if (other === pool) throw error;
      return other.connect();
    }
  }

  return {
    options: {},
    async connect() {
      const done = await turn();
      try {
        const client = await connect();
        const release = client.release.bind(client);
        client.release = (broken) => {
          release(broken);
          done();
        };
        return client;
      } catch (error) {
        done();
        throw error;
      }
    },
    renew() {
      renew();
      if (!fixed) primary.look().catch(() => undefined);
    },
    async end() {
      ended = true;
      await primary.stop();
      if (current) leave(current);
      current = null;
      await Promise.all(leaving);
    },
  };
}
