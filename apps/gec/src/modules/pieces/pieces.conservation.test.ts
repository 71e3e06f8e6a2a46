import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describeEachDatabase, samplePdf, samplePng, testClock } from '@gec/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sharedAtelier } from '../../test/atelier.ts';
import { migrated } from '../../test/migrated.ts';
import type { Atelier } from '../../workers/atelier.ts';
import { everyFile, insertTestCourrier } from './pieces.harness.ts';
import { createPoste, stream, type Poste } from './pieces.service.harness.ts';

const atelier = sharedAtelier();

const clock = testClock(new Date());
const JOUR = 24 * 3_600_000;

describeEachDatabase('files of letters that are there', (open) => {
  let poste: Poste;
  beforeEach(async () => {
    // Files are written at the machine's own time.
    clock.set(new Date());
    poste = await createPoste((await open(migrated)).url, atelier, clock);
  });
  afterEach(() => poste.base.close());

  it('renders a page once for all who ask at once, and keeps it sealed', async () => {
    const { agent } = poste;
    let renderings = 0;
    const counting: Pick<Atelier, 'inspect' | 'page'> = {
      inspect: (...args) => atelier.inspect(...args),
      page: (...args) => {
        renderings += 1;
        return atelier.page(...args);
      },
    };
    const { pieces, send, previewsDir } = poste.avec({ atelier: counting });
    const { id } = await send('a.pdf', await samplePdf({ pages: 2 }));
    const asked = Array.from({ length: 8 }, () => pieces.pendingPage(agent, id, 2, 480));
    const images = await Promise.all(asked);
    expect(renderings).toBe(1);
    expect(images[0]).toMatchObject({ width: 480 });
    const again = await pieces.pendingPage(agent, id, 2, 480);
    expect(renderings).toBe(1);
    expect(again.image.equals(images[0]!.image)).toBe(true);
    expect(again.contentType).toMatch(/^image\/(jpeg|png)$/);
    const [cached] = await everyFile(previewsDir);
    expect((await readFile(cached!)).includes('image/')).toBe(false);
    await expect(pieces.pendingPage(agent, id, 3, 480)).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('renders again what the cache lost, and bounds what it keeps', async () => {
    const { agent } = poste;
    const { pieces, send, previewsDir, previews } = poste.avec({ previews: { maxBytes: 1 } });
    const { id } = await send('a.png', await samplePng());
    await pieces.pendingPage(agent, id, 1, 480);
    await previews.sweep();
    expect(await everyFile(previewsDir)).toEqual([]);
    expect((await pieces.pendingPage(agent, id, 1, 480)).width).toBe(480);
  });

  it('destroys the files of a letter with their pictures, once the letter is gone for good', async () => {
    const { base, agent, pieces, send, attach, drain, filesDir, previewsDir } = poste;
    const courrier = await insertTestCourrier(base, agent);
    const { id } = await send('a.pdf', await samplePdf());
    const [piece] = await attach(courrier, [id]);
    await pieces.pageImage(piece!, 1, 480);
    await expect(
      base.database.transaction(async (trx) => {
        await pieces.destroyAll(trx, courrier);
        throw new Error('non');
      }),
    ).rejects.toThrow('non');
    await drain();
    expect(await pieces.present(piece!)).toBe(true);
    expect(await base.database.transaction((trx) => pieces.destroyAll(trx, courrier))).toBe(1);
    await drain();
    expect(await everyFile(filesDir)).toEqual([]);
    expect(await everyFile(previewsDir)).toEqual([]);
    expect(await pieces.ofCourrier(courrier)).toEqual([]);
  });

  it('keeps no picture that was still being made when its file was destroyed', async () => {
    const { agent } = poste;
    const started = Promise.withResolvers<void>();
    const finished = Promise.withResolvers<void>();
    const slow: Pick<Atelier, 'inspect' | 'page'> = {
      inspect: (...args) => atelier.inspect(...args),
      async page(...args) {
        const image = await atelier.page(...args);
        started.resolve();
        await finished.promise;
        return image;
      },
    };
    const { pieces, send, drain, filesDir, previewsDir } = poste.avec({ atelier: slow });
    const { id } = await send('a.pdf', await samplePdf());
    const looking = pieces.pendingPage(agent, id, 1, 480);
    await started.promise;
    await pieces.discard(agent, id);
    const destroyed = drain();
    await new Promise((resolve) => setImmediate(resolve));
    finished.resolve();
    expect((await looking).width).toBe(480);
    await destroyed;
    expect(await everyFile(filesDir)).toEqual([]);
    expect(await everyFile(previewsDir)).toEqual([]);
  });

  it('never destroys a file that a row names, whatever a job says', async () => {
    const { base, agent, pieces, send, filesDir } = poste;
    const { id } = await send('a.pdf', await samplePdf());
    const row = await base.database.kysely.selectFrom('televersement').selectAll().executeTakeFirstOrThrow();
    const payload = { chemins: [row.chemin] };
    await pieces.jobs['pieces.detruire']({ id: 1, kind: 'pieces.detruire', payload, attempts: 1 });
    expect((await pieces.pending(agent, [id]))[0]?.id).toBe(id);
    expect(await everyFile(filesDir)).toHaveLength(1);
  });

  it('takes back what its sender does not want', async () => {
    const { agent, rows, pieces, send, drain, filesDir } = poste;
    const { id } = await send('a.pdf', await samplePdf());
    await pieces.discard(agent, id);
    await pieces.discard(agent, id);
    await drain();
    expect(await rows()).toBe(0);
    expect(await everyFile(filesDir)).toEqual([]);
  });

  it('sweeps orphans and what was forgotten, but neither young files nor those of drafts', async () => {
    const { base, agent } = poste;
    const held = new Set<string>();
    const { pieces, send, attach, filesDir, store } = poste.avec({ heldByDrafts: async () => held });
    const forgotten = await send('oubliée.pdf', await samplePdf());
    const drafted = await send('brouillon.pdf', await samplePdf());
    held.add(drafted.id);
    const courrier = await insertTestCourrier(base, agent);
    const kept = await send('gardée.pdf', await samplePdf());
    await attach(courrier, [kept.id]);
    const orphan = store.newPath();
    await store.put(orphan, stream(Buffer.from('orphelin')));

    expect(await pieces.sweep()).toEqual({ partiels: 0, orphelins: 0, abandonnes: 0, apercus: 0 });
    clock.advance(2 * JOUR);
    expect(await pieces.sweep()).toMatchObject({ orphelins: 1, abandonnes: 0 });
    clock.advance(6 * JOUR);
    expect(await pieces.sweep()).toMatchObject({ orphelins: 0, abandonnes: 1 });
    expect(await pieces.pending(agent, [forgotten.id, drafted.id])).toHaveLength(1);
    expect(await everyFile(filesDir)).toHaveLength(2);
  });

  it('sweeps what a crash cut short', async () => {
    const { pieces, filesDir } = poste;
    const path = join(filesDir, 'partial', 'reste.part');
    await mkdir(join(filesDir, 'partial'), { recursive: true });
    await writeFile(path, 'x');
    await utimes(path, new Date(0), new Date(0));
    expect(await pieces.sweep()).toMatchObject({ partiels: 1 });
  });

  it('fails to read a file that was altered, instead of giving something else', async () => {
    const { base, agent, pieces, send, attach, filesDir } = poste;
    const courrier = await insertTestCourrier(base, agent);
    const { id } = await send('a.pdf', await samplePdf({ bytes: 200_000 }));
    const [piece] = await attach(courrier, [id]);
    const file = join(filesDir, piece!.chemin);
    const sealed = await readFile(file);
    sealed[100_000]! ^= 1;
    await writeFile(file, sealed);
    await expect(buffer(pieces.content(piece!))).rejects.toThrow();
  });
});
