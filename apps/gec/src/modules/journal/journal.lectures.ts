import type { Clock } from '@gec/core';

/** Minutes for which one reading of a letter covers what the same person sees of it. */
const LECTURE_MINUTES = 15;
/** Readings remembered at most; the oldest is forgotten first. */
const LECTURES_MAX = 20_000;

/**
 * Who has been noted as reading which letter a moment ago, so that a letter of many pages is one reading and not one for
 * each page. In the memory of the process: another one, or a new start, notes a reading once more, never once less.
 */
export function createLectures(clock: Clock) {
  const until = new Map<string, number>();
  const key = (utilisateurId: number, courrierId: number) => `${utilisateurId} ${courrierId}`;

  return {
    /** Whether this reading is covered by one that was noted. */
    has(utilisateurId: number, courrierId: number): boolean {
      return (until.get(key(utilisateurId, courrierId)) ?? 0) > clock.now().getTime();
    },
    /** Remembers a reading from now on. */
    add(utilisateurId: number, courrierId: number): void {
      const one = key(utilisateurId, courrierId);
      until.delete(one);
      until.set(one, clock.now().getTime() + LECTURE_MINUTES * 60_000);
      const [oldest] = until.size > LECTURES_MAX ? until.keys() : [];
      if (oldest !== undefined) until.delete(oldest);
    },
    /** Takes a reading back that could not be written down. */
    forget(utilisateurId: number, courrierId: number): void {
      until.delete(key(utilisateurId, courrierId));
    },
  };
}
