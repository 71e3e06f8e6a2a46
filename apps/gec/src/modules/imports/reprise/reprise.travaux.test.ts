import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { DatabaseSync } from 'node:sqlite';
import {
  describeEachDatabase,
  samplePdf,
  samplePng,
  sampleTiff,
  tempDir,
  testClock,
  type TempDir,
} from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { createTestApp, type TestApp } from '../../../test/harness.ts';
import type { Personne } from '../../utilisateurs/utilisateurs.schema.ts';
import { CLE, ecrireFichiers, inventerAncienne, scriptAncien } from './reprise.fixture.ts';

const TOTAL = 24;
const CLE_TEXTE = CLE.toString('base64');

/** An archive of files; `serre` packs what is in it. */
function zipDe(membres: Readonly<Record<string, Buffer | string>>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [nom, octets] of Object.entries(membres)) zip.addBuffer(Buffer.from(octets), nom);
  zip.end();
  return buffer(zip.outputStream);
}

describeEachDatabase('taking an older installation over from a page', (open) => {
  const clock = testClock('2025-12-01T08:00:00.000Z');
  let dir: TempDir;
  let ailleurs: TempDir;
  let test: TestApp;
  let drop: () => Promise<void>;
  let chef: Personne;
  let base: Buffer;
  let fichiers: ReadonlyMap<string, Buffer>;

  beforeAll(async () => {
    const pdf = await samplePdf();
    const scans = [pdf, pdf, pdf, await samplePng({ width: 60 }), await sampleTiff({ width: 60 })];
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
    const database = await open();
    drop = () => database.drop();
    test = await createTestApp(database.url, { clock, env: { GEC_LEGACY_DIR: dir.path } });
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
});
