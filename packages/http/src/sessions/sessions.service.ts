import type { Clock } from '@gec/core';
import { randomToken, sha256Hex } from '@gec/crypto';
import type { AnyKysely } from '@gec/db';
import type { AnyDatabase } from '../any-database.ts';
import { sessionsRepo, type SessionRow } from './sessions.repo.ts';

/** One signed-in browser. Instants are ISO 8601, UTC. */
export interface Session {
  /** SHA-256 of the token, hexadecimal. Names the session, and does not open it. */
  readonly id: string;
  readonly userId: number;
  readonly createdAt: string;
  readonly lastSeenAt: string;
  readonly expiresAt: string;
  readonly ip: string;
  readonly userAgent: string;
}

export interface SessionService {
  /** Begins a session; `token` is what the browser keeps, and is stored nowhere. */
  create(
    trx: AnyKysely | null,
    userId: number,
    from: { ip: string; userAgent: string | undefined },
  ): Promise<{ token: string; session: Session }>;
  /**
   * The live session of a token, whose end it puts off; `null` when there is none.
   *
   * @param options `prolong: false` for what a page asks by itself: nobody is there, so the end stays where it is
   */
  resolve(token: string, options?: { prolong?: boolean }): Promise<Session | null>;
  /** Ends a session, at once and for every process. */
  revoke(id: string, trx?: AnyKysely): Promise<void>;
  /** Ends all sessions of a user, but for one. @returns how many it ended */
  revokeAll(userId: number, options?: { except?: string; trx?: AnyKysely }): Promise<number>;
  /** The live sessions of a user, the latest used first. */
  list(userId: number): Promise<Session[]>;
  /** The live sessions of everybody, the latest used first, at most `limit` of them. */
  listAll(limit: number): Promise<Session[]>;
  /** Removes what has expired; to be called now and then. @returns how many there were */
  sweep(): Promise<number>;
}

/** Using a session is noted this often at most: reading must not mean writing. */
const TOUCH_EVERY_MS = 5 * 60_000;
const TOKEN = /^[\w-]{43}$/;

function sessionOf(row: SessionRow): Session {
  return {
    id: row.id,
    userId: row.user_id,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    expiresAt: row.expires_at,
    ip: row.ip,
    userAgent: row.user_agent,
  };
}

/** What the database keeps instead of the token. */
export function sessionIdOf(token: string): string {
  return sha256Hex(token);
}

/**
 * Sessions kept in the database: opaque 256-bit tokens, of which only the digest is stored. Nothing is cached, so a
 * revocation counts from the next request on, in every process.
 *
 * @param options.lifetimeMs how long a session lives after its last use, in milliseconds; read each time
 */
export function createSessionService(options: {
  db: AnyDatabase;
  clock: Clock;
  lifetimeMs: () => number;
}): SessionService {
  const { db, clock, lifetimeMs } = options;
  const nowIso = () => clock.now().toISOString();

  return {
    async create(trx, userId, from) {
      const token = randomToken();
      const now = clock.now();
      const row: SessionRow = {
        id: sessionIdOf(token),
        user_id: userId,
        created_at: now.toISOString(),
        last_seen_at: now.toISOString(),
        expires_at: new Date(now.getTime() + lifetimeMs()).toISOString(),
        ip: from.ip,
        user_agent: (from.userAgent ?? '')
          .replace(/\p{Cc}/gu, ' ')
          .toWellFormed()
          .slice(0, 300),
      };
      await sessionsRepo.insert(trx ?? db.kysely, row);
      return { token, session: sessionOf(row) };
    },

    async resolve(token, { prolong = true } = {}) {
      if (!TOKEN.test(token)) return null;
      const now = clock.now();
      const row = await sessionsRepo.find(db.kysely, sessionIdOf(token), now.toISOString());
      if (!row) return null;
      if (!prolong) return sessionOf(row);
      const lifetime = lifetimeMs();
      if (now.getTime() - Date.parse(row.last_seen_at) >= Math.min(TOUCH_EVERY_MS, lifetime / 10)) {
        const expiresAt = new Date(now.getTime() + lifetime).toISOString();
        await sessionsRepo.touch(db.kysely, row.id, now.toISOString(), expiresAt);
        return { ...sessionOf(row), lastSeenAt: now.toISOString(), expiresAt };
      }
      return sessionOf(row);
    },

    revoke: (id, trx) => sessionsRepo.remove(trx ?? db.kysely, id),

    revokeAll: (userId, { except, trx } = {}) =>
      sessionsRepo.removeAll(trx ?? db.kysely, userId, except ?? null),

    async list(userId) {
      return (await sessionsRepo.list(db.kysely, userId, nowIso())).map(sessionOf);
    },

    async listAll(limit) {
      return (await sessionsRepo.listAll(db.kysely, nowIso(), limit)).map(sessionOf);
    },

    sweep: () => sessionsRepo.removeExpired(db.kysely, nowIso()),
  };
}
