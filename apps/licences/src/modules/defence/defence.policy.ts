/** How hard one counter of failed look-ups is. */
export interface BrakeRule {
  /** Failures within the window that lock. */
  readonly failures: number;
  readonly windowMs: number;
  /** The first lock; each following one is twice as long. */
  readonly baseMs: number;
  readonly maxMs: number;
}

const MINUTE = 60_000;

/** One address, its network (an IPv4 /24 or an IPv6 /48), and everybody together. */
export const RULES: Readonly<Record<'address' | 'network' | 'all', BrakeRule>> = {
  address: { failures: 20, windowMs: 15 * MINUTE, baseMs: MINUTE, maxMs: 24 * 60 * MINUTE },
  network: { failures: 200, windowMs: 15 * MINUTE, baseMs: MINUTE, maxMs: 60 * MINUTE },
  // Everybody is never locked out by somebody: over all, failures only make an alert and the other limits stricter.
  all: { failures: 2_000, windowMs: 60 * MINUTE, baseMs: 10 * MINUTE, maxMs: 60 * MINUTE },
};

/** What is remembered of failures. Instants in milliseconds. */
export interface BrakeState {
  readonly failures: number;
  readonly windowStart: number;
  readonly locks: number;
  readonly lockedUntil: number;
}

/**
 * Counts failures, and locks when there are too many.
 *
 * @param weight failures to add; 0 looks without counting
 * @param strictness 1, or more when everybody together fails too much: thresholds are divided by it
 * @returns the new state, and whether this is what locked it
 */
export function countFailure(
  state: BrakeState,
  now: number,
  rule: BrakeRule,
  weight: number,
  strictness = 1,
): { state: BrakeState; locked: boolean } {
  const lapsed = now - state.windowStart > rule.windowMs;
  const forgotten = state.lockedUntil > 0 && now - state.lockedUntil > rule.maxMs;
  const failures = (lapsed ? 0 : state.failures) + weight;
  const locks = forgotten ? 0 : state.locks;
  const next: BrakeState = {
    failures,
    windowStart: lapsed ? now : state.windowStart,
    locks,
    lockedUntil: state.lockedUntil,
  };
  if (failures < Math.ceil(rule.failures / strictness) || state.lockedUntil > now)
    return { state: next, locked: false };
  const length = Math.min(rule.baseMs * 2 ** Math.min(locks, 20), rule.maxMs);
  return {
    state: { failures: 0, windowStart: now, locks: locks + 1, lockedUntil: now + length },
    locked: true,
  };
}
