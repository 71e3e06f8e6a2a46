import { join, resolve } from 'node:path';
import { completeSecrets, hkdf } from '@gec/crypto';
import { addressFault } from '@gec/db';
import { z } from 'zod';

/** What the one secret of the server serves: each use has a key of its own (HKDF-SHA-256, RFC 5869). */
export interface DerivedSecrets {
  /** 32 bytes: the root of everything sealed. */
  readonly masterKey: Buffer;
  /** Pepper of the passwords. One of a former secret that is kept in the database takes its place. */
  readonly passwordPepper: string;
  /** Signs cookies and form tokens. */
  readonly sessionSecret: string;
  /** Seals backups: a backup opens without the database that it was taken from. */
  readonly backupKey: Buffer;
}

/** Derives what a secret serves. */
export function deriveSecrets(secret: string): DerivedSecrets {
  const derive = (use: string): Buffer => hkdf(Buffer.from(secret, 'utf8'), `gec-licences/${use}/v1`, 32);
  return {
    masterKey: derive('master'),
    passwordPepper: derive('pepper').toString('base64'),
    sessionSecret: derive('session').toString('base64'),
    backupKey: derive('backup'),
  };
}

/** Everything that an installation of the licence server may set, read once from the environment. */
export interface Config extends DerivedSecrets {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly databaseUrl: string;
  readonly databaseConnections: number;
  readonly serverSecret: string;
  /** What a former secret was: backups that were made under it are put back with it. */
  readonly former: DerivedSecrets | null;
  readonly adminPassword: string | null;
  /** Seals the file of the root key on the first run; made up and shown once if not set. */
  readonly rootPassphrase: string | null;
  readonly publicUrl: string | null;
  readonly trustedProxies: readonly string[];
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  readonly metricsToken: string | null;
  /** Requests a minute that one address may make, before anything else is looked at; 0: no limit. */
  readonly rateLimit: number;
  readonly bcryptCost: number;
  /** Whether webhooks may reach addresses of the machine itself and of private networks. */
  readonly privateWebhooks: boolean;
}

/** A setting is missing or wrong; the message names the variable and says what it must be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

const shape = z.object({
  HOST: z.string().default('127.0.0.1'),
  LICENSE_PORT: z.coerce.number().int().min(0).max(65_535).default(5_001),
  LICENSE_DATA_DIR: z.string().default('data/licences'),
  LICENSE_DATABASE_URL: z
    .string()
    .refine((url) => addressFault(url) === null, { error: ({ input }) => addressFault(String(input)) ?? '' })
    .optional(),
  DATABASE_CONNECTIONS: z.coerce.number().int().min(2).max(200).default(10),
  LICENSE_SERVER_SECRET: z
    .string()
    .min(32, { error: 'must have at least 32 characters (openssl rand -base64 32)' })
    .optional(),
  LICENSE_SERVER_SECRET_FORMER: z.string().min(32, { error: 'must have at least 32 characters' }).optional(),
  LICENSE_ADMIN_PASSWORD: z.string().min(8, { error: 'must have at least 8 characters' }).optional(),
  LICENSE_ROOT_PASSPHRASE: z.string().min(12, { error: 'must have at least 12 characters' }).optional(),
  LICENSE_PUBLIC_URL: z.url({ error: 'must be an address such as https://licences.example.cd' }).optional(),
  TRUSTED_PROXIES: list.default([]),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  METRICS_TOKEN: z.string().min(16, { error: 'must have at least 16 characters' }).optional(),
  RATE_LIMIT: z.coerce.number().int().min(0).default(600),
  BCRYPT_COST: z.coerce.number().int().min(4).max(16).default(12),
  LICENSE_WEBHOOK_PRIVATE: z.enum(['oui', 'non']).default('non'),
});

/**
 * The secret from the environment; on the embedded database, a missing one from the data folder, made on the first
 * run. On PostgreSQL several machines share the data, so a secret that one of them invents would be wrong: there it
 * must be given.
 */
function readSecret(given: string | undefined, dataDir: string, embedded: boolean): string {
  if (given !== undefined) return given;
  if (!embedded) {
    throw new ConfigError(
      'with LICENSE_DATABASE_URL on PostgreSQL this must be set: LICENSE_SERVER_SECRET (openssl rand -base64 32)',
    );
  }
  return completeSecrets(['LICENSE_SERVER_SECRET'], {}, dataDir).LICENSE_SERVER_SECRET;
}

/**
 * Reads and checks the settings. On the first run with the embedded database it writes the secret of the installation
 * into the data folder.
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
  const dataDir = resolve(values.LICENSE_DATA_DIR);
  const databaseUrl = values.LICENSE_DATABASE_URL ?? `sqlite:${join(dataDir, 'licences.db')}`;
  const embedded = databaseUrl.startsWith('sqlite:');
  const serverSecret = readSecret(values.LICENSE_SERVER_SECRET, dataDir, embedded);
  const former = values.LICENSE_SERVER_SECRET_FORMER;
  return {
    host: values.HOST,
    port: values.LICENSE_PORT,
    dataDir,
    databaseUrl,
    databaseConnections: values.DATABASE_CONNECTIONS,
    serverSecret,
    ...deriveSecrets(serverSecret),
    former: former === undefined ? null : deriveSecrets(former),
    adminPassword: values.LICENSE_ADMIN_PASSWORD ?? null,
    rootPassphrase: values.LICENSE_ROOT_PASSPHRASE ?? null,
    publicUrl: values.LICENSE_PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    trustedProxies: values.TRUSTED_PROXIES,
    logLevel: values.LOG_LEVEL,
    metricsToken: values.METRICS_TOKEN ?? null,
    rateLimit: values.RATE_LIMIT,
    bcryptCost: values.BCRYPT_COST,
    privateWebhooks: values.LICENSE_WEBHOOK_PRIVATE === 'oui',
  };
}
