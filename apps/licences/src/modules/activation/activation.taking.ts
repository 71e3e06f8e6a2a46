import type { SystemActor } from '@gec/core';
import type { Base, Trx } from '../../context.ts';
import { createGroup } from '../../jobs/group.ts';
import type { AlertsService } from '../alerts/alerts.service.ts';
import type { JournalService, Recorded } from '../journal/journal.service.ts';
import type { License } from '../licenses/licenses.schema.ts';
import type { WebhooksService } from '../webhooks/webhooks.service.ts';
import type { ActivationRepo } from './activation.repo.ts';
import type { NewActivation } from './activation.rows.ts';
import type { Client } from './activation.schema.ts';
import type { KeyTaking } from './activation.taking.repo.ts';

/** What taking keys needs. */
export interface TakingDeps extends Pick<Base, 'database'> {
  repo: Pick<ActivationRepo, 'take' | 'takeAtOnce' | 'insert'>;
  alerts: Pick<AlertsService, 'raise'>;
  webhooks: Pick<WebhooksService, 'wants' | 'emit'>;
  journal: Pick<JournalService, 'recordAll' | 'reserve' | 'prepare'>;
}

/** A key that is about to be taken, with everything that then has to be written. */
export interface Taking {
  readonly license: License;
  readonly client: Client;
  readonly activation: NewActivation;
}

/**
 * Activations of one transaction at most, and such transactions at once. One: a second would only halve the groups, and
 * what a transaction costs besides its rows would be paid twice.
 */
const TOGETHER = 32;
const LANES = 1;
/** The words of a client in the journal. */
export function clientActor({ ip, lang }: Client): SystemActor {
  return { kind: 'system', reason: 'api', lang, ip };
}

/**
 * Gathers the activations of one moment into transactions.
 *
 * @returns a function that answers whether the key was taken
 */
export function createTaking({ database, repo, alerts, webhooks, journal }: TakingDeps) {
  const atOnce = database.engine === 'postgres';

  const takingOf = ({ license, activation }: Taking): KeyTaking => ({
    id: license.id,
    seq: license.seq,
    duration_days: license.durationDays,
    used_at: activation.activatedAt,
    expires_at: activation.expiresAt,
  });

  const recorded = ({ client, license, activation }: Taking): Recorded => ({
    actor: clientActor(client),
    entry: {
      action: 'activation.done',
      licenseId: license.id,
      details: { hint: license.keyHint, expires_at: activation.expiresAt },
    },
  });

  /** Takes keys, then writes the activations and journal entries of those that were taken. */
  async function takeInTurn(trx: Trx, asked: readonly Taking[]): Promise<Taking[]> {
    const taken = await repo.take(trx, asked.map(takingOf));
    const winners = asked.filter(({ license }) => taken.has(license.id));
    if (winners.length === 0) return winners;
    await repo.insert(
      trx,
      winners.map(({ activation }) => activation),
    );
    await journal.recordAll(trx, winners.map(recorded));
    return winners;
  }

  /** The same with one statement, which PostgreSQL can do: its transactions cost what they ask, one after the other. */
  async function takeAtOnce(
    executor: Pick<Trx, 'getExecutor'>,
    asked: readonly Taking[],
    ids: readonly number[],
  ): Promise<Taking[]> {
    const entries = journal.prepare(asked.map(recorded), ids);
    const taken = await repo.takeAtOnce(
      executor,
      asked.map(takingOf),
      asked.map(({ activation }) => activation),
      entries,
    );
    return asked.filter(({ license }) => taken.has(license.id));
  }

  /**
   * Takes the keys of one moment in one transaction. One conditional UPDATE decides, for each key. Rivals for the same
   * key in the same moment: the first one asks, the others have lost to it, whether it won or not, and look again.
   *
   * @returns for each whether it was taken
   */
  async function takeAll(taking: readonly Taking[]): Promise<boolean[]> {
    const firsts = new Map<number, Taking>();
    for (const one of taking) if (!firsts.has(one.license.id)) firsts.set(one.license.id, one);
    const asked = [...firsts.values()];
    const alone = !webhooks.wants('activation') && !asked.some(({ license }) => license.published);
    const ids = atOnce ? await journal.reserve(asked.length) : [];
    const won =
      atOnce && alone
        ? await takeAtOnce(database.kysely, asked, ids)
        : await database.transaction(async (trx) => {
            const winners = await (atOnce ? takeAtOnce(trx, asked, ids) : takeInTurn(trx, asked));
            for (const one of winners) await tell(trx, one);
            return winners;
          });
    return taking.map((one) => won.includes(one));
  }

  /** What an activation leads to besides itself, in its own transaction. */
  async function tell(trx: Trx, { license, activation }: Taking): Promise<void> {
    if (license.published) {
      await alerts.raise(trx, {
        kind: 'published-key-used',
        severity: 'warning',
        subject: license.id,
        licenseId: license.id,
        details: { hint: license.keyHint },
      });
    }
    await webhooks.emit(trx, 'activation', {
      license_id: license.publicId,
      hint: license.keyHint,
      activated_at: activation.activatedAt,
      expires_at: activation.expiresAt,
    });
  }

  return createGroup({ work: takeAll, size: TOGETHER, lanes: LANES });
}
