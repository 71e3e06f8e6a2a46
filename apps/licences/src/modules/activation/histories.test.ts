import { systemActor } from '@gec/core';
import { openTestDatabase, testClock } from '@gec/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, type TestServer } from '../../test/harness.ts';
import { createInstallation, type TestInstallation } from '../../test/installation.ts';

const DAY = 86_400_000;
/** Sixty days after the signing key was made, so that clocks may go backwards. */
const START = '2027-01-20T08:00:00Z';
const clock = testClock('2026-11-21T08:00:00Z');
const actor = systemActor('test');

/** What may happen to one licence with three installations. */
const step = fc.oneof(
  fc.record({ kind: fc.constant('activate' as const), who: fc.nat(2) }),
  fc.record({ kind: fc.constant('sync' as const), who: fc.nat(2) }),
  fc.record({ kind: fc.constant('lost answer' as const), who: fc.nat(2) }),
  fc.record({ kind: fc.constant('clone sync' as const), who: fc.nat(2) }),
  fc.record({ kind: fc.constant('deactivate' as const), who: fc.nat(2) }),
  fc.record({ kind: fc.constant('transfer' as const) }),
  fc.record({ kind: fc.constant('suspend' as const) }),
  fc.record({ kind: fc.constant('restore' as const) }),
  fc.record({ kind: fc.constant('clock' as const), days: fc.integer({ min: -3, max: 40 }) }),
);

describe('any history of a licence', () => {
  let server: TestServer;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    const database = await openTestDatabase('sqlite');
    drop = () => database.drop();
    server = await createTestServer(database.url, { clock });
  });
  afterAll(async () => {
    await server.close();
    await drop();
  });

  it('has one installation at a time, gains no day, and certifies nothing that does not verify', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        clock.set(START);
        const [key] = (await server.keys(1)) as [string];
        const { licenses, sync, database } = server.container;
        const id = (await licenses.lookup(key))!.id;
        const installations: TestInstallation[] = [];
        for (let i = 0; i < 3; i++) installations.push(await createInstallation(server));
        let end: string | null = null;
        let seq = 0;

        for (const one of steps) {
          const who = 'who' in one ? installations[one.who]! : null;
          // An installation only speaks of a licence that it once held. Every answer is verified by the player.
          const holds = who !== null && who.certificate !== null;
          if (one.kind === 'activate') await who!.activate(key);
          else if (one.kind === 'sync' && holds) await who.sync();
          else if (one.kind === 'lost answer' && holds) {
            const jws = await who.syncRequest();
            const lost = await who.clone().send(jws);
            const again = await who.send(jws);
            expect(again.body).toEqual(lost.body);
          } else if (one.kind === 'clone sync' && holds) await who.clone().sync();
          else if (one.kind === 'deactivate' && holds) {
            const request = await who.request('deactivate');
            await server.app.inject({ method: 'POST', url: '/api/deactivate', payload: { request } });
          } else if (one.kind === 'transfer') await sync.transfer(actor, id, 'essai').catch(() => undefined);
          else if (one.kind === 'suspend') await licenses.changeState(actor, { id }, 'suspended', 'essai');
          else if (one.kind === 'restore') await licenses.changeState(actor, { id }, 'active', null);
          else if (one.kind === 'clock') clock.advance(one.days * DAY);

          const license = (await licenses.find(id))!;
          const open = await database.kysely
            .selectFrom('license_activations')
            .select(['installation', 'expiration_date'])
            .where('license_id', '=', id)
            .where('released_at', 'is', null)
            .execute();
          expect(open.length).toBe(license.isUsed ? 1 : 0);
          end ??= license.expiresAt;
          expect(license.expiresAt).toBe(end);
          for (const { expiration_date } of open) expect(expiration_date).toBe(end);
          expect(license.seq).toBeGreaterThanOrEqual(seq);
          seq = license.seq;
          for (const { certificate } of installations) {
            if (!certificate) continue;
            expect(certificate.expires_at).toBe(end);
            expect(certificate.lease_expires_at <= certificate.expires_at).toBe(true);
          }
        }
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});
