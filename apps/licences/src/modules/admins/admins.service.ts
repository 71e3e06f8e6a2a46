import {
  AppError,
  fill,
  fold,
  invalid,
  PERMISSIONS,
  plural,
  systemActor,
  timestamp,
  type FieldError,
  type Lang,
  type SystemActor,
} from '@gec/core';
import { burnPassword, hashPassword, needsRehash, randomPassword, verifyPassword } from '@gec/crypto';
import type { LoginGuard, Refusal, Session, SessionService } from '@gec/http';
import type { Base } from '../../context.ts';
import type { JournalService } from '../journal/journal.service.ts';
import { createAdminsRepo } from './admins.repo.ts';
import { PASSWORD_MAX, PASSWORD_MIN, type Administrator } from './admins.schema.ts';
import { adminsTexts } from './admins.texts.ts';

/** What sign-in needs. */
export interface AdminsDeps extends Pick<Base, 'config' | 'database' | 'clock'> {
  journal: JournalService;
  sessions: SessionService;
  guard: LoginGuard;
}

/** What somebody typed at the door, and from where. */
export interface LoginAttempt {
  readonly username: string;
  readonly password: string;
  readonly ip: string;
  readonly userAgent: string | undefined;
  readonly lang: Lang;
  /** The session that the browser already had; it ends, so that none can be planted beforehand. */
  readonly formerSession: string | null;
}

const ALL_PERMISSIONS = new Set(PERMISSIONS);
const visitor = (lang: Lang, ip: string): SystemActor => ({ kind: 'system', reason: 'login', lang, ip });
const guardName = (id: number): string => `admin:${id}`;

function lockedOut(lang: Lang, { retryAfter }: Refusal): AppError {
  const t = adminsTexts(lang);
  const duration = plural(lang, Math.ceil(retryAfter / 60), t.minutes_one, t.minutes_other);
  return new AppError('locked-out', 'LOCKED_OUT', fill(t.locked, { duration }), { retryAfter });
}

/** Says what is wrong with a new password, or null. */
function passwordProblem(lang: Lang, password: string, username: string): string | null {
  const t = adminsTexts(lang);
  const length = [...password].length;
  if (length < PASSWORD_MIN) return fill(t.tooShort, { n: PASSWORD_MIN });
  if (length > PASSWORD_MAX) return fill(t.tooLong, { n: PASSWORD_MAX });
  const bare = fold(password).replace(/[^\p{L}]/gu, '');
  if (bare === fold(username) || new Set(password).size < 5) return t.tooEasy;
  return null;
}

