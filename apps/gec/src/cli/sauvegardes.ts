import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ArchiveError, backupKeyId, generateBackupKey, readHead, type ArchiveSummary } from '@gec/backup';
import { AppError, fill, formatBytes, formatDateTime, formatNumber } from '@gec/core';
import type { Command } from 'commander';
import type { Avancee } from '../modules/sauvegardes/sauvegardes.archive.ts';
import { examiner } from '../modules/sauvegardes/sauvegardes.archive.ts';
import { SansCleError } from '../modules/sauvegardes/sauvegardes.creation.ts';
import { estNomArchive, lireFichier, type Depot } from '../modules/sauvegardes/sauvegardes.depot.ts';
import { createDepot } from '../modules/sauvegardes/sauvegardes.depots.ts';
import { RestaurationRefusee, restaurer } from '../modules/sauvegardes/sauvegardes.restauration.ts';
import { EXIT, type Cli } from './context.ts';
import { direRefus, lireDestinataires, lireSecret, type OptionsSecret } from './sauvegardes.secret.ts';
import { sauvegardesCliTexts } from './sauvegardes.texts.ts';
import { json, progress, table } from './terminal.ts';

const rowsOf = ({ tables }: ArchiveSummary): number => Object.values(tables).reduce((sum, n) => sum + n, 0);

/** Shows rows and files done, of those that there are where that is known. */
function barre(cli: Cli, label: string, summary?: () => ArchiveSummary | undefined) {
  const shown = progress(cli.terminal, cli.lang, label);
  const update: Avancee = ({ rows, files }) => {
    const total = summary?.();
    shown.update(rows + files, total ? rowsOf(total) + total.fichiers : rows + files);
  };
  return { update, end: shown.end };
}

/** Reads an archive by its path, its name where backups are kept, or its address in a bucket. */
function sourceOf(cli: Cli, archive: string) {
  if (archive.startsWith('s3://')) {
    const at = archive.lastIndexOf('/');
    return async () => (await createDepot(archive.slice(0, at))).lire(archive.slice(at + 1));
  }
  const path = resolve(archive);
  if (existsSync(path) || !estNomArchive(archive)) return async () => lireFichier(path);
  // Not by the settings as the program reads them: it would make secrets for a place that has none.
  const folder = resolve(cli.env['GEC_DATA_DIR'] || 'data/gec', 'sauvegardes');
  const place = cli.env['GEC_BACKUP_DESTINATION'] || folder;
  return async () => (await createDepot(place)).lire(archive);
}

/** Says why an archive is refused, and with what the command ends; anything else goes on. */
function refuse(cli: Cli, error: unknown): void {
  const t = sauvegardesCliTexts(cli.lang);
  if (error instanceof RestaurationRefusee) {
    cli.exitWith(EXIT.failed);
    cli.terminal.error(`${fill(cli.t.erreur, { message: t[`refus_${error.refus}`] })}\n`);
    return;
  }
  if (!(error instanceof ArchiveError)) throw error;
  const { message, mauvaise } = direRefus(cli, error);
  cli.exitWith(mauvaise ? EXIT.checkFailed : EXIT.failed);
  cli.terminal.error(`${fill(cli.t.erreur, { message })}\n`);
}

function addSecret(command: Command, cli: Cli): Command {
  const t = sauvegardesCliTexts(cli.lang);
  return command.option('--passphrase-file <fichier>', t.optPhrase).option('--prompt', t.optDemander);
}

interface CreateOptions extends OptionsSecret {
  destination?: string;
  publicKey?: string;
  secrets: boolean;
  json?: boolean;
}

