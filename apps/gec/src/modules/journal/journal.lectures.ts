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
  const notees = new Map<string, { readonly fin: number; readonly ecrite: Promise<void> }>();
  const cle = (utilisateurId: number, courrierId: number) => `${utilisateurId} ${courrierId}`;

  return {
    /** The reading that covers this one, once it is written down; undefined when there is none. */
    couverte(utilisateurId: number, courrierId: number): Promise<void> | undefined {
      const notee = notees.get(cle(utilisateurId, courrierId));
      return notee && notee.fin > clock.now().getTime() ? notee.ecrite : undefined;
    },
    /** Remembers a reading from now on, unless it cannot be written down. */
    noter(utilisateurId: number, courrierId: number, ecrite: Promise<void>): void {
      const une = cle(utilisateurId, courrierId);
      const notee = { fin: clock.now().getTime() + LECTURE_MINUTES * 60_000, ecrite };
      notees.delete(une);
      notees.set(une, notee);
      ecrite.catch(() => {
        if (notees.get(une) === notee) notees.delete(une);
      });
      const [plusAncienne] = notees.size > LECTURES_MAX ? notees.keys() : [];
      if (plusAncienne !== undefined) notees.delete(plusAncienne);
    },
  };
}
