import { createPrivateKey, sign } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, systemActor, timestamp, type Actor } from '@gec/core';
import { randomPassword } from '@gec/crypto';
import {
  formatTrustAnchor,
  newKeyPair,
  signStatement,
  type KeyPair,
  type PublicJwk,
  type Signer,
  type StatementOf,
  type StatementType,
} from '@gec/licence-client';
import { decodeProtectedHeader, importJWK } from 'jose';
import type { Base } from '../../context.ts';
import type { JournalService } from '../journal/journal.service.ts';
import { readRootFile, writeRootFile } from './root-file.ts';
import { createSigningRepo, type StoredKeyPair } from './signing.repo.ts';

/** What the signing keys need. */
export interface SigningDeps extends Pick<Base, 'config' | 'database' | 'clock' | 'keyring'> {
  journal: JournalService;
}

const DAY = 86_400_000;
/** A root lives as long as the programs that embed it; a signing key is renewed every year. */
const ROOT_DAYS = 20 * 365;
const SIGNING_DAYS = 400;
/** Another process's rotation counts here after this time at most. */
const RELOAD_MS = 30_000;

/** The keys that sign now, and what proves them. */
interface Keys {
  readonly all: readonly StoredKeyPair[];
  readonly signer: Signer | null;
  /** `gec-key+jws` of every signing key that may still be met. */
  readonly certificates: readonly string[];
  readonly krl: { readonly serial: number; readonly statement: string } | null;
  readonly readAt: number;
}

const rootSigner = (root: KeyPair): Signer => ({ kid: root.kid, key: root.privateJwk });