async function create(cli: Cli, options: CreateOptions): Promise<void> {
  const { terminal, lang, actor } = cli;
  const t = sauvegardesCliTexts(lang);
  const n = (value: number) => formatNumber(lang, value);
  const recipients = await lireDestinataires(cli, options);
  const { sauvegardes, config } = await cli.open();
  const depot: Depot = await createDepot(options.destination ?? config.backup.destination);
  const shown = barre(cli, t.sauvegarde);
  try {
    const { nom, summary, taille, empreinte } = await sauvegardes.creer(actor, {
      origine: 'COMMANDE',
      depot,
      secrets: options.secrets,
      progress: shown.update,
      ...(recipients && { recipients }),
    });
    const adresse = depot.adresse(nom);
    const [lignes, fichiers] = [rowsOf(summary), summary.fichiers];
    if (options.json) {
      const absents = summary.absents.length;
      return terminal.write(json({ nom, adresse, lignes, fichiers, absents, taille, empreinte }));
    }
    const figures = { adresse, lignes: n(lignes), fichiers: n(fichiers), taille: formatBytes(lang, taille) };
    terminal.write(`${fill(t.fait, figures)}\n`);
    if (summary.absents.length > 0) terminal.write(`${fill(t.absents, { n: n(summary.absents.length) })}\n`);
  } catch (error) {
    if (!(error instanceof SansCleError)) throw error;
    throw new AppError('invalid', 'NO_BACKUP_KEY', t.sansCle, { cause: error });
  } finally {
    shown.end();
    depot.close();
  }
}

/** The instant and the recipients of an archive, as anybody may read them. */
async function facts(depot: Depot, nom: string): Promise<{ cree: string | null; pour: string[] }> {
  const source = await depot.lire(nom);
  try {
    const { head } = await readHead(source);
    return { cree: head.cree, pour: head.serrures.map((lock) => (lock.type === 'cle' ? lock.id : 'phrase')) };
  } catch (error) {
    if (error instanceof ArchiveError) return { cree: null, pour: [] };
    throw error;
  } finally {
    source.destroy();
  }
}

async function list(cli: Cli, options: { destination?: string; json?: boolean }): Promise<void> {
  const { terminal, lang } = cli;
  const t = sauvegardesCliTexts(lang);
  const depot = await createDepot(options.destination ?? cli.config().backup.destination);
  try {
    const found = (await depot.lister()).sort((a, b) => (a.nom < b.nom ? 1 : -1));
    const rows = [];
    for (const one of found) rows.push({ ...one, ...(await facts(depot, one.nom)) });
    if (options.json) return terminal.write(json(rows));
    if (rows.length === 0) return terminal.write(`${t.aucune}\n`);
    const pour = (id: string) => (id === 'phrase' ? t.pourPhrase : fill(t.pourCle, { id }));
    terminal.write(
      table(
        [t.colNom, t.colQuand, t.colTaille, t.colPour],
        rows.map((row) => [
          row.nom,
          row.cree === null ? '—' : formatDateTime(lang, row.cree),
          formatBytes(lang, row.taille),
          row.pour.map(pour).join(', ') || t.pourInconnu,
        ]),
      ),
    );
  } finally {
    depot.close();
  }
}

async function verify(cli: Cli, archive: string, options: OptionsSecret & { json?: boolean }): Promise<void> {
  const { terminal, lang } = cli;
  const t = sauvegardesCliTexts(lang);
  const opener = await lireSecret(cli, options);
  const shown = barre(cli, t.lecture);
  try {
    const { start, summary } = await examiner(await sourceOf(cli, archive)(), opener, shown.update);
    if (options.json) return terminal.write(json({ ...start, ...summary }));
    const [lignes, fichiers] = [rowsOf(summary), summary.fichiers].map((n) => formatNumber(lang, n));
    const quand = formatDateTime(lang, start.cree);
    const taille = formatBytes(lang, summary.octets);
    terminal.write(`${fill(t.bonne, { quand, lignes: lignes ?? '', fichiers: fichiers ?? '', taille })}\n`);
  } catch (error) {
    refuse(cli, error);
  } finally {
    shown.end();
  }
}

