import { join, resolve } from 'node:path';
import { parsePublicKey, PHRASE_MIN } from '@gec/backup';
import { completeSecrets } from '@gec/crypto';
import { addressFault, engineOf, parseAddress } from '@gec/db';
import { parseTrustAnchor, trustedRoots, type PublicJwk } from '@gec/licence-client';
import { z } from 'zod';
import type { FilesConfig } from './storage/open-store.ts';
import { parseS3Address } from './storage/s3-address.ts';

/** Everything that an installation may set, read once from the environment. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly databaseUrl: string;
  readonly databaseConnections: number;
  /** Standbys that lists and searches are read from; null without any. */
  readonly reads: ReadsConfig | null;
  /** 32 bytes, base64: the root of everything sealed. */
  readonly masterKey: string;
  /** Pepper of the passwords. */
  readonly passwordPepper: string;
  readonly sessionSecret: string;
  readonly adminPassword: string | null;
  /** Address under which people reach the program, for links and QR codes; taken from the request if not set. */
  readonly publicUrl: string | null;
  readonly trustedProxies: readonly string[];
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  readonly metricsToken: string | null;
  /** Requests a minute that one address may make, before anything else is looked at. */
  readonly rateLimit: number;
  /** Cost of bcrypt; 12 unless tests say otherwise. */
  readonly bcryptCost: number;
  /** Processes that inspect files and make documents. */
  readonly workers: number;
  readonly license: LicenseConfig;
  /** Mail server until the settings name one; null without one. */
  readonly smtp: SmtpConfig | null;
  readonly backup: BackupConfig;
  readonly files: FilesConfig;
  /** Folder from which a page may take an installation of the older program; null when none was named. */
  readonly legacyDir: string | null;
}

/** Where backups go, and for whom they are sealed besides what the settings say. */
export interface BackupConfig {
  /** A folder, or `s3://bucket/prefix`. */
  readonly destination: string;
  readonly publicKey: string | null;
  readonly passphrase: string | null;
}

/** Where lists and searches are read from besides the primary. */
export interface ReadsConfig {
  /** Streaming standbys. */
  readonly url: string;
  /** How long a read waits at most for a standby to have everything that is stored; then the primary answers it. */
  readonly maxDelayMs: number;
}

/** The mail server that the environment names. */
export interface SmtpConfig {
  readonly host: string;
  readonly port: number;
  readonly security: 'none' | 'starttls' | 'tls';
  /** Empty: without signing in. */
  readonly user: string;
  readonly password: string;
  /** Address that messages come from. */
  readonly from: string;
  readonly fromName: string;
  readonly verifyCertificate: boolean;
}

/** How the program is licensed. */
export interface LicenseConfig {
  /** Without it, everything works for ever. */
  readonly active: boolean;
  /** Address of the licence server; without one, licences go by file. */
  readonly serverUrl: string | null;
  /** The editor's root keys. */
  readonly trustAnchors: readonly PublicJwk[];
}

