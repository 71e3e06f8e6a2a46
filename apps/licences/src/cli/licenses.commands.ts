import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { exportCsv, exportXlsx } from '../modules/licenses/licenses.export.ts';
import {
  GENERATION_MAX,
  LICENSE_STATUSES,
  LICENSE_TYPES,
  licenseTypeOf,
  type LicenseFilters,
  type LicenseTarget,
} from '../modules/licenses/licenses.schema.ts';
import { CLI, CliError, confirmOrEnd, progressBar, say, withContainer } from './io.ts';

const TYPE_HELP = LICENSE_TYPES.map(({ code, label }) => `${code} (${label})`).join(', ');
/** Keys of each type when nothing is said. */
const EACH = 1_000;

function wholeNumber(text: string, what: string, max: number): number {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1 || n > max) throw new CliError(`${what} : un nombre de 1 à ${max}.`, 2);
  return n;
}

interface GenerateOptions {
  count?: string;
  type?: string;
  label?: string;
  owner?: string;
}

interface FilterOptions {
  type?: string;
  status?: string;
  batch?: string;
  search?: string;
  published?: boolean;
}

function filtersOf(options: FilterOptions): LicenseFilters {
  const type = options.type === undefined ? undefined : licenseTypeOf(options.type);
  if (options.type !== undefined && !type) throw new CliError(`Type inconnu. Types : ${TYPE_HELP}.`, 2);
  const status = LICENSE_STATUSES.find((known) => known === options.status);
  if (options.status !== undefined && !status) {
    throw new CliError(`État inconnu. États : ${LICENSE_STATUSES.join(', ')}.`, 2);
  }
  return {
    label: type?.label,
    status,
    batchId: options.batch === undefined ? undefined : wholeNumber(options.batch, '--batch', 2 ** 31),
    search: options.search,
    published: options.published,
  };
}

interface TargetOptions {
  key?: string;
  batch?: string;
}

function targetOf(options: TargetOptions): LicenseTarget {
  if (options.batch !== undefined) return { batchId: wholeNumber(options.batch, '--batch', 2 ** 31) };
  if (options.key !== undefined) return { key: options.key };
  throw new CliError('Indiquez --key <clé> ou --batch <n°>.', 2);
}

function withFilters(command: Command): Command {
  return command
    .option('-t, --type <type>', `type : ${TYPE_HELP}`)
    .option('--status <état>', `état : ${LICENSE_STATUSES.join(', ')}`)
    .option('--batch <n°>', 'un seul lot')
    .option('--search <texte>', 'clé, quatre derniers caractères ou bénéficiaire')
    .option('--published', 'seulement les clés rendues publiques');
}

async function* take<T>(parts: AsyncIterable<T[]>, count: { n: number }): AsyncGenerator<T[]> {
  for await (const part of parts) {
    count.n += part.length;
    yield part;
  }
}

function addGenerate(program: Command): void {
  program
    .command('generate')
    .description('créer des clés : 5 000 par défaut, 1 000 de chaque type')
    .option('-c, --count <n>', 'nombre de clés (de chaque type, sans --type : réparties entre les cinq)')
    .option('-t, --type <type>', `un seul type : ${TYPE_HELP}`)
    .option('--label <nom>', 'nom du lot')
    .option('--owner <organisme>', 'bénéficiaire du lot')
    .action(async (options: GenerateOptions) => {
      const type = options.type === undefined ? undefined : licenseTypeOf(options.type);
      if (options.type !== undefined && !type) throw new CliError(`Type inconnu. Types : ${TYPE_HELP}.`, 2);
      const asked =
        options.count === undefined ? undefined : wholeNumber(options.count, '--count', GENERATION_MAX);
      const counts = new Map<string, number>();
      if (type) counts.set(type.code, asked ?? EACH);
      else {
        const total = asked ?? EACH * LICENSE_TYPES.length;
        LICENSE_TYPES.forEach(({ code }, index) => {
          const share =
            Math.floor(total / LICENSE_TYPES.length) + (index < total % LICENSE_TYPES.length ? 1 : 0);
          counts.set(code, share);
        });
      }
      await withContainer(async ({ licenses }) => {
        const begin = performance.now();
        const batch = await licenses.generate(
          CLI,
          { counts, label: options.label ?? '', owner: options.owner ?? null },
          progressBar('Génération'),
        );
        const seconds = ((performance.now() - begin) / 1000).toFixed(1);
        say(`${batch.size} clés créées en ${seconds} s dans le lot ${batch.id} « ${batch.label} ».`);
      });
    });
}

