import { PassThrough } from 'node:stream';
import { openTestDatabase, tempDir, type TempDir, type TestDatabase } from '@gec/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from './program.ts';

describe('gec roles and gec departements', () => {
  let database: TestDatabase;
  let dir: TempDir;
  let env: Record<string, string>;

  beforeEach(async () => {
    database = await openTestDatabase('sqlite');
    dir = await tempDir();
    env = {
      DATABASE_URL: database.url,
      GEC_DATA_DIR: dir.path,
      GEC_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
      GEC_PASSWORD_SALT: 'poivre-de-test-qui-ne-protege-rien-0000',
      SESSION_SECRET: 'secret-de-test-qui-ne-protege-rien-00000',
      BCRYPT_COST: '4',
      LOG_LEVEL: 'silent',
    };
  });
  afterEach(async () => {
    await database.drop();
    await dir.remove();
  });

  async function run(...args: string[]) {
    const out = { code: 0, stdout: '', stderr: '' };
    out.code = await runCli(args, {
      env,
      atelierScript: new URL('../workers/atelier-child.ts', import.meta.url),
      terminal: {
        write: (text) => void (out.stdout += text),
        error: (text) => void (out.stderr += text),
        input: new PassThrough().end(),
        inputIsTty: false,
        errorIsTty: false,
      },
    });
    return out;
  }

  it('make, change and delete', async () => {
    const made = await run(
      'roles',
      'add',
      'archiviste',
      '--libelle',
      'Archiviste',
      '--copie',
      'user',
      '--permissions',
      'view_logs',
    );
    expect(made).toMatchObject({ code: 0, stdout: 'Rôle créé\u00A0: archiviste.\n' });
    expect(
      (await run('roles', 'revoke', 'archiviste', 'view_logs,register_mail', 'edit_own_mail')).stdout,
    ).toBe('Rôle archiviste\u00A0: read_own_mail, forward_mail, export_courriers.\n');
    expect((await run('roles', 'grant', 'archiviste', 'read_own_mail')).stdout).toContain('rien à changer');
    expect(await run('roles', 'grant', 'archiviste', 'tout')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('n’existe pas'),
    });
    expect((await run('roles', 'grant', 'super_admin', 'view_logs')).code).toBe(1);
    expect(JSON.parse((await run('roles', 'show', 'archiviste', '--json')).stdout)).toMatchObject({
      personnes: 0,
      version: 2,
    });
    expect((await run('roles', 'list')).stdout).toMatch(/archiviste\s+Archiviste\s+3\/23\s+0\s+en service/);
    expect((await run('roles', 'delete', 'archiviste')).code).toBe(0);
    expect((await run('roles', 'delete', 'archiviste')).code).toBe(1);

    expect((await run('departements', 'add', 'geo', 'Géologie', '--parent', 'tech')).stdout).toMatch(
      /^Ajouté\u00A0: GEO/,
    );
    expect((await run('departements', 'list')).stdout).toMatch(/GEO {2,} {2}Géologie/);
    const account = ['users', 'add', 'chef', '--email', 'chef@example.cd', '--name', 'Une Cheffe'];
    expect((await run(...account)).code).toBe(0);
    expect((await run('departements', 'edit', 'GEO', '--chef', 'chef', '--parent', '-')).stdout).toContain(
      'parentId, chefId',
    );
    expect((await run('departements', 'edit', 'GEO', '--chef', 'personne')).code).toBe(1);
    expect((await run('departements', 'edit', 'GEO')).stdout).toContain('rien à changer');
    const listed = JSON.parse((await run('departements', 'list', '--json')).stdout) as { code: string }[];
    expect(listed.find(({ code }) => code === 'GEO')).toMatchObject({ chef: 'Une Cheffe', parent_id: null });
    expect((await run('departements', 'deactivate', 'GEO')).stdout).toBe('Désactivé\u00A0: GEO.\n');
    expect((await run('departements', 'activate', 'GEO')).code).toBe(0);
    expect((await run('departements', 'delete', 'GEO')).code).toBe(0);
    expect((await run('departements', 'edit', 'GEO', '--nom', 'x')).code).toBe(1);
  });
});
