import pg from 'pg';

const { builtins } = pg.types;

/** How PostgreSQL's text form of a type becomes the same JavaScript value that SQLite gives. */
const PARSERS = new Map<number, (text: string) => unknown>([
  // Ids and counts stay far below 2^53.
  [builtins.INT8, Number],
  [builtins.NUMERIC, Number],
  [builtins.DATE, (text) => text],
  [builtins.TIMESTAMPTZ, (text) => new Date(text).toISOString()],
]);

/** Settings of the connection pool that installations may want to change. */
export interface PostgresOptions {
  /** Connections of this process at most. */
  maxConnections?: number;
  /** Told about a connection that broke while idle; the pool replaces it. */
  onIdleError?: (error: Error) => void;
}

/**
 * A pool of connections whose values are the same as SQLite's: numbers for int8 and numeric, strings for days and
 * instants. Sessions run in UTC. A statement that runs longer than a minute is a fault and is ended by the server.
 */
export function postgresPool(url: string, options: PostgresOptions = {}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.maxConnections ?? 10,
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
