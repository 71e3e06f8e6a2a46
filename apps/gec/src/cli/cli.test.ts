import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { verifyPassword } from '@gec/crypto';
import { openDatabase } from '@gec/db';
import { describeEachDatabase, tempDir, type TempDir } from '@gec/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GecTables } from '../db/schema.ts';
import { parseDuration } from './ip.ts';
import { effectiveSettings, maskUrl } from './installation.ts';
import { langOf } from './program.ts';
import { bar, readLine, table } from './terminal.ts';
import { readConfig } from '../config.ts';
import { CLI_ENV, runGec } from '../test/cli.ts';
import { cliTexts } from './cli.texts.ts';

describe('the command line', () => {
  it.each([
    [['--help'], 0],
    [['users', '--help'], 0],
    [['users', 'add', '--help'], 0],
    [[], 2],
    [['users'], 2],
    [['danser'], 2],
    [['users', 'danser'], 2],
    [['users', 'list', '--danser'], 2],
    [['users', 'role', 'jean'], 2],
    [['users', 'role', 'jean', 'user', 'trop'], 2],
    [['users', 'add', 'jean'], 2],
    [['users', 'add', 'jean', '--email', 'a@b.cd', '--name', 'J', '--langue', 'xx'], 2],
    [['users', 'password', 'jean', '--prompt', '--stdin'], 2],
    [['users', 'password', 'jean', '--prompt'], 2],
    [['users', 'password', 'jean', '--permanent'], 2],
    [['ip', 'block', '10.0.0.1', '--for', 'longtemps'], 2],
  ])('%j ends with %i', async (args, code) => expect((await runGec({}, args)).code).toBe(code));

  it('explains itself in French, or in English when asked', async () => {
    const french = await runGec({}, ['users', '--help']);
    expect(french.stdout).toMatch(/Usage\u00A0: gec users/);
    expect(french.stdout).toContain('Commandes');
    expect(french.stdout).toContain('Changer le rôle d’un compte.');
    expect(french.stdout).not.toMatch(/display help|Commands:/);
    const english = await runGec({}, ['--lang', 'en', 'users', '--help']);
    expect(english.stdout).toContain('Change the role of an account.');
    expect((await runGec({}, ['danser'])).stderr).toContain('la commande «\u00A0danser\u00A0» n’existe pas');
    expect(langOf(['users', '--lang=en'])).toBe('en');
  });

  it.each(['fr', 'en'])('explains every command and what it takes (%s)', async (lang) => {
    const groups: string[][] = [[]];
    let commands = 0;
    for (let path = groups.shift(); path; path = groups.shift()) {
      const { code, stdout, stderr } = await runGec({}, ['--lang', lang, ...path, '--help']);
      expect([path, code, stderr]).toEqual([path, 0, '']);
      expect(stdout).not.toMatch(/: ""|undefined/);
      // Commander's own words, and those that a command lacks.
      if (lang === 'fr')
        expect(stdout).not.toMatch(/choices:|default:|Usage:|Options:|Commands:|display help/);
      const [, what] = stdout.split('\n\n');
      expect(`${path.join(' ')} ${what}`).toMatch(/\p{Lu}[^]*\.$/u);
      commands++;
      const list = /\n(?:Commandes|Commands)[^\n]*\n([^]*?)(?:\n\n|$)/.exec(stdout)?.[1] ?? '';
      for (const [, name] of list.matchAll(/^ {2}([a-z][a-z-]*)/gm)) groups.push([...path, name!]);
    }
    expect(commands).toBeGreaterThan(60);
  });

  it('takes no password as an argument', async () => {
    for (const command of ['add', 'password']) {
      expect((await runGec({}, ['users', command, '--help'])).stdout).not.toMatch(/--password|<mot/);
    }
  });

  it('tells a wrong setting by its name', async () => {
    const { code, stderr } = await runGec({ PORT: 'x' }, ['users', 'list']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('PORT')]);
  });

  it('shows the settings without a secret', () => {
    const config = readConfig({
      ...CLI_ENV,
      DATABASE_URL: 'postgres://gec:tres-secret@db/gec?sslpassword=aussi-secret',
      METRICS_TOKEN: 'jeton-tres-secret-0000',
    });
    const shown = JSON.stringify(effectiveSettings({ t: cliTexts('fr') }, config));
    expect(shown).toContain('postgres://gec:***@db/gec');
    expect(shown).not.toMatch(/secret-/);
    expect(shown).not.toContain(CLI_ENV.GEC_MASTER_KEY);
    expect(maskUrl('sqlite:/a/b.db')).toBe('sqlite:/a/b.db');
  });

  it('reads durations, lines and draws tables and bars', async () => {
    expect(['30m', '12H', '7d', '0m', '1w', '', '-1h'].map(parseDuration)).toEqual([
      30,
      720,
      10_080,
      null,
      null,
      null,
      null,
    ]);
    const input = new PassThrough();
    input.end('mot de passe \r\nsuite');
    expect(await readLine(input)).toBe('mot de passe ');
    expect(table(['A', 'Bé'], [['long', 'x']])).toBe('A     Bé\nlong  x\n');
    expect(bar('fr', 'Vérification', 12, 24)).toContain(`${'█'.repeat(12)}${'░'.repeat(12)} 12 / 24`);
  });
});

