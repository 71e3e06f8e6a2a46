import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS } from './protocol/index.ts';
import { EARLIEST, NO_TIME, observe, reckon, type TimeMemory } from './time.ts';

const T0 = Date.parse('2026-06-01T08:00:00Z');
const HOUR = 3_600_000;
const after = (days: number) => T0 + days * DAY_MS;
const seen = (...clocks: number[]): TimeMemory => clocks.reduce(observe, NO_TIME);

describe('what is remembered of the time', () => {
  it('follows a clock that goes on, and not one that goes back', () => {
    expect(seen(T0, T0 + HOUR, T0 + 20 * HOUR).highest).toBe(T0 + 20 * HOUR);
    expect(seen(T0, after(-400)).highest).toBe(T0);
  });

  it('does not take a clock for one that was never set', () => {
    expect(seen(0, EARLIEST - 1)).toEqual(NO_TIME);
  });

  it('forgets a wrong year as soon as the clock is right again', () => {
    const wrong = seen(T0, after(3_650), after(3_651));
    expect(wrong.highest).toBe(T0);
    expect(observe(wrong, T0 + HOUR)).toMatchObject({ highest: T0 + HOUR, leap: null });
  });

  it('believes a leap after three days, as when the machine was off for months', () => {
    expect(seen(T0, after(90), after(91), after(92)).highest).toBe(T0);
    expect(seen(T0, after(90), after(91), after(92), after(93))).toMatchObject({
      highest: after(93),
      leap: null,
    });
    expect(seen(T0, after(90), after(97)).highest).toBe(after(97));
  });

  it('begins again when a leap is followed by another', () => {
    const twice = seen(T0, after(90), after(400));
    expect(twice).toMatchObject({ highest: T0, leap: { since: after(400), last: after(400) } });
  });
});

describe('reckoning', () => {
  it('takes the latest of clock, highest and signed time, and warns beyond 24 hours back', () => {
    const memory = seen(T0);
    expect(reckon(memory, after(5), after(1))).toMatchObject({ now: after(5), sure: after(5), behind: true });
    expect(reckon(memory, null, T0 - 23 * HOUR)).toMatchObject({ now: T0, behind: false });
    expect(reckon(memory, null, T0 - 25 * HOUR)).toMatchObject({ now: T0, behind: true });
    expect(reckon(memory, null, after(50))).toMatchObject({ now: after(50), sure: T0, behind: false });
  });

  it('never lets a single wrong reading raise what is sure, wherever it comes', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            hours: fc.integer({ min: 0, max: 23 }),
            wrong: fc.option(
              fc.oneof(
                fc.double({ min: -4_000, max: 40_000, noNaN: true }),
                fc.double({ min: -2, max: 2, noNaN: true }),
              ),
            ),
          }),
          {
            maxLength: 200,
          },
        ),
        (days) => {
          let memory = NO_TIME;
          let truth = T0;
          for (const { hours, wrong } of days) {
            truth += hours * HOUR;
            memory = observe(memory, truth);
            if (wrong !== null) memory = observe(memory, truth + Math.round(wrong * DAY_MS));
            memory = observe(memory, truth);
            // A reading that is up to a day ahead cannot be told from the truth; nothing more is ever taken over.
            expect(memory.highest).toBeLessThanOrEqual(truth + DAY_MS);
            expect(memory.highest).toBeGreaterThanOrEqual(truth);
          }
        },
      ),
    );
  });
});
