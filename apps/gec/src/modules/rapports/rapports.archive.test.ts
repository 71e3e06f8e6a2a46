import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { buffer } from 'node:stream/consumers';
import { describeEachDatabase } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fromBuffer, type Entry, type ZipFile } from 'yauzl';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { fichierShape } from '../imports/imports.format.schema.ts';
import { SANS_FILTRE } from '../recherche/recherche.schema.ts';
import { enregistrer, exporter } from './rapports.harness.ts';
import { migrated } from '../../test/migrated.ts';

/** The files of a ZIP by their names. */
async function dezipper(zip: Buffer): Promise<Map<string, Buffer>> {
  const file = await promisify<Buffer, object, ZipFile>(fromBuffer)(zip, { lazyEntries: true });
  const open = promisify<Entry, Readable>(file.openReadStream.bind(file));
  const found = new Map<string, Buffer>();
  const done = Promise.withResolvers<Map<string, Buffer>>();
  file.on('error', done.reject).on('end', () => done.resolve(found));
  file.on('entry', (entry: Entry) => {
    open(entry)
      .then(async (stream) => found.set(entry.fileName, await buffer(stream)))
      .then(() => file.readEntry(), done.reject);
  });
  file.readEntry();
  return done.promise;
}

describeEachDatabase('an archive of letters', (open) => {
  let test: TestApp;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    const database = await open(migrated);
    drop = () => database.drop();
    test = await createTestApp(database.url);
  });
  afterAll(async () => {
    await test.close();
    await drop();
  });

  it('holds what the person may read, with files, checksums and nothing else', async () => {
    const { container } = test;
    const agent = await test.person('user', 'ADM', 'agent');
    const autre = await test.person('user', 'JUR', 'autre');
    const { id, numero } = await enregistrer(container, agent, { objet: 'Permis de Kolwezi' });
    const sien = await enregistrer(container, autre, { objet: 'Contentieux' });
    await container.commentaires.add(agent, id, { type: 'annotation', texte: 'À suivre' });

    const { fini, contenu } = await exporter(container, agent, { genre: 'archive', filtres: SANS_FILTRE });
    expect(fini).toMatchObject({ etat: 'TERMINEE', type: 'application/zip', fait: 1, total: 1 });
    expect(fini.nom).toMatch(/^Courriers .*\.zip$/);
    const files = await dezipper(contenu);
    const json = fichierShape.parse(JSON.parse(files.get('courriers.json')?.toString() ?? ''));
    expect(json.courriers).toMatchObject([
      {
        id,
        numero,
        objet: 'Permis de Kolwezi',
        utilisateur: 'agent',
        departement: 'ADM',
        commentaires: [{ texte: 'À suivre', utilisateur: 'agent' }],
      },
    ]);
    const sommes = files.get('SOMMES.sha256')?.toString().trimEnd().split('\n') ?? [];
    expect(sommes).toHaveLength(2);
    for (const somme of sommes) {
      const [hash = '', name = ''] = somme.split('  ');
      expect(
        createHash('sha256')
          .update(files.get(name) ?? '')
          .digest('hex'),
      ).toBe(hash);
    }
    // Letters of others, named one by one, are not in it either.
    const choisis = await exporter(container, agent, { genre: 'archive', ids: [sien.id, id] });
    expect(choisis.fini.fait).toBe(1);
  });
});