describeEachDatabase('the command line on a database', (open) => {
  let dir: TempDir;
  let env: Record<string, string>;

  beforeEach(async () => {
    dir = await tempDir();
    env = { ...CLI_ENV, DATABASE_URL: (await open()).url, GEC_DATA_DIR: dir.path };
  });
  afterEach(() => dir.remove());

  const gec = (...args: string[]) => runGec(env, args);
  const user = async (name: string) => {
    const list = JSON.parse((await gec('users', 'list', '--json')).stdout) as Record<string, unknown>[];
    return list.find(({ username }) => username === name);
  };
  const ADD = ['users', 'add', 'jean', '--email', 'jean@example.cd', '--name', 'Jean MUKENDI'];

  it('brings the schema up to date, once', async () => {
    expect((await gec('migrate')).stdout).toContain('0001_initial');
    expect((await gec('migrate')).stdout).toContain('La base est à jour.');
  });

  it('adds an account with a one-time password, and refuses it twice', async () => {
    const made = await gec(...ADD, '--departement', 'tech', '--json');
    expect(made.code).toBe(0);
    expect(JSON.parse(made.stdout)).toMatchObject({ username: 'jean', mot_de_passe: expect.any(String) });
    expect(await user('jean')).toMatchObject({
      role: 'user',
      departement: 'Département Technique',
      doit_changer_mot_de_passe: true,
    });
    const twice = await gec(...ADD);
    expect([twice.code, twice.stderr]).toEqual([1, expect.stringContaining('déjà pris')]);
    expect((await gec(...ADD, '--departement', 'XX')).code).toBe(1);
  });

  it('reads a password from standard input', async () => {
    expect((await runGec(env, [...ADD, '--stdin', '--permanent'], 'court\n')).code).toBe(1);
    expect((await runGec(env, [...ADD, '--stdin', '--permanent'], '')).code).toBe(2);
    const made = await runGec(env, [...ADD, '--stdin', '--permanent'], 'quatre mots sans lien\n');
    expect(made.code).toBe(0);
    expect(made.stdout).not.toContain('quatre mots');
    const database = openDatabase<GecTables>(env['DATABASE_URL'] ?? '');
    const { password_hash: hash } = await database.kysely
      .selectFrom('user')
      .select('password_hash')
      .executeTakeFirstOrThrow();
    await database.close();
    expect(await verifyPassword('quatre mots sans lien', hash, CLI_ENV.GEC_PASSWORD_SALT)).toBe(true);
    expect(await user('jean')).toMatchObject({ doit_changer_mot_de_passe: false });
  });

  it('changes accounts, takes lists in and gives them out', async () => {
    await gec(...ADD);
    const edit = ['users', 'edit', 'jean'];
    expect((await gec(...edit)).code).toBe(2);
    expect((await gec(...edit, '--email', 'faux')).code).toBe(1);
    expect((await gec(...edit, '--fonction', 'Chef', '--departement', 'FIN', '--username', 'j.m')).code).toBe(
      0,
    );
    expect(await user('j.m')).toMatchObject({ fonction: 'Chef', departement: 'Département Financier' });
    const path = join(dir.path, 'agents.csv');
    await writeFile(path, 'Nom;E-mail\nAnne ILUNGA;anne@example.cd\nFaux;pas\n');
    const tried = await gec('users', 'import', path, '--dry-run');
    expect([tried.code, tried.stdout]).toEqual([3, '']);
    expect(tried.stderr).toContain('Ligne 3');
    expect((await gec('users', 'import', path)).code).toBe(3);
    const done = await gec('users', 'import', path, '--partiel');
    expect([done.code, done.stdout]).toEqual([
      0,
      expect.stringMatching(/anne@example\.cd\s+\w{6}-\w{6}-\w{6}/),
    ]);
    expect((await gec('users', 'export')).stdout).toMatch(/^\uFEFFNom complet;[^]*anne@example\.cd/);
    expect((await gec('users', 'export', '--format', 'xlsx')).code).toBe(2);
    const book = join(dir.path, 'liste.xlsx');
    expect((await gec('users', 'export', '--format', 'xlsx', '--output', book)).code).toBe(0);
    expect((await readFile(book)).subarray(0, 2).toString()).toBe('PK');
  });

  it('changes role, activity and password, found by e-mail address too', async () => {
    await gec(...ADD, '--role', 'super_admin');
    const alone = await gec('users', 'disable', 'jean');
    expect([alone.code, alone.stderr]).toEqual([
      1,
      expect.stringContaining('au moins un super administrateur'),
    ]);
    await gec(
      'users',
      'add',
      'anne',
      '--email',
      'anne@example.cd',
      '--name',
      'Anne',
      '--role',
      'super_admin',
    );
    expect((await gec('users', 'role', 'jean@example.cd', 'admin')).code).toBe(0);
    expect((await gec('users', 'role', 'jean', 'roi')).code).toBe(1);
    expect((await gec('users', 'disable', 'JEAN')).code).toBe(0);
    expect(await user('jean')).toMatchObject({ role: 'admin', actif: false });
    expect((await gec('users', 'list', '--inactifs')).stdout).toMatch(/jean .*désactivé/);
    expect((await gec('users', 'enable', 'jean')).code).toBe(0);
    expect((await gec('users', 'password', 'jean')).stdout).toMatch(/\w{6}-\w{6}-\w{6}/);
    expect((await gec('users', 'unlock', 'jean')).stdout).toContain('0');
    expect((await gec('users', 'second-factor', 'reset', 'jean')).stdout).toBe(
      'Facteurs retirés pour jean\u00A0: 0.\n',
    );
    const unknown = await gec('users', 'password', 'fantome');
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('fantome')]);
  });

  it('blocks and allows addresses', async () => {
    expect((await gec('ip', 'block', '10.1.2.0/24', '--reason', 'essais', '--for', '12h')).code).toBe(0);
    expect((await gec('ip', 'allow', '10.1.2.3')).stdout).toContain('10.1.2.3/32');
    expect((await gec('ip', 'block', '10.1.2.999')).code).toBe(1);
    const rules = JSON.parse((await gec('ip', 'list', '--json')).stdout) as { cidr: string; genre: string }[];
    expect(rules.map(({ cidr, genre }) => [cidr, genre])).toEqual([
      ['10.1.2.0/24', 'bloquee'],
      ['10.1.2.3/32', 'autorisee'],
    ]);
    expect((await gec('ip', 'remove', '10.1.2.0/24')).code).toBe(0);
    expect((await gec('ip', 'remove', '10.1.2.0/24')).code).toBe(1);
    expect((await gec('ip', 'list')).stdout).not.toContain('10.1.2.0/24');
  });

  it('verifies the journal, and ends with 3 at the first break', async () => {
    await gec(...ADD);
    await gec('users', 'disable', 'jean');
    const good = await gec('journal', 'verify');
    expect([good.code, good.stdout]).toEqual([0, expect.stringContaining('Le journal est intact')]);
    const database = openDatabase<GecTables>(env['DATABASE_URL'] ?? '');
    await database.kysely.updateTable('log_activite').set({ acteur: 'x' }).where('seq', '=', 2).execute();
    await database.close();
    const broken = await gec('journal', 'verify');
    expect(broken.code).toBe(3);
    expect(broken.stdout).toContain('entrée modifiée, place 2');
    expect(JSON.parse((await gec('journal', 'verify', '--json')).stdout)).toMatchObject({
      ok: false,
      firstBreak: { kind: 'altered', seq: 2 },
    });
  });

  it('checks and rebuilds the search index', async () => {
    expect((await gec('search', 'check')).code).toBe(0);
    expect((await gec('search', 'rebuild', '--json')).stdout).toContain('"lettres": 0');
  });
});