/** A setting is missing or wrong; the message names the variable and says what it must be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const base64Key = z.string().refine((text) => Buffer.from(text, 'base64').length === 32, {
  error: 'must be 32 bytes in base64 (make one with: openssl rand -base64 32)',
});
const secret = z.string().min(32, { error: 'must have at least 32 characters (openssl rand -base64 32)' });
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

const trustAnchor = z.string().transform((text, context) => {
  try {
    return parseTrustAnchor(text);
  } catch {
    context.addIssue({
      code: 'custom',
      message: 'must be a JWK set in base64url, as `licences keys` prints it',
    });
    return z.NEVER;
  }
});

const backupKey = z.string().refine(
  (text) => {
    try {
      parsePublicKey(text);
      return true;
    } catch {
      return false;
    }
  },
  { error: 'must be a public key as `gec backup key` prints it' },
);

const shape = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(5_000),
  GEC_DATA_DIR: z.string().default('data/gec'),
  DATABASE_URL: z
    .string()
    .refine((url) => addressFault(url) === null, { error: ({ input }) => addressFault(String(input)) ?? '' })
    .optional(),
  DATABASE_CONNECTIONS: z.coerce.number().int().min(2).max(200).default(10),
  DATABASE_READ_URL: z.string().optional(),
  DATABASE_READ_MAX_DELAY_MS: z.coerce.number().int().min(0).max(10_000).default(200),
  GEC_MASTER_KEY: base64Key.optional(),
  GEC_PASSWORD_SALT: secret.optional(),
  SESSION_SECRET: secret.optional(),
  GEC_ADMIN_PASSWORD: z.string().min(8, { error: 'must have at least 8 characters' }).optional(),
  GEC_PUBLIC_URL: z.url({ error: 'must be an address such as https://courrier.example.cd' }).optional(),
  TRUSTED_PROXIES: list.default([]),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  METRICS_TOKEN: z.string().min(16, { error: 'must have at least 16 characters' }).optional(),
  RATE_LIMIT: z.coerce.number().int().min(0).default(600),
  BCRYPT_COST: z.coerce.number().int().min(4).max(16).default(12),
  GEC_WORKERS: z.coerce.number().int().min(1).max(16).default(1),
  SMTP_HOST: z.string().optional(),
  SMTP_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
  SMTP_SECURITY: z.enum(['none', 'starttls', 'tls']).default('starttls'),
  SMTP_USER: z.string().default(''),
  SMTP_PASSWORD: z.string().default(''),
  SMTP_FROM: z.email({ error: 'must be an e-mail address' }).optional(),
  SMTP_FROM_NAME: z.string().max(120).default(''),
  SMTP_VERIFY: z.enum(['on', 'off']).default('on'),
  GEC_FILES: z.string().optional(),
  GEC_FILES_FORMER: z.string().optional(),
  GEC_BACKUP_DESTINATION: z.string().optional(),
  GEC_BACKUP_PUBLIC_KEY: backupKey.optional(),
  GEC_BACKUP_PASSPHRASE: z
    .string()
    .min(PHRASE_MIN, { error: `must have at least ${PHRASE_MIN} characters` })
    .optional(),
  GEC_LEGACY_DIR: z.string().optional(),
  LICENSE_MODE: z.enum(['on', 'off']).optional(),
  LICENSE_SERVER_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://licences.example.cd' })
    .optional(),
  LICENSE_TRUST_ANCHOR: trustAnchor.optional(),
});

/** @throws ConfigError when there can be no standby, or its address is wrong */
function readReads(values: z.output<typeof shape>, databaseUrl: string): ReadsConfig | null {
  const url = values.DATABASE_READ_URL;
  if (url === undefined) return null;
  if (engineOf(databaseUrl) === 'sqlite') {
    throw new ConfigError('DATABASE_READ_URL: only for DATABASE_URL on PostgreSQL');
  }
  try {
    parseAddress(url);
  } catch (error) {
    throw new ConfigError(`DATABASE_READ_URL: ${error instanceof Error ? error.message : ''}`);
  }
  return { url, maxDelayMs: values.DATABASE_READ_MAX_DELAY_MS };
}

/** Ports at which mail servers wait, by how the connection is secured (RFC 8314, RFC 6409). */
const SMTP_PORTS = { none: 25, starttls: 587, tls: 465 } as const;

function readSmtp(values: z.output<typeof shape>): SmtpConfig | null {
  if (values.SMTP_HOST === undefined) return null;
  if (values.SMTP_FROM === undefined) {
    throw new ConfigError('SMTP_FROM: must be set when SMTP_HOST is');
  }
  return {
    host: values.SMTP_HOST,
    port: values.SMTP_PORT ?? SMTP_PORTS[values.SMTP_SECURITY],
    security: values.SMTP_SECURITY,
    user: values.SMTP_USER,
    password: values.SMTP_PASSWORD,
    from: values.SMTP_FROM,
    fromName: values.SMTP_FROM_NAME,
    verifyCertificate: values.SMTP_VERIFY === 'on',
  };
}

/** A folder or a bucket. @throws ConfigError naming the variable */
function readPlace(name: string, given: string): string {
  if (!given.startsWith('s3://')) return resolve(given);
  try {
    parseS3Address(given);
    return given;
  } catch (error) {
    throw new ConfigError(`${name}: ${error instanceof Error ? error.message : ''}`);
  }
}