/** The signing hierarchy: an offline root certifies online signing keys; clients know roots only. */
export function createSigningService({ config, database, clock, keyring, journal }: SigningDeps) {
  const repo = createSigningRepo(database, keyring);
  let keys: Keys | null = null;
  let loading: Promise<Keys> | null = null;

  async function load(): Promise<Keys> {
    const readAt = Date.now();
    const all = await repo.all();
    const now = timestamp(clock);
    const signing = all.filter((key) => key.kind === 'signing' && key.revokedAt === null);
    const usable = signing.filter((key) => key.retiredAt === null && key.notAfter > now);
    const current = usable.at(-1) ?? null;
    const privateJwk = current && (await repo.privateJwk(current.kid));
    const key = privateJwk ? await importJWK(privateJwk, 'EdDSA') : null;
    return {
      all,
      signer: current && key && !(key instanceof Uint8Array) ? { kid: current.kid, key } : null,
      certificates: signing.flatMap((key) => (key.statement === null ? [] : [key.statement])),
      krl: await repo.latestKrl(),
      readAt,
    };
  }

  async function current(): Promise<Keys> {
    if (keys && Date.now() - keys.readAt < RELOAD_MS) return keys;
    loading ??= load().finally(() => (loading = null));
    try {
      keys = await loading;
    } catch (error) {
      // What was read last still signs; a database that is away shows where it is needed.
      if (!keys) throw error;
    }
    return keys;
  }

  function row(
    kind: 'root' | 'signing',
    kid: string,
    jwk: PublicJwk,
    days: number,
    serial: number,
  ): StoredKeyPair {
    const now = clock.now();
    return {
      kid,
      kind,
      jwk,
      statement: null,
      serial,
      // A day earlier: a server's clock that is set right backwards must not make its own signatures too early.
      notBefore: new Date(now.getTime() - DAY).toISOString(),
      notAfter: new Date(now.getTime() + days * DAY).toISOString(),
      retiredAt: null,
      revokedAt: null,
      createdAt: now.toISOString(),
    };
  }

  /** A new signing key with the root's word for it. */
  async function certify(root: KeyPair, serial: number) {
    const pair = await newKeyPair();
    const stored = row('signing', pair.kid, pair.publicJwk, SIGNING_DAYS, serial);
    const statement = await signStatement(
      'gec-key+jws',
      {
        kid: pair.kid,
        jwk: pair.publicJwk,
        not_before: stored.notBefore,
        not_after: stored.notAfter,
        serial,
      },
      rootSigner(root),
    );
    return { stored: { ...stored, statement }, privateJwk: pair.privateJwk };
  }

  function requireRoot(all: readonly StoredKeyPair[], root: KeyPair): void {
    if (all.some((key) => key.kind === 'root' && key.kid === root.kid)) return;
    throw new AppError('invalid', 'UNKNOWN_ROOT', `root ${root.kid} is not one of this server`);
  }

  async function trustAnchor(): Promise<string> {
    const { all } = await current();
    return formatTrustAnchor(
      all.filter(({ kind, revokedAt }) => kind === 'root' && revokedAt === null).map(({ jwk }) => jwk),
    );
  }

  const nextSerial = (all: readonly StoredKeyPair[]): number =>
    Math.max(0, ...all.map((key) => key.serial)) + 1;

  return {
    /**
     * Makes a root and a signing key where there is none: the first start. The root is written to a file in the data
     * folder, sealed with a passphrase, to be taken offline.
     *
     * @returns where the file is, and the passphrase when it was made up; null when there are keys already
     */
    async ensureKeys(): Promise<{ rootFile: string; passphrase: string | null } | null> {
      if ((await repo.all()).length > 0) return null;
      const passphrase = config.rootPassphrase ?? randomPassword();
      const root = await newKeyPair();
      const signing = await certify(root, 1);
      const krl = await signStatement(
        'gec-krl+jws',
        { revoked: [], serial: 1, issued_at: timestamp(clock) },
        rootSigner(root),
      );
      const rootFile = join(config.dataDir, 'root-key.json');
      const made = await database.transaction(async (trx) => {
        if (!(await repo.exclusive(trx)) || (await repo.all(trx)).length > 0) return false;
        await repo.insert(trx, row('root', root.kid, root.publicJwk, ROOT_DAYS, 0), null);
        await repo.insert(trx, signing.stored, signing.privateJwk);
        await repo.insertKrl(trx, 1, krl, timestamp(clock));
        await journal.record(
          trx,
          systemActor('first-start'),
          { action: 'key.root', details: { kid: root.kid } },
          { action: 'key.certify', details: { kid: signing.stored.kid, serial: 1 } },
        );
        // Before the commit: keys whose root nobody holds must not exist.
        mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
        const path = existsSync(rootFile) ? join(config.dataDir, `root-key-${root.kid}.json`) : rootFile;
        writeRootFile(path, root, passphrase);
        return path;
      });
      keys = null;
      return made === false
        ? null
        : { rootFile: made, passphrase: config.rootPassphrase === null ? passphrase : null };
    },

    /** Makes a further root, in a file, and lets this server know its public half. @returns its kid */
    async initRoot(actor: Actor, path: string, passphrase: string): Promise<string> {
      const root = await newKeyPair();
      writeRootFile(path, root, passphrase);
      await database.transaction(async (trx) => {
        await repo.insert(trx, row('root', root.kid, root.publicJwk, ROOT_DAYS, 0), null);
        await journal.record(trx, actor, { action: 'key.root', details: { kid: root.kid } });
      });
      keys = null;
      return root.kid;
    },

    /**
     * Puts a new signing key in force, certified by a root. Former keys sign no more, but what they signed stays good.
     *
     * @throws RootFileError, or AppError `UNKNOWN_ROOT` when the root is not one of this server
     */
    async rotate(actor: Actor, rootFile: string, passphrase: string): Promise<string> {
      const root = readRootFile(rootFile, passphrase);
      const all = await repo.all();
      requireRoot(all, root);
      const { stored, privateJwk } = await certify(root, nextSerial(all));
      await database.transaction(async (trx) => {
        await repo.insert(trx, stored, privateJwk);
        await repo.retire(trx, stored.kid, timestamp(clock));
        await journal.record(trx, actor, {
          action: 'key.rotate',
          details: { kid: stored.kid, serial: stored.serial },
        });
      });
      keys = null;
      return stored.kid;
    },

    /**
     * Revokes a signing key: a new list, signed by a root, says so to every client. If it was the one in force, a new
     * one takes its place. Certificates that it signed are renewed with the next synchronisation.
     *
     * @throws RootFileError; AppError `UNKNOWN_ROOT`, `UNKNOWN_KEY`
     */
    async revoke(actor: Actor, kid: string, rootFile: string, passphrase: string): Promise<void> {
      const root = readRootFile(rootFile, passphrase);
      const all = await repo.all();
      requireRoot(all, root);
      const target = all.find((key) => key.kid === kid && key.kind === 'signing' && key.revokedAt === null);
      if (!target) throw new AppError('not-found', 'UNKNOWN_KEY', `${kid} is no signing key in force`);
      const at = timestamp(clock);
      const serial = ((await repo.latestKrl())?.serial ?? 0) + 1;
      const revoked = [
        ...all.flatMap((key) => (key.revokedAt === null ? [] : [{ kid: key.kid, at: key.revokedAt }])),
        { kid, at },
      ];
      const krl = await signStatement('gec-krl+jws', { revoked, serial, issued_at: at }, rootSigner(root));
      const successor = target.retiredAt === null ? await certify(root, nextSerial(all)) : null;
      await database.transaction(async (trx) => {
        await repo.revoke(trx, kid, at);
        await repo.insertKrl(trx, serial, krl, at);
        if (successor) await repo.insert(trx, successor.stored, successor.privateJwk);
        await journal.record(trx, actor, { action: 'key.revoke', details: { kid, serial } });
      });
      keys = null;
    },

    /**
     * Signs a statement with the signing key in force.
     *
     * @throws AppError unavailable `NO_SIGNING_KEY` when there is none: `licences keys rotate` makes one
     */
    async sign<T extends StatementType>(typ: T, payload: StatementOf<T>): Promise<string> {
      const { signer } = await current();
      if (signer === null) {
        throw new AppError('unavailable', 'NO_SIGNING_KEY', 'No signing key is in force.');
      }
      return signStatement(typ, payload, signer);
    },

    /** Whether the key that signed a statement of ours still counts. */
    async stillCounts(jws: string): Promise<boolean> {
      const { all } = await current();
      const { kid } = decodeProtectedHeader(jws);
      return all.some((key) => key.kid === kid && key.revokedAt === null);
    },

    /** A detached Ed25519 signature (RFC 8032, base64url) by the key in force, for what is no statement of ours. */
    async signBytes(bytes: Uint8Array): Promise<{ kid: string; signature: string }> {
      const { signer } = await current();
      const jwk = signer && (await repo.privateJwk(signer.kid));
      if (!signer || !jwk) throw new AppError('unavailable', 'NO_SIGNING_KEY', 'No signing key is in force.');
      const key = createPrivateKey({ key: jwk, format: 'jwk' });
      return { kid: signer.kid, signature: sign(null, bytes, key).toString('base64url') };
    },

    /** What lets a client that knows a root verify this server's statements. */
    async proofs(): Promise<{ keyCertificates: readonly string[]; krl: string | null }> {
      const { certificates, krl } = await current();
      return { keyCertificates: certificates, krl: krl?.statement ?? null };
    },

    /** The public signing keys as a JWK set (RFC 7517), revoked ones left out. */
    async jwks(): Promise<{ keys: (PublicJwk & { kid: string; use: string; alg: string })[] }> {
      const { all } = await current();
      const live = all.filter((key) => key.kind === 'signing' && key.revokedAt === null);
      return { keys: live.map((key) => ({ ...key.jwk, kid: key.kid, use: 'sig', alg: 'EdDSA' })) };
    },

    /** The public roots, as the code of a client embeds them (`parseTrustAnchor` reads it). */
    trustAnchor,

    /** Writes the trust anchor beside the database, for `npm start` to hand to GEC Mines. @returns where */
    async writeTrustAnchor(): Promise<string> {
      const path = join(config.dataDir, 'trust-anchor.txt');
      mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
      writeFileSync(path, `${await trustAnchor()}\n`);
      return path;
    },

    /** Every key, for the command line and the pages. */
    list: (): Promise<StoredKeyPair[]> => repo.all(),
  };
}

export type SigningService = ReturnType<typeof createSigningService>;
