import { samplePng, type TestDatabase } from '@gec/testing';
import type { InjectOptions } from 'light-my-request';
import { createTestCourriers } from '../modules/courriers/courriers.harness.ts';
import { browserOf, HOSTILE_TEXTS, targetsOf, type Target } from './attack.harness.ts';
import { createTestApp } from './harness.ts';

/** A number that no column of the database takes, and one that only some do. */
export const LARGE = ['9007199254740991', '2147483648'];

/** Somebody with every right who asks nonsense of a register with one letter. */
export interface Attacker {
  readonly engine: TestDatabase['engine'];
  readonly targets: readonly Target[];
  readonly courrierId: string;
  /** What they write everywhere. */
  readonly texts: readonly string[];
  /** The status of a request; when the request before has ended the session, signs in again first. */
  status(options: InjectOptions): Promise<number>;
  close(): Promise<void>;
}

/** Opens a register with one letter on an empty, migrated database, and an attacker in front of it. */
export async function openAttacker(database: TestDatabase): Promise<Attacker> {
  const site = await createTestApp(database.url);
  const boss = await site.person('super_admin', 'ADM', 'attaque');
  const made = createTestCourriers(site, await samplePng({ width: 60, height: 80 }));
  const courrierId = String((await made.enregistrer(boss)).id);
  let browser = await browserOf(site, boss);
  const { engine } = database;
  return {
    engine,
    targets: targetsOf(site),
    courrierId,
    // What is refused before the database is refused on both.
    texts: engine === 'sqlite' ? [...HOSTILE_TEXTS, ...LARGE] : ['a\0b', '\u{1F642}\uD800', ...LARGE],
    async status(options) {
      const answer = await browser.send(options);
      const out = answer.statusCode === 401 || String(answer.headers.location).startsWith('/login');
      if (out) browser = await browserOf(site, boss);
      return answer.statusCode;
    },
    async close() {
      await site.close();
      await database.drop();
    },
  };
}