/** The secrets that an installation on SQLite makes for itself on its first run. */
export const GENERATED = ['GEC_MASTER_KEY', 'GEC_PASSWORD_SALT', 'SESSION_SECRET'] as const;
export type Secrets = Record<(typeof GENERATED)[number], string>;

/**
 * Secrets from the environment; on the embedded database, missing ones from the data folder, made on the first run.
 * On PostgreSQL several machines share the data, so a secret that one of them invents would be wrong: there they must
 * be given.
 */
function readSecrets(given: Partial<Secrets>, dataDir: string, embedded: boolean): Secrets {
  const missing = GENERATED.filter((name) => given[name] === undefined);
  if (missing.length > 0 && !embedded) {
    throw new ConfigError(
      `with DATABASE_URL on PostgreSQL these must be set: ${missing.join(', ')} (each: openssl rand -base64 32)`,
    );
  }
  return completeSecrets(GENERATED, given, dataDir);
}

/**
 * Reads and checks the settings. On the first run with the embedded database it writes the secrets of the
 * installation into the data folder.
 *
 * @param env usually `process.env`
 * @throws ConfigError naming each variable that is missing or wrong
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const set = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = shape.safeParse(set);
  if (!parsed.success) {
    throw new ConfigError(
      parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'),
    );
  }
  const values = parsed.data;
  const dataDir = resolve(values.GEC_DATA_DIR);
  const databaseUrl = values.DATABASE_URL ?? `sqlite:${join(dataDir, 'gec.db')}`;
  // A build that has its editor's roots in its code trusts no others, whatever the settings say.
  const trustAnchors = trustedRoots(values.LICENSE_TRUST_ANCHOR ?? []);
  // An installation that was told of no editor needs no licence.
  const licensed = (values.LICENSE_MODE ?? (trustAnchors.length > 0 ? 'on' : 'off')) === 'on';
  if (licensed && trustAnchors.length === 0) {
    throw new ConfigError('LICENSE_TRUST_ANCHOR: must be set when LICENSE_MODE is on');
  }
  const secrets = readSecrets(values, dataDir, databaseUrl.startsWith('sqlite:'));
  return {
    host: values.HOST,
    port: values.PORT,
    dataDir,
    databaseUrl,
    databaseConnections: values.DATABASE_CONNECTIONS,
    reads: readReads(values, databaseUrl),
    masterKey: secrets.GEC_MASTER_KEY,
    passwordPepper: secrets.GEC_PASSWORD_SALT,
    sessionSecret: secrets.SESSION_SECRET,
    adminPassword: values.GEC_ADMIN_PASSWORD ?? null,
    publicUrl: values.GEC_PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    trustedProxies: values.TRUSTED_PROXIES,
    logLevel: values.LOG_LEVEL,
    metricsToken: values.METRICS_TOKEN ?? null,
    rateLimit: values.RATE_LIMIT,
    bcryptCost: values.BCRYPT_COST,
    workers: values.GEC_WORKERS,
    license: { active: licensed, serverUrl: values.LICENSE_SERVER_URL ?? null, trustAnchors },
    smtp: readSmtp(values),
    legacyDir: values.GEC_LEGACY_DIR === undefined ? null : resolve(values.GEC_LEGACY_DIR),
    files: {
      store:
        values.GEC_FILES === undefined ? join(dataDir, 'files') : readPlace('GEC_FILES', values.GEC_FILES),
      former:
        values.GEC_FILES_FORMER === undefined ? null : readPlace('GEC_FILES_FORMER', values.GEC_FILES_FORMER),
    },
    backup: {
      destination:
        values.GEC_BACKUP_DESTINATION === undefined
          ? join(dataDir, 'sauvegardes')
          : readPlace('GEC_BACKUP_DESTINATION', values.GEC_BACKUP_DESTINATION),
      publicKey: values.GEC_BACKUP_PUBLIC_KEY ?? null,
      passphrase: values.GEC_BACKUP_PASSPHRASE ?? null,
    },
  };
}
