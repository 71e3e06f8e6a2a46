import { createPublicKey, verify } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemActor } from '@gec/core';
import { describeEachDatabase } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestServer, type TestServer } from '../../test/harness.ts';
import { checkpointText } from '../journal/checkpoint.service.ts';
import { sealOldBackup } from './backup.old.fixture.ts';

const actor = systemActor('test');

describeEachDatabase('keeping the server', (open, engine) => {
  let server: TestServer;
  let url: string;
  beforeAll(async () => {
    ({ url } = await open());
    server = await createTestServer(url);
  });
  afterAll(() => server.close());

  it.runIf(engine === 'postgres')('gives each key once, whichever process is asked', async () => {
    const second = await createTestServer(url);
    try {
      const keys = await server.keys(10);
      const answers = await Promise.all(
        keys.flatMap((license_key) =>
          Array.from({ length: 6 }, (_, rival) =>
            (rival % 2 ? server : second).activate({ license_key, domain_fingerprint: `rival-${rival}` }),
          ),
        ),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
      expect(answers.filter(({ body }) => body['error_code'] === 'ALREADY_USED')).toHaveLength(50);
    } finally {
      await second.close();
    }
  });

  it('comes back whole from a backup, and refuses one that was touched', async () => {
    const [key] = (await server.keys(5)) as [string];
    const first = await server.activate({ license_key: key, domain_fingerprint: 'garde.example' });
    const { backup, licenses, config } = server.container;
    const path = join(config.dataDir, 'essai.gecarc');
    const { counts } = await backup.create(actor, path);
    expect(readFileSync(path).includes(key)).toBe(false);
    await licenses.reset(actor, 'essai');
    expect((await server.validate(key)).status).toBe(404);

    const bytes = readFileSync(path);
    const touched = join(config.dataDir, 'touche.gecarc');
    bytes[bytes.length - 40]! ^= 1;
    writeFileSync(touched, bytes);
    await expect(backup.restore(touched)).rejects.toThrow(/altered/);
    writeFileSync(touched, readFileSync(path).subarray(0, bytes.length - 100));
    await expect(backup.restore(touched)).rejects.toThrow(/cut off|altered/);

    expect((await backup.restore(path)).counts).toEqual(counts);
    licenses.touched();
    expect(await server.activate({ license_key: key, domain_fingerprint: 'garde.example' })).toEqual(first);
    expect(await server.container.journal.verify(actor)).toMatchObject({ ok: true });
    expect(await server.keys(2)).toHaveLength(2);
  });

  it('still reads a backup of the old format', async () => {
    const { backup, config, database } = server.container;
    const rows = await database.kysely.selectFrom('licenses').selectAll().orderBy('id').execute();
    const others = await Promise.all(
      (['data_key', 'batch', 'signing_key', 'journal_head'] as const).map(async (table) => ({
        table,
        rows: await database.kysely.selectFrom(table).selectAll().execute(),
      })),
    );
    const parts = [...others, { table: 'licenses', rows }].filter((part) => part.rows.length > 0);
    const counts = Object.fromEntries(parts.map((part) => [part.table, part.rows.length]));
    const path = join(config.dataDir, 'ancienne.geclicb');
    writeFileSync(path, sealOldBackup(config.backupKey, [...parts, { end: true, at: '2026-11-01', counts }]));
    expect((await backup.verify(path)).counts).toEqual(counts);
    const now = join(config.dataDir, 'maintenant.gecarc');
    await backup.create(actor, now);
    expect((await backup.restore(path)).counts).toEqual(counts);
    expect(await database.kysely.selectFrom('licenses').selectAll().orderBy('id').execute()).toEqual(rows);
    await backup.restore(now);
  });

  it('signs checkpoints that anybody can verify with a published key', async () => {
    const checkpoint = await server.container.checkpoint.create();
    const { keys } = (await server.app.inject('/.well-known/jwks.json')).json<{
      keys: { kid: string; kty: string; crv: string; x: string }[];
    }>();
    const { kty, crv, x } = keys.find(({ kid }) => kid === checkpoint.kid)!;
    const key = createPublicKey({ key: { kty, crv, x }, format: 'jwk' });
    const signature = Buffer.from(checkpoint.signature, 'base64url');
    expect(verify(null, Buffer.from(checkpointText(checkpoint)), key, signature)).toBe(true);
    expect(verify(null, Buffer.from(checkpointText({ ...checkpoint, seq: 1 })), key, signature)).toBe(false);
  });

  it('names the entry of the journal that was altered', async () => {
    const { database, journal } = server.container;
    await journal.chainNow();
    const row = await database.kysely
      .selectFrom('journal')
      .select(['id', 'seq'])
      .where('action', '=', 'activation.done')
      .where('seq', 'is not', null)
      .limit(1)
      .executeTakeFirstOrThrow();
    await database.kysely.updateTable('journal').set({ ip: '10.9.8.7' }).where('id', '=', row.id).execute();
    expect(await journal.verify(actor)).toMatchObject({
      ok: false,
      firstBreak: { kind: 'altered', id: row.id, seq: row.seq },
    });
  });
});
