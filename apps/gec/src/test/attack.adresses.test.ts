import { describeEachDatabase } from '@gec/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LARGE, openAttacker, type Attacker } from './attack.attacker.ts';
import { addressOf, FIELDS, HOSTILE_PARAMS } from './attack.harness.ts';
import { migrated } from './migrated.ts';

describeEachDatabase('no request breaks the program', (open) => {
  let attacker: Attacker;

  beforeEach(async () => {
    attacker = await openAttacker(await open(migrated));
  });
  afterEach(() => attacker?.close());

  it('whatever stands in its address', async () => {
    const wrong: string[] = [];
    for (const target of attacker.targets.filter(({ pattern }) => pattern.includes(':'))) {
      for (const value of [...HOSTILE_PARAMS, ...LARGE]) {
        const found = await attacker.status({ method: target.method, url: addressOf(target, value) });
        if (found >= 500 || found < 300) {
          wrong.push(`${target.method} ${target.pattern} ${value.slice(0, 40)}: ${found}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  }, 120_000);

  it('whatever it asks', async () => {
    const wrong: string[] = [];
    for (const target of attacker.targets.filter(({ isUnsafe }) => !isUnsafe)) {
      const address = addressOf(target, undefined, attacker.courrierId);
      const ask = async (query: string) => {
        const found = await attacker.status({ url: `${address}?${query}` });
        if (found >= 500) wrong.push(`${target.pattern} ${query.slice(0, 60)}: ${found}`);
      };
      for (const value of attacker.texts) {
        const text = encodeURIComponent(value.toWellFormed());
        await ask(`search=${text}&search=${text}&page=${text}&q=${text}&q=x`);
        if (text.length < 500) {
          await ask(FIELDS.map((name) => `${encodeURIComponent(name)}=${text}`).join('&'));
        }
      }
      // One at a time, since what is refused first hides what would break later: SQLite minds neither.
      if (attacker.engine === 'sqlite') continue;
      for (const name of ['search', 'q', 'page', 'pieces', 'type_courrier_sortant_id']) {
        for (const value of ['a%00b', '9007199254740991']) await ask(`${name}=${value}`);
      }
    }
    expect(wrong).toEqual([]);
  }, 240_000);
});
