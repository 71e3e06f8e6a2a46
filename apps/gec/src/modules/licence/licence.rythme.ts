const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** For how long one process has the synchronisation to itself; then another one may try. */
export const RESERVATION_MS = 5 * MINUTE;
const PREMIER_DELAI = 15 * MINUTE;

/**
 * When to synchronise next: after a success in a day; after failures in 15 minutes, 30, an hour… a day at most. A tenth
 * more or less, so that installations do not all come at once.
 *
 * @param echecs failures in a row
 * @param hasard from 0 to 1
 * @returns ISO 8601
 */
export function prochaineSynchronisation(
  maintenant: Date,
  echecs: number,
  hasard: number = Math.random(),
): string {
  const delai = echecs === 0 ? DAY : Math.min(DAY, PREMIER_DELAI * 2 ** Math.min(echecs - 1, 12));
  return new Date(maintenant.getTime() + delai * (0.9 + 0.2 * hasard)).toISOString();
}
