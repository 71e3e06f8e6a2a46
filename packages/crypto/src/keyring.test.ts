import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MemoryKeyStore } from '../test/memory-store.ts';
import {
  addGeneration,
  identityName,
  indexSide,
  InvalidMasterKeyError,
  openKeyring,
  parseMasterKey,
  rewrapKeys,
  UnknownKeyError,
  waitingGeneration,
  WrongMasterKeyError,
  type DataKeyRow,
  type Keyring,
  type KeyPurpose,
} from './index.ts';

const PURPOSES: KeyPurpose[] = ['field', 'file', 'index', 'audit', 'identity'];
const place = { table: 'courrier', column: 'objet', id: 7 };

const bytesOf = (ring: Keyring): string[] =>
  PURPOSES.map((p) => ring.current(p).key.export().toString('hex'));

describe('the keyring', () => {
  it('makes one key for each purpose on the first run and finds them again', async () => {
    const master = randomBytes(32);
    const store = new MemoryKeyStore();
    const first = await openKeyring(master, store);
    expect(store.rows.map((row) => row.purpose).sort()).toEqual([...PURPOSES].sort());
    expect(new Set(bytesOf(first)).size).toBe(5);
    expect(first.current('field').key.symmetricKeySize).toBe(64);

    const second = await openKeyring(master, store);
    expect(bytesOf(second)).toEqual(bytesOf(first));
    expect(store.inserts).toBe(1);
  });

  it('stores no key in clear', async () => {
    const store = new MemoryKeyStore();
    const ring = await openKeyring(randomBytes(32), store);
    const table = store.rows.map((row) => Buffer.from(row.wrapped, 'base64').toString('hex')).join();
    for (const key of bytesOf(ring)) expect(table).not.toContain(key.slice(0, 32));
  });

  it('gives two processes that start at once the same keys', async () => {
    const master = randomBytes(32);
    const store = new MemoryKeyStore();
    // Both have seen an empty table before either inserts.
    const { promise: bothHere, resolve: release } = Promise.withResolvers<void>();
    store.beforeInsert = async () => {
      if (store.inserts === 2) release();
      await bothHere;
    };
    const [a, b] = await Promise.all([openKeyring(master, store), openKeyring(master, store)]);
    expect(store.inserts).toBe(2);
    expect(store.rows).toHaveLength(5);
    expect(bytesOf(a)).toEqual(bytesOf(b));
    expect(b.fields.open(place, a.fields.seal(place, 'Permis'))).toBe('Permis');
  });

  it('adds the purposes that an older database lacks', async () => {
    const master = randomBytes(32);
    const store = new MemoryKeyStore();
    const before = await openKeyring(master, store);
    store.rows = store.rows.filter((row) => row.purpose !== 'audit');
    const after = await openKeyring(master, store);
    expect(after.current('field').kid).toBe(before.current('field').kid);
    expect(after.current('audit').kid).not.toBe(before.current('audit').kid);
  });

  it('keeps as its identity what the index key of an older database gave it', async () => {
    const master = randomBytes(32);
    const store = new MemoryKeyStore();
    const before = await openKeyring(master, store);
    const index = before.current('index');
    store.rows = store.rows.filter((row) => row.purpose !== 'identity');
    const after = await openKeyring(master, store);
    const identity = after.current('identity');
    expect(identityName(identity)).toBe(index.kid);
    expect(identity.createdAt).toBe(index.createdAt);
    expect(after.identity.digest('installation', 'x')).toBe(before.index.digest('installation', 'x'));
    expect(identityName(before.current('identity'))).toBe(before.current('identity').kid);
  });

  it('gives each generation of the index digests that tell which it is, on the free side', async () => {
    const master = randomBytes(32);
    const store = new MemoryKeyStore();
    const ring = await openKeyring(master, store);
    const first = ring.current('index').kid;
    const digest = ring.index.digest('email', 'x');
    expect(digest).toMatch(/^[\w-]{43}$/);
    store.rows.push(waitingGeneration(master, store.rows, 'index'));
    await ring.reload();
    const second = ring.index.generations()[1]!.kid;
    expect([indexSide(first), indexSide(second)]).toEqual(['a', 'b']);
    expect(ring.index.digests('email', 'x')).toEqual([digest, expect.stringMatching(`^${second}\\.`)]);
    const at = new Date().toISOString();
    store.rows = store.rows.map((row) =>
      row.purpose === 'index' ? { ...row, retiredAt: row.kid === second ? null : at } : row,
    );
    await ring.reload();
    expect(ring.index.digests('email', 'x')[1]).toBe(digest);
    expect(ring.index.term('c', 'x')).toBe(ring.index.terms('c', 'x')[0]);
    store.rows = store.rows.filter(({ kid }) => kid !== first);
    await ring.reload();
    expect(ring.index.digests('email', 'x')).toHaveLength(1);
    expect(indexSide(waitingGeneration(master, store.rows, 'index').kid)).toBe('a');
    expect(ring.identity.digest('a', 'b')).not.toBe(ring.index.digest('a', 'b'));
  });

  it('refuses another master key, and then makes no key', async () => {
    const store = new MemoryKeyStore();
    await openKeyring(randomBytes(32), store);
    store.rows = store.rows.filter((row) => row.purpose !== 'audit');
    await expect(openKeyring(randomBytes(32), store)).rejects.toThrow(WrongMasterKeyError);
    expect(store.rows).toHaveLength(4);
  });

  it('refuses a process that starts at once with another master key', async () => {
    const store = new MemoryKeyStore();
    const winner = randomBytes(32);
    store.beforeInsert = async () => {
      store.beforeInsert = () => Promise.resolve();
      await openKeyring(winner, store);
    };
    await expect(openKeyring(randomBytes(32), store)).rejects.toThrow(WrongMasterKeyError);
    await openKeyring(winner, store);
  });

  it.each<[string, (rows: DataKeyRow[]) => void]>([
    [
      'under another purpose',
      ([, file, index]) => void ([file!.wrapped, index!.wrapped] = [index!.wrapped, file!.wrapped]),
    ],
    ['under another name', ([row]) => void (row!.kid = 'autre')],
    ['with a name that breaks envelopes', ([row]) => void (row!.kid = 'a.b')],
    ['cut', ([row]) => void (row!.wrapped = row!.wrapped.slice(0, -4))],
    ['empty', ([row]) => void (row!.wrapped = '')],
  ])('refuses a wrapped key put %s', async (_where, alter) => {
    const master = randomBytes(32);
    const store = new MemoryKeyStore();
    await openKeyring(master, store);
    alter(store.rows);
    await expect(openKeyring(master, store)).rejects.toThrow(WrongMasterKeyError);
  });

  it('refuses a store that does not keep what is inserted', async () => {
    const store = { load: () => Promise.resolve([]), insertMissing: () => Promise.resolve() };
    await expect(openKeyring(randomBytes(32), store)).rejects.toThrow(/field, file, index, audit, identity/);
  });

  it('takes a master key of 32 bytes only', async () => {
    await expect(openKeyring(randomBytes(31), new MemoryKeyStore())).rejects.toThrow(RangeError);
  });

  it('does not know a foreign kid', async () => {
    const ring = await openKeyring(randomBytes(32), new MemoryKeyStore());
    expect(() => ring.byKid('inconnu')).toThrow(UnknownKeyError);
  });
});

