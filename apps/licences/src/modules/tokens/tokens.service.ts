import {
  AppError,
  fill,
  invalid,
  notFound,
  timestamp,
  type Actor,
  type Lang,
  type SystemActor,
} from '@gec/core';
import { randomToken, sha256Hex } from '@gec/crypto';
import type { Base } from '../../context.ts';
import type { JournalService } from '../journal/journal.service.ts';
import { createTokensRepo } from './tokens.repo.ts';
import { TOKEN_SCOPES, type ApiToken, type TokenScope } from './tokens.schema.ts';
import { tokensTexts } from './tokens.texts.ts';

/** What the tokens need. */
export interface TokensDeps extends Pick<Base, 'database' | 'clock'> {
  journal: JournalService;
}

const PREFIX = 'lic_';
const TOKEN = /^lic_[\w-]{43}$/;
const DAY = 86_400_000;
const DAYS_MAX = 366;
/** Using a token is noted this often at most: reading must not mean writing. */
const TOUCH_MS = 5 * 60_000;

/** Tokens for programs that work on licences without a person: hashed, scoped, expiring. */
export function createTokensService({ database, clock, journal }: TokensDeps) {
  const repo = createTokensRepo(database);
  return {
    list: (): Promise<ApiToken[]> => repo.all(),

    /**
     * Makes a token.
     *
     * @returns the token, shown this once
     * @throws AppError invalid (fields `name`, `scopes`, `days`)
     */
    async create(
      actor: Actor,
      form: { name: string; scopes: readonly string[]; days: number },
    ): Promise<string> {
      const t = tokensTexts(actor.lang);
      const name = form.name.trim().slice(0, 100);
      const scopes = TOKEN_SCOPES.filter((scope) => form.scopes.includes(scope));
      if (name === '') throw invalid([{ field: 'name', message: t.nameRequired }]);
      if (scopes.length === 0) throw invalid([{ field: 'scopes', message: t.scopesRequired }]);
      if (!Number.isInteger(form.days) || form.days < 1 || form.days > DAYS_MAX) {
        throw invalid([{ field: 'days', message: fill(t.daysRange, { max: DAYS_MAX }) }]);
      }
      const token = PREFIX + randomToken();
      const now = clock.now();
      await database.transaction(async (trx) => {
        await repo.insert(trx, {
          name,
          digest: sha256Hex(token),
          hint: token.slice(-4),
          scopes,
          createdAt: now.toISOString(),
          createdBy: actor.kind === 'user' ? actor.username : actor.reason,
          expiresAt: new Date(now.getTime() + form.days * DAY).toISOString(),
        });
        await journal.record(trx, actor, {
          action: 'token.create',
          details: { name, scopes: scopes.join(' ') },
        });
      });
      return token;
    },

    /** Ends a token at once. @throws AppError not-found */
    async revoke(actor: Actor, id: number): Promise<void> {
      await database.transaction(async (trx) => {
        if (!(await repo.revoke(trx, id, timestamp(clock)))) throw notFound(tokensTexts(actor.lang).unknown);
        await journal.record(trx, actor, { action: 'token.revoke', details: { token: id } });
      });
    },

    /**
     * The actor that a token stands for.
     *
     * @throws AppError unauthenticated for a token that is none (any more); forbidden without the scope
     */
    async authenticate(
      token: string,
      scope: TokenScope,
      from: { ip: string; lang: Lang },
    ): Promise<SystemActor> {
      const t = tokensTexts(from.lang);
      const now = timestamp(clock);
      const found = TOKEN.test(token) ? await repo.findLive(sha256Hex(token), now) : null;
      if (!found) throw new AppError('unauthenticated', 'UNAUTHENTICATED', t.refused);
      if (!found.scopes.includes(scope))
        throw new AppError('forbidden', 'SCOPE', fill(t.scopeMissing, { scope }));
      if (found.lastUsedAt === null || Date.parse(now) - Date.parse(found.lastUsedAt) > TOUCH_MS) {
        await repo.touch(found.id, now);
      }
      return { kind: 'system', reason: `token:${found.name}`, ...from };
    },
  };
}

export type TokensService = ReturnType<typeof createTokensService>;
