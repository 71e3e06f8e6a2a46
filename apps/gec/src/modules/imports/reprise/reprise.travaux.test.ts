import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { DatabaseSync } from 'node:sqlite';
import { describeEachDatabase, samplePdf, samplePng, sampleTiff, tempDir, type TempDir } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { createTestApp, type TestApp } from '../../../test/harness.ts';
import { migrated } from '../../../test/migrated.ts';
import type { Personne } from '../../utilisateurs/utilisateurs.schema.ts';
import { CLE, ecrireFichiers, inventerAncienne, scriptAncien } from './reprise.fixture.ts';

const TOTAL = 24;
const CLE_TEXTE = CLE.toString('base64');

/** An archive of files. */
function zipDe(membres: Readonly<Record<string, Buffer | string>>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [nom, octets] of Object.entries(membres)) zip.addBuffer(Buffer.from(octets), nom);
  zip.end();
  return buffer(zip.outputStream);
}

describeEachDatabase('taking an older installation over from a page', (open) => {
  let dir: TempDir;
  let ailleurs: TempDir;
  let test: TestApp;
  let drop: () => Promise<void>;
  let chef: Personne;
  let base: Buffer;
  let fichiers: ReadonlyMap<string, Buffer>;

  beforeAll(async () => {
    const pdfs = await Promise.all([1, 2, 3].map((n) => samplePdf({ text: `Lettre ${n}` })));
    const scans = [...pdfs, await samplePng({ width: 60 }), await sampleTiff({ width: 60 })];
    const ancienne = inventerAncienne(TOTAL, scans);
    fichiers = ancienne.fichiers;
    [dir, ailleurs] = [await tempDir(), await tempDir()];
    await mkdir(join(dir.path, 'uploads'));
    await ecrireFichiers(join(dir.path, 'uploads'), ancienne);
    const raw = new DatabaseSync(join(dir.path, 'gec.db'));
    for (const statement of scriptAncien(ancienne)) raw.exec(statement);
    base = Buffer.from(raw.serialize());
    raw.close();
    await writeFile(join(ailleurs.path, 'autre.db'), base);
    await symlink(join(ailleurs.path, 'autre.db'), join(dir.path, 'lien.db'));
    await symlink(ailleurs.path, join(dir.path, 'dehors'));
    const database = await open(migrated);
    drop = () => database.drop();
    test = await createTestApp(database.url, { env: { GEC_LEGACY_DIR: dir.path } });
    chef = await test.person('super_admin');
  });
  afterAll(async () => {
    await test.close();
    await drop();
    await dir.remove();
    await ailleurs.remove();
  });

  const compte = async (table: 'courrier' | 'user' | 'import_segment') => {
    const row = await test.container.database.kysely
      .selectFrom(table)
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow();
    return Number(row.n);
  };
  const envoyer = async (nom: string, octets: Buffer | string, reglages = {}) => {
    const { travaux } = test.container;
    const { id } = await travaux.deposer(
      chef,
      { nom, stream: Readable.from([Buffer.from(octets)]) },
      reglages,
    );
    await travaux.drain();
    return travaux.get(chef, id);
  };

  it('lists the folder that the operator named, and lets nothing outside of it be reached', async () => {
    const { travaux } = test.container;
    expect(await travaux.contenu(chef)).toEqual({
      bases: ['gec.db'],
      archives: [],
      dossiers: ['.', 'uploads', 'uploads/sous'],
      complet: true,
    });
    const dehors = [
      'lien.db',
      'dehors/autre.db',
      `../${ailleurs.path.split('/').at(-1) ?? ''}/autre.db`,
      join(ailleurs.path, 'autre.db'),
      './gec.db',
      'uploads/../gec.db',
      'gec.db\0',
      'uploads\\..\\gec.db',
      'uploads',
    ];
    for (const chemin of dehors) {
      const refus = travaux.depuisServeur(chef, { base: chemin, dossier: 'uploads' });
      await expect(refus, chemin).rejects.toMatchObject({ kind: 'invalid', fields: [{ field: 'base' }] });
    }
    for (const dossier of ['dehors', '..', '/', 'gec.db']) {
      const refus = travaux.depuisServeur(chef, { base: 'gec.db', dossier });
      await expect(refus, dossier).rejects.toMatchObject({ fields: [{ field: 'dossier' }] });
    }
  });

  it('is for super administrators alone: it brings accounts along', async () => {
    const { travaux, database } = test.container;
    // With the permission of the page, and another role.
    const admin = { ...(await test.person('admin')), permissions: chef.permissions };
    const { id } = await travaux.depuisServeur(chef, { base: 'gec.db', dossier: 'uploads' });
    const stream = () => Readable.from([base]);
    for (const refus of [
      travaux.contenu(admin),
      travaux.list(admin),
      travaux.get(admin, id),
      travaux.remarques(admin, id, null),
      travaux.depuisServeur(admin, { base: 'gec.db', dossier: 'uploads' }),
      travaux.deposer(admin, { nom: 'a.zip', stream: stream() }),
      travaux.choisir(admin, id, {}),
      travaux.lancer(admin, id, true),
      travaux.annuler(admin, id),
    ]) {
      await expect(refus).rejects.toMatchObject({ kind: 'forbidden' });
    }
    // Whoever asked for it and is no super administrator any more gets nothing done.
    await database.transaction((trx) =>
      trx.updateTable('import').set({ user_id: admin.userId }).where('id', '=', id).execute(),
    );
    await travaux.drain();
    expect(await travaux.get(chef, id)).toMatchObject({ etat: 'ECHOUE', erreur: 'DROITS' });
    expect(await compte('courrier')).toBe(0);
    // An import of the other page is none of this one, and the other way round.
    await expect(test.container.imports.get(chef, id)).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('shows first, asks again before anything is lost, and keeps the key no longer than it is needed', async () => {
    const { travaux, database, keyring } = test.container;
    const mauvaise = Buffer.alloc(32, 1).toString('base64');
    const source = { base: 'gec.db', dossier: 'uploads' };
    const { id } = await travaux.depuisServeur(chef, { ...source, cle: mauvaise });
    await travaux.drain();
    const vue = await travaux.get(chef, id);
    expect(vue).toMatchObject({ etat: 'PRET', total: TOTAL, resumes: { bilan: null } });
    // Two that only a key opens, and one that no key does.
    expect(vue.resumes.essai?.natures).toMatchObject({
      valeur_illisible: 3,
      fichier_absent: 2,
      compte_eleve: 1,
    });
    expect(await compte('courrier')).toBe(0);
    const ligne = () =>
      database.kysely.selectFrom('import').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    const place = { table: 'import', column: 'parametres', id };
    expect(JSON.stringify(await ligne())).not.toContain(mauvaise);
    expect(keyring.fields.open(place, (await ligne()).parametres)).toContain(mauvaise);

    await travaux.choisir(chef, id, { cle: CLE_TEXTE, doubles: 'laisser' });
    await travaux.drain();
    const mieux = await travaux.get(chef, id);
    expect(mieux.resumes.essai?.natures).toMatchObject({ valeur_illisible: 1, courrier_ecarte: 2 });
    await travaux.choisir(chef, id, { doubles: 'suffixer' });
    await travaux.drain();
    await expect(travaux.lancer(chef, id, false)).rejects.toMatchObject({ code: 'REPRISE_A_CONFIRMER' });
    await travaux.lancer(chef, id, true);
    await expect(travaux.lancer(chef, id, true)).rejects.toMatchObject({ kind: 'conflict' });
  });

  it('is killed in the middle, goes on in another process, and doubles nothing', async () => {
    const { travaux, database, journal, config } = test.container;
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL('./reprise.travaux.child.ts', import.meta.url))],
      {
        env: {
          PATH: process.env['PATH'],
          DATABASE_URL: config.databaseUrl,
          GEC_DATA_DIR: config.dataDir,
          GEC_MASTER_KEY: config.masterKey,
          GEC_PASSWORD_SALT: config.passwordPepper,
          SESSION_SECRET: config.sessionSecret,
          GEC_LEGACY_DIR: dir.path,
        },
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
    expect(signal).toBe('SIGKILL');
    expect(await compte('courrier')).toBe(6);
    const [mort] = await travaux.list(chef);
    const id = mort?.id ?? '';
    // It is the dead process's until its lease is over.
    await travaux.drain();
    expect(await travaux.get(chef, id)).toMatchObject({ etat: 'EN_COURS' });
    await database.transaction((trx) =>
      trx.updateTable('import').set({ bail_fin: '2020-01-01T00:00:00.000Z' }).where('id', '=', id).execute(),
    );
    await travaux.drain();
    const fini = await travaux.get(chef, id);
    expect(fini).toMatchObject({ etat: 'TERMINE', crees: TOTAL - 6, deja: 6, conflits: 0 });
    expect(fini.parametres.cle).toBeNull();
    expect(await compte('courrier')).toBe(TOTAL);
    for (const { table, la, repris, deja, ecartes } of fini.resumes.bilan?.tables ?? []) {
      expect([table, repris + deja + ecartes]).toEqual([table, la]);
    }
    const remarques = await travaux.remarques(chef, id, 'fichier_absent');
    expect(remarques.map(({ table, ancienId }) => `${table} ${ancienId ?? ''}`)).toEqual([
      'courrier 4',
      'courrier 5',
    ]);
    const actions = await database.kysely.selectFrom('log_activite').select('action').execute();
    expect(actions.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['import.lancement', 'reprise.installation', 'utilisateur.ajout']),
    );
    expect((await journal.verify(chef)).ok).toBe(true);
  }, 60_000);

  it('takes what is sent, sealed, and lets nothing of it stay', async () => {
    const { travaux, store, keyring } = test.container;
    const uploads = Object.fromEntries([...fichiers].map(([nom, octets]) => [`gec/uploads/${nom}`, octets]));
    const zip = await envoyer('gec.zip', await zipDe({ 'gec/instance/gec.db': base, ...uploads }), {
      cle: CLE_TEXTE,
    });
    expect(zip).toMatchObject({ etat: 'PRET', resumes: { essai: { natures: { fichier_absent: 2 } } } });
    const deja = zip.resumes.essai?.tables.find(({ table }) => table === 'courrier');
    expect(deja).toMatchObject({ la: TOTAL, deja: TOTAL, repris: 0 });
    const [segment] = await test.container.database.kysely
      .selectFrom('import_segment')
      .select('chemin')
      .where('import_id', '=', zip.id)
      .execute();
    const scelle = await buffer(await store.open(segment?.chemin ?? ''));
    expect(scelle.includes('gec/uploads')).toBe(false);
    expect(keyring.files.openBuffer(segment?.chemin ?? '', scelle).includes('gec/uploads')).toBe(true);
    await travaux.annuler(chef, zip.id);
    await expect(travaux.lancer(chef, zip.id, true)).rejects.toMatchObject({ kind: 'conflict' });
    await expect(store.open(segment?.chemin ?? '')).rejects.toThrow();

    // The database alone, its files on the server or nowhere; and what nobody began goes after a week.
    const seule = await envoyer('gec.sqlite', base);
    expect(seule.resumes.essai?.fichiers).toMatchObject({ attendus: 23, absents: 23 });
    await travaux.choisir(chef, seule.id, { dossier: 'uploads' });
    await travaux.drain();
    expect((await travaux.get(chef, seule.id)).resumes.essai?.fichiers).toMatchObject({ absents: 2 });
    expect(await compte('import_segment')).toBeGreaterThan(0);
    await test.container.database.transaction((trx) =>
      trx.updateTable('import').set({ date_creation: '2020-01-01T00:00:00.000Z' }).execute(),
    );
    await travaux.sweep();
    expect(await travaux.get(chef, seule.id)).toMatchObject({ etat: 'ANNULE' });
    expect(await compte('import_segment')).toBe(0);
  });

  it('refuses what is no older installation, and what is made to do harm', async () => {
    const json = (courriers: unknown) => JSON.stringify({ courriers });
    const vide = new DatabaseSync(':memory:');
    vide.exec('create table autre (id integer)');
    const essais: readonly (readonly [string, Buffer | string, string])[] = [
      ['a.zip', await zipDe({ 'lettre.txt': 'x' }), 'ETRANGER'],
      ['a.zip', await zipDe({ 'courriers_data.json': json('x') }), 'ETRANGER'],
      ['a.zip', await zipDe({ 'a.db': base, 'b.db': base }), 'ETRANGER'],
      ['a.zip', 'PK rien', 'ILLISIBLE'],
      [
        'a.zip',
        await zipDe({ 'courriers_data.json': json([]), 'attachments/b': Buffer.alloc(32 * 1024 * 1024) }),
        'BOMBE',
      ],
      ['a.db', 'SQLite format 3\0 rien', 'ILLISIBLE'],
      ['a.db', base.subarray(0, 5_000), 'ILLISIBLE'],
      ['a.db', Buffer.from(vide.serialize()), 'ETRANGER'],
    ];
    vide.close();
    for (const [nom, octets, erreur] of essais) {
      expect(await envoyer(nom, octets), `${nom} ${erreur}`).toMatchObject({ etat: 'ECHOUE', erreur });
    }
    for (const [nom, octets] of [
      ['a.exe', 'x'],
      ['a.db', ''],
    ] as const) {
      await expect(envoyer(nom, octets)).rejects.toMatchObject({ fields: [{ field: 'fichier' }] });
    }
    expect(await compte('import_segment')).toBe(0);
  });
});