describe('a new master key', () => {
  it('re-wraps the keys without touching what they sealed', async () => {
    const [old, fresh] = [randomBytes(32), randomBytes(32)];
    const store = new MemoryKeyStore();
    const before = await openKeyring(old, store);
    const sealed = before.fields.seal(place, 'Renouvellement');

    store.rows = rewrapKeys(old, fresh, store.rows);

    const after = await openKeyring(fresh, store);
    expect(bytesOf(after)).toEqual(bytesOf(before));
    expect(after.fields.open(place, sealed)).toBe('Renouvellement');
    await expect(openKeyring(old, store)).rejects.toThrow(WrongMasterKeyError);
  });

  it('is refused when the old one is wrong', async () => {
    const store = new MemoryKeyStore();
    await openKeyring(randomBytes(32), store);
    expect(() => rewrapKeys(randomBytes(32), randomBytes(32), store.rows)).toThrow(WrongMasterKeyError);
  });
});

describe('a new generation of data keys', () => {
  it.each(['field', 'file', 'audit'] as const)(
    'of %s seals from now on, and the former still opens',
    async (purpose) => {
      const master = randomBytes(32);
      const store = new MemoryKeyStore();
      const running = await openKeyring(master, store);
      const oldKid = running.current(purpose).kid;
      const sealed = running.fields.seal(place, 'ancien');
      const file = running.files.sealBuffer('f1', Buffer.from('ancien'));
      const mac = running.audit.mac('ancien');

      store.rows = addGeneration(master, store.rows, purpose);
      await running.reload();

      const reopened = await openKeyring(master, store);
      for (const ring of [running, reopened]) {
        expect(ring.current(purpose).kid).not.toBe(oldKid);
        expect(ring.byKid(oldKid).retiredAt).not.toBeNull();
        expect(ring.fields.open(place, sealed)).toBe('ancien');
        expect(ring.files.openBuffer('f1', file).toString()).toBe('ancien');
        expect(ring.audit.verify('ancien', mac)).toBe(true);
      }
      expect(reopened.fields.open(place, running.fields.seal(place, 'neuf'))).toBe('neuf');
      expect(store.rows).toHaveLength(6);
    },
  );

  it('is not added with another master key', async () => {
    const store = new MemoryKeyStore();
    await openKeyring(randomBytes(32), store);
    expect(() => addGeneration(randomBytes(32), store.rows, 'field')).toThrow(WrongMasterKeyError);
  });

  it('opens only after a reload in a process that runs', async () => {
    const master = randomBytes(32);
    const store = new MemoryKeyStore();
    const running = await openKeyring(master, store);
    store.rows = addGeneration(master, store.rows, 'field');
    const sealed = (await openKeyring(master, store)).fields.seal(place, 'neuf');
    expect(() => running.fields.open(place, sealed)).toThrow(UnknownKeyError);
    await running.reload();
    expect(running.fields.open(place, sealed)).toBe('neuf');
  });
});

