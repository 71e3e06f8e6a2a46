import { describeEachDatabase } from '@gec/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openAttacker, type Attacker } from './attack.attacker.ts';
import { addressOf, FIELDS, HOSTILE_BODIES } from './attack.harness.ts';
import { migrated } from './migrated.ts';

describeEachDatabase('no request breaks the program', (open) => {
  let attacker: Attacker;

  beforeEach(async () => {
    attacker = await openAttacker(await open(migrated));
  });
  afterEach(() => attacker?.close());

  it('whatever it brings', async () => {
    const wrong: string[] = [];
    const names = FIELDS.filter((name) => name !== '__proto__');
    for (const target of attacker.targets.filter(({ isUnsafe }) => isUnsafe)) {
      const url = addressOf(target, undefined, '424242');
      const bring = async (what: string, type: string, payload: string) => {
        const found = await attacker.status({
          method: target.method,
          url,
          headers: { 'content-type': type },
          payload,
        });
        if (found >= 500) wrong.push(`${target.method} ${target.pattern} ${what.slice(0, 60)}: ${found}`);
      };
      const bodies = attacker.engine === 'sqlite' ? HOSTILE_BODIES : [];
      for (const [type, payload] of bodies) await bring(`${type} ${payload}`, type, payload);
      if (target.isApi) {
        const numbers = new Set(attacker.texts.map((value) => Number(value) || 1));
        for (const one of [...attacker.texts.flatMap((value) => [value, [value]]), ...numbers]) {
          const body = Object.fromEntries(names.map((name) => [name, one]));
          await bring(`json ${String(one)}`, 'application/json', JSON.stringify(body));
        }
      } else {
        for (const value of attacker.texts) {
          const body = new URLSearchParams(names.map((name) => [name, value.toWellFormed()]));
          await bring(`form ${value}`, 'application/x-www-form-urlencoded', body.toString());
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(({} as { role?: string }).role).toBeUndefined();
  }, 240_000);
});
