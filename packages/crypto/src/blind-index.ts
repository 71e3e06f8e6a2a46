import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { hkdf } from './kdf.ts';
import { indexLead, type DataKey } from './keys.ts';

/**
 * Keyed hashes of words and values, so that sealed columns can be searched. Folding words is the caller's: what is
 * given is hashed as it is. The tag keeps kinds apart (`w` whole words, `p` beginnings, `email` …).
 */
export interface BlindIndex {
  /** 64 bits as 13 letters and digits in lower case: one token for SQLite's FTS5. */
  term64(tag: string, word: string): string;
  /** 32 bits as a signed integer, for PostgreSQL's int4. */
  term32(tag: string, word: string): number;
  /** All 256 bits as base64url (43 characters), for unique look-ups such as an e-mail address. */
  digest(tag: string, value: string): string;
}

/** The blind index under one generation of its key. */
export interface IndexGeneration extends BlindIndex {
  readonly kid: string;
}

/**
 * The blind index of an installation, under the generation in force. While its key is being renewed there are two
 * generations, and what is looked for may bear either.
 */
export interface IndexKeys {
  /**
   * The digest to be stored. Later generations begin theirs with their name, so that what bears a former one is found
   * without a key.
   */
  digest(tag: string, value: string): string;
  /** Every digest that may be stored of a value, the one of {@link digest} first. */
  digests(tag: string, value: string): string[];
  /** As `digest` and `digests`, of 64 bits: for terms of which there are many. */
  term(tag: string, word: string): string;
  terms(tag: string, word: string): string[];
  /** Every generation that is known, the one in force first. */
  generations(): readonly IndexGeneration[];
}

interface Term {
  readonly t64: string;
  readonly t32: number;
}

/** Words kept by default; about 10 MB when full. */
const CACHED_WORDS = 50_000;

/**
 * A bounded cache that forgets the least recently used half at once: as good as strict LRU for words, whose use
 * follows Zipf's law, without moving an entry at every hit.
 */
class HalvingCache<V> {
  readonly #half: number;
  #young = new Map<string, V>();
  #old = new Map<string, V>();

  constructor(capacity: number) {
    this.#half = Math.max(1, capacity >> 1);
  }

  get(key: string): V | undefined {
    const value = this.#young.get(key);
    if (value !== undefined) return value;
    const older = this.#old.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  set(key: string, value: V): void {
    if (this.#young.size >= this.#half) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }
}

/** The tag's length comes first, so that no tag and word join into the same text as another pair. */
function labelled(tag: string, text: string): string {
  return `${tag.length}:${tag}${text}`;
}

/**
 * Makes the blind index: HMAC-SHA-256 under keys derived from the index data key, one for (truncated) terms and one
 * for full digests.
 *
 * @param capacity words kept in the cache
 */
export function createBlindIndex(indexKey: KeyObject, capacity = CACHED_WORDS): BlindIndex {
  const termKey = createSecretKey(hkdf(indexKey, 'gec/index/term/v1', 32));
  const digestKey = createSecretKey(hkdf(indexKey, 'gec/index/digest/v1', 32));
  const cache = new HalvingCache<Term>(capacity);

  const term = (tag: string, word: string): Term => {
    const label = labelled(tag, word);
    let found = cache.get(label);
    if (found === undefined) {
      const mac = createHmac('sha256', termKey).update(label, 'utf8').digest();
      found = { t64: mac.readBigUInt64BE(0).toString(32).padStart(13, '0'), t32: mac.readInt32BE(8) };
      cache.set(label, found);
    }
    return found;
  };

  return {
    term64: (tag, word) => term(tag, word).t64,
    term32: (tag, word) => term(tag, word).t32,
    digest: (tag, value) =>
      createHmac('sha256', digestKey).update(labelled(tag, value), 'utf8').digest('base64url'),
  };
}

/**
 * Makes the index over its generations.
 *
 * @param generations every one that is known, the one in force first; asked anew each time
 */
export function createIndexKeys(generations: () => readonly DataKey[]): IndexKeys {
  const made = new Map<string, IndexGeneration>();
  let last: readonly DataKey[] = [];
  let indexes: readonly IndexGeneration[] = [];

  const all = (): readonly IndexGeneration[] => {
    const keys = generations();
    if (keys === last) return indexes;
    const kids = new Set(keys.map(({ kid }) => kid));
    for (const kid of made.keys()) if (!kids.has(kid)) made.delete(kid);
    indexes = keys.map(({ kid, key }) => {
      const one = made.get(kid) ?? { kid, ...createBlindIndex(key) };
      made.set(kid, one);
      return one;
    });
    last = keys;
    return indexes;
  };
  const digestUnder = (one: IndexGeneration, tag: string, value: string) =>
    indexLead(one.kid) + one.digest(tag, value);
  const termUnder = (one: IndexGeneration, tag: string, word: string) =>
    indexLead(one.kid) + one.term64(tag, word);

  return {
    digest: (tag, value) => digestUnder(all()[0]!, tag, value),
    digests: (tag, value) => all().map((one) => digestUnder(one, tag, value)),
    term: (tag, word) => termUnder(all()[0]!, tag, word),
    terms: (tag, word) => all().map((one) => termUnder(one, tag, word)),
    generations: all,
  };
}
