import { existsSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { UnreadableSheet } from '@gec/core/tableur';
import type { ReadKeys } from '../modules/licenses/import.read.ts';
import { readKeysDatabase, readKeysFile } from '../modules/licenses/import.source.ts';
import { CLI, CliError, progressBar, say, withContainer } from './io.ts';

interface ImportOptions {
  published?: boolean;
  dryRun?: boolean;
  label?: string;
}

async function read(source: string, published: boolean): Promise<ReadKeys> {
  if (/^(sqlite:|postgres(ql)?:\/\/)/.test(source)) return readKeysDatabase(source, published);
  const path = resolve(source);
  if (!existsSync(path)) throw new CliError(`${source} n’existe pas.`);
  const content = readFileSync(path);
  if (content.subarray(0, 15).toString('latin1') === 'SQLite format 3') {
    return readKeysDatabase(`sqlite:${path}`, published);
  }
  try {
    return readKeysFile(content, published);
  } catch (error) {
    if (error instanceof UnreadableSheet) throw new CliError(`${source} n’est pas un tableur lisible.`);
    throw error;
  }
}

/** Adds the command that takes keys over from elsewhere. */
export function addImportCommand(program: Command): void {
  program
    .command('import <source>')
    .description(
      'reprendre des clés : fichier CSV ou XLSX, base SQLite (fichier) ou postgres://… d’un ancien serveur',
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
        say(`  publiques    ${report.published} (et ${report.flagged} déjà connues, notées comme telles)`);
        say(
          `  refusées     ${malformed.length}${malformed.length > 0 ? ` (lignes ${malformed.slice(0, 20).join(', ')})` : ''}`,
        );
        if (keys.length === 0 && malformed.length > 0) throw new CliError('Aucune clé lisible.');
      });
    });
}
