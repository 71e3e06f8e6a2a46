/** Where the time comes from; tests give their own. */
export interface Clock {
  now(): Date;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => new Date() };

/** The instant as the database stores it: ISO 8601, UTC, milliseconds (`2026-11-21T14:05:00.000Z`). */
export function timestamp(clock: Clock): string {
  return clock.now().toISOString();
}
