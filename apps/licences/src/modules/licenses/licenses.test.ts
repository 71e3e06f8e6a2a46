import { systemActor } from '@gec/core';
import { describeEachDatabase } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestServer, type TestServer } from '../../test/harness.ts';
import type { ImportedKey } from './licenses.schema.ts';

const actor = systemActor('test');

function imported(key: string, more: Partial<ImportedKey> = {}): ImportedKey {
  return {
    key,
    durationDays: 30,
    durationLabel: '1 mois',
    isActive: true,
    isUsed: false,
    usedDate: null,
    createdDate: null,
    published: false,
    owner: null,
    activation: null,
    ...more,
  };
}

const used = (key: string): ImportedKey =>
  imported(key, {
    isUsed: true,
    usedDate: '2026-11-01T00:00:00.000Z',
    activation: {
      fingerprint: 'ancien.example.cd',
      activatedAt: '2026-11-01T00:00:00.000Z',
      expiresAt: '2027-11-01T00:00:00.000Z',
      ip: '192.0.2.7',
      clientInfo: null,
    },
  });

describeEachDatabase('keys', (open) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await createTestServer((await open()).url);
  });
  afterAll(() => server.close());

  const entries = async (action: string) =>
    (await server.container.journal.list({ actions: [action] }, { size: 100 })).lines;

  it('are made in one transaction: with progress, or not at all', async () => {
    const { licenses } = server.container;
    const seen: [number, number][] = [];
    const counts = new Map([
      ['1j', 600],
      ['12m', 600],
    ]);
    const batch = await licenses.generate(actor, { counts, label: 'Suivi', owner: 'CAMI' }, (done, total) =>
      seen.push([done, total]),
    );
    expect(seen.at(-1)).toEqual([1_200, 1_200]);
    expect(seen.length).toBeGreaterThan(1);
    expect(await licenses.list({ batchId: batch.id }, { size: 1 })).toMatchObject({ total: 1_200 });

    const before = (await licenses.stats()).total;
    await expect(
      licenses.generate(actor, { counts, label: 'Rompu', owner: null }, () => {
        throw new Error('interrupted');
      }),
    ).rejects.toThrow('interrupted');
    licenses.touched();
    expect((await licenses.stats()).total).toBe(before);
    expect((await licenses.batches()).map(({ label }) => label)).not.toContain('Rompu');
  });

  it('are imported whole, or known the next time: an interruption leaves no key without its activation', async () => {
    const { importer, signing } = server.container;
    const keys = [used('ROMPU0000001'), used('ROMPU0000002')];
    const { sign } = signing;
    signing.sign = () => Promise.reject(new Error('the power went'));
    await expect(importer.run(actor, keys, { label: 'Rompu', dry: false })).rejects.toThrow('power');
    signing.sign = sign;
    expect((await server.validate('ROMPU0000001')).body).toMatchObject({ error_code: 'INVALID_FORMAT' });
    const done = await importer.run(actor, keys, { label: 'Rompu', dry: false });
    expect(done).toMatchObject({ added: 2, activations: 2, known: 0 });
    const again = { license_key: 'ROMPU0000001', domain_fingerprint: 'ancien.example.cd' };
    expect((await server.activate(again)).status).toBe(200);
  });

  it('are imported once when the same file is sent twice at the same moment', async () => {
    const { importer, licenses } = server.container;
    const keys = Array.from({ length: 30 }, (_, i) => imported(`DOUBLE${String(i).padStart(6, '0')}`));
    const run = () => importer.run(actor, keys, { label: 'Deux fois', dry: false });
    const [one, two] = await Promise.all([run(), run()]);
    expect([one.added, two.added].sort((a, b) => a - b)).toEqual([0, 30]);
    expect([one.known, two.known].sort((a, b) => a - b)).toEqual([0, 30]);
    const made = (await licenses.batches()).filter(({ label }) => label === 'Deux fois');
    expect(made.map(({ size }) => size)).toEqual([30]);
  });

  it('that turn out to be public are noted as such, also when they are here already, and blocked on wish', async () => {
    const { importer, licenses } = server.container;
    const [here, activated] = (await server.keys(2)) as [string, string];
    await server.activate({ license_key: activated, domain_fingerprint: 'prise.example.cd' });
    const keys = [here, activated, 'PUBLIC000001'].map((key) => imported(key, { published: true }));
    const options = { label: 'Publiées', dry: true };
    expect(await importer.run(actor, keys, options)).toMatchObject({ added: 1, published: 1, flagged: 2 });
    expect(await licenses.list({ published: true }, { size: 1 })).toMatchObject({ total: 0 });
    expect(await importer.run(actor, keys, { ...options, dry: false })).toMatchObject({ flagged: 2 });
    expect(await importer.run(actor, keys, { ...options, dry: false })).toMatchObject({
      added: 0,
      flagged: 0,
    });
    expect((await server.validate(here)).status).toBe(200);

    expect(await licenses.blockPublished(actor)).toBe(2);
    expect(await licenses.blockPublished(actor)).toBe(0);
    expect((await server.validate(here)).body).toMatchObject({ error_code: 'INACTIVE' });
    expect((await server.validate(activated)).body).toMatchObject({ error_code: 'ALREADY_USED' });
    const [blocked] = await entries('license.block_published');
    expect(blocked).toMatchObject({ details: { keys: 0 } });
    const states = await entries('license.state');
    expect(states.filter(({ details }) => details['state'] === 'suspended')).toHaveLength(2);
  });

  it('never leave by an export that the journal does not know, even one that is broken off', async () => {
    await server.keys(600);
    const before = (await entries('license.export')).length;
    for await (const part of server.container.licenses.export(actor, {})) {
      expect(part.length).toBeGreaterThan(0);
      break;
    }
    const after = await entries('license.export');
    expect(after).toHaveLength(before + 1);
    expect(Number(after[0]!.details['keys'])).toBeGreaterThan(600);
  });

  it('change together by batch, and each in the journal', async () => {
    const { licenses } = server.container;
    const counts = new Map([['1m', 3]]);
    const { id: batchId } = await licenses.generate(actor, { counts, label: 'Ensemble', owner: null });
    await expect(licenses.changeState(actor, { batchId }, 'suspended', ' ')).rejects.toMatchObject({
      fields: [{ field: 'reason' }],
    });
    expect(await licenses.changeState(actor, { batchId }, 'suspended', 'contrôle')).toBe(3);
    expect(await licenses.changeState(actor, { batchId }, 'suspended', 'contrôle')).toBe(0);
    expect(await licenses.extend(actor, { batchId }, 10, 'retard')).toBe(3);
    expect(await licenses.changeState(actor, { batchId }, 'active', null)).toBe(3);
    const { lines } = await licenses.list({ batchId }, { size: 5 });
    expect(lines.map(({ durationDays, state }) => [durationDays, state])).toEqual([
      [40, 'active'],
      [40, 'active'],
      [40, 'active'],
    ]);
    await licenses.changeState(actor, { id: lines[0]!.id }, 'revoked', 'perdue');
    await expect(licenses.changeState(actor, { id: lines[0]!.id }, 'active', null)).rejects.toMatchObject({
      code: 'REVOKED',
    });
    expect(await licenses.changeState(actor, { batchId }, 'suspended', 'fin')).toBe(2);
    await expect(licenses.extend(actor, { batchId: 9_999 }, 1, 'rien')).rejects.toMatchObject({
      kind: 'not-found',
    });
  });
});
