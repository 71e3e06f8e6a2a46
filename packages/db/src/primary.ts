import pg from 'pg';
import type { Server } from './servers.ts';

/** What a server said of itself. */
interface Found {
  readonly server: Server;
  /** Its line of history when it takes writes (PostgreSQL counts one more at each promotion); null when it does not. */
  readonly timeline: number | null;
  /** Why it is not the one: a standby, or what went wrong. */
  readonly reason: string;
}

/** Name of the connections that only look which server is the primary. */
export const LOOK_NAME = 'gec-look';

/** How long a server may take to answer. */
const ANSWER_MS = 2_000;

/** No server takes writes now. */
export class NoPrimaryError extends Error {
  override readonly name = 'NoPrimaryError';
  /** SQLSTATE of a connection that could not be made: whoever asks may come again later. */
  readonly code = '08001';
}

/** Asks one server what it is. Never throws. */
async function ask(server: Server): Promise<Found> {
  const client = new pg.Client({
    connectionString: server.url,
    connectionTimeoutMillis: ANSWER_MS,
    query_timeout: ANSWER_MS,
    application_name: LOOK_NAME,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ standby: boolean; readonly: boolean; timeline: number | null }>(
      `select pg_is_in_recovery() as standby, current_setting('transaction_read_only')::boolean as readonly,
        case when pg_is_in_recovery() then null
          else ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int end as timeline`,
    );
    const { standby = true, readonly = true, timeline = null } = rows[0] ?? {};
    const reason = standby ? 'a standby' : readonly ? 'read-only' : '';
    return { server, timeline: standby || readonly ? null : timeline, reason };
  } catch (error) {
    const inner = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
    return { server, timeline: null, reason: inner instanceof Error ? inner.message : String(inner) };
  } finally {
    // Not waited for: a server that went away does not say goodbye.
    client.end().catch(() => undefined);
  }
}

interface Look {
  /** As soon as one is known to be good. */
  readonly first: Promise<Server>;
  /** When all have answered or had their time. */
  readonly done: Promise<void>;
}

/** Knows which of several servers takes writes. */
export interface Primary {
  /** The server in use, or after a look at all of them the one that takes writes. @throws NoPrimaryError */
  find(): Promise<Server>;
  /** Says that the server in use may be none any more, and looks. @throws NoPrimaryError */
  look(): Promise<Server>;
  /** Ends the looking. */
  stop(): Promise<void>;
}

/**
 * Keeps an eye on several servers of which one takes writes.
 *
 * Of two that do, the one of the newer line of history is right: a former primary that comes back does not know that
 * another one was promoted. So the line never goes back either while this process lives, even if the new primary is
 * away for a moment. Among equals the one in use stays, then the first named.
 *
 * @param everyMs milliseconds between two looks that nobody asked for: they find a server that fell silent without
 *   closing its connections, and one that was promoted while the former went on
 * @param onChange told when another server takes the place of the one in use
 */
export function createPrimary(
  servers: readonly Server[],
  options: { everyMs: number; onChange: (to: Server) => void },
): Primary {
  let current: Server | null = null;
  let line = 0;
  let looking: Look | null = null;
  let stopped = false;

  function take(server: Server, timeline: number): void {
    const change = current !== null && current !== server;
    current = server;
    line = timeline;
    if (change && !stopped) options.onChange(server);
  }

  function refused(found: readonly Found[]): NoPrimaryError {
    const each = found.map(({ server, timeline, reason }) => {
      const why = timeline === null ? reason : `a former primary (history ${timeline}, ${line} is known)`;
      return `${server.name}: ${why}`;
    });
    return new NoPrimaryError(`no server of the database takes writes (${each.join('; ')})`);
  }

  function begin(): Look {
    const first = Promise.withResolvers<Server>();
    // Nobody may be waiting for it.
    first.promise.catch(() => undefined);
    const asked = servers.map(async (server) => {
      const found = await ask(server);
      // The usual case: nobody waits for the others.
      if (server === current && found.timeline !== null && found.timeline >= line) first.resolve(server);
      return found;
    });
    const done = Promise.all(asked).then((found) => {
      const writable = found.filter(({ timeline }) => timeline !== null && timeline >= line);
      const newest = Math.max(...writable.map(({ timeline }) => timeline ?? 0));
      const best = writable.filter(({ timeline }) => timeline === newest);
      const chosen = best.find(({ server }) => server === current) ?? best[0];
      if (!chosen) {
        first.reject(refused(found));
        return;
      }
      take(chosen.server, newest);
      first.resolve(chosen.server);
    });
    return { first: first.promise, done };
  }

  function lookNow(): Look {
    if (looking) return looking;
    const mine = begin();
    looking = mine;
    void mine.done.finally(() => {
      looking = null;
    });
    return mine;
  }

  const find = async (): Promise<Server> => current ?? lookNow().first;
  const timer =
    servers.length > 1 ? setInterval(() => void lookNow().done, options.everyMs).unref() : undefined;
  return {
    find,
    async look() {
      // The first answer may come from a server that is about to be replaced: whoever doubts waits for all.
      const { first, done } = lookNow();
      await done;
      return (await first) === current ? first : find();
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      await looking?.done;
    },
  };
}
