import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { NO_TIME } from './time.ts';
import {
  decodeBase64url,
  privateJwk,
  publicJwk,
  thumbprint,
  type KeyPair,
  type LicenceState,
} from './protocol/index.ts';
import type { LocalProblem } from './states.ts';

const instant = z.iso.datetime();
const ms = z.number().min(0).max(8.64e15);

/** Entries of the history that are kept. */
const HISTORY_MAX = 100;
const RELEASED_MAX = 20;

/** Something that happened to the licence here. */
const event = z.object({ at: instant, event: z.string().max(40), detail: z.string().max(200).nullable() });

/** What a client remembers; all of it is sealed. */
const memoryShape = z.object({
  installed_at: instant.nullable(),
  time: z.object({ highest: ms, last: ms, leap: z.object({ since: ms, last: ms }).nullable() }),
  signed_at: ms.nullable(),
  license_id: z.string().nullable(),
  certificate: z.string().nullable(),
  receipt: z.string().nullable(),
  counter: z.int().min(0),
  key_certificates: z.array(z.string()),
  krl: z.string().nullable(),
  revocation_epoch: z.int().min(0),
  verdict: z
    .object({
      state: z.enum(['active', 'suspended', 'revoked'] satisfies LicenceState[]),
      reason: z.string().nullable(),
      at: instant,
    })
    .nullable(),
  /** A synchronisation request whose answer did not come: the very same is sent again. */
  pending: z.string().nullable(),
  /** Licences that were given back: certificates up to `seq` count no more. */
  released: z.array(z.object({ license_id: z.string(), seq: z.int(), at: instant, request: z.string() })),
  alerts: z.array(z.string()),
  last_sync: z.object({ at: instant, error: z.string().nullable() }).nullable(),
  history: z.array(event),
});
export type Memory = z.output<typeof memoryShape>;

/** The memory of an installation without a licence. */
export function emptyMemory(): Memory {
  return {
    installed_at: null,
    time: NO_TIME,
    signed_at: null,
    license_id: null,
    certificate: null,
    receipt: null,
    counter: 0,
    key_certificates: [],
    krl: null,
    revocation_epoch: 0,
    verdict: null,
    pending: null,
    released: [],
    alerts: [],
    last_sync: null,
    history: [],
  };
}

/** The memory with one more event; the oldest ones make room. */
export function remember(memory: Memory, at: Date, name: string, detail: string | null = null): Memory {
  const entry = { at: at.toISOString(), event: name, detail: detail?.slice(0, 200) ?? null };
  return {
    ...memory,
    released: memory.released.slice(-RELEASED_MAX),
    history: [...memory.history, entry].slice(-HISTORY_MAX),
  };
}

const fileShape = z.object({
  v: z.literal(1),
  installation: z.string().length(43),
  identity: z.string().max(1_000),
  license_id: z.string().max(64).nullable(),
  memory: z.string().max(2_000_000),
});

const FILE_MAX = 2_100_000;

/** The key of one sealed part: HKDF-SHA-256 of the installation's secret, for the installation and the licence. */
function keyOf(secret: Uint8Array, info: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), info, 32));
}

function seal(secret: Uint8Array, info: string, content: unknown): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', keyOf(secret, info), iv);
  cipher.setAAD(Buffer.from(info));
  const sealed = Buffer.concat([cipher.update(JSON.stringify(content), 'utf8'), cipher.final()]);
  return Buffer.concat([iv, sealed, cipher.getAuthTag()]).toString('base64url');
}

/** @returns undefined when it was altered, or sealed with another secret or for another place */
function unseal(secret: Uint8Array, info: string, text: string): unknown {
  const bytes = decodeBase64url(text);
  if (bytes === null || bytes.length < 28) return undefined;
  try {
    const decipher = createDecipheriv('aes-256-gcm', keyOf(secret, info), bytes.subarray(0, 12), {
      authTagLength: 16,
    });
    decipher.setAAD(Buffer.from(info));
    decipher.setAuthTag(bytes.subarray(-16));
    const plain = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
    return JSON.parse(plain.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

const identityInfo = (installation: string): string => `gec/licence/identity/v1\0${installation}`;
const memoryInfo = (installation: string, licenseId: string | null): string =>
  `gec/licence/memory/v1\0${installation}\0${licenseId ?? ''}`;

/**
 * Seals what a client remembers into its local file: AES-256-GCM under keys derived from the installation's secret and
 * the licence's id. Identity and memory are sealed apart, so that a damaged memory does not cost the installation its
 * key, with which it gets its licence back.
 *
 * @param secret at least 16 bytes that only this installation has
 */
export function sealLocal(secret: Uint8Array, identity: KeyPair, memory: Memory): string {
  const { kid } = identity;
  return JSON.stringify({
    v: 1,
    installation: kid,
    identity: seal(secret, identityInfo(kid), identity.privateJwk),
    license_id: memory.license_id,
    memory: seal(secret, memoryInfo(kid, memory.license_id), memory),
  });
}

/**
 * Opens a local file. Whatever is in it, this neither throws nor takes anything for good that is not: an altered or cut
 * file, or one of another installation, gives an identity or memory that is missing, and the reason.
 */
export async function openLocal(
  secret: Uint8Array,
  content: string,
): Promise<{ identity: KeyPair | null; memory: Memory | null; problem: LocalProblem | null }> {
  let json: unknown;
  try {
    json = content.length <= FILE_MAX ? JSON.parse(content) : null;
  } catch {
    json = null;
  }
  const file = fileShape.safeParse(json);
  if (!file.success) return { identity: null, memory: null, problem: 'file-altered' };
  const { installation, license_id: licenseId } = file.data;
  const key = privateJwk.safeParse(unseal(secret, identityInfo(installation), file.data.identity));
  const open = key.success ? publicJwk.parse(key.data) : null;
  const memory = memoryShape.safeParse(unseal(secret, memoryInfo(installation, licenseId), file.data.memory));
  if (!key.success || open === null || (await thumbprint(open)) !== installation) {
    // Neither part opens: sealed with another secret. One part does: somebody changed the other.
    return {
      identity: null,
      memory: null,
      problem: memory.success ? 'file-altered' : 'file-of-another-installation',
    };
  }
  const identity: KeyPair = { kid: installation, publicJwk: open, privateJwk: key.data };
  if (!memory.success || memory.data.license_id !== licenseId) {
    return { identity, memory: null, problem: 'file-altered' };
  }
  return { identity, memory: memory.data, problem: null };
}
