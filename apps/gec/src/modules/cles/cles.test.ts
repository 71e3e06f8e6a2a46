import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openKeyring, parseMasterKey, WrongMasterKeyError, type KeyPurpose } from '@gec/crypto';
import { keyStore } from '@gec/db';
import { describeEachDatabase } from '@gec/testing';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestBase, type TestBase } from '../../test/harness.ts';
import { preparedDatabase } from '../../test/people.ts';
import type { GecTables } from '../../db/schema.ts';
import { COLONNES_AVEUGLES } from './cles.aveugles.ts';
import { COLONNES_FICHIERS_SCELLES, COLONNES_SCELLEES } from './cles.colonnes.ts';
import { BUTS } from './cles.schema.ts';
import { ecrire, ouvrirCles, relire, SANS_DELAI, SYSTEME, vidange } from './cles.fixture.ts';

describe('the lists of what is sealed', () => {
  const dossier = new URL('../../db/schema/', import.meta.url);
  const source = readdirSync(dossier)
    .map((name) => readFileSync(new URL(name, dossier), 'utf8'))
    .join('\n');
  const tables = new Map(
    [...source.matchAll(/^ {2}(\w+): (\w+Table);$/gm)].map(([, table, type]) => [type!, table!]),
  );
  const colonnes = (wanted: RegExp): string[] =>
    [...source.matchAll(/^export interface (\w+Table) \{\n([\s\S]*?)^\}/gm)].flatMap(([, type, body]) =>
      [...body!.matchAll(wanted)].map(([, column]) => `${tables.get(type!)}.${column}`),
    );

  it('name every sealed column of the schema, and no other', () => {
    const known = COLONNES_SCELLEES.flatMap(({ table, columns }) =>
      columns.map((name) => `${table}.${name}`),
    );
    const wanted = colonnes(/^ {2}(\w+): (?:Generated<)?Sealed\b/gm);
    expect(wanted.length).toBeGreaterThan(40);
    expect(known.toSorted()).toEqual(wanted.toSorted());
  });

  it('name every column that names a file; the letter names that of its first file once more', () => {
    const known = COLONNES_FICHIERS_SCELLES.map(({ table, colonne }) => `${table}.${colonne}`);
    expect([...known, 'courrier.fichier_chemin'].toSorted()).toEqual(
      colonnes(/^ {2}(\w*chemin): string\b/gm).toSorted(),
    );
  });

  it('name every column of digests under the index key', () => {
    const known = COLONNES_AVEUGLES.flatMap(({ table, colonnes: some }) =>
      some.map(({ colonne }) => `${table}.${colonne}`),
    );
    // Folded names, what stands under the identity of the installation, and the digest of an archive.
    const others = ['user.username_cle', 'code_secours.empreinte', 'sauvegarde.empreinte'];
    expect([...known, ...others].toSorted()).toEqual(
      colonnes(/^ {2}(\w+_cle|empreinte): string\b/gm).toSorted(),
    );
  });
});

