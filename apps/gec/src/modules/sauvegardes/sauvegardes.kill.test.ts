import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateBackupKey } from '@gec/backup';
import { systemActor } from '@gec/core';
import { describeEachDatabase, samplePdf } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp } from '../../test/harness.ts';
import { gec } from '../../test/cli.ts';
import { enregistrer, etat } from '../../test/sauvegardes.ts';

const actor = systemActor('test');
const cle = generateBackupKey();
const child = fileURLToPath(new URL('./sauvegardes.kill.child.ts', import.meta.url));

describeEachDatabase('a kill', (open) => {
  let env: Record<string, string>;
  let depot: string;
  let test: Awaited<ReturnType<typeof createTestApp>>;
  let keyFile: string;
  let url: string;

  beforeAll(async () => {
    depot = mkdtempSync(join(tmpdir(), 'gec-kill-'));
    keyFile = join(depot, 'cle');
    writeFileSync(keyFile, cle.secretKey);
    ({ url } = await open());
    test = await createTestApp(url, {
      env: { GEC_BACKUP_PUBLIC_KEY: cle.publicKey, GEC_BACKUP_DESTINATION: depot },
    });
    const { masterKey, passwordPepper, sessionSecret, dataDir } = test.container.config;
    env = {
      GEC_MASTER_KEY: masterKey,
      GEC_PASSWORD_SALT: passwordPepper,
      SESSION_SECRET: sessionSecret,
      GEC_DATA_DIR: dataDir,
      GEC_BACKUP_PUBLIC_KEY: cle.publicKey,
      GEC_BACKUP_DESTINATION: depot,
      DATABASE_URL: url,
      BCRYPT_COST: '4',
    };
    for (let n = 1; n <= 3; n++) await enregistrer(test, n, samplePdf);
  });
  afterAll(() => {
    rmSync(env['GEC_DATA_DIR'] ?? '', { recursive: true, force: true });
    rmSync(depot, { recursive: true, force: true });
  });

  /** Runs the child, which stops for ever at a point of its work and says so; then kills it. */
  function killedAt(what: 'backup' | 'restore', archive = ''): Promise<void> {
    return new Promise((resolve, reject) => {
      const running = spawn(process.execPath, [child, what, archive, keyFile], {
        env: { ...env, PATH: process.env['PATH'] },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = '';
      running.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes('ready')) running.kill('SIGKILL');
      });
      running.once('exit', (_code, signal) =>
        signal === 'SIGKILL' ? resolve() : reject(new Error(`it was to be killed: ${said}`)),
      );
    });
  }

  it('in the middle of a backup leaves none, and in the middle of a restore leaves what was there', async () => {
    const { sauvegardes, database, store } = test.container;
    const { nom } = await sauvegardes.creer(actor, { origine: 'COMMANDE' });
    await killedAt('backup');
    expect(await sauvegardes.lister(actor)).toMatchObject([
      { etat: 'EN_COURS', presente: false },
      { nom, presente: true },
    ]);
    expect(readdirSync(depot).filter((name) => name.endsWith('.gecarc'))).toEqual([nom]);

    await enregistrer(test, 4, samplePdf);
    const before = await etat(database, store);
    await test.app.close();
    await test.container.close();
    await killedAt('restore', nom);
    const again = await createTestApp(url, { env });
    const after = await etat(again.container.database, again.container.store);
    expect(after.rows['courrier']).toEqual(before.rows['courrier']);
    expect(after.rows['piece']).toEqual(before.rows['piece']);
    expect(after.files).toEqual(before.files);
    await again.app.close();
    await again.container.close();

    // And the same restore, begun again, comes to its end.
    const restored = await gec(env, 'restore', nom, '--key-file', keyFile, '--replace');
    expect(restored).toMatchObject({ code: 0, stderr: '' });
    const last = await createTestApp(url, { env });
    const found = await etat(last.container.database, last.container.store);
    expect(found.rows['courrier']).toEqual(before.rows['courrier']?.slice(0, 3));
    await last.close();
  });
});
