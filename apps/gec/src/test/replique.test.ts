import { Readable } from 'node:stream';
import { openDatabase, type Database } from '@gec/db';
import { samplePng, startPostgres, type PostgresCluster } from '@gec/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../config.ts';
import { maskUrl } from '../cli/installation.ts';
import { browserOf } from './attack.harness.ts';
import { CLI_ENV, gec } from './cli.ts';
import { createTestApp, type TestApp } from './harness.ts';

let primary: PostgresCluster;
let standby: PostgresCluster;
let env: Record<string, string>;
let site: TestApp;
let there: Database<Record<string, never>>;

beforeAll(async () => {
  const settings = { synchronous_commit: 'on' };
  primary = await startPostgres({ settings });
  standby = await startPostgres({ settings, standbyOf: { port: primary.port, name: 'lecture' } });
  env = { DATABASE_READ_URL: standby.adminUrl, DATABASE_READ_MAX_DELAY_MS: '5000' };
  const both = `postgres://postgres@127.0.0.1:${standby.port},127.0.0.1:${primary.port}/postgres`;
  site = await createTestApp(`${both}?target_session_attrs=read-write`, { env });
  there = openDatabase(standby.adminUrl, { maxConnections: 1 });
});
afterAll(async () => {
  await there?.close();
  await site?.close();
  await standby?.stop();
  await primary?.stop();
});

it('answers lists and searches from the standby with what was just stored, and never with what is past', async () => {
  const clerk = await site.person('user', 'ADM');
  const other = await browserOf(site, await site.person('super_admin', null));
  const browser = await browserOf(site, clerk);
  const titles = async (who = browser) => {
    const answer = await who.send({ url: '/api/v1/courriers?search=cuivre' });
    expect(answer.statusCode).toBe(200);
    return answer.json<{ courriers: { objet: string }[] }>().courriers.map(({ objet }) => objet);
  };
  const register = async (objet: string) => {
    const stream = Readable.from([await samplePng({ width: 60, height: 80 })]);
    const { id } = await site.container.pieces.receive(clerk, { name: 'a.png', stream });
    const payload = {
      ...{ type_courrier: 'ENTRANT', objet, expediteur: 'Cadastre', secretaire_general_copie: false },
      pieces: [id],
    };
    const made = await browser.send({ method: 'POST', url: '/api/v1/courriers', payload });
    expect(made.statusCode).toBe(201);
    return made.json<{ id: number }>().id;
  };
  /** What the standby was asked last by the program. */
  const asked = async () =>
    (
      await sql<{ query: string }>`select query from pg_stat_activity
        where query like '%courrier%' and pid <> pg_backend_pid()`.execute(there.kysely)
    ).rows.length;

  const first = await register('Cuivre un');
  expect(await titles()).toEqual(['Cuivre un']);
  expect(await asked()).toBeGreaterThan(0);
  const state = await other.send({ url: '/api/v1/sante' });
  expect(
    state
      .json<{ controles: { id: string; etat: string; constat: string }[] }>()
      .controles.find(({ id }) => id === 'replique'),
  ).toMatchObject({
    etat: 'ok',
    constat: expect.stringMatching(/^127\.0\.0\.1:\d+\s:\stout y est après \d/),
  });

  // The standby is held back, and the program does not wait long for it any more.
  await sql`select pg_wal_replay_pause()`.execute(there.kysely);
  const hasty = await createTestApp(primary.adminUrl, { env: { ...env, DATABASE_READ_MAX_DELAY_MS: '20' } });
  try {
    await register('Cuivre deux');
    const same = await browserOf(hasty, clerk);
    expect(await titles(same)).toEqual(['Cuivre deux', 'Cuivre un']);
    // A right that is taken away and a letter that is deleted are gone at once, as if there were no standby.
    const revoked = sql`delete from courrier_acces where courrier_id = ${first}`;
    await revoked.execute(hasty.container.database.kysely);
    expect(await titles(same)).toEqual(['Cuivre deux']);
    const late = await hasty.container.sante.consulter(await site.person('super_admin', null));
    expect(late.controles.find(({ id }) => id === 'replique')).toMatchObject({
      etat: 'attention',
      constat: expect.stringContaining('en retard de'),
      valeurs: { serveurs: 1, inutilises: 1, retard_ms: null },
    });
  } finally {
    await sql`select pg_wal_replay_resume()`.execute(there.kysely);
    await hasty.close();
  }
});

it('is looked at by gec doctor', async () => {
  const settings = { ...CLI_ENV, ...env, DATABASE_URL: primary.adminUrl, PORT: '0' };
  const found = (await gec(settings, 'doctor', '--json')).stdout;
  const { constats } = JSON.parse(found) as { constats: { id: string; etat: string; constat: string }[] };
  expect(constats.find(({ id }) => id === 'replique')).toMatchObject({
    etat: 'ok',
    constat: expect.stringContaining('a tout après'),
  });
});

it('takes addresses of several servers, and shows none with its password', () => {
  const several = 'postgres://gec:secret@db1:5432,db2:5433/gec?target_session_attrs=read-write';
  const config = readConfig({ ...CLI_ENV, DATABASE_URL: several, DATABASE_READ_URL: 'postgres://db2/gec' });
  expect(config.reads).toEqual({ url: 'postgres://db2/gec', maxDelayMs: 200 });
  expect(maskUrl(several)).toBe(several.replace('secret', '***'));
  expect(maskUrl('postgres://:::')).toBe('postgres://…');
  const wrong = (settings: Record<string, string>) => () => readConfig({ ...CLI_ENV, ...settings });
  expect(wrong({ DATABASE_URL: `${several}x` })).toThrow('DATABASE_URL: target_session_attrs is one of');
  expect(wrong({ DATABASE_URL: 'mysql://a' })).toThrow('DATABASE_URL: must begin with sqlite: or postgres');
  expect(wrong({ DATABASE_URL: several, DATABASE_READ_URL: 'x' })).toThrow('DATABASE_READ_URL: a database');
  expect(wrong({ DATABASE_READ_URL: 'postgres://db2/gec' })).toThrow('only for DATABASE_URL on PostgreSQL');
});