describeEachDatabase('the keys', (open) => {
  let base: TestBase;
  let ouvert: ReturnType<typeof ouvrirCles>;
  let userId: number;

  beforeEach(async () => {
    base = await createTestBase((await open(preparedDatabase)).url);
    ouvert = ouvrirCles(base);
    userId = (await base.person('user', 'TECH')).userId;
  });
  afterEach(async () => {
    await ouvert.watch.stop();
    await base.close();
  });

  const store = () => keyStore<KeyPurpose, GecTables>(base.database);
  const kids = async (purpose: KeyPurpose) =>
    (await store().load()).filter((key) => key.purpose === purpose).map(({ kid }) => kid);
  const remplir = (n: number) =>
    ecrire(
      base,
      ouvert,
      userId,
      Array.from({ length: n }, (_, i) => `lettre ${i}`),
    );
  const entrees = async () => {
    const n = async (table: string) =>
      Number(
        (
          await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(
            base.database.kysely,
          )
        ).rows[0]!.n,
      );
    return { a: await n('courrier_recherche'), b: await n('courrier_recherche_b') };
  };
  const intact = async () => (await ouvert.journal.verify(SYSTEME)).ok;

  it('are renewed while letters are written and read, and nothing bears the former ones', async () => {
    await remplir(40);
    const before = await store().load();
    let at = true;
    let written = 40;
    const writer = (async () => {
      while (at) {
        await ecrire(base, ouvert, userId, [`pendant ${written}`]);
        written += 1;
        await setTimeout(30);
      }
    })();
    const reader = (async () => {
      while (at) {
        await relire(base, ouvert);
        await setTimeout(30);
      }
    })();
    // As in an office: former keys and files stay for whoever reads at the moment.
    const patient = ouvrirCles(base, { known: 0, forget: 3_600_000 });
    for (const but of BUTS) {
      const { rotation } = await patient.cles.renouveler(SYSTEME, but);
      expect(rotation).toMatchObject({ state: but === 'audit' ? 'finished' : 'resealed', unreadable: 0 });
      expect(rotation.total).toBeGreaterThanOrEqual(but === 'audit' ? 0 : 40);
    }
    at = false;
    await Promise.all([writer, reader, patient.watch.stop()]);
    // Until the former keys go, both indexes are kept.
    expect(await entrees()).toEqual({ a: written, b: written });
    await ouvert.cles.reprendre();
    await ouvert.cles.reprendre();
    expect(await entrees()).toEqual({ a: 0, b: written });
    expect(await relire(base, ouvert)).toBe(written);
    const dump = await vidange(base, ouvert);
    for (const { kid, purpose } of before) {
      expect(await kids(purpose)).toHaveLength(purpose === 'audit' ? 2 : 1);
      if (purpose === 'field' || purpose === 'file') {
        expect(await kids(purpose)).not.toContain(kid);
        expect(dump).not.toContain(kid);
      }
    }
    const [index] = await kids('index');
    expect(dump).not.toMatch(new RegExp(`^index (?!fusion:|${index}\\.)`, 'm'));
    // What was chained under the former key of the journal is verified with it.
    expect(await intact()).toBe(true);
    const { restants, enRetard } = await ouvert.cles.etat(SYSTEME);
    expect({ restants, enRetard }).toEqual({ restants: { field: 0, file: 0, index: 0 }, enRetard: 0 });
  });

  it('seal with a new generation only once every process at work knows it', async () => {
    await remplir(3);
    const [former] = await kids('field');
    const other = await openKeyring(parseMasterKey(base.config.masterKey), store());
    const late = ouvrirCles({ ...base, keyring: other });
    await late.watch.look();
    const sealing: string[] = [];
    const looks: Promise<void>[] = [];
    const { rotation } = await ouvert.cles.renouveler(SYSTEME, 'field', ({ phase }) => {
      if (phase !== 'waiting') return;
      sealing.push(base.keyring.current('field').kid);
      // It had time to notice at the second look, and again after the change.
      if (sealing.length >= 2) looks.push(late.watch.look());
    });
    await Promise.all(looks);
    expect(sealing.slice(0, 2)).toEqual([former, former]);
    expect(rotation.state).toBe('finished');
    await late.watch.look();
    expect(await relire({ ...base, keyring: other }, late)).toBe(3);
    await late.watch.stop();
  });

  it('of the index pass to one side and back; a name that is learnt meanwhile stays one correspondant', async () => {
    await remplir(3);
    const patient = ouvrirCles(base, { known: 0, forget: 3_600_000 });
    for (const [at, cote] of ['b', 'a'].entries()) {
      const { rotation } = await patient.cles.renouveler(SYSTEME, 'index', ({ phase }) => {
        if (phase === 'waiting') void ouvert.watch.look();
      });
      expect(rotation.state).toBe('resealed');
      // As a process does that has not heard of it: under the former key.
      const former = base.keyring.index.digests('correspondant', 'de lettre 1')[1]!;
      await base.database.kysely
        .updateTable('correspondant')
        .set({ nom_cle: former })
        .where('nom_cle', '=', base.keyring.index.digest('correspondant', 'de lettre 1'))
        .execute();
      await ecrire(base, patient, userId, ['lettre 1']);
      const noms = await patient.correspondants.suggest(SYSTEME, 'de lettre 1', 50);
      expect(noms).toHaveLength(1);
      await ouvert.cles.reprendre();
      // The other process may still write both.
      await ouvert.cles.reprendre();
      expect(await entrees()).toEqual({ a: 4 + at, b: 4 + at });
      await patient.watch.look();
      await ouvert.cles.reprendre();
      expect(await entrees()).toEqual({ a: 0, b: 0, [cote]: 4 + at });
      expect(await relire(base, ouvert)).toBe(4 + at);
    }
    await patient.watch.stop();
  });

  it('rest while they are paused, and go on when somebody starts them again', async () => {
    await remplir(20);
    // As a program does that closes its database: by that, FTS5 would read the whole index at each merge.
    if (base.database.engine === 'sqlite') await sql`analyze`.execute(base.database.kysely);
    const patient = ouvrirCles(base, { known: 60_000, forget: 0 });
    await patient.cles.lancer(SYSTEME, ['index']);
    expect(await patient.cles.suspendre(SYSTEME, 'index')).toBe(true);
    expect(await patient.cles.suspendre(SYSTEME, 'index')).toBe(false);
    await Promise.all([patient.cles.stop(), patient.watch.stop()]);
    await ouvert.cles.reprendre();
    const { rotation } = (await ouvert.cles.consulter(SYSTEME)).renouvellements[0]!;
    expect(rotation).toMatchObject({ state: 'prepared', paused_at: expect.any(String) as string });
    await ouvert.cles.lancer(SYSTEME, ['index', 'field']);
    for (;;) {
      const states = await base.database.kysely.selectFrom('key_rotation').select('state').execute();
      if (states.every(({ state }) => state === 'finished')) break;
      await setTimeout(20);
    }
    await ouvert.cles.stop();
    expect(await entrees()).toEqual({ a: 0, b: 20 });
    expect(await relire(base, ouvert)).toBe(20);
    if (base.database.engine === 'sqlite') {
      const known = sql`select 1 from sqlite_stat1 where tbl = 'courrier_recherche_b_data'`;
      expect((await known.execute(base.database.kysely)).rows).toEqual([]);
    }
  });

  it('keep a former key as long as a value stays that does not open, and say so', async () => {
    await remplir(2);
    const [former] = await kids('field');
    await base.database.kysely
      .updateTable('courrier')
      .set({ objet: `1.${former}.AAAA` as never })
      .where('id', '=', (eb) => eb.selectFrom('courrier').select((min) => min.fn.min('id').as('id')))
      .execute();
    const { rotation } = await ouvert.cles.renouveler(SYSTEME, 'field');
    expect(rotation).toMatchObject({ state: 'sealing', unreadable: 1 });
    expect(await kids('field')).toContain(former);
    expect((await ouvert.cles.etat(SYSTEME)).restants.field).toBe(1);
  });

  it('keep a former key for its time, and delete it after', async () => {
    await remplir(2);
    const [former] = await kids('field');
    const patient = ouvrirCles(base, { known: 0, forget: 3_600_000 });
    const { rotation, oubliDes } = await patient.cles.renouveler(SYSTEME, 'field');
    expect(rotation.state).toBe('resealed');
    expect(Date.parse(oubliDes!)).toBeGreaterThan(Date.now() + 3_000_000);
    await patient.cles.reprendre();
    expect(await kids('field')).toContain(former);
    await ouvert.cles.reprendre();
    expect(await kids('field')).not.toContain(former);
    await patient.watch.stop();
  });

  it('come under a new master key; the former one opens nothing, and who is at work goes on', async () => {
    await remplir(2);
    const former = parseMasterKey(base.config.masterKey);
    const nouvelle = Buffer.alloc(32, 9).toString('base64');
    await expect(ouvert.cles.changerMaitre(SYSTEME, null)).rejects.toMatchObject({ kind: 'invalid' });
    await ouvert.cles.changerMaitre(SYSTEME, nouvelle);
    await expect(openKeyring(former, store())).rejects.toThrow(WrongMasterKeyError);
    const opened = await openKeyring(parseMasterKey(nouvelle), store());
    expect(await relire({ ...base, keyring: opened }, ouvert)).toBe(2);
    await base.keyring.reload();
    expect(await relire(base, ouvert)).toBe(2);
    const { ouvrent } = await ouvert.cles.etat(SYSTEME, nouvelle);
    expect(ouvrent).toEqual([
      { source: 'GEC_MASTER_KEY', ouvre: false },
      { source: 'GEC_NEW_MASTER_KEY', ouvre: true },
    ]);
    // It no longer has the key that would wrap a new generation.
    await expect(ouvert.cles.renouveler(SYSTEME, 'field')).rejects.toThrow(WrongMasterKeyError);
    expect(await kids('field')).toHaveLength(1);
    expect(await intact()).toBe(true);
  });

  it('are renewed by whoever comes next when the process is killed, as often as that happens', async () => {
    await remplir(110);
    const before = await store().load();
    const env = {
      PATH: process.env['PATH'],
      DATABASE_URL: base.config.databaseUrl,
      GEC_DATA_DIR: base.config.dataDir,
      GEC_MASTER_KEY: base.config.masterKey,
      GEC_PASSWORD_SALT: base.config.passwordPepper,
      SESSION_SECRET: base.config.sessionSecret,
    };
    const script = fileURLToPath(new URL('./cles.child.ts', import.meta.url));
    for (const [phase, nth] of [
      ['waiting', 1],
      ['resealing', 6],
      ['preparing', 1],
    ] as const) {
      const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
      const closed = once(child, 'close');
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        if (text.split(phase).length > nth) child.kill('SIGKILL');
      });
      await closed;
      // Killed or through: everything reads as it was.
      await base.keyring.reload();
      expect(await relire(base, ouvert)).toBe(110);
    }
    // Those that were killed are not waited for any longer than it takes to believe it.
    const suivant = ouvrirCles(base, SANS_DELAI, 300);
    for (const but of ['field', 'file', 'index'] as const) {
      const { rotation } = await suivant.cles.renouveler(SYSTEME, but);
      expect(rotation).toMatchObject({ state: 'finished', unreadable: 0 });
    }
    await suivant.watch.stop();
    expect(await relire(base, ouvert)).toBe(110);
    const dump = await vidange(base, ouvert);
    for (const { kid, purpose } of before) {
      if (purpose === 'field' || purpose === 'file') expect(dump).not.toContain(kid);
    }
    expect(await intact()).toBe(true);
  });
});
