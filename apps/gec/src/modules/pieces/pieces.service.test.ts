import { execFileSync } from 'node:child_process';
import { TYPES } from './pieces.schema.ts';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { AppError, type UserActor } from '@gec/core';
import { createOutboxWorker } from '@gec/db';
import {
  brokenPdf,
  describeEachDatabase,
  encryptedPdf,
  imageBomb,
  polyglot,
  sampleJpeg,
  samplePdf,
  samplePng,
  sampleScans,
  sampleTiff,
  testClock,
} from '@gec/testing';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestBase, type TestBase } from '../../test/harness.ts';
import type { Atelier } from '../../workers/atelier.ts';
import { createTestAtelier, createTestPieces, insertTestCourrier } from './pieces.harness.ts';
import { migrated } from '../../test/migrated.ts';
import type { PiecesService } from './pieces.service.ts';

const atelier: Atelier = createTestAtelier();
afterAll(() => atelier.close());

const clock = testClock('2026-11-21T10:00:00.000Z');
const JOUR = 24 * 3_600_000;

async function everyFile(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** A stream in pieces, as a network gives it. */
function stream(content: Buffer): Readable {
  return Readable.from(
    (function* () {
      for (let at = 0; at < content.length; at += 10_000) yield content.subarray(at, at + 10_000);
    })(),
    { objectMode: false },
  );
}

describeEachDatabase('files of letters', (open) => {
  let base: TestBase;
  let agent: UserActor;
  let autre: UserActor;
  let made: ReturnType<typeof createTestPieces>;
  let pieces: PiecesService;

  beforeEach(async () => {
    clock.set(new Date());
    base = await createTestBase((await open(migrated)).url, clock);
    agent = await base.person('user', 'ADM', 'agent');
    autre = await base.person('user', 'JUR', 'autre');
    made = createTestPieces(base, atelier);
    pieces = made.pieces;
  });
  afterEach(() => base.close());

  const send = (name: string, content: Buffer, actor = agent) =>
    pieces.receive(actor, { name, stream: stream(content) });

  const drain = async () => {
    const worker = createOutboxWorker({
      database: base.database,
      clock,
      handlers: pieces.jobs,
      onError: (error) => {
        throw error;
      },
    });
    await worker.drain();
  };

  const rows = async () =>
    (await base.database.kysely.selectFrom('televersement').selectAll().execute()).length;

  async function refused(name: string, content: Buffer): Promise<AppError> {
    const error = await send(name, content).then(
      () => new Error(`${name} was taken`),
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof AppError)) throw error;
    expect(await rows()).toBe(0);
    expect(await everyFile(made.filesDir)).toEqual([]);
    expect(error.message).toContain('Rien n’a été enregistré');
    return error;
  }

  it('takes a PDF, a PNG, a JPEG and a TIFF, and gives each back as it came', async () => {
    const scan = await readFile(sampleScans()[0]!.path);
    const files: [string, Buffer, string, number][] = [
      ['Note n° 4 – été.pdf', await samplePdf({ pages: 3 }), 'application/pdf', 3],
      ['page.png', await samplePng(), 'image/png', 1],
      ['photo.jpeg', await sampleJpeg(), 'image/jpeg', 1],
      ['registre.tif', await sampleTiff({ pages: 2 }), 'image/tiff', 2],
      ['dactylographié.jpg', scan, 'image/jpeg', 1],
    ];
    const courrier = await insertTestCourrier(base, agent);
    const recues = [];
    for (const [name, content, typeMime, pages] of files) {
      const file = await send(name, content);
      expect(file).toMatchObject({
        nom: name,
        typeMime,
        pages,
        taille: content.length,
        empreinteConnue: false,
      });
      recues.push(file);
    }
    expect(
      await pieces.pending(
        agent,
        [...recues].reverse().map(({ id }) => id),
      ),
    ).toEqual([...recues].reverse());
    const ids = recues.map(({ id }) => id);
    const attached = await base.database.transaction((trx) => pieces.attach(trx, agent, courrier, ids));
    expect(attached.map(({ rang }) => rang)).toEqual([1, 2, 3, 4, 5]);
    expect(await pieces.ofCourrier(courrier)).toEqual(attached);
    for (const [index, piece] of attached.entries()) {
      expect(piece.nom).toBe(files[index]![0]);
      expect((await buffer(pieces.content(piece))).equals(files[index]![1])).toBe(true);
    }
    expect(await rows()).toBe(0);
  });

  it('keeps nothing in clear, on the disk or in the tables', async () => {
    const content = await samplePdf({ text: 'Permis minier confidentiel', bytes: 200_000 });
    const file = await send('Secret Kolwezi.pdf', content);
    const onDisk = await everyFile(made.filesDir);
    expect(onDisk).toHaveLength(1);
    const sealed = await readFile(onDisk[0]!);
    expect(sealed.includes('%PDF')).toBe(false);
    expect(sealed.includes(content.subarray(5_000, 5_032))).toBe(false);
    const [row] = await base.database.kysely.selectFrom('televersement').selectAll().execute();
    expect(JSON.stringify(row)).not.toMatch(/Kolwezi|[0-9a-f]{64}/);
    expect(row?.id).toBe(file.id);
  });

  describe('refuses, in words that say what to do,', () => {
    it('a file that was renamed', async () => {
      const error = await refused('lettre.pdf', await samplePng());
      expect(error).toMatchObject({ kind: 'unsupported-type', code: 'PIECE_RENAMED' });
      expect(error.message).toContain('«\u00A0lettre.pdf\u00A0» mais contient une image PNG');
      expect(error.message).toContain('«\u00A0lettre.png\u00A0»');
      expect(error.fields).toEqual([{ field: 'pieces', message: error.message }]);
    });

    it.each([
      ['a page disguised as a PDF', 'a.pdf', () => polyglot('html'), 'PIECE_POLYGLOT'],
      ['an archive behind a PDF', 'a.pdf', () => polyglot('zip'), 'PIECE_POLYGLOT'],
      ['a PDF with a password', 'a.pdf', encryptedPdf, 'PIECE_ENCRYPTED'],
      ['a PDF that was cut off', 'a.pdf', brokenPdf, 'PIECE_BROKEN'],
      ['an image bomb', 'a.png', async () => imageBomb(), 'PIECE_IMAGE_TOO_LARGE'],
      ['nothing at all', 'a.pdf', async () => Buffer.alloc(0), 'PIECE_EMPTY'],
      ['a text', 'a.txt', async () => Buffer.from('Bonjour'), 'PIECE_TYPE'],
      [
        'a drawing with script',
        'a.svg',
        async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        'PIECE_TYPE',
      ],
      ['a program', 'a.pdf', async () => Buffer.from('MZ' + '\0'.repeat(200)), 'PIECE_TYPE'],
    ])('%s', async (_title, name, content, code) => {
      expect(await refused(name, await content())).toMatchObject({ code });
    });

    it('a file beyond the limit, which it names', async () => {
      made = createTestPieces(base, atelier, {
        limites: async () => ({ tailleMax: 100_000, types: TYPES }),
      });
      pieces = made.pieces;
      const error = await refused('gros.pdf', await samplePdf({ bytes: 150_000 }));
      expect(error).toMatchObject({ kind: 'too-large', code: 'PIECE_TOO_LARGE' });
      expect(error.message).toContain('98\u00A0Ko');
    });
  });

  it('speaks English to those who do', async () => {
    const english = { ...agent, lang: 'en' } as const;
    await expect(send('a.pdf', Buffer.alloc(0), english)).rejects.toThrow('Nothing was saved');
  });

  it('refuses those who may not register', async () => {
    const visitor: UserActor = { ...agent, permissions: new Set(['read_own_mail']) };
    await expect(send('a.pdf', await samplePdf(), visitor)).rejects.toMatchObject({ kind: 'forbidden' });
  });

  it('keeps nothing of a file whose client vanished', async () => {
    const content = await samplePdf({ bytes: 300_000 });
    const cut = Readable.from(
      (async function* () {
        yield content.subarray(0, 150_000);
        throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
      })(),
      { objectMode: false },
    );
    await expect(pieces.receive(agent, { name: 'a.pdf', stream: cut })).rejects.toMatchObject({
      code: 'PIECE_INTERRUPTED',
    });
    expect(await everyFile(made.filesDir)).toEqual([]);
    expect(await rows()).toBe(0);
  });

  it('keeps nothing when the row cannot be written', async () => {
    const stranger: UserActor = { ...agent, userId: 999_999 };
    await expect(send('a.pdf', await samplePdf(), stranger)).rejects.toThrow();
    expect(await everyFile(made.filesDir)).toEqual([]);
  });

  it('says that the disk is full, in the language of the person, and recovers', async (context) => {
    const small = join(base.config.dataDir, 'petit');
    await mkdir(small, { recursive: true });
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=300k', 'tmpfs', small], { stdio: 'ignore' });
    } catch {
      context.skip('mounting a small disk needs root');
    }
    try {
      made = createTestPieces(base, atelier, { dir: join(small, 'files') });
      pieces = made.pieces;
      const error = await refused('grand.pdf', await samplePdf({ bytes: 600_000 }));
      expect(error).toMatchObject({ kind: 'unavailable', code: 'STORAGE_FULL' });
      expect(error.message).toContain('«\u00A0grand.pdf\u00A0»');
      expect((await send('petit.pdf', await samplePdf())).pages).toBe(1);
    } finally {
      execFileSync('umount', [small]);
    }
  });

  it('gives nobody the waiting files of another', async () => {
    const file = await send('a.pdf', await samplePdf());
    const courrier = await insertTestCourrier(base, autre);
    expect(await pieces.pending(autre, [file.id])).toEqual([]);
    await pieces.discard(autre, file.id);
    expect(await rows()).toBe(1);
    await expect(pieces.pendingPage(autre, file.id, 1, 480)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(
      base.database.transaction((trx) => pieces.attach(trx, autre, courrier, [file.id])),
    ).rejects.toMatchObject({ kind: 'invalid', fields: [{ field: 'pieces' }] });
    expect(await rows()).toBe(1);
  });

  it('gives a waiting file to one letter only, whoever is first', async () => {
    const file = await send('a.pdf', await samplePdf());
    const letters = [await insertTestCourrier(base, agent), await insertTestCourrier(base, agent)];
    const outcomes = await Promise.allSettled(
      letters.map((id) => base.database.transaction((trx) => pieces.attach(trx, agent, id, [file.id]))),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('leaves the file waiting when the registration fails', async () => {
    const file = await send('a.pdf', await samplePdf());
    const courrier = await insertTestCourrier(base, agent);
    await expect(
      base.database.transaction(async (trx) => {
        await pieces.attach(trx, agent, courrier, [file.id]);
        throw new Error('numéro pris');
      }),
    ).rejects.toThrow('numéro pris');
    expect(await pieces.pending(agent, [file.id])).toEqual([file]);
    expect(await pieces.pending(agent, ['x', 'a\0b', file.id])).toEqual([file]);
  });

  it('says that the same file is registered already, to those who may see that letter', async () => {
    const content = await samplePdf({ text: 'Double' });
    const courrier = await insertTestCourrier(base, agent);
    const { id } = await send('a.pdf', content);
    await base.database.transaction((trx) => pieces.attach(trx, agent, courrier, [id]));
    expect((await send('autre nom.pdf', content)).empreinteConnue).toBe(true);
    expect((await send('a.pdf', content, autre)).empreinteConnue).toBe(false);
    const admin = await base.person('super_admin', null, 'chef');
    expect((await send('a.pdf', content, admin)).empreinteConnue).toBe(true);
  });

  it('renders a page once for all who ask at once, and keeps it sealed', async () => {
    let renderings = 0;
    const counting: Pick<Atelier, 'inspect' | 'page'> = {
      inspect: (...args) => atelier.inspect(...args),
      page: (...args) => {
        renderings += 1;
        return atelier.page(...args);
      },
    };
    made = createTestPieces(base, atelier, { atelier: counting });
    pieces = made.pieces;
    const { id } = await send('a.pdf', await samplePdf({ pages: 2 }));
    const asked = Array.from({ length: 8 }, () => pieces.pendingPage(agent, id, 2, 480));
    const images = await Promise.all(asked);
    expect(renderings).toBe(1);
    expect(images[0]).toMatchObject({ width: 480 });
    const again = await pieces.pendingPage(agent, id, 2, 480);
    expect(renderings).toBe(1);
    expect(again.image.equals(images[0]!.image)).toBe(true);
    expect(again.contentType).toMatch(/^image\/(jpeg|png)$/);
    const [cached] = await everyFile(made.previewsDir);
    expect((await readFile(cached!)).includes('image/')).toBe(false);
    await expect(pieces.pendingPage(agent, id, 3, 480)).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('renders again what the cache lost, and bounds what it keeps', async () => {
    made = createTestPieces(base, atelier, { previews: { maxBytes: 1 } });
    pieces = made.pieces;
    const { id } = await send('a.png', await samplePng());
    await pieces.pendingPage(agent, id, 1, 480);
    await made.previews.sweep();
    expect(await everyFile(made.previewsDir)).toEqual([]);
    expect((await pieces.pendingPage(agent, id, 1, 480)).width).toBe(480);
  });

  it('destroys the files of a letter with their pictures, once the letter is gone for good', async () => {
    const courrier = await insertTestCourrier(base, agent);
    const { id } = await send('a.pdf', await samplePdf());
    const [piece] = await base.database.transaction((trx) => pieces.attach(trx, agent, courrier, [id]));
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
    expect(await everyFile(made.filesDir)).toEqual([]);
    expect(await everyFile(made.previewsDir)).toEqual([]);
    expect(await pieces.ofCourrier(courrier)).toEqual([]);
  });

  it('keeps no picture that was still being made when its file was destroyed', async () => {
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
    made = createTestPieces(base, atelier, { atelier: slow });
    pieces = made.pieces;
    const { id } = await send('a.pdf', await samplePdf());
    const looking = pieces.pendingPage(agent, id, 1, 480);
    await started.promise;
    await pieces.discard(agent, id);
    const destroyed = drain();
    await new Promise((resolve) => setImmediate(resolve));
    finished.resolve();
    expect((await looking).width).toBe(480);
    await destroyed;
    expect(await everyFile(made.filesDir)).toEqual([]);
    expect(await everyFile(made.previewsDir)).toEqual([]);
  });

  it('never destroys a file that a row names, whatever a job says', async () => {
    const { id } = await send('a.pdf', await samplePdf());
    const row = await base.database.kysely.selectFrom('televersement').selectAll().executeTakeFirstOrThrow();
    const payload = { chemins: [row.chemin] };
    await pieces.jobs['pieces.detruire']({ id: 1, kind: 'pieces.detruire', payload, attempts: 1 });
    expect((await pieces.pending(agent, [id]))[0]?.id).toBe(id);
    expect(await everyFile(made.filesDir)).toHaveLength(1);
  });

  it('takes back what its sender does not want', async () => {
    const { id } = await send('a.pdf', await samplePdf());
    await pieces.discard(agent, id);
    await pieces.discard(agent, id);
    await drain();
    expect(await rows()).toBe(0);
    expect(await everyFile(made.filesDir)).toEqual([]);
  });

  it('sweeps orphans and what was forgotten, but neither young files nor those of drafts', async () => {
    const held = new Set<string>();
    made = createTestPieces(base, atelier, { heldByDrafts: async () => held });
    pieces = made.pieces;
    const forgotten = await send('oubliée.pdf', await samplePdf());
    const drafted = await send('brouillon.pdf', await samplePdf());
    held.add(drafted.id);
    const courrier = await insertTestCourrier(base, agent);
    const kept = await send('gardée.pdf', await samplePdf());
    await base.database.transaction((trx) => pieces.attach(trx, agent, courrier, [kept.id]));
    const orphan = made.store.newPath();
    await made.store.put(orphan, stream(Buffer.from('orphelin')));

    expect(await pieces.sweep()).toEqual({ partiels: 0, orphelins: 0, abandonnes: 0, apercus: 0 });
    clock.advance(2 * JOUR);
    expect(await pieces.sweep()).toMatchObject({ orphelins: 1, abandonnes: 0 });
    clock.advance(6 * JOUR);
    expect(await pieces.sweep()).toMatchObject({ orphelins: 0, abandonnes: 1 });
    expect(await pieces.pending(agent, [forgotten.id, drafted.id])).toHaveLength(1);
    expect(await everyFile(made.filesDir)).toHaveLength(2);
  });

  it('sweeps what a crash cut short', async () => {
    const path = join(made.filesDir, 'partial', 'reste.part');
    await mkdir(join(made.filesDir, 'partial'), { recursive: true });
    await writeFile(path, 'x');
    await utimes(path, new Date(0), new Date(0));
    expect(await pieces.sweep()).toMatchObject({ partiels: 1 });
  });

  it('fails to read a file that was altered, instead of giving something else', async () => {
    const courrier = await insertTestCourrier(base, agent);
    const { id } = await send('a.pdf', await samplePdf({ bytes: 200_000 }));
    const [piece] = await base.database.transaction((trx) => pieces.attach(trx, agent, courrier, [id]));
    const file = join(made.filesDir, piece!.chemin);
    const sealed = await readFile(file);
    sealed[100_000]! ^= 1;
    await writeFile(file, sealed);
    await expect(buffer(pieces.content(piece!))).rejects.toThrow();
  });
});