function addReading(program: Command): void {
  program
    .command('stats')
    .description('combien de clés, par état et par type')
    .option('--json', 'en JSON')
    .action(async (options: { json?: boolean }) => {
      await withContainer(async ({ licenses }) => {
        const stats = await licenses.stats();
        if (options.json) return say(JSON.stringify(stats));
        say(`Total       ${stats.total}`);
        say(`Disponibles ${stats.active}`);
        say(`Utilisées   ${stats.used}`);
        say(`Inactives   ${stats.inactive}`);
        for (const { label, total, available, used } of stats.byType) {
          say(`  ${label.padEnd(10)} ${total} (disponibles ${available}, utilisées ${used})`);
        }
      });
    });

  withFilters(program.command('export'))
    .description('écrire les clés, en CSV sur la sortie standard')
    .option('-f, --format <format>', 'csv ou xlsx', 'csv')
    .option('-o, --output <fichier>', 'fichier à écrire')
    .action(async (options: FilterOptions & { format: string; output?: string }) => {
      const filters = filtersOf(options);
      if (options.format !== 'csv' && options.format !== 'xlsx') {
        throw new CliError('--format : csv ou xlsx.', 2);
      }
      if (options.format === 'xlsx' && options.output === undefined) {
        throw new CliError('--format xlsx demande --output <fichier>.', 2);
      }
      await withContainer(async ({ licenses, clock }) => {
        const count = { n: 0 };
        const parts = take(licenses.export(CLI, filters), count);
        if (options.format === 'xlsx') {
          writeFileSync(options.output!, await exportXlsx(parts, clock.now()), { mode: 0o600 });
        } else if (options.output !== undefined) {
          const lines: string[] = [];
          for await (const text of exportCsv(parts, clock.now())) lines.push(text);
          writeFileSync(options.output, lines.join(''), { mode: 0o600 });
        } else {
          for await (const text of exportCsv(parts, clock.now())) {
            if (!process.stdout.write(text))
              await new Promise((resolve) => process.stdout.once('drain', resolve));
          }
        }
        process.stderr.write(`${count.n} clés exportées.\n`);
      });
    });
}

function addChanges(program: Command): void {
  const target = (name: string, description: string) =>
    program
      .command(name)
      .description(description)
      .option('-k, --key <clé>', 'une seule clé')
      .option('--batch <n°>', 'un lot entier');
  const states = [
    [
      'suspend',
      'suspended',
      'suspendre une clé ou un lot ; les installations l’apprennent à leur synchronisation',
    ],
    ['revoke', 'revoked', 'révoquer une clé ou un lot, pour de bon'],
    ['reactivate', 'active', 'rétablir une clé ou un lot suspendu'],
  ] as const;
  for (const [name, state, description] of states) {
    target(name, description)
      .option('-r, --reason <motif>', 'motif, transmis à l’installation')
      .action(async (options: TargetOptions & { reason?: string }) => {
        await withContainer(async ({ licenses }) => {
          const n = await licenses.changeState(CLI, targetOf(options), state, options.reason ?? null);
          say(`${n} licence(s) changée(s).`);
        });
      });
  }
  target('extend', 'prolonger une clé ou un lot')
    .requiredOption('-d, --days <n>', 'jours à ajouter')
    .requiredOption('-r, --reason <motif>', 'motif')
    .action(async (options: TargetOptions & { days: string; reason: string }) => {
      await withContainer(async ({ licenses }) => {
        const days = wholeNumber(options.days, '--days', 3_650);
        const n = await licenses.extend(CLI, targetOf(options), days, options.reason);
        say(`${n} licence(s) prolongée(s) de ${days} jours.`);
      });
    });
  program
    .command('block-published')
    .description('suspendre les clés rendues publiques et encore disponibles')
    .action(() =>
      withContainer(async ({ licenses }) =>
        say(`${await licenses.blockPublished(CLI)} clé(s) suspendue(s).`),
      ),
    );
  program
    .command('reset')
    .description('supprimer toutes les clés et activations, après une sauvegarde')
    .option('-y, --yes', 'sans demander')
    .action(async (options: { yes?: boolean }) => {
      await confirmOrEnd('Supprimer toutes les clés et activations ?', options.yes);
      await withContainer(async ({ licenses, backup }) => {
        const path = backup.defaultPath();
        await backup.create(CLI, path);
        const removed = await licenses.reset(CLI, path.split('/').at(-1) ?? path);
        say(
          `${removed.licenses} clés et ${removed.activations} activations supprimées. Sauvegarde : ${path}`,
        );
      });
    });
}

/** Adds the commands about keys. */
export function addLicenseCommands(program: Command): void {
  addGenerate(program);
  addReading(program);
  addChanges(program);
}
