import { openTestDatabase, tempDir } from '@gec/testing';
import { describe, expect, it } from 'vitest';
import { gecOfThisFile } from '../test/cli.ts';

describe('gec roles and gec departements', () => {
  const { gec } = gecOfThisFile({ openTestDatabase, tempDir });

  it('make, change and delete', async () => {
    const made = await gec(
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
      (await gec('roles', 'revoke', 'archiviste', 'view_logs,register_mail', 'edit_own_mail')).stdout,
    ).toBe('Rôle archiviste\u00A0: read_own_mail, forward_mail, export_courriers.\n');
    expect((await gec('roles', 'grant', 'archiviste', 'read_own_mail')).stdout).toContain('rien à changer');
    expect(await gec('roles', 'grant', 'archiviste', 'tout')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('n’existe pas'),
    });
    expect((await gec('roles', 'grant', 'super_admin', 'view_logs')).code).toBe(1);
    expect(JSON.parse((await gec('roles', 'show', 'archiviste', '--json')).stdout)).toMatchObject({
      personnes: 0,
      version: 2,
    });
    expect((await gec('roles', 'list')).stdout).toMatch(/archiviste\s+Archiviste\s+3\/23\s+0\s+en service/);
    expect((await gec('roles', 'delete', 'archiviste')).code).toBe(0);
    expect((await gec('roles', 'delete', 'archiviste')).code).toBe(1);

    expect((await gec('departements', 'add', 'geo', 'Géologie', '--parent', 'tech')).stdout).toMatch(
      /^Ajouté\u00A0: GEO/,
    );
    expect((await gec('departements', 'list')).stdout).toMatch(/GEO {2,} {2}Géologie/);
    const account = ['users', 'add', 'chef', '--email', 'chef@example.cd', '--name', 'Une Cheffe'];
    expect((await gec(...account)).code).toBe(0);
    expect((await gec('departements', 'edit', 'GEO', '--chef', 'chef', '--parent', '-')).stdout).toContain(
      'parentId, chefId',
    );
    expect((await gec('departements', 'edit', 'GEO', '--chef', 'personne')).code).toBe(1);
    expect((await gec('departements', 'edit', 'GEO')).stdout).toContain('rien à changer');
    const listed = JSON.parse((await gec('departements', 'list', '--json')).stdout) as { code: string }[];
    expect(listed.find(({ code }) => code === 'GEO')).toMatchObject({ chef: 'Une Cheffe', parent_id: null });
    expect((await gec('departements', 'deactivate', 'GEO')).stdout).toBe('Désactivé\u00A0: GEO.\n');
    expect((await gec('departements', 'activate', 'GEO')).code).toBe(0);
    expect((await gec('departements', 'delete', 'GEO')).code).toBe(0);
    expect((await gec('departements', 'edit', 'GEO', '--nom', 'x')).code).toBe(1);
  });
});
