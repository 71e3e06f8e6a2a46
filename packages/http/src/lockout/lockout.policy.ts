/** How hard the login guard is. Read anew at each attempt, so that a setting counts at once. */
export interface LockoutPolicy {
  /** Failures of one account from one address that lock this pair. */
  readonly failures: number;
  /** The first lock, in minutes; each following one is twice as long. */
  readonly baseMinutes: number;
  /** The longest lock, in minutes. */
  readonly maxMinutes: number;
  /** Failures further apart than this, in minutes, do not add up. */
  readonly windowMinutes: number;
  /** After this time without a lock, in minutes, the next one is a first one again. */
  readonly forgetMinutes: number;
  /** Distinct accounts tried in vain from one address within 15 minutes, from which on the address is slowed. */
  readonly accountsPerAddress: number;
  /** Failures of one account within an hour, from which on addresses it never signed in from are slowed. */
  readonly failuresPerAccount: number;
  /** What is slowed gets one attempt in so many seconds. */
  readonly slowSeconds: number;
}

export const DEFAULT_LOCKOUT: LockoutPolicy = {
  failures: 8,
  baseMinutes: 15,
  maxMinutes: 24 * 60,
  windowMinutes: 15,
  forgetMinutes: 24 * 60,
  accountsPerAddress: 60,
  failuresPerAccount: 100,
  slowSeconds: 20,
};

const MINUTE = 60_000;

/** What is remembered of one account at one address. Instants in milliseconds; `lockedUntil` 0: never locked. */
export interface PairState {
  readonly failures: number;
  readonly windowStart: number;
  readonly locks: number;
  readonly lockedUntil: number;
}

export const FRESH_PAIR: PairState = { failures: 0, windowStart: 0, locks: 0, lockedUntil: 0 };

/**
 * Reserves an attempt: it counts as a failure until it succeeds, so that any number of attempts at once cannot check
 * more passwords than one after the other could. The attempt that uses up the last one also sets the lock.
 *
 * @returns the state to keep and `wait: 0`, or the unchanged state and the milliseconds to wait
 */
export function reserve(
  state: PairState,
  now: number,
  policy: LockoutPolicy,
): { state: PairState; wait: number } {
  if (state.lockedUntil > now) return { state, wait: state.lockedUntil - now };
  const wasLocked = state.lockedUntil > 0 && state.failures >= policy.failures;
  const forgotten = state.lockedUntil > 0 && now - state.lockedUntil >= policy.forgetMinutes * MINUTE;
  const lapsed = now - state.windowStart > policy.windowMinutes * MINUTE;
  const restart = wasLocked || lapsed;
  const failures = restart ? 1 : state.failures + 1;
  const locks = forgotten ? 0 : state.locks;
  const next: PairState = {
    failures,
    windowStart: restart ? now : state.windowStart,
    locks,
    lockedUntil: forgotten ? 0 : state.lockedUntil,
  };
  if (failures < policy.failures) return { state: next, wait: 0 };
  const minutes = Math.min(policy.baseMinutes * 2 ** Math.min(locks, 30), policy.maxMinutes);
  return { state: { ...next, locks: locks + 1, lockedUntil: now + minutes * MINUTE }, wait: 0 };
}
