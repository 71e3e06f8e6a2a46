import { createReadStream } from 'node:fs';
import { access, constants, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError, fill, formatNumber } from '@gec/core';
import { Option, type Command } from 'commander';
import { presentComptes, presentPlan } from '../modules/utilisateurs/utilisateurs.presenter.ts';
import { FORMATS_TABLE, tableCsv, tableXlsx, type FormatTable } from '../tableur/write-table.ts';
import { EXIT, type Cli } from './context.ts';
import { json, table } from './terminal.ts';

interface ImportOptions {
  dryRun?: boolean;
  partiel?: boolean;
  json?: boolean;
}

function registerImport(users: Command, cli: Cli): void {
  const { t, terminal, actor, lang } = cli;
  users
    .command('import')
    .description(t.usersImport)
    .argument('<fichier>', t.argFichier)
    .option('--dry-run', t.optEssai)
    .option('--partiel', t.optPartiel)
    .option('--json', t.json)
    .action(async (path: string, options: ImportOptions) => {
      const nom = basename(path);
      await access(path, constants.R_OK).catch((cause: unknown) => {
        throw new AppError('invalid', 'USAGE', fill(t.fichierIllisible, { nom: path }), { cause });
      });
      const container = await cli.open();
      const { plan, comptes } = await container.utilisateurs.importerListe(
        actor,
        { nom, source: createReadStream(path) },
        { essai: options.dryRun ?? false, partiel: options.partiel ?? false },
      );
      if (plan.erreurs > 0 && !options.partiel) cli.exitWith(EXIT.checkFailed);
      if (options.json) {
        terminal.write(json({ ...presentPlan(plan), ...presentComptes(comptes) }));
        return;
      }
      for (const { ligne, erreurs } of plan.lignes) {
        for (const { message } of erreurs) {
          terminal.error(`${fill(t.importLigne, { n: formatNumber(lang, ligne), message })}\n`);
        }
      }
      const { ajouts, existants, erreurs } = plan;
      terminal.error(`${fill(t.importResume, { ajouts, existants, erreurs })}\n`);
      if (comptes.length === 0) {
        terminal.error(`${t.importArret}\n`);
        return;
      }
      terminal.error(`${fill(t.importFait, { n: formatNumber(lang, comptes.length) })}\n`);
      const rows = comptes.map(({ username, nomComplet, email, motDePasse }) => [
        username,
        nomComplet,
        email,
        motDePasse,
      ]);
      terminal.write(table([t.colCompte, t.colNom, t.colEmail, t.colMotDePasse], rows));
    });
}

interface ExportOptions {
  format: FormatTable;
  output?: string;
  inactifs?: boolean;
  role?: string;
}

function registerExport(users: Command, cli: Cli): void {
  const { t, terminal, actor } = cli;
  users
    .command('export')
    .description(t.usersExport)
    .addOption(new Option('--format <format>', t.optFormat).choices([...FORMATS_TABLE]).default('csv'))
    .option('--output <fichier>', t.optSortie)
    .option('--role <role>', t.optRole)
    .option('--inactifs', t.optInactifs)
    .action(async ({ format, output, role, inactifs }: ExportOptions) => {
      // A spreadsheet is no text for a terminal.
      if (format === 'xlsx' && output === undefined) throw new AppError('invalid', 'USAGE', t.xlsxSansSortie);
      const container = await cli.open();
      const filters = { ...(role === undefined ? {} : { role }), ...(inactifs ? { actif: false } : {}) };
      const made = await container.utilisateurs.exporter(actor, filters, { tri: 'identifiant' }, format);
      if (output === undefined) {
        terminal.write(tableCsv(made));
        return;
      }
      const content = format === 'csv' ? tableCsv(made) : tableXlsx(container.atelier, made);
      // Names and addresses of people: for nobody else's eyes.
      await writeFile(output, content, { mode: 0o600 });
      terminal.error(`${fill(t.fichierEcrit, { nom: output, n: made.lignes.length })}\n`);
    });
}

/** Registers `gec users import` and `gec users export`. */
export function registerListes(users: Command, cli: Cli): void {
  registerImport(users, cli);
  registerExport(users, cli);
}
