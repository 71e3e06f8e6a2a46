import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateBackupKey } from '@gec/backup';
import { systemActor } from '@gec/core';
import type { Engine } from '@gec/db';
import { openTestDatabase, samplePdf } from '@gec/testing';
import { sql } from 'kysely';
import { afterEach, describe, expect, it } from 'vitest';
import { createTestApp, TEST_PASSWORD } from '../../test/harness.ts';
import { COLONNES_FICHIERS } from './sauvegardes.contenu.ts';
import { CLI_ENV, gec } from '../../test/cli.ts';
import { enregistrer, etat } from '../../test/sauvegardes.ts';

const actor = systemActor('test');
const SECRETS = { ...CLI_ENV, LOG_LEVEL: 'silent' };
const cle = generateBackupKey();
const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'gec-sauvegarde-'));
  cleanups.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function place(engine: Engine): Promise<string> {
  const { url, drop } = await openTestDatabase(engine);
  cleanups.push(drop);
  return url;
}

describe.each<[Engine, Engine]>([
  ['sqlite', 'sqlite'],
  ['postgres', 'postgres'],
  ['sqlite', 'postgres'],
  ['postgres', 'sqlite'],
])('a backup of %s put back on %s', (from, to) => {
  it('brings everything back, taken while people register', async () => {
    const [depot, keyFile] = [folder(), join(folder(), 'cle')];
    writeFileSync(keyFile, `${cle.secretKey}\n`);
    const env = { GEC_BACKUP_PUBLIC_KEY: cle.publicKey, GEC_BACKUP_DESTINATION: depot };
    const test = await createTestApp(await place(from), { env });
    for (const n of [1, 2]) await enregistrer(test, n, samplePdf);
    const { sauvegardes, database, store, journal } = test.container;
    // Those who register meanwhile are either in it whole or not at all.
    const [made] = await Promise.all([
      sauvegardes.creer(actor, { origine: 'COMMANDE' }),
      ...[3, 4, 5].map((n) => enregistrer(test, n, samplePdf)),
    ]);
    expect(made.summary.absents).toEqual([]);
    expect(statSync(join(depot, made.nom)).mode & 0o777).toBe(0o600);
    await journal.chainNow();
    const quiet = await sauvegardes.creer(actor, { origine: 'COMMANDE' });
    const before = await etat(database, store);
    await test.close();

    const data = folder();
    const there = { ...SECRETS, ...env, DATABASE_URL: await place(to), GEC_DATA_DIR: data };
    // The one that was made under load.
    const verified = await gec(there, 'backup', 'verify', made.nom, '--key-file', keyFile);
    expect(verified).toMatchObject({ code: 0, stderr: '' });
    const restored = await gec(there, 'restore', quiet.nom, '--key-file', keyFile);
    expect(restored).toMatchObject({ code: 0, stderr: '' });

    const again = await createTestApp(there.DATABASE_URL, { env: there });
    cleanups.push(() => again.close());
    const { container } = again;
    const after = await etat(container.database, container.store);
    expect(after.files).toEqual(before.files);
    // The end of the backup itself, the restore, and what starting anew brings.
    const fresh = new Set(['log_activite', 'journal_head', 'passage']);
    for (const table of Object.keys(before.rows)) {
      if (!fresh.has(table)) expect(after.rows[table], table).toEqual(before.rows[table]);
    }
    const kept = before.rows['log_activite']?.slice(0, -1) ?? [];
    expect(after.rows['log_activite']?.slice(0, kept.length)).toEqual(kept);
    expect(await container.journal.verify(actor)).toMatchObject({ ok: true });
    expect(await container.recherche.check()).toMatchObject({ incomplets: [], superflus: [] });
    const next = await enregistrer(again, 10, samplePdf);
    const numbers = before.rows['courrier']?.map((row) => row['numero_accuse_reception']) ?? [];
    expect(numbers).toHaveLength(5);
    expect(numbers).not.toContain(next.numero);
    const signIn = await container.auth.login({
      identifiant: 'user.adm',
      motDePasse: TEST_PASSWORD,
      ip: '127.0.0.1',
      userAgent: 'test',
      lang: 'fr',
    });
    expect(signIn.etape).toBe('ouverte');
  });
});

