/** A clock that stands still until a test moves it; it fits `Clock` of @gec/core. */
export interface TestClock {
  now(): Date;
  /** Moves on by a number of milliseconds (backwards when negative). */
  advance(milliseconds: number): void;
  /** Moves to an instant. */
  set(instant: Date | string): void;
}

/**
 * Makes a clock for tests.
 *
 * @param start first instant, as a Date or in ISO 8601
 * @param step milliseconds by which each reading moves it on; 0 by default, so that it stands still
 */
export function testClock(start: Date | string, step = 0): TestClock {
  let current = new Date(start).getTime();
  return {
    now() {
      const instant = new Date(current);
      current += step;
      return instant;
    },
    advance(milliseconds) {
      current += milliseconds;
    },
    set(instant) {
      current = new Date(instant).getTime();
    },
  };
}
