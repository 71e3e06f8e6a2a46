import { createHash, randomBytes } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  backupKeyId,
  generateBackupKey,
  readArchive,
  readHead,
  writeArchive,
  type ArchiveRow,
  type ArchiveSource,
  type Opener,
  type Recipient,
} from './index.ts';

const PHRASE = 'quatre mots tirés au sort';
const key = generateBackupKey();
const files = new Map([
  ['ab/cd/1', randomBytes(200_000)],
  ['ab/ce/2', Buffer.alloc(0)],
  ['ff/00/3', Buffer.from('court')],
]);
const rows: ArchiveRow[] = Array.from({ length: 2_500 }, (_, id) => ({
  id,
  nom: `Ligne « ${id} » \n\u2028 é`,
  actif: id % 2 === 0,
  vide: null,
}));

function source(): ArchiveSource {
  return {
    start: { programme: 'gec', cree: '2026-11-21T10:00:00.000Z', schema: ['0001_initial'], moteur: 'sqlite' },
    async *tables() {
      for (let at = 0; at < rows.length; at += 1_000)
        yield { table: 'courrier', rows: rows.slice(at, at + 1_000) };
      yield { table: 'user', rows: [{ id: 1 }] };
    },
    async *files() {
      for (const [path, bytes] of files) {
        yield { path, size: bytes.length, open: async () => Readable.from([bytes]) };
      }
      yield { path: 'ab/parti', size: null };
    },
    notes: { secrets: { poivre: 'x' } },
  };
}

async function make(
  made: ArchiveSource = source(),
  recipients: readonly Recipient[] = [{ publicKey: key.publicKey }],
): Promise<Buffer> {
  const out = new PassThrough();
  const [written, bytes] = await Promise.allSettled([writeArchive(made, recipients, out), buffer(out)]);
  if (written.status === 'rejected') throw written.reason;
  if (bytes.status === 'rejected') throw bytes.reason;
  return bytes.value;
}

async function read(archive: Uint8Array, opener: Opener = { secretKey: key.secretKey }) {
  const got = {
    rows: [] as ArchiveRow[],
    files: new Map<string, string>(),
    notes: {} as Record<string, unknown>,
  };
  const result = await readArchive(Readable.from([Buffer.from(archive)]), opener, {
    async rows(table, part) {
      if (table === 'courrier') got.rows.push(...part);
    },
    async file(path, _size, content) {
      got.files.set(
        path,
        createHash('sha256')
          .update(await buffer(content))
          .digest('hex'),
      );
    },
    note(name, note) {
      got.notes[name] = note;
    },
  });
  return { ...result, ...got };
}

describe('an archive', () => {
  let archive: Buffer;
  beforeAll(async () => {
    archive = await make(source(), [{ phrase: PHRASE }, { publicKey: key.publicKey }]);
  });

  it.each<[string, Opener]>([
    ['a phrase, typed with other accents and spaces around it', { phrase: ` ${PHRASE.normalize('NFD')} ` }],
    ['the secret half of a key', { secretKey: key.secretKey }],
  ])('gives everything back to who has %s', async (_name, opener) => {
    const got = await read(archive, opener);
    expect(got.rows).toEqual(rows);
    expect([...got.files.keys()]).toEqual([...files.keys()]);
    for (const [path, bytes] of files) {
      expect(got.files.get(path)).toBe(createHash('sha256').update(bytes).digest('hex'));
    }
    expect(got.notes).toEqual({ secrets: { poivre: 'x' } });
    expect(got.summary).toEqual({
      tables: { courrier: 2_500, user: 1 },
      fichiers: 3,
      octets: 200_005,
      absents: ['ab/parti'],
    });
    expect(got.start.schema).toEqual(['0001_initial']);
  });

  it('tells anybody what it is and for whom, and nothing else', async () => {
    const { head } = await readHead(Readable.from([archive]));
    expect(head).toMatchObject({ programme: 'gec', cree: '2026-11-21T10:00:00.000Z' });
    expect(head.serrures.map(({ type }) => type)).toEqual(['phrase', 'cle']);
    expect(head.serrures[1]).toMatchObject({ id: backupKeyId(key.publicKey) });
    for (const word of ['Ligne', 'courrier', 'poivre', 'court', 'ab/cd'])
      expect(archive.includes(word)).toBe(false);
  });

  it('is refused with another phrase or key, and when it is something else', async () => {
    const fault = (opener: Opener, bytes: Uint8Array = archive) =>
      expect(read(bytes, opener)).rejects.toMatchObject({ name: 'ArchiveError' });
    await fault({ phrase: 'une autre phrase' });
    await fault({ secretKey: generateBackupKey().secretKey });
    await fault({ secretKey: 'GEC-SAUVEGARDE-SECRETE-xyz' });
    await fault({ secretKey: key.publicKey });
    await fault({ secretKey: key.secretKey }, Buffer.from('PK\u0003\u0004 une archive ZIP'));
    await fault({ secretKey: key.secretKey }, Buffer.alloc(0));
  });

  it('is refused when it is cut, lengthened or altered anywhere', async () => {
    const places = fc.integer({ min: 0, max: archive.length - 1 });
    await fc.assert(
      fc.asyncProperty(places, fc.constantFrom('cut', 'flip', 'add'), async (at, how) => {
        const bytes = Buffer.from(archive);
        if (how === 'flip') bytes[at] = (bytes[at] ?? 0) ^ 0x10;
        const given =
          how === 'cut'
            ? bytes.subarray(0, at)
            : how === 'add'
              ? Buffer.concat([bytes, Buffer.from([at % 256])])
              : bytes;
        await expect(read(given)).rejects.toMatchObject({ name: 'ArchiveError' });
      }),
      { numRuns: 60 },
    );
  });

  it('never leads out of the store', async () => {
    const evil = await make({
      ...source(),
      async *files() {
        yield { path: '../../etc/passwd', size: 1, open: async () => Readable.from([Buffer.from('x')]) };
      },
    });
    await expect(read(evil)).rejects.toMatchObject({ name: 'ArchiveError', fault: 'damaged' });
  });

  it('is not made when a file cannot be read or is not as long as was said', async () => {
    const broken = (open: () => Promise<Readable>) =>
      make({
        ...source(),
        async *files() {
          yield { path: 'a', size: 10, open };
        },
      });
    await expect(broken(() => Promise.reject(new Error('lost')))).rejects.toThrow('lost');
    await expect(broken(async () => Readable.from([Buffer.from('short')]))).rejects.toThrow();
  });

  it('wants a phrase that is worth it', async () => {
    const out = new PassThrough();
    await expect(writeArchive(source(), [{ phrase: 'court' }], out)).rejects.toThrow(RangeError);
  });
});
