import { fill } from '@gec/core';
import { addressFault, migrate, openDatabase } from '@gec/db';
import type { Command } from 'commander';
import type { Config } from '../config.ts';
import { migrations } from '../db/migrations/index.ts';
import type { GecTables } from '../db/schema.ts';
import type { Cli } from './context.ts';
import { registerDoctor } from './doctor.ts';
import { json, table } from './terminal.ts';

/** The address of several servers, or one that makes no sense, without the password in it. */
function maskServers(url: string): string {
  if (addressFault(url) !== null) return 'postgres://…';
  return url
    .replace(/^([^:]+:\/\/[^:@/?#]*):[^/?#]*@/, '$1:***@')
    .replaceAll(/([?&](?:ssl)?password=)[^&#]*/g, '$1***');
}

/** A database address without the password in it. */
export function maskUrl(url: string): string {
  if (url.startsWith('sqlite:')) return url;
  // Several servers, which only libpq and we understand.
  if (!URL.canParse(url)) return maskServers(url);
  const parsed = new URL(url);
  if (parsed.password !== '') parsed.password = '***';
  for (const name of ['password', 'sslpassword']) {
    if (parsed.searchParams.has(name)) parsed.searchParams.set(name, '***');
  }
  return parsed.href;
}

/** The settings in force by the variables that set them; of secrets only whether they are there. */
export function effectiveSettings(cli: Pick<Cli, 't'>, config: Config): [string, string][] {
  const secret = (value: string | null) => (value === null ? cli.t.secretAbsent : cli.t.secretDefini);
  return [
    ['HOST', config.host],
    ['PORT', String(config.port)],
    ['GEC_PUBLIC_URL', config.publicUrl ?? ''],
    ['GEC_DATA_DIR', config.dataDir],
    ['DATABASE_URL', maskUrl(config.databaseUrl)],
    ['DATABASE_CONNECTIONS', String(config.databaseConnections)],
    ['DATABASE_READ_URL', config.reads === null ? '' : maskUrl(config.reads.url)],
    ['DATABASE_READ_MAX_DELAY_MS', config.reads === null ? '' : String(config.reads.maxDelayMs)],
    ['TRUSTED_PROXIES', config.trustedProxies.join(',')],
    ['LOG_LEVEL', config.logLevel],
    ['RATE_LIMIT', String(config.rateLimit)],
    ['BCRYPT_COST', String(config.bcryptCost)],
    ['GEC_WORKERS', String(config.workers)],
    ['GEC_LEGACY_DIR', config.legacyDir ?? ''],
    ['LICENSE_MODE', config.license.active ? 'on' : 'off'],
    ['LICENSE_SERVER_URL', config.license.serverUrl ?? ''],
    ['GEC_MASTER_KEY', secret(config.masterKey)],
    ['GEC_PASSWORD_SALT', secret(config.passwordPepper)],
    ['SESSION_SECRET', secret(config.sessionSecret)],
    ['GEC_ADMIN_PASSWORD', secret(config.adminPassword)],
    ['GEC_BACKUP_DESTINATION', config.backup.destination],
    ['GEC_BACKUP_PUBLIC_KEY', config.backup.publicKey ?? ''],
    ['GEC_BACKUP_PASSPHRASE', secret(config.backup.passphrase)],
    ['METRICS_TOKEN', secret(config.metricsToken)],
  ];
}

/** Registers `gec doctor`, `gec config`, `gec migrate` and `gec version`. */
export function registerInstallation(program: Command, cli: Cli): void {
  const { t, terminal } = cli;

  registerDoctor(program, cli);

  program
    .command('config')
    .description(t.config)
    .option('--json', t.json)
    .action((options: { json?: boolean }) => {
      const settings = effectiveSettings(cli, cli.config());
      terminal.write(options.json ? json(Object.fromEntries(settings)) : table(['Variable', ''], settings));
    });

  program
    .command('migrate')
    .description(t.migrate)
    .action(async () => {
      const database = openDatabase<GecTables>(cli.config().databaseUrl);
      try {
        const done = await migrate(database, migrations);
        terminal.write(`${done.length === 0 ? t.dejaAJour : fill(t.migre, { etapes: done.join(', ') })}\n`);
      } finally {
        await database.close();
      }
    });

  program
    .command('version')
    .description(t.version)
    .action(() => terminal.write(`${process.env['GEC_VERSION'] ?? ''}\n`));
}
