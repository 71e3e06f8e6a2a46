import { DAY_MS } from './protocol/index.ts';

/** What is remembered of the time, in milliseconds since 1970. */
export interface TimeMemory {
  /** The highest time that the clock was seen at, once it stayed there. */
  readonly highest: number;
  /** Where it was seen last. */
  readonly last: number;
  /** A leap of the clock ahead that is not believed yet: where it led, and how far the clock went on from there. */
  readonly leap: { readonly since: number; readonly last: number } | null;
}

/** Nothing earlier is a time: a machine whose battery is empty begins in 1970 or 2000. */
export const EARLIEST = Date.parse('2026-01-01T00:00:00Z');
/** The clock may go back by this much without a word. */
export const TOLERANCE_MS = DAY_MS;
/** From one look to the next the clock may go ahead by this much and is believed at once. */
const STEP_MS = DAY_MS;
/** A leap further ahead is believed when the clock went on from there for this long… */
const CONFIRM_MS = 3 * DAY_MS;
/** …in steps of at most this. */
const LEAP_STEP_MS = 7 * DAY_MS;
/** Looks nearer to each other than this are not worth a write. */
const KEEP_MS = 3_600_000;

/** The memory of a program that has just been installed. */
export const NO_TIME: TimeMemory = { highest: 0, last: 0, leap: null };

/**
 * Takes a look at the clock. A clock that was set to a wrong year and back again must leave no trace, since nobody could
 * undo it without a network: so a leap ahead counts only after the clock went on from there for three days. Going back
 * never counts.
 */
export function observe(memory: TimeMemory, clock: number): TimeMemory {
  if (clock < EARLIEST) return memory;
  const { highest, last, leap } = memory;
  if (highest === 0) return { highest: clock, last: clock, leap: null };
  if (clock <= highest)
    return clock === last && leap === null ? memory : { highest, last: clock, leap: null };
  // Measured from the last look too, or a clock that wavers would push the highest time on and on.
  if (clock - Math.min(highest, last) <= STEP_MS) return { highest: clock, last: clock, leap: null };
  const goesOn = leap !== null && clock >= leap.since && clock - leap.last <= LEAP_STEP_MS;
  if (!goesOn) return { highest, last: clock, leap: { since: clock, last: clock } };
  const reached = Math.max(leap.last, clock);
  if (reached - leap.since >= CONFIRM_MS) return { highest: reached, last: reached, leap: null };
  return { highest, last: clock, leap: { since: leap.since, last: reached } };
}

/** Whether what was seen since is worth being kept: what is lost with a crash must stay small. */
export function worthKeeping(before: TimeMemory, after: TimeMemory): boolean {
  const moved = Math.max(
    after.highest - before.highest,
    Math.abs(after.last - before.last),
    (after.leap?.last ?? 0) - (before.leap?.last ?? 0),
  );
  return moved >= KEEP_MS || (before.leap === null) !== (after.leap === null);
}

/** The time as it is reckoned with. */
export interface ReckonedTime {
  /** The latest of the clock, the highest time seen and the last signed time: what states are shown by. */
  readonly now: number;
  /** The same without a leap that is not believed yet: what alone may lock. */
  readonly sure: number;
  /** The clock is more than 24 hours behind what is known. */
  readonly behind: boolean;
}

/**
 * Reckons the time from the clock and what is known.
 *
 * @param signed the last signed time, null when there was none
 */
export function reckon(memory: TimeMemory, signed: number | null, clock: number): ReckonedTime {
  const seen = observe(memory, clock);
  const sure = Math.max(seen.highest, signed ?? 0);
  return { now: Math.max(clock, sure), sure, behind: clock < sure - TOLERANCE_MS };
}
