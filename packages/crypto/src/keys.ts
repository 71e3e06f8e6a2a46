import { createSecretKey, randomBytes, randomInt, type KeyObject } from 'node:crypto';
import { fill, systemClock, timestamp, type Clock, type Lang } from '@gec/core';
import { cryptoTexts } from './crypto.texts.ts';
import { InvalidMasterKeyError, WrongMasterKeyError } from './errors.ts';
import { hkdf } from './kdf.ts';
import { unwrapKey, wrapKey } from './keywrap.ts';

/**
 * What a data key serves. A `field` key is two keys in one, MAC and encryption, as A256CBC-HS512 has it. The `identity`
 * is never renewed: under it stands what nobody could compute anew, and what others know the installation by.
 */
export type KeyPurpose = 'field' | 'file' | 'index' | 'audit' | 'identity';

/** Bytes of a data key of each purpose. */
const KEY_BYTES: Readonly<Record<KeyPurpose, number>> = {
  field: 64,
  file: 32,
  index: 32,
  audit: 32,
  identity: 32,
};

/** Every purpose, in the order in which keys are made. */
export const KEY_PURPOSES = Object.keys(KEY_BYTES) as KeyPurpose[];

/** A data key as the database keeps it. */
export interface DataKeyRow {
  /** Names this generation in every envelope; never used again. */
  kid: string;
  purpose: KeyPurpose;
  /** base64 of the random key (64 bytes for `field`, else 32) wrapped as RFC 3394 says. */
  wrapped: string;
  /** ISO 8601, UTC. */
  createdAt: string;
  /** Since when it only opens and no longer seals; null for the current generation. */
  retiredAt: string | null;
}

/** A data key in memory: the bytes stay inside the KeyObject. */
export interface DataKey {
  readonly kid: string;
  readonly purpose: KeyPurpose;
  readonly key: KeyObject;
  readonly createdAt: string;
  readonly retiredAt: string | null;
}

/** The keys of one purpose, as the ciphers see them. */
export interface PurposeKeys {
  /** The generation that seals. */
  current(): DataKey;
  /** Any generation, to open. @throws UnknownKeyError */
  byKid(kid: string): DataKey;
}

const MASTER_KEY_BYTES = 32;
const KID = /^[0-9A-Za-z_-]{1,64}$/;

/**
 * Reads a master key from a setting.
 *
 * @param base64 32 bytes in base64 or base64url, with or without padding, white space around it ignored
 * @param variable name of the setting, for the message
 * @throws InvalidMasterKeyError naming the variable; the value itself is never in the message
 */
export function parseMasterKey(base64: string, variable = 'GEC_MASTER_KEY', lang: Lang = 'fr'): Buffer {
  const texts = cryptoTexts(lang);
  // Node skips what is not base64 without a word, so only a text that encodes back to itself is accepted.
  const text = base64.trim().replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_');
  const key = Buffer.from(text, 'base64url');
  if (text === '' || key.toString('base64url') !== text) {
    throw new InvalidMasterKeyError(variable, fill(texts.masterKeyNotBase64, { variable }));
  }
  if (key.length !== MASTER_KEY_BYTES) {
    throw new InvalidMasterKeyError(variable, fill(texts.masterKeyLength, { variable, bytes: key.length }));
  }
  return key;
}

/**
 * Takes a master key into a KeyObject.
 *
 * @throws RangeError when it is not 32 bytes
 */
export function masterKeyObject(masterKey: Uint8Array): KeyObject {
  if (masterKey.length !== MASTER_KEY_BYTES) {
    throw new RangeError(`the master key has ${masterKey.length} bytes instead of ${MASTER_KEY_BYTES}`);
  }
  return createSecretKey(masterKey);
}

/**
 * The key that wraps one row. RFC 3394 authenticates no context, so purpose and kid go into the derivation: a
 * wrapped key put under another purpose or name does not open. Deriving also keeps the master key apart from the
 * older program, which encrypts with it directly.
 */
function wrappingKey(master: KeyObject, purpose: KeyPurpose, kid: string): Buffer {
  return hkdf(master, `gec/kek/v1\0${purpose}\0${kid}`, 32);
}

function wrapRow(master: KeyObject, purpose: KeyPurpose, kid: string, key: Uint8Array): string {
  const kek = wrappingKey(master, purpose, kid);
  const wrapped = wrapKey(kek, key).toString('base64');
  kek.fill(0);
  return wrapped;
}

function unwrapRow(master: KeyObject, row: DataKeyRow): Buffer {
  const kek = wrappingKey(master, row.purpose, row.kid);
  const key = KID.test(row.kid) ? unwrapKey(kek, Buffer.from(row.wrapped, 'base64')) : null;
  kek.fill(0);
  if (key === null || key.length !== KEY_BYTES[row.purpose])
    throw new WrongMasterKeyError(row.kid, row.purpose);
  return key;
}

/**
 * Opens the data key of a row.
 *
 * @throws WrongMasterKeyError when the master key is another or the row was altered
 */
export function openDataKey(master: KeyObject, row: DataKeyRow): DataKey {
  const bytes = unwrapRow(master, row);
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return { kid: row.kid, purpose: row.purpose, key, createdAt: row.createdAt, retiredAt: row.retiredAt };
}

/** 40 bits of letters and digits: short, since every envelope carries it, and unique among a handful. */
function newKid(): string {
  return randomInt(2 ** 40)
    .toString(32)
    .padStart(8, '0');
}

