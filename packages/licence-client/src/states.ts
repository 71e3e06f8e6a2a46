import { DAY_MS, type LicenceState, type LicenceStatement } from './protocol/index.ts';
import { reckon, type TimeMemory } from './time.ts';

/** Days in which everything works without a licence, from the installation on. */
export const EVALUATION_DAYS = 30;
/** Days before the end from which on people are told. */
export const EXPIRING_DAYS = 30;
/** Days before the lease ends from which on people are told that the server was not reached. */
const LEASE_WARNING_DAYS = 7;

/** How far the licence lets one go. */
export type State = 'evaluation' | 'active' | 'expiring' | 'grace' | 'read-only' | 'revoked';

/** Why the local file does not count. */
export type LocalProblem = 'file-altered' | 'file-of-another-installation' | 'certificate-refused';

/** Why the state is what it is. */
export type Reason =
  | 'evaluation'
  | 'licensed'
  | 'ends-soon'
  | 'expired'
  | 'lease-over'
  | 'evaluation-over'
  | 'suspended'
  | 'revoked'
  | 'released'
  | LocalProblem;

/** What somebody should look at; no warning takes anything away. */
export type Warning = 'clock-behind' | 'clock-ahead' | 'lease-ends-soon' | 'clone-or-restore' | LocalProblem;

/** The last signed word on the licence. */
export interface Verdict {
  readonly state: LicenceState;
  readonly reason: string | null;
  /** When it was said; ISO 8601. */
  readonly at: string;
}

/** Everything that the state depends on; all of it verified. */
export interface Facts {
  /** When the program was installed; null while the clock has shown no plausible time. */
  readonly installedAt: Date | null;
  readonly licence: LicenceStatement | null;
  readonly verdict: Verdict | null;
  /** A licence was given back. */
  readonly released: boolean;
  readonly problem: LocalProblem | null;
  readonly time: TimeMemory;
  /** The last signed time, milliseconds since 1970. */
  readonly signedAt: number | null;
  /** What the server noticed at the last synchronisation. */
  readonly alerts: readonly string[];
}

/** What programs and pages go by. */
export interface LicenceStatus {
  readonly state: State;
  readonly reason: Reason;
  /** The editor's own words for a suspension or revocation. */
  readonly note: string | null;
  /** Whether anything may be registered or changed. Reading, exports and backups are never affected. */
  readonly mayChange: boolean;
  /** When the state ends by itself; null when it does not. */
  readonly until: Date | null;
  /** Whole days until then, begun ones included. */
  readonly daysLeft: number | null;
  readonly warnings: readonly Warning[];
  /** The time that was reckoned with. */
  readonly now: Date;
}

type Outcome = Pick<LicenceStatus, 'state' | 'reason'> & { until?: number };

const CHANGING: ReadonlySet<State> = new Set<State>(['evaluation', 'active', 'expiring', 'grace']);

function evaluation({ installedAt }: Facts, now: number): Outcome | null {
  if (installedAt === null) return { state: 'evaluation', reason: 'evaluation' };
  const until = installedAt.getTime() + EVALUATION_DAYS * DAY_MS;
  return now < until ? { state: 'evaluation', reason: 'evaluation', until } : null;
}

function licensed(facts: Facts, licence: LicenceStatement, now: number): Outcome {
  const end = Date.parse(licence.expires_at);
  const first = Math.min(end, Date.parse(licence.lease_expires_at));
  if (now < first) {
    return now >= end - EXPIRING_DAYS * DAY_MS
      ? { state: 'expiring', reason: 'ends-soon', until: end }
      : { state: 'active', reason: 'licensed', until: end };
  }
  const reason = now >= end ? 'expired' : 'lease-over';
  const until = first + licence.grace_days * DAY_MS;
  if (now < until) return { state: 'grace', reason, until };
  // A licence of one day must not end what the evaluation would still have allowed.
  return evaluation(facts, now) ?? { state: 'read-only', reason };
}

function outcomeAt(facts: Facts, now: number): Outcome {
  const { licence, verdict, problem, released } = facts;
  if (licence !== null) {
    if (verdict?.state === 'revoked') return { state: 'revoked', reason: 'revoked' };
    if (verdict?.state === 'suspended') return { state: 'read-only', reason: 'suspended' };
    return licensed(facts, licence, now);
  }
  const left = evaluation(facts, now);
  if (left) return left;
  return { state: 'read-only', reason: problem ?? (released ? 'released' : 'evaluation-over') };
}

/**
 * The state of the licence: a pure function of what is known and of the clock. States go by the latest time known, but
 * read-only needs a time that is sure: the clock alone never locks.
 *
 * @param facts verified facts
 * @param clock what the machine's clock says
 */
export function deriveState(facts: Facts, clock: Date): LicenceStatus {
  const { now, sure, behind } = reckon(facts.time, facts.signedAt, clock.getTime());
  const warnings: Warning[] = [];
  let outcome = outcomeAt(facts, now);
  if (!CHANGING.has(outcome.state) && CHANGING.has(outcomeAt(facts, sure).state)) {
    outcome = { state: 'grace', reason: outcome.reason };
    warnings.push('clock-ahead');
  }
  if (behind) warnings.push('clock-behind');
  if (facts.problem !== null) warnings.push(facts.problem);
  if (facts.alerts.includes('clone-or-restore')) warnings.push('clone-or-restore');
  if (facts.licence !== null && (outcome.state === 'active' || outcome.state === 'expiring')) {
    const lease = Date.parse(facts.licence.lease_expires_at);
    const leaseIsFirst = lease < Date.parse(facts.licence.expires_at);
    if (leaseIsFirst && now >= lease - LEASE_WARNING_DAYS * DAY_MS) warnings.push('lease-ends-soon');
  }
  const { state, reason, until } = outcome;
  return {
    state,
    reason,
    note: reason === 'suspended' || reason === 'revoked' ? (facts.verdict?.reason ?? null) : null,
    mayChange: CHANGING.has(state),
    until: until === undefined ? null : new Date(until),
    daysLeft: until === undefined ? null : Math.max(0, Math.ceil((until - now) / DAY_MS)),
    warnings,
    now: new Date(now),
  };
}
