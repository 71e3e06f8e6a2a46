import type { Selectable } from 'kysely';
import type { JournalTable } from '../../db/schema.ts';

/**
 * What the journal can say happened. The code is stored; its words are in `journal.texts.ts`. A code is never renamed
 * or given another meaning: entries are kept for years.
 */
export const JOURNAL_ACTIONS = [
  'auth.login',
  'auth.failure',
  'auth.lock',
  'auth.logout',
  'auth.password',
  'auth.sessions',
  'admin.create',
  'license.generate',
  'license.import',
  'license.export',
  'license.reveal',
  'license.state',
  'license.extend',
  'license.block_published',
  'license.reset',
  'validation.failure',
  'activation.done',
  'activation.refused',
  'activation.release',
  'activation.transfer',
  'activation.review',
  'activation.review_refused',
  'activation.offline',
  'sync.refused',
  'sync.divergence',
  'key.root',
  'key.certify',
  'key.rotate',
  'key.revoke',
  'alert.resolve',
  'token.create',
  'token.revoke',
  'webhook.create',
  'webhook.remove',
  'webhook.retry',
  'journal.verify',
  'backup.create',
  'secret.change',
  'secret.renewal',
  'backup.restore',
] as const;

export type JournalAction = (typeof JOURNAL_ACTIONS)[number];

/** Facts of an entry: ids, codes and counts; never a whole key. */
export type JournalDetails = Readonly<Record<string, string | number | boolean | null>>;

/** What a use case records. */
export interface JournalEntry {
  action: JournalAction;
  licenseId?: number | null;
  details?: JournalDetails;
}

/** An entry as it is read. Instants are ISO 8601, UTC. */
export interface JournalLine {
  id: number;
  action: string;
  at: string;
  actor: string;
  ip: string;
  licenseId: number | null;
  details: JournalDetails;
  /** Place in the chain; null for the moment before the sequencer comes by. */
  seq: number | null;
}

/** Filters of the journal. */
export interface JournalFilters {
  /** One or several actions; undefined for all. */
  actions?: readonly string[] | undefined;
  actor?: string | undefined;
  licenseId?: number | undefined;
  /** Instants: from (inclusive) and before (exclusive). */
  from?: string | undefined;
  before?: string | undefined;
}

/** An entry as a statement writes it: sealed, authenticated, not chained yet. */
export type PreparedEntry = Selectable<JournalTable>;