/** Makes a new random data key, wrapped for the database. `suffix` ends its name. */
export function newDataKeyRow(master: KeyObject, purpose: KeyPurpose, clock: Clock, suffix = ''): DataKeyRow {
  const kid = newKid() + suffix;
  const bytes = randomBytes(KEY_BYTES[purpose]);
  const wrapped = wrapRow(master, purpose, kid, bytes);
  bytes.fill(0);
  return { kid, purpose, wrapped, createdAt: timestamp(clock), retiredAt: null };
}

const IDENTITY = '-id';

/**
 * The identity of a database that was made before identities had a key of their own: its first index key, since that
 * is what it was.
 */
export function identityOf(master: KeyObject, index: DataKeyRow): DataKeyRow {
  const bytes = unwrapRow(master, index);
  const kid = index.kid + IDENTITY;
  const wrapped = wrapRow(master, 'identity', kid, bytes);
  bytes.fill(0);
  return { kid, purpose: 'identity', wrapped, createdAt: index.createdAt, retiredAt: null };
}

/** The name by which an installation is known, whichever way its identity came to be. */
export function identityName(identity: Pick<DataKey, 'kid'>): string {
  return identity.kid.endsWith(IDENTITY) ? identity.kid.slice(0, -IDENTITY.length) : identity.kid;
}

/** Which of two places the entries of an index generation are kept in, so that two generations stand side by side. */
export type IndexSide = 'a' | 'b';

/** The side of an index generation; the first one of a database, whose name says nothing, is on side `a`. */
export function indexSide(kid: string): IndexSide {
  return kid.endsWith('-b') ? 'b' : 'a';
}

/**
 * What every digest of an index generation begins with, to tell it from those of others; those of the first generation
 * of a database begin with nothing of the kind.
 */
export function indexLead(kid: string): string {
  return kid.includes('-') ? `${kid}.` : '';
}

/**
 * Wraps the data keys anew under another master key; no sealed value changes.
 *
 * @param oldMaster 32 bytes, the key in force
 * @param newMaster 32 bytes
 * @param rows all the rows of the key table, in any order
 * @returns the same rows with another `wrapped`, to be stored in one transaction
 * @throws WrongMasterKeyError when `oldMaster` does not open one of them
 */
export function rewrapKeys(
  oldMaster: Uint8Array,
  newMaster: Uint8Array,
  rows: readonly DataKeyRow[],
): DataKeyRow[] {
  const from = masterKeyObject(oldMaster);
  const to = masterKeyObject(newMaster);
  return rows.map((row) => {
    const bytes = unwrapRow(from, row);
    const wrapped = wrapRow(to, row.purpose, row.kid, bytes);
    bytes.fill(0);
    return { ...row, wrapped };
  });
}

/**
 * Adds a generation of data keys for one purpose: what is sealed from now on uses it, what was sealed before still
 * opens. Only for what an envelope names its key in.
 *
 * @param masterKey 32 bytes, the key in force
 * @param rows all the rows of the key table
 * @returns all the rows, former generations retired and the new one added, to be stored in one transaction; running
 *   processes learn of it by `Keyring.reload`
 * @throws WrongMasterKeyError when the master key does not open a row, so that no table is left with two masters
 */
export function addGeneration(
  masterKey: Uint8Array,
  rows: readonly DataKeyRow[],
  purpose: Exclude<KeyPurpose, 'index' | 'identity'>,
  clock: Clock = systemClock,
): DataKeyRow[] {
  const master = masterKeyObject(masterKey);
  for (const row of rows) unwrapRow(master, row).fill(0);
  const added = newDataKeyRow(master, purpose, clock);
  const kept = rows.map((row) =>
    row.purpose === purpose && row.retiredAt === null ? { ...row, retiredAt: added.createdAt } : row,
  );
  return [...kept, added];
}

/**
 * Makes a generation that only opens so far, so that every process can learn of it before any seals with it. One of the
 * blind index is named for the side that the one in force leaves free ({@link indexSide}).
 *
 * @param rows all the rows of the key table
 * @returns the row to be added
 * @throws WrongMasterKeyError when the master key does not open a row, so that no table is left with two masters
 */
export function waitingGeneration(
  masterKey: Uint8Array,
  rows: readonly DataKeyRow[],
  purpose: Exclude<KeyPurpose, 'identity'>,
  clock: Clock = systemClock,
): DataKeyRow {
  const master = masterKeyObject(masterKey);
  for (const row of rows) unwrapRow(master, row).fill(0);
  const inForce = rows.find((row) => row.purpose === purpose && row.retiredAt === null);
  const side = purpose !== 'index' ? '' : indexSide(inForce?.kid ?? '') === 'a' ? '-b' : '-a';
  const added = newDataKeyRow(master, purpose, clock, side);
  return { ...added, retiredAt: added.createdAt };
}

/** Whether a master key opens all of these rows. @throws RangeError when it is not 32 bytes */
export function opensKeys(masterKey: Uint8Array, rows: readonly DataKeyRow[]): boolean {
  const master = masterKeyObject(masterKey);
  try {
    for (const row of rows) unwrapRow(master, row).fill(0);
    return true;
  } catch (error) {
    if (error instanceof WrongMasterKeyError) return false;
    throw error;
  }
}

/** Tells master keys apart without telling anything of them: 16 hexadecimal digits. @throws RangeError */
export function masterKeyFingerprint(masterKey: Uint8Array): string {
  return hkdf(masterKeyObject(masterKey), 'gec/master-fingerprint/v1', 8).toString('hex');
}
