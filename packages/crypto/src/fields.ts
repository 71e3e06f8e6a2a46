import { randomFillSync, type KeyObject } from 'node:crypto';
import {
  AEAD_IV_BYTES,
  AEAD_TAG_BYTES,
  aeadCbcHs512Decrypt,
  aeadCbcHs512Encrypt,
  aeadKey,
  type AeadKey,
} from './aead.ts';
import { TamperedError } from './errors.ts';
import type { PurposeKeys } from './keys.ts';

declare const sealedBrand: unique symbol;

/** Text that only {@link FieldCipher} makes and opens: storing plain text in such a column is a compile error. */
export type Sealed<T extends string = string> = string & { readonly [sealedBrand]: T };

/** The place of a sealed value. It opens there and nowhere else. */
export interface FieldContext {
  table: string;
  column: string;
  /** Key of the row; a number and its decimal text mean the same row. */
  id: string | number;
}

/**
 * Seals single values for a column: A256CBC-HS512 (RFC 7518 § 5.2.5) with a random IV; the tag also covers version,
 * key id, table, column and row. The text is `1.kid.base64url(IV 16 ‖ ciphertext ‖ tag 32)`.
 */
export interface FieldCipher {
  /** Seals a text for its place; sealing the same twice gives different texts. */
  seal(context: FieldContext, plain: string): Sealed;
  /**
   * Opens what was sealed for this very place.
   *
   * @throws TamperedError when it was altered, moved or is no envelope
   * @throws UnknownKeyError when it names a key that the keyring lacks
   */
  open(context: FieldContext, sealed: Sealed | string): string;
  /** As `seal`; null and undefined stay null. */
  sealOrNull(context: FieldContext, plain: string | null | undefined): Sealed | null;
  /** As `open`; null and undefined stay null. */
  openOrNull(context: FieldContext, sealed: Sealed | string | null | undefined): string | null;
}

const VERSION = '1';
const SMALLEST = AEAD_IV_BYTES + 16 + AEAD_TAG_BYTES;

/** What every value begins with that a generation of field keys has sealed. */
export function fieldLead(kid: string): string {
  return `${VERSION}.${kid}.`;
}

/** A field key with what can be computed once for it. */
interface FieldKey {
  readonly kid: string;
  readonly key: AeadKey;
  /** What every envelope of this generation begins with. */
  readonly lead: string;
  /** Beginning of the AAD by table, then column: columns are few, so these stay small. */
  readonly prefixes: Map<string, Map<string, Buffer>>;
}

function lengthPrefixed(parts: readonly string[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(part, 'utf8');
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}

function prefixFor(field: FieldKey, table: string, column: string): Buffer {
  let columns = field.prefixes.get(table);
  if (columns === undefined) field.prefixes.set(table, (columns = new Map<string, Buffer>()));
  let prefix = columns.get(column);
  if (prefix === undefined) {
    if (table === '' || column === '') throw new TypeError('a sealed value needs a table and a column');
    prefix = lengthPrefixed(['gec/field', VERSION, field.kid, table, column]);
    columns.set(column, prefix);
  }
  return prefix;
}

/** The AAD: every part preceded by its length, so that no two places have the same bytes. */
function aadFor(field: FieldKey, { table, column, id }: FieldContext): Buffer {
  if (typeof id === 'number' ? !Number.isSafeInteger(id) : id === '') {
    throw new TypeError(`a sealed value of ${table}.${column} needs the id of its row`);
  }
  const prefix = prefixFor(field, table, column);
  const text = typeof id === 'number' ? String(id) : id;
  const length = Buffer.byteLength(text, 'utf8');
  const aad = Buffer.allocUnsafe(prefix.length + 4 + length);
  prefix.copy(aad);
  aad.writeUInt32BE(length, prefix.length);
  aad.write(text, prefix.length + 4, 'utf8');
  return aad;
}

/** Random IVs, drawn 256 at a time: a call to the generator costs more than the rest of a short encryption. */
function ivSource(): () => Buffer {
  const pool = Buffer.allocUnsafeSlow(AEAD_IV_BYTES * 256);
  let next = pool.length;
  return () => {
    if (next === pool.length) {
      randomFillSync(pool);
      next = 0;
    }
    return pool.subarray(next, (next += AEAD_IV_BYTES));
  };
}

function refused({ table, column, id }: FieldContext, cause?: unknown): TamperedError {
  return new TamperedError(`the sealed value of ${table}.${column}, row ${id}, was altered or moved`, {
    cause,
  });
}

/** Makes the field cipher over the field data keys. */
export function createFieldCipher(keys: PurposeKeys): FieldCipher {
  const prepared = new WeakMap<KeyObject, FieldKey>();
  const nextIv = ivSource();

  const prepare = (dataKey: { kid: string; key: KeyObject }): FieldKey => {
    let field = prepared.get(dataKey.key);
    if (field === undefined) {
      const bytes = dataKey.key.export();
      const { kid } = dataKey;
      field = { kid, key: aeadKey(bytes), lead: fieldLead(kid), prefixes: new Map() };
      bytes.fill(0);
      prepared.set(dataKey.key, field);
    }
    return field;
  };

  const seal = (context: FieldContext, plain: string): Sealed => {
    const field = prepare(keys.current());
    const iv = nextIv();
    const { ciphertext, tag } = aeadCbcHs512Encrypt(field.key, iv, plain, aadFor(field, context));
    return (field.lead + Buffer.concat([iv, ciphertext, tag]).toString('base64url')) as Sealed;
  };

  const open = (context: FieldContext, sealed: string): string => {
    const dot = sealed.indexOf('.', 2);
    if (dot < 0 || !sealed.startsWith(`${VERSION}.`)) throw refused(context);
    const field = prepare(keys.byKid(sealed.slice(2, dot)));
    const text = sealed.slice(dot + 1);
    const bytes = Buffer.from(text, 'base64url');
    // Node decodes leniently; one value must have one spelling only, so what does not encode back is refused.
    if (bytes.length < SMALLEST || bytes.toString('base64url') !== text) throw refused(context);
    const tagAt = bytes.length - AEAD_TAG_BYTES;
    const aad = aadFor(field, context);
    try {
      return aeadCbcHs512Decrypt(
        field.key,
        bytes.subarray(0, AEAD_IV_BYTES),
        bytes.subarray(AEAD_IV_BYTES, tagAt),
        bytes.subarray(tagAt),
        aad,
      ).toString('utf8');
    } catch (cause) {
      throw refused(context, cause);
    }
  };

  return {
    seal,
    open,
    sealOrNull: (context, plain) => (plain === null || plain === undefined ? null : seal(context, plain)),
    openOrNull: (context, sealed) => (sealed === null || sealed === undefined ? null : open(context, sealed)),
  };
}
