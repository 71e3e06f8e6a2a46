import { StatementSync } from 'node:sqlite';
import { openTestDatabase, testClock, type TestDatabase } from '@gec/testing';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { newLicenseKey } from '../modules/licenses/licenses.policy.ts';
import { createTestServer, type TestServer } from './harness.ts';

/** Nobody may learn from the work that an answer takes whether a key exists: a used key is as hard as a wrong one. */
let database: TestDatabase;
let server: TestServer;
let used: string;

beforeAll(async () => {
  database = await openTestDatabase('sqlite');
  server = await createTestServer(database.url, { clock: testClock('2026-11-21T08:00:00Z') });
  [used] = (await server.keys(1)) as [string];
  expect((await server.activate({ license_key: used, domain_fingerprint: 'premier.example' })).status).toBe(
    200,
  );
  // The first refusal of an address prepares its statements and reads the locks.
  await server.validate(newLicenseKey());
});
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  await server.close();
  await database.drop();
});

/** The statements that a request runs, in order. */
async function statementsOf(work: () => Promise<{ status: number }>, status: number): Promise<string[]> {
  const seen: string[] = [];
  for (const name of ['all', 'run'] as const) {
    const original = Reflect.get(StatementSync.prototype, name) as (...values: unknown[]) => unknown;
    vi.spyOn(StatementSync.prototype, name).mockImplementation(function (
      this: StatementSync,
      ...values: unknown[]
    ) {
      seen.push(this.sourceSQL);
      return original.apply(this, values) as never;
    });
  }
  expect((await work()).status).toBe(status);
  vi.restoreAllMocks();
  return seen;
}

it('runs the same statements for a key that is used and one that does not exist', async () => {
  const validate = (key: string) => () => server.validate(key);
  const wrong = await statementsOf(validate(newLicenseKey()), 404);
  expect(wrong.length).toBeGreaterThan(3);
  expect(await statementsOf(validate(used), 400)).toEqual(wrong);
});

it('does so for activations, whatever the reason of the refusal', async () => {
  const activate = (key: string) => () =>
    server.activate({ license_key: key, domain_fingerprint: 'second.example' });
  const wrong = await statementsOf(activate(newLicenseKey()), 404);
  expect(wrong.length).toBeGreaterThan(4);
  expect(await statementsOf(activate(used), 400)).toEqual(wrong);
  expect(await statementsOf(activate('AAAABBBBCCCC'), 400)).toEqual(wrong);
});