describe('a restore', () => {
  it('refuses what would do harm, and changes nothing then', async () => {
    const [depot, keyFile] = [folder(), join(folder(), 'cle')];
    writeFileSync(keyFile, cle.secretKey);
    const env = { GEC_BACKUP_PUBLIC_KEY: cle.publicKey, GEC_BACKUP_DESTINATION: depot };
    const url = await place('sqlite');
    const test = await createTestApp(url, { env });
    await enregistrer(test, 1, samplePdf);
    const { nom } = await test.container.sauvegardes.creer(actor, { origine: 'COMMANDE' });
    const there = { ...SECRETS, ...env, DATABASE_URL: url, GEC_DATA_DIR: test.container.config.dataDir };
    const restore = (more: Record<string, string>, ...args: string[]) =>
      gec({ ...there, ...more }, 'restore', ...(args.length > 0 ? args : [nom]), '--key-file', keyFile);

    expect((await restore({})).stderr).toContain('Un programme utilise cette base');
    const before = await etat(test.container.database, test.container.store);
    await test.container.close();
    const bytes = readFileSync(join(depot, nom));
    const damaged = join(depot, 'abimee');
    writeFileSync(damaged, bytes.subarray(0, bytes.length - 10));
    expect((await restore({}, damaged)).code).toBe(3);
    writeFileSync(damaged, 'tout autre chose');
    expect(await restore({}, damaged)).toMatchObject({ code: 3, stderr: /pas une sauvegarde/ });
    const other = Buffer.alloc(32, 9).toString('base64');
    expect((await restore({ GEC_MASTER_KEY: other })).stderr).toContain('clé maîtresse');
    const salt = 'un-autre-poivre-que-celui-de-la-sauvegarde';
    expect((await restore({ GEC_PASSWORD_SALT: salt })).stderr).toContain('sel des mots de passe');
    writeFileSync(join(depot, 'autre'), generateBackupKey().secretKey);
    const wrong = await gec(there, 'restore', nom, '--key-file', join(depot, 'autre'));
    expect(wrong).toMatchObject({ code: 1, stderr: /n’est pas celle/ });
    expect(await restore({})).toMatchObject({ code: 1, stderr: /--replace/ });

    const replaced = await restore({}, nom, '--replace');
    expect(replaced).toMatchObject({ code: 0, stdout: /Copie de ce qui était là/ });
    expect(readdirSync(depot).filter((name) => name.startsWith('gec-avant-restauration-'))).toHaveLength(1);
    const again = await createTestApp(url, { env: there });
    cleanups.push(() => again.close());
    const after = await etat(again.container.database, again.container.store);
    expect(after.rows['courrier']).toEqual(before.rows['courrier']);
    expect(after.files).toEqual(before.files);
  });

  it('brings the secrets of an installation that made its own', async () => {
    const [data, target, phrase] = [folder(), folder(), 'quatre mots tirés au sort'];
    const env = { BCRYPT_COST: '4', GEC_BACKUP_PASSPHRASE: phrase, GEC_DATA_DIR: data };
    const added = await gec(env, 'users', 'add', 'jean', '--email', 'jean@example.cd', '--name', 'Jean');
    expect(added.code).toBe(0);
    const made = await gec(env, 'backup', '--json');
    expect(made).toMatchObject({ code: 0, stderr: '' });
    const { adresse } = JSON.parse(made.stdout) as { adresse: string };
    expect((await gec(env, 'backup', 'list')).stdout).toContain('phrase');
    const there = { ...env, GEC_DATA_DIR: target };
    expect(await gec(there, 'restore', adresse)).toMatchObject({ code: 0, stderr: '' });
    const secrets = (dir: string) => JSON.parse(readFileSync(join(dir, 'secrets.json'), 'utf8')) as unknown;
    expect(secrets(target)).toEqual(secrets(data));
    expect((await gec(there, 'users', 'list')).stdout).toContain('jean@example.cd');

    const bare = await gec(env, 'backup', 'create', '--no-secrets', '--json');
    const empty = { ...env, GEC_DATA_DIR: folder() };
    const refused = await gec(empty, 'restore', (JSON.parse(bare.stdout) as { adresse: string }).adresse);
    expect(refused).toMatchObject({ code: 1, stderr: /GEC_MASTER_KEY/ });
    expect(readdirSync(empty.GEC_DATA_DIR)).toEqual([]);
  });
});

describe('what a backup holds', () => {
  it('names every column of the schema that leads to a file', async () => {
    const url = await place('sqlite');
    const test = await createTestApp(url);
    cleanups.push(() => test.close());
    const { rows } = await sql<{ t: string; c: string }>`
      select s.name as t, p.name as c from sqlite_schema s, pragma_table_info(s.name) p
      where s.type = 'table' and p.name like '%chemin%'`.execute(test.container.database.kysely);
    const known = COLONNES_FICHIERS.map(({ table, colonne }) => `${table}.${colonne}`);
    // The first scan of a letter, which is a row of `piece` too; exports are not kept.
    const others = ['courrier.fichier_chemin', 'tache.fichier_chemin'];
    expect(rows.map(({ t, c }) => `${t}.${c}`).sort()).toEqual([...known, ...others].sort());
  });
});
