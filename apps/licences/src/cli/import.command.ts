import { existsSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import {
  foreignInstant,
  parseCsv,
  readRows,
  type ForeignRow,
  type ReadKeys,
} from '../modules/licenses/import.read.ts';
import { readLegacy } from '../modules/licenses/legacy.repo.ts';
import type { ImportedKey } from '../modules/licenses/licenses.schema.ts';
import { CLI, CliError, progressBar, say, withContainer } from './io.ts';

const DAY = 86_400_000;

interface ImportOptions {
  published?: boolean;
  dryRun?: boolean;
  label?: string;
}

/** The activation of an older table, found by the id of its licence. */
function activationsBy(rows: readonly ForeignRow[]) {
  const byLicense = new Map(rows.map((row) => [String(row['license_id']), row]));
  return (license: ForeignRow): ImportedKey['activation'] => {
    const row = byLicense.get(String(license['id']));
    const activatedAt = foreignInstant(row?.['activation_date']);
    const fingerprint = row?.['domain_fingerprint'];
    if (!row || activatedAt === null || typeof fingerprint !== 'string' || fingerprint === '') return null;
    const days = Number(license['duration_days']);
    const computed = new Date(Date.parse(activatedAt) + days * DAY).toISOString();
    const { ip_address: ip, client_info: info } = row;
    return {
      fingerprint,
      activatedAt,
      expiresAt: foreignInstant(row['expiration_date']) ?? computed,
      ip: typeof ip === 'string' ? ip : '',
      clientInfo: typeof info === 'string' ? info.slice(0, 1_000) : null,
    };
  };
}

async function read(source: string, published: boolean): Promise<ReadKeys> {
  if (/^(sqlite:|postgres(ql)?:\/\/)/.test(source)) {
    const { licenses, activations } = await readLegacy(source);
    return readRows(licenses, published, activationsBy(activations));
  }
  const path = resolve(source);
  if (!existsSync(path)) throw new CliError(`${source} n’existe pas.`);
  const content = readFileSync(path);
  if (content.subarray(0, 15).toString('latin1') === 'SQLite format 3') {
    const { licenses, activations } = await readLegacy(`sqlite:${path}`);
    return readRows(licenses, published, activationsBy(activations));
  }
  return readRows(parseCsv(content.toString('utf8')), published);
}

/** Adds the command that takes keys over from elsewhere. */
export function addImportCommand(program: Command): void {
  program
    .command('import <source>')
    .description(
      'reprendre des clés : fichier CSV, base SQLite (fichier) ou postgres://… d’un ancien serveur',
    )
    .option('--published', 'ces clés ont été rendues publiques')
    .option('--dry-run', 'dire seulement ce qui serait fait')
    .option('--label <nom>', 'nom du lot')
    .action(async (source: string, options: ImportOptions) => {
      const { keys, malformed } = await read(source, options.published ?? false);
      await withContainer(async ({ importer }) => {
        const report = await importer.run(CLI, keys, {
          label: options.label ?? `Import ${source.includes('://') ? 'PostgreSQL' : basename(source)}`,
          dry: options.dryRun ?? false,
          onProgress: progressBar('Import'),
        });
        say(options.dryRun ? 'Rien n’a été changé. L’import ferait :' : 'Import terminé :');
        say(`  lues         ${report.total + malformed.length}`);
        say(`  ajoutées     ${report.added} (utilisées ${report.used}, activations ${report.activations})`);
        say(`  déjà connues ${report.known}`);
        say(`  en double    ${report.doubles}`);
        say(`  publiques    ${report.published}`);
        say(
          `  refusées     ${malformed.length}${malformed.length > 0 ? ` (lignes ${malformed.slice(0, 20).join(', ')})` : ''}`,
        );
        if (keys.length === 0 && malformed.length > 0) throw new CliError('Aucune clé lisible.');
      });
    });
}
