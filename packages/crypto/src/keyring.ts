import { systemClock, type Clock } from '@gec/core';
import { createAuditMac, type AuditMac } from './audit.ts';
import { createBlindIndex, createIndexKeys, type BlindIndex, type IndexKeys } from './blind-index.ts';
import { UnknownKeyError } from './errors.ts';
import { createFieldCipher, type FieldCipher } from './fields.ts';
import { createFileCipher, type FileCipher } from './files.ts';
import {
  identityOf,
  KEY_PURPOSES,
  masterKeyObject,
  newDataKeyRow,
  openDataKey,
  type DataKey,
  type DataKeyRow,
  type KeyPurpose,
  type PurposeKeys,
} from './keys.ts';

/** Where the wrapped data keys are kept. */
export interface KeyStore {
  /** Every row of the key table, in any order. */
  load(): Promise<DataKeyRow[]>;
  /** Inserts each row whose purpose has no row yet, and skips the others; safe against another process doing the same. */
  insertMissing(rows: DataKeyRow[]): Promise<void>;
}

/** The opened data keys and what is done with them. Raw key bytes never leave it. */
export interface Keyring {
  /** The generation that seals for a purpose. */
  current(purpose: KeyPurpose): DataKey;
  /** The generation of that name, retired or not. @throws UnknownKeyError */
  byKid(kid: string): DataKey;
  readonly fields: FieldCipher;
  readonly files: FileCipher;
  readonly index: IndexKeys;
  /** Digests that stay what they are when other keys are renewed. */
  readonly identity: Pick<BlindIndex, 'digest'>;
  readonly audit: AuditMac;
  /**
   * Reads the store again, to learn of generations that another process added, retired or forgot. Keys that are open
   * stay so when another master key wraps them by now.
   *
   * @throws WrongMasterKeyError when a new generation is wrapped under another master key than this process began with
   */
  reload(): Promise<void>;
}

interface OpenedKeys {
  readonly byKid: ReadonlyMap<string, DataKey>;
  readonly current: ReadonlyMap<KeyPurpose, DataKey>;
  /** Generations of the blind index, the one in force first. */
  readonly index: readonly DataKey[];
}

function isNewer(a: DataKey, b: DataKey): boolean {
  // The kid decides between two of the same instant, so that every process chooses alike.
  return a.createdAt === b.createdAt ? a.kid > b.kid : a.createdAt > b.createdAt;
}

function openRows(open: (row: DataKeyRow) => DataKey, rows: readonly DataKeyRow[]): OpenedKeys {
  const byKid = new Map<string, DataKey>();
  const current = new Map<KeyPurpose, DataKey>();
  for (const row of rows) {
    const key = open(row);
    byKid.set(key.kid, key);
    const best = current.get(key.purpose);
    if (key.retiredAt === null && (best === undefined || isNewer(key, best))) current.set(key.purpose, key);
  }
  const index = [...byKid.values()]
    .filter(({ purpose }) => purpose === 'index')
    .sort((a, b) => Number(b === current.get('index')) - Number(a === current.get('index')));
  return { byKid, current, index };
}

function missingPurposes(opened: OpenedKeys): KeyPurpose[] {
  return KEY_PURPOSES.filter((purpose) => !opened.current.has(purpose));
}

/**
 * Opens the data keys of a database, and makes the missing ones on the first run. Several processes may do so at
 * once: what counts is what the store holds afterwards. Existing keys are opened before any is made, so that a wrong
 * master key leaves no trace.
 *
 * @param masterKey 32 bytes
 * @throws WrongMasterKeyError when the master key does not open what the store holds
 * @throws RangeError when the master key is not 32 bytes
 */
export async function openKeyring(
  masterKey: Uint8Array,
  store: KeyStore,
  clock: Clock = systemClock,
): Promise<Keyring> {
  const master = masterKeyObject(masterKey);
  const open = (row: DataKeyRow): DataKey => openDataKey(master, row);

  const rows = await store.load();
  let opened = openRows(open, rows);
  const missing = missingPurposes(opened);
  if (missing.length > 0) {
    const known = rows.find((row) => row.kid === opened.current.get('index')?.kid);
    const made = missing.map((purpose) =>
      purpose === 'identity' && known ? identityOf(master, known) : newDataKeyRow(master, purpose, clock),
    );
    await store.insertMissing(made);
    opened = openRows(open, await store.load());
    const still = missingPurposes(opened);
    if (still.length > 0) throw new Error(`the key store holds no current data key for: ${still.join(', ')}`);
  }

  const current = (purpose: KeyPurpose): DataKey => {
    const key = opened.current.get(purpose);
    if (key === undefined) throw new Error(`no current data key for ${purpose}`);
    return key;
  };
  const byKid = (kid: string): DataKey => {
    const key = opened.byKid.get(kid);
    if (key === undefined) throw new UnknownKeyError(kid);
    return key;
  };
  const keysFor = (purpose: KeyPurpose): PurposeKeys => ({
    current: () => current(purpose),
    byKid: (kid) => {
      const key = byKid(kid);
      if (key.purpose !== purpose) throw new UnknownKeyError(kid);
      return key;
    },
  });

  return {
    current,
    byKid,
    fields: createFieldCipher(keysFor('field')),
    files: createFileCipher(keysFor('file')),
    index: createIndexKeys(() => opened.index),
    identity: createBlindIndex(current('identity').key, 1),
    audit: createAuditMac(keysFor('audit')),
    reload: async () => {
      const known = opened.byKid;
      const reread = openRows(
        (row) => {
          const key = known.get(row.kid);
          return key?.purpose === row.purpose ? { ...key, retiredAt: row.retiredAt } : open(row);
        },
        await store.load(),
      );
      const still = missingPurposes(reread);
      if (still.length > 0)
        throw new Error(`the key store holds no current data key for: ${still.join(', ')}`);
      opened = reread;
    },
  };
}
