import { readFile, writeFile } from 'node:fs/promises';
import { AppError, fill, formatNumber, invalid } from '@gec/core';
import { openForeign } from '@gec/db';
import { Option, type Command } from 'commander';
import { RefusArchive } from '../modules/imports/imports.archive.ts';
import { motDeLErreur } from '../modules/imports/imports.texts.ts';
import { ouvrirDossier } from '../modules/imports/reprise/reprise.fichiers.ts';
import type { Bilan, Choix } from '../modules/imports/reprise/reprise.schema.ts';
import type { Demande } from '../modules/imports/reprise/reprise.service.ts';
import { repriseTexts } from '../modules/imports/reprise/reprise.texts.ts';
import { FUSEAU_ANCIEN, lireCle } from '../modules/imports/reprise/reprise.valeurs.ts';
import { ouvrirExport } from '../modules/imports/reprise/reprise.zip.ts';
import { EXIT, type Cli } from './context.ts';
import { cliLegacyTexts } from './legacy.texts.ts';
import { json, progress, table } from './terminal.ts';

interface Options {
  database?: string;
  uploads?: string;
  zip?: string;
  masterKeyFile?: string;
  fuseau: string;
  comptes: Choix['comptes'];
  doubles?: Choix['doubles'];
  dryRun?: boolean;
  rapport?: string;
  json?: boolean;
}

/** Remarks after which somebody has to look: a letter that is not here, or not as it was. */
const A_VOIR: readonly string[] = ['courrier_ecarte', 'courrier_different', 'fichier_absent'];

/** Registers `gec import legacy` and `gec import legacy-journal`. */
export function registerLegacy(program: Command, cli: Cli): void {
  const { terminal, actor, lang } = cli;
  const t = cliLegacyTexts(lang);
  const words = repriseTexts(lang);
  const group =
    program.commands.find((command) => command.name() === 'import') ??
    program.command('import').description(t.groupe);

  async function choixDe(options: Options): Promise<Choix> {
    const { fuseau, comptes } = options;
    try {
      new Intl.DateTimeFormat('en', { timeZone: fuseau });
    } catch {
      throw invalid([{ field: '--fuseau', message: fill(t.fuseauInconnu, { fuseau }) }]);
    }
    const cle =
      options.masterKeyFile === undefined ? null : lireCle(await readFile(options.masterKeyFile, 'utf8'));
    if (cle === null && options.masterKeyFile !== undefined) {
      throw invalid([{ field: '--master-key-file', message: t.cleInvalide }]);
    }
    // An export may be of letters that another one has brought: a second number for them would be wrong.
    const doubles = options.doubles ?? (options.zip === undefined ? 'suffixer' : 'laisser');
    return { cle, fuseau, comptes, doubles };
  }

  async function ouvrir(options: Options): Promise<Demande> {
    const { database, uploads, zip } = options;
    if ((database === undefined) === (zip === undefined)) {
      throw new AppError('invalid', 'USAGE', t.uneSource);
    }
    const choix = await choixDe(options);
    try {
      if (zip !== undefined) return { choix, ...(await ouvrirExport(zip, { etranger: words.zipEtranger })) };
      if (uploads === undefined) throw new AppError('invalid', 'USAGE', t.uploadsRequis);
      const address = /^(sqlite:|postgres(ql)?:\/\/)/.test(database ?? '') ? database : `sqlite:${database}`;
      const dossier = await ouvrirDossier(uploads);
      return { choix, dossier, foreign: await openForeign(address ?? '') };
    } catch (error) {
      if (error instanceof AppError) throw error;
      const words = error instanceof RefusArchive ? motDeLErreur(lang, error.code) : undefined;
      const raison = words ?? (error instanceof Error ? error.message : String(error));
      throw invalid([{ field: 'source', message: fill(t.illisible, { raison }) }]);
    }
  }

  function montrer(bilan: Bilan): void {
    const n = (value: number) => formatNumber(lang, value);
    terminal.write(
      table(
        [t.colTable, t.colLa, t.colRepris, t.colDeja, t.colEcartes],
        bilan.tables.map(({ table: nom, la, repris, deja, ecartes }) => [
          nom,
          ...[la, repris, deja, ecartes].map(n),
        ]),
      ),
    );
    const comptes = new Map<string, number>();
    for (const { nature } of bilan.remarques) {
      const mot = words[`nature_${nature}`];
      comptes.set(mot, (comptes.get(mot) ?? 0) + 1);
    }
    const rows = [...comptes].sort(([, a], [, b]) => b - a).map(([mot, nombre]) => [mot, n(nombre)]);
    if (rows.length > 0) terminal.write(`\n${table([t.colRemarque, t.colNombre], rows)}`);
    const { attendus, identiques, joints, absents, nonNommes } = bilan.fichiers;
    const counts = {
      attendus: n(attendus),
      identiques: n(identiques),
      joints: n(joints),
      absents: n(absents),
      nonNommes: n(nonNommes),
    };
    terminal.write(`\n${fill(t.fichiers, counts)}\n${fill(t.fuseau, { fuseau: bilan.fuseau })}\n`);
    if (bilan.simulation) terminal.write(`${t.simulation}\n`);
  }

  group
    .command('legacy')
    .description(t.legacy)
    .option('--database <base>', t.optDatabase)
    .option('--uploads <dossier>', t.optUploads)
    .option('--zip <fichier>', t.optZip)
    .option('--master-key-file <fichier>', t.optCle)
    .option('--fuseau <zone>', t.optFuseau, FUSEAU_ANCIEN)
    .addOption(
      new Option('--comptes <choix>', t.optComptes).choices(['fusionner', 'renommer']).default('fusionner'),
    )
    .addOption(new Option('--doubles <choix>', t.optDoubles).choices(['suffixer', 'laisser']))
    .option('--dry-run', t.optSimuler)
    .option('--rapport <fichier>', t.optRapport)
    .option('--json', cli.t.json)
    .action(async (options: Options) => {
      const demande = await ouvrir(options);
      const stop = new AbortController();
      const interrupt = () => stop.abort();
      process.once('SIGINT', interrupt);
      process.once('SIGTERM', interrupt);
      const shown = progress(terminal, lang, t.progression);
      try {
        const { reprise, licence } = await cli.open();
        if (!options.dryRun) await licence.exigerChangement(actor);
        const bilan = await reprise.executer(actor, demande, {
          simulation: options.dryRun ?? false,
          progres: (fait, total) => shown.update(fait, total),
          signal: stop.signal,
        });
        shown.end();
        // It names people and letters: for whoever runs the command alone.
        if (options.rapport !== undefined) await writeFile(options.rapport, json(bilan), { mode: 0o600 });
        if (options.json) terminal.write(json(bilan));
        else montrer(bilan);
        if (bilan.remarques.some(({ nature }) => A_VOIR.includes(nature))) cli.exitWith(EXIT.checkFailed);
      } catch (error) {
        shown.end();
        if (!stop.signal.aborted) throw error;
        terminal.error(`${t.interrompu}\n`);
        cli.exitWith(EXIT.failed);
      } finally {
        process.off('SIGINT', interrupt);
        process.off('SIGTERM', interrupt);
        await demande.foreign.close();
      }
    });

  group
    .command('legacy-journal')
    .description(t.legacyJournal)
    .action(async () => {
      const { reprise } = await cli.open();
      for await (const { contenu } of reprise.journal(actor)) terminal.write(`${contenu}\n`);
    });
}