/** Accounts of the pages: first administrator, signing in and out, one's own password and sessions. */
export function createAdminsService({ config, database, clock, journal, sessions, guard }: AdminsDeps) {
  const repo = createAdminsRepo(database);
  const { passwordPepper: pepper, bcryptCost: cost } = config;

  async function authenticate(id: number, ip: string): Promise<Administrator | null> {
    const row = await repo.find(id);
    if (!row?.active) return null;
    return {
      kind: 'user',
      userId: row.id,
      username: row.username,
      role: 'admin',
      departementId: null,
      permissions: ALL_PERMISSIONS,
      lang: row.lang,
      ip,
      mustChangePassword: row.must_change_password,
    };
  }

  async function fail(name: string, known: string | null, from: { lang: Lang; ip: string }): Promise<void> {
    const lock = await guard.failed(name, from.ip);
    // What was typed may be a password in the wrong field: a name that belongs to nobody is never written down.
    const details = { account: known };
    await database.transaction((trx) =>
      journal.record(
        trx,
        visitor(from.lang, from.ip),
        { action: 'auth.failure', details },
        ...(lock ? [{ action: 'auth.lock' as const, details }] : []),
      ),
    );
  }

  return {
    authenticate,

    /**
     * Makes the first administrator (`admin`) if there is no account at all; of several processes one makes it.
     *
     * @returns `password` only when it was made up: shown once, and to be changed at the first sign-in
     */
    async ensureFirstAdmin(): Promise<{ created: boolean; password?: string }> {
      const given = config.adminPassword;
      const password = given ?? randomPassword();
      if (await database.transaction((trx) => repo.any(trx))) return { created: false };
      const passwordHash = await hashPassword(password, pepper, cost);
      const created = await database.transaction(async (trx) => {
        if (!(await repo.exclusive(trx)) || (await repo.any(trx))) return false;
        const account = { username: 'admin', passwordHash, mustChangePassword: given === null };
        await repo.insert(trx, account, timestamp(clock));
        await journal.record(trx, systemActor('first-start'), {
          action: 'admin.create',
          details: { account: 'admin' },
        });
        return true;
      });
      return created && given === null ? { created, password } : { created };
    },

    /** Gives an account a new one-time password, for whoever lost theirs. Ends its sessions and locks. */
    async resetPassword(username: string): Promise<{ password: string } | null> {
      const row = await repo.findByName(username);
      if (!row) return null;
      const password = randomPassword();
      const hash = await hashPassword(password, pepper, cost);
      await database.transaction(async (trx) => {
        await repo.setPassword(trx, row.id, hash, true);
        await sessions.revokeAll(row.id, { trx });
        await journal.record(trx, systemActor('cli'), {
          action: 'auth.password',
          details: { account: row.username },
        });
      });
      await guard.unlock(guardName(row.id));
      return { password };
    },

    /**
     * Signs an administrator in. Unknown account, closed account, wrong password: message, code and time are the same.
     *
     * @returns the token of the session
     * @throws AppError unauthenticated `WRONG_CREDENTIALS`; locked-out `LOCKED_OUT` with `retryAfter`
     */
    async login(attempt: LoginAttempt): Promise<string> {
      const { ip, lang, userAgent } = attempt;
      const wrong = () => new AppError('unauthenticated', 'WRONG_CREDENTIALS', adminsTexts(lang).refused);
      const row = await repo.findByName(attempt.username);
      const name = row ? guardName(row.id) : `unknown:${fold(attempt.username.trim())}`;
      const refusal = await guard.check(name, ip);
      if (refusal) throw lockedOut(lang, refusal);
      const hash = row?.active ? row.password_hash : null;
      if (hash === null) await burnPassword(attempt.password, pepper, cost);
      const right = hash !== null && (await verifyPassword(attempt.password, hash, pepper));
      const admin = right && row ? await authenticate(row.id, ip) : null;
      if (!admin || hash === null) {
        await fail(name, row?.username ?? null, attempt);
        throw wrong();
      }
      const renewed = needsRehash(hash, cost) ? await hashPassword(attempt.password, pepper, cost) : null;
      const token = await database.transaction(async (trx) => {
        if (!(await repo.noteLogin(trx, admin.userId, hash, renewed, timestamp(clock)))) return null;
        if (attempt.formerSession !== null) await sessions.revoke(attempt.formerSession, trx);
        const made = await sessions.create(trx, admin.userId, { ip, userAgent });
        await journal.record(trx, admin, { action: 'auth.login' });
        return made.token;
      });
      if (token === null) throw wrong();
      await guard.succeeded(name, ip);
      return token;
    },

    /** Ends the session that asks, for every copy of its cookie. */
    logout: (actor: Administrator, sessionId: string): Promise<void> =>
      database.transaction(async (trx) => {
        await sessions.revoke(sessionId, trx);
        await journal.record(trx, actor, { action: 'auth.logout' });
      }),

    /**
     * Changes one's own password. All sessions end; a new one takes the place of the one that asks.
     *
     * @throws AppError invalid (fields `current`, `fresh`, `repeat`); locked-out
     */
    async changePassword(
      actor: Administrator,
      form: { current: string; fresh: string; repeat: string },
      userAgent: string | undefined,
    ): Promise<string> {
      const t = adminsTexts(actor.lang);
      const errors: FieldError[] = [];
      const problem =
        form.current === form.fresh && form.fresh !== ''
          ? t.sameAsBefore
          : passwordProblem(actor.lang, form.fresh, actor.username);
      if (problem !== null) errors.push({ field: 'fresh', message: problem });
      if (form.fresh !== form.repeat) errors.push({ field: 'repeat', message: t.repeatWrong });
      if (errors.length > 0) throw invalid(errors);
      const name = guardName(actor.userId);
      const refusal = await guard.check(name, actor.ip);
      if (refusal) throw lockedOut(actor.lang, refusal);
      const row = await repo.find(actor.userId);
      if (!row || !(await verifyPassword(form.current, row.password_hash, pepper))) {
        await fail(name, actor.username, actor);
        throw invalid([{ field: 'current', message: t.currentWrong }]);
      }
      const hash = await hashPassword(form.fresh, pepper, cost);
      const token = await database.transaction(async (trx) => {
        await repo.setPassword(trx, actor.userId, hash, false);
        await sessions.revokeAll(actor.userId, { trx });
        const made = await sessions.create(trx, actor.userId, { ip: actor.ip, userAgent });
        await journal.record(trx, actor, { action: 'auth.password', details: { account: actor.username } });
        return made.token;
      });
      await guard.succeeded(name, actor.ip);
      return token;
    },

    /** One's own live sessions, the latest used first. */
    sessions: (actor: Administrator): Promise<Session[]> => sessions.list(actor.userId),

    /** Ends one's other sessions. @returns how many there were */
    closeOthers: (actor: Administrator, currentId: string): Promise<number> =>
      database.transaction(async (trx) => {
        const n = await sessions.revokeAll(actor.userId, { except: currentId, trx });
        await journal.record(trx, actor, { action: 'auth.sessions', details: { closed: n } });
        return n;
      }),

    /** Keeps the language in which one reads the program. */
    setLang: (actor: Administrator, lang: Lang): Promise<void> =>
      database.transaction((trx) => repo.setLang(trx, actor.userId, lang)),
  };
}

export type AdminsService = ReturnType<typeof createAdminsService>;