async function restore(
  cli: Cli,
  archive: string,
  options: OptionsSecret & { replace?: boolean },
): Promise<void> {
  const { terminal, lang, actor } = cli;
  const t = sauvegardesCliTexts(lang);
  const opener = await lireSecret(cli, options);
  const labels = { verification: t.lecture, securite: t.copie, remise: t.remise } as const;
  let shown: ReturnType<typeof barre> | undefined;
  let done: Awaited<ReturnType<typeof restaurer>>;
  try {
    done = await restaurer({
      env: cli.env,
      source: sourceOf(cli, archive),
      opener,
      replace: options.replace === true,
      progress(etape) {
        shown?.end();
        shown = barre(cli, labels[etape]);
        return shown.update;
      },
    });
  } catch (error) {
    return refuse(cli, error);
  } finally {
    shown?.end();
  }
  const { examen, config, copie, secrets } = done;
  if (copie !== null) terminal.write(`${fill(t.copieFaite, { adresse: copie })}\n`);
  if (secrets.length > 0) {
    terminal.write(`${fill(t.secretsRemis, { noms: secrets.join(', ') })}\n`);
    if (!config.databaseUrl.startsWith('sqlite:')) terminal.write(`${t.secretsAPoser}\n`);
  }
  const { start, summary } = examen;
  const { sauvegardes, journal } = await cli.open({ config });
  const index = progress(terminal, lang, t.index);
  await sauvegardes.terminerRestauration((at, total) => index.update(at, total)).finally(index.end);
  const [lignes, fichiers] = [rowsOf(summary), summary.fichiers];
  const details = { sauvegarde: start.cree, lignes, fichiers };
  await journal.recordAlone(actor, { action: 'sauvegarde.restauration', details });
  const quand = formatDateTime(lang, start.cree);
  const figures = { quand, lignes: formatNumber(lang, lignes), fichiers: formatNumber(lang, fichiers) };
  terminal.write(`${fill(t.remis, figures)}\n`);
}

/** Registers `gec backup …` and `gec restore`. */
export function registerSauvegardes(program: Command, cli: Cli): void {
  const { terminal } = cli;
  const t = sauvegardesCliTexts(cli.lang);
  const backup = program.command('backup').description(t.backup);

  addSecret(backup.command('create', { isDefault: true }).description(t.create), cli)
    .option('--destination <lieu>', t.optDestination)
    .option('--public-key <cle>', t.optCle)
    .option('--no-secrets', t.optSansSecrets)
    .option('--json', cli.t.json)
    .action((options: CreateOptions) => create(cli, options));

  backup
    .command('list')
    .description(t.list)
    .option('--destination <lieu>', t.optDestination)
    .option('--json', cli.t.json)
    .action((options: { destination?: string; json?: boolean }) => list(cli, options));

  addSecret(backup.command('verify <archive>').description(t.verify), cli)
    .option('--key-file <fichier>', t.optCleSecrete)
    .option('--json', cli.t.json)
    .action((archive: string, options: OptionsSecret & { json?: boolean }) => verify(cli, archive, options));

  backup
    .command('key')
    .description(t.key)
    .option('--keep', t.optGarder)
    .action(async (options: { keep?: boolean }) => {
      const container = options.keep ? await cli.open() : null;
      const pair = container ? await container.sauvegardes.nouvelleCle(cli.actor) : generateBackupKey();
      const { publicKey, secretKey } = pair;
      terminal.write(`${fill(t.clePublique, { id: backupKeyId(publicKey), cle: publicKey })}\n`);
      terminal.write(`${fill(t.cleSecrete, { cle: secretKey })}\n`);
      if (container) terminal.write(`${t.cleGardee}\n`);
    });

  addSecret(program.command('restore <archive>').description(t.restore), cli)
    .option('--key-file <fichier>', t.optCleSecrete)
    .option('--replace', t.optRemplacer)
    .action((archive: string, options: OptionsSecret & { replace?: boolean }) =>
      restore(cli, archive, options),
    );
}