describe('the audit MAC', () => {
  it('verifies what it made, names its key, and refuses everything else', async () => {
    const ring = await openKeyring(randomBytes(32), new MemoryKeyStore());
    const mac = ring.audit.mac('entrée 1');
    expect(mac).toMatch(new RegExp(`^${ring.current('audit').kid}\\.[\\w-]{43}$`));
    expect(ring.audit.mac(Buffer.from('entrée 1'))).toBe(mac);
    expect(ring.audit.verify('entrée 1', mac)).toBe(true);
    expect(ring.audit.verify('entrée 2', mac)).toBe(false);
    for (const bad of ['', '.', mac.slice(1), mac.slice(0, -1), `${mac}=`, `${mac}A`, mac.replace('.', '')]) {
      expect(ring.audit.verify('entrée 1', bad), bad).toBe(false);
    }
    // A key of another purpose does not vouch for an entry.
    expect(ring.audit.verify('entrée 1', mac.replace(/^[^.]+/, ring.current('file').kid))).toBe(false);
  });
});

describe('the master key in a setting', () => {
  const key = Buffer.from(Array.from({ length: 32 }, (_, i) => 255 - i));

  it('is 32 bytes in base64 or base64url', () => {
    expect(parseMasterKey(key.toString('base64'), 'GEC_MASTER_KEY')).toEqual(key);
    expect(parseMasterKey(` ${key.toString('base64url')}\n`, 'GEC_MASTER_KEY')).toEqual(key);
  });

  it.each([
    '',
    '   ',
    'pas du base64 !',
    `${key.toString('base64')}é`,
    key.toString('base64').replace('/', ' '),
  ])('is refused as %j, naming the variable and not the value', (text) => {
    expect(() => parseMasterKey(text, 'MA_CLE')).toThrow(InvalidMasterKeyError);
    expect(() => parseMasterKey(text, 'MA_CLE')).toThrow(/^MA_CLE\u00A0: .*base64/);
  });

  it.each([16, 31, 33, 64])('is refused with %i bytes', (bytes) => {
    const text = Buffer.alloc(bytes, 7).toString('base64');
    expect(() => parseMasterKey(text, 'MA_CLE')).toThrow(`MA_CLE\u00A0: la clé fait ${bytes} octets`);
    expect(() => parseMasterKey(text, 'MY_KEY', 'en')).toThrow(`MY_KEY: the key has ${bytes} bytes`);
  });
});
