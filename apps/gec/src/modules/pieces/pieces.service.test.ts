import { execFileSync } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { AppError, type UserActor } from '@gec/core';
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
} from '@gec/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sharedAtelier } from '../../test/atelier.ts';
import { migrated } from '../../test/migrated.ts';
import { everyFile, insertTestCourrier } from './pieces.harness.ts';
import { TYPES } from './pieces.schema.ts';
import { createPoste, type Poste } from './pieces.service.harness.ts';

const atelier = sharedAtelier();

/** Sends a file that is not taken: nothing may be left of it. */
async function refused(
  { send, rows, filesDir }: Pick<Poste, 'send' | 'rows' | 'filesDir'>,
  name: string,
  content: Buffer,
): Promise<AppError> {
  const error = await send(name, content).then(
    () => new Error(`${name} was taken`),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AppError)) throw error;
  expect(await rows()).toBe(0);
  expect(await everyFile(filesDir)).toEqual([]);
  expect(error.message).toContain('Rien n’a été enregistré');
  return error;
}

describeEachDatabase('files of letters', (open) => {
  let poste: Poste;
  beforeEach(async () => {
    poste = await createPoste((await open(migrated)).url, atelier);
  });
  afterEach(() => poste.base.close());

  it('takes a PDF, a PNG, a JPEG and a TIFF, and gives each back as it came', async () => {
    const { base, agent, rows, pieces, send, attach } = poste;
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
    const attached = await attach(courrier, ids);
    expect(attached.map(({ rang }) => rang)).toEqual([1, 2, 3, 4, 5]);
    expect(await pieces.ofCourrier(courrier)).toEqual(attached);
    for (const [index, piece] of attached.entries()) {
      expect(piece.nom).toBe(files[index]![0]);
      expect((await buffer(pieces.content(piece))).equals(files[index]![1])).toBe(true);
    }
    expect(await rows()).toBe(0);
  });

  it('keeps nothing in clear, on the disk or in the tables', async () => {
    const { base, send, filesDir } = poste;
    const content = await samplePdf({ text: 'Permis minier confidentiel', bytes: 200_000 });
    const file = await send('Secret Kolwezi.pdf', content);
    const onDisk = await everyFile(filesDir);
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
      const error = await refused(poste, 'lettre.pdf', await samplePng());
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
      expect(await refused(poste, name, await content())).toMatchObject({ code });
    });

    it('a file beyond the limit, which it names', async () => {
      const etroit = poste.avec({ limites: async () => ({ tailleMax: 100_000, types: TYPES }) });
      const error = await refused(etroit, 'gros.pdf', await samplePdf({ bytes: 150_000 }));
      expect(error).toMatchObject({ kind: 'too-large', code: 'PIECE_TOO_LARGE' });
      expect(error.message).toContain('98\u00A0Ko');
    });
  });

  it('speaks English to those who do', async () => {
    const { agent, send } = poste;
    const english = { ...agent, lang: 'en' } as const;
    await expect(send('a.pdf', Buffer.alloc(0), english)).rejects.toThrow('Nothing was saved');
  });

  it('refuses those who may not register', async () => {
    const { agent, send } = poste;
    const visitor: UserActor = { ...agent, permissions: new Set(['read_own_mail']) };
    await expect(send('a.pdf', await samplePdf(), visitor)).rejects.toMatchObject({ kind: 'forbidden' });
  });

  it('keeps nothing of a file whose client vanished', async () => {
    const { agent, rows, pieces, filesDir } = poste;
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
    expect(await everyFile(filesDir)).toEqual([]);
    expect(await rows()).toBe(0);
  });

  it('keeps nothing when the row cannot be written', async () => {
    const { agent, send, filesDir } = poste;
    const stranger: UserActor = { ...agent, userId: 999_999 };
    await expect(send('a.pdf', await samplePdf(), stranger)).rejects.toThrow();
    expect(await everyFile(filesDir)).toEqual([]);
  });

  it('says that the disk is full, in the language of the person, and recovers', async (context) => {
    const small = join(poste.base.config.dataDir, 'petit');
    await mkdir(small, { recursive: true });
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=300k', 'tmpfs', small], { stdio: 'ignore' });
    } catch {
      context.skip('mounting a small disk needs root');
    }
    try {
      const plein = poste.avec({ dir: join(small, 'files') });
      const error = await refused(plein, 'grand.pdf', await samplePdf({ bytes: 600_000 }));
      expect(error).toMatchObject({ kind: 'unavailable', code: 'STORAGE_FULL' });
      expect(error.message).toContain('«\u00A0grand.pdf\u00A0»');
      expect((await plein.send('petit.pdf', await samplePdf())).pages).toBe(1);
    } finally {
      execFileSync('umount', [small]);
    }
  });

  it('gives nobody the waiting files of another', async () => {
    const { base, autre, rows, pieces, send, attach } = poste;
    const file = await send('a.pdf', await samplePdf());
    const courrier = await insertTestCourrier(base, autre);
    expect(await pieces.pending(autre, [file.id])).toEqual([]);
    await pieces.discard(autre, file.id);
    expect(await rows()).toBe(1);
    await expect(pieces.pendingPage(autre, file.id, 1, 480)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(attach(courrier, [file.id], autre)).rejects.toMatchObject({
      kind: 'invalid',
      fields: [{ field: 'pieces' }],
    });
    expect(await rows()).toBe(1);
  });

  it('gives a waiting file to one letter only, whoever is first', async () => {
    const { base, agent, send, attach } = poste;
    const file = await send('a.pdf', await samplePdf());
    const letters = [await insertTestCourrier(base, agent), await insertTestCourrier(base, agent)];
    const outcomes = await Promise.allSettled(letters.map((id) => attach(id, [file.id])));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('leaves the file waiting when the registration fails', async () => {
    const { base, agent, pieces, send } = poste;
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
    const { base, agent, autre, send, attach } = poste;
    const content = await samplePdf({ text: 'Double' });
    const courrier = await insertTestCourrier(base, agent);
    const { id } = await send('a.pdf', content);
    await attach(courrier, [id]);
    expect((await send('autre nom.pdf', content)).empreinteConnue).toBe(true);
    expect((await send('a.pdf', content, autre)).empreinteConnue).toBe(false);
    const admin = await base.person('super_admin', null, 'chef');
    expect((await send('a.pdf', content, admin)).empreinteConnue).toBe(true);
  });
});
