import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, type LicenceStatement } from './protocol/index.ts';
import { deriveState, type Facts } from './states.ts';
import { NO_TIME, observe } from './time.ts';

const T0 = Date.parse('2026-03-01T00:00:00Z');
const at = (days: number) => new Date(T0 + days * DAY_MS);

function licence(over: { activated?: number; ends?: number; lease?: number } = {}): LicenceStatement {
  const { activated = 0, ends = 365, lease = ends } = over;
  return {
    v: 1,
    license_id: '3f0e7c3e-6a0b-4d59-9a34-0d7f5a3c1b20',
    license_key_hint: '7K2Q',
    installation: 'A'.repeat(43),
    fingerprint: null,
    duration_days: 365,
    duration_label: '12 mois',
    issued_at: at(activated).toISOString(),
    activated_at: at(activated).toISOString(),
    expires_at: at(ends).toISOString(),
    lease_expires_at: at(lease).toISOString(),
    grace_days: 14,
    seq: 1,
    revocation_epoch: 0,
    state: 'active',
  };
}

/** What is known on a day, on a machine that has run all the time. */
function facts(day: number, over: Partial<Facts> = {}): Facts {
  return {
    installedAt: at(0),
    licence: null,
    verdict: null,
    released: false,
    problem: null,
    time: { highest: at(day).getTime(), last: at(day).getTime(), leap: null },
    signedAt: null,
    alerts: [],
    ...over,
  };
}
const on = (day: number, over: Partial<Facts> = {}) => deriveState(facts(day, over), at(day));

describe('states', () => {
  it('begin with thirty days of evaluation, then read-only', () => {
    expect(on(0)).toMatchObject({ state: 'evaluation', mayChange: true, daysLeft: 30 });
    expect(on(29.9)).toMatchObject({ state: 'evaluation', daysLeft: 1 });
    expect(on(30)).toMatchObject({
      state: 'read-only',
      reason: 'evaluation-over',
      mayChange: false,
      until: null,
    });
    expect(on(30, { released: true }).reason).toBe('released');
  });

  it('go from active over expiring and grace to read-only', () => {
    const year = { licence: licence() };
    expect(on(100, year)).toMatchObject({
      state: 'active',
      reason: 'licensed',
      daysLeft: 265,
      until: at(365),
    });
    expect(on(334.9, year).state).toBe('active');
    expect(on(335, year)).toMatchObject({ state: 'expiring', daysLeft: 30, mayChange: true });
    expect(on(365, year)).toMatchObject({ state: 'grace', reason: 'expired', daysLeft: 14, mayChange: true });
    expect(on(378.9, year).state).toBe('grace');
    expect(on(379, year)).toMatchObject({ state: 'read-only', reason: 'expired', mayChange: false });
  });

  it('give the same grace when the server has not confirmed the licence', () => {
    const leased = { licence: licence({ lease: 60 }) };
    expect(on(50, leased)).toMatchObject({ state: 'active', warnings: [] });
    expect(on(54, leased).warnings).toEqual(['lease-ends-soon']);
    expect(on(60, leased)).toMatchObject({ state: 'grace', reason: 'lease-over', until: at(74) });
    expect(on(74, leased)).toMatchObject({ state: 'read-only', reason: 'lease-over' });
  });

  it('are revoked or suspended by the last signed word, which says why', () => {
    const word = (state: 'revoked' | 'suspended') => ({
      licence: licence(),
      verdict: { state, reason: 'Impayé', at: at(9).toISOString() },
    });
    expect(on(10, word('revoked'))).toMatchObject({ state: 'revoked', mayChange: false, note: 'Impayé' });
    expect(on(10, word('suspended'))).toMatchObject({
      state: 'read-only',
      reason: 'suspended',
      note: 'Impayé',
    });
  });

  it('never get worse by activating: a licence of one day leaves the evaluation its days', () => {
    const day = { licence: licence({ activated: 1, ends: 2 }) };
    expect(on(17, day)).toMatchObject({ state: 'evaluation', daysLeft: 13 });
    expect(on(31, day)).toMatchObject({ state: 'read-only', reason: 'expired' });
  });

  it('say why a local file does not count', () => {
    expect(on(10, { problem: 'file-altered' })).toMatchObject({
      state: 'evaluation',
      warnings: ['file-altered'],
    });
    expect(on(40, { problem: 'file-of-another-installation' })).toMatchObject({
      state: 'read-only',
      reason: 'file-of-another-installation',
    });
  });
});

describe('the clock', () => {
  const year = licence();

  it('never locks alone: a wrong year leaves everything working, and a signed time decides', () => {
    const wrong = deriveState(facts(100, { licence: year }), at(4_000));
    expect(wrong).toMatchObject({ state: 'grace', mayChange: true, warnings: ['clock-ahead'] });
    const signed = facts(100, { licence: year, signedAt: at(400).getTime() });
    expect(deriveState(signed, at(100))).toMatchObject({ state: 'read-only', reason: 'expired' });
  });

  it('gains nothing by going back', () => {
    const back = deriveState(facts(380, { licence: year }), at(10));
    expect(back).toMatchObject({ state: 'read-only', warnings: ['clock-behind'] });
    expect(deriveState(facts(100, { licence: year }), at(99.5)).warnings).toEqual([]);
  });

  it('over simulated years with jumps: locks after the true end only, and in the end does lock', () => {
    const jump = fc.option(fc.double({ min: -3_000, max: 3_000, noNaN: true }), { freq: 8 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.array(jump, { minLength: 900, maxLength: 900 }),
        (days, jumps) => {
          const end = Math.max(30, days + 14);
          const held = licence({ ends: days });
          let time = observe(NO_TIME, T0);
          jumps.forEach((drawn, half) => {
            // A clock is wrong, somebody notices, it is right again.
            const wrong = half > 0 && jumps[half - 1] !== null ? null : drawn;
            const day = half / 2 + 0.25; // twice a day
            const clock = wrong === null ? at(day) : at(day + wrong);
            time = observe(time, clock.getTime());
            const status = deriveState(facts(0, { licence: held, time }), clock);
            // One reading ahead by a day at most is believed at once.
            if (!status.mayChange) expect(day).toBeGreaterThanOrEqual(end - 1);
            if (wrong === null && day >= end + 1) {
              const settled = jumps.slice(Math.max(0, half - 20), half).every((one) => one === null);
              if (settled) expect(status.mayChange).toBe(false);
            }
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is a pure function: the same facts and clock give the same state', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000, max: 5_000 }),
        fc.integer({ min: 0, max: 2_000 }),
        (clock, day) => {
          const known = facts(day, { licence: year });
          expect(deriveState(known, at(clock))).toEqual(deriveState(structuredClone(known), at(clock)));
        },
      ),
    );
  });

  it('shows states in their order as time goes on', () => {
    const order = ['active', 'expiring', 'grace', 'read-only'];
    let last = 0;
    for (let day = 0; day < 800; day += 0.5) {
      const place = order.indexOf(on(day, { licence: year }).state);
      expect(place).toBeGreaterThanOrEqual(last);
      last = place;
    }
    expect(last).toBe(3);
  });
});
