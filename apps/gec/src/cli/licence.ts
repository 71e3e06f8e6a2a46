import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { AppError, fill, formatDate, formatDateTime } from '@gec/core';
import { explainStatus } from '@gec/licence-client';
import { Argument, type Command } from 'commander';
import { presentLicence } from '../modules/licence/licence.presenter.ts';
import { FICHIER_MAX, GENRES_DEMANDE, type VueLicence } from '../modules/licence/licence.schema.ts';
import { licenceTexts } from '../modules/licence/licence.texts.ts';
import { EXIT, type Cli } from './context.ts';
import { licenceCliTexts } from './licence.texts.ts';
import { json, table } from './terminal.ts';

const refused = (message: string): AppError => new AppError('invalid', 'USAGE', message);

/** Everything of a file or of standard input, up to what a licence can be. */
async function readContent(cli: Cli, file: string): Promise<Buffer> {
  const t = licenceCliTexts(cli.lang);
  const tooLarge = () => refused(fill(t.tropGros, { fichier: file }));
  if (file === '-') {
    const parts: Buffer[] = [];
    let size = 0;
    for await (const part of cli.terminal.input as AsyncIterable<Buffer | string>) {
      const bytes = Buffer.from(part);
      size += bytes.length;
      if (size > FICHIER_MAX) throw tooLarge();
      parts.push(bytes);
    }
    return Buffer.concat(parts);
  }
  try {
    if ((await stat(file)).size > FICHIER_MAX) throw tooLarge();
    return await readFile(file);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw refused(fill(t.introuvable, { fichier: file }));
  }
}

/** Asks before the licence is given back; where nobody can answer, `--yes` must say it. */
async function confirm(cli: Cli, yes: boolean | undefined): Promise<boolean> {
  if (yes) return true;
  const t = licenceCliTexts(cli.lang);
  const { terminal } = cli;
  if (!terminal.inputIsTty) throw refused(t.ajouterYes);
  terminal.error(t.confirmer);
  const reader = createInterface({ input: terminal.input });
  const answer = await reader.question('').finally(() => reader.close());
  const agreed = /^(o|oui|y|yes)$/i.test(answer.trim());
  if (!agreed) terminal.error(`${t.rienChange}\n`);
  return agreed;
}

/** Writes the licence in words, or as JSON; a licence that lets nothing be registered ends with code 3. */
function show(cli: Cli, vue: VueLicence, asJson: boolean | undefined): void {
  const { terminal, lang } = cli;
  const t = licenceCliTexts(lang);
  const { details, fuseau } = vue;
  if (details && !details.status.mayChange) cli.exitWith(EXIT.checkFailed);
  if (asJson) return terminal.write(json(presentLicence(vue)));
  if (!details) return terminal.write(`${licenceTexts(lang).nonGeree}\n`);
  const { status, licence, lastSync } = details;
  const words = explainStatus(lang, status, fuseau);
  const synced = lastSync === null ? t.jamais : formatDateTime(lang, lastSync.at, fuseau);
  const rows: [string, string][] = [
    [t.etat, words.title],
    ...(status.until === null ? [] : ([[t.jusqua, formatDate(lang, status.until, fuseau)]] as const)),
    ...(licence?.owner === undefined ? [] : ([[t.titulaire, licence.owner]] as const)),
    ...(licence === null ? [] : ([[t.cle, `••••-••••-${licence.license_key_hint}`]] as const)),
    [t.serveur, details.server ?? t.sansServeur],
    [t.derniere, lastSync?.error ? fill(t.echouee, { date: synced, code: lastSync.error }) : synced],
    [t.installation, details.installation],
  ].map(([name, value]) => [name!, value!]);
  terminal.write(`${words.text}\n\n${table(['', ''], rows).replace(/^\s*\n/, '')}`);
  for (const warning of words.warnings) terminal.error(`${warning}\n`);
}

/** Registers `gec licence …`. */
export function registerLicence(program: Command, cli: Cli): void {
  const { terminal, actor, lang } = cli;
  const t = licenceCliTexts(lang);
  const licence = program.command('licence').description(t.licence);
  const service = async () => (await cli.open()).licence;
  const showNow = async (asJson?: boolean) => show(cli, await (await service()).consulter(actor), asJson);

  licence
    .command('status')
    .description(t.status)
    .option('--json', cli.t.json)
    .action((options: { json?: boolean }) => showNow(options.json));

  licence
    .command('activate')
    .description(t.activate)
    .argument('<clé>', t.argCle)
    .action(async (cle: string) => {
      await (await service()).activer(actor, cle);
      await showNow();
    });

  licence
    .command('sync')
    .description(t.sync)
    .action(async () => {
      await (await service()).synchroniser(actor);
      await showNow();
    });

  licence
    .command('request')
    .description(t.request)
    .addArgument(new Argument('<demande>', t.argGenre).choices(GENRES_DEMANDE))
    .option('--key <clé>', t.optCle)
    .option('-o, --output <fichier>', t.optSortie)
    .option('-y, --yes', t.yes)
    .action(
      async (
        genre: (typeof GENRES_DEMANDE)[number],
        options: { key?: string; output?: string; yes?: boolean },
      ) => {
        // Before anything is given back: a request that cannot be written would be lost.
        if (options.output !== undefined && existsSync(options.output)) {
          throw refused(fill(t.dejaLa, { fichier: options.output }));
        }
        if (genre === 'deactivate' && !(await confirm(cli, options.yes))) return cli.exitWith(EXIT.failed);
        const file = await (await service()).demander(actor, genre, options.key);
        if (options.output === undefined) return terminal.write(`${file.content}\n`);
        await writeFile(options.output, file.content, { mode: 0o600, flag: 'wx' });
        terminal.error(`${fill(t.ecrite, { fichier: options.output })}\n`);
      },
    );

  licence
    .command('apply')
    .description(t.apply)
    .argument('<fichier>', t.argFichier)
    .action(async (file: string) => {
      const content = await readContent(cli, file);
      const text = content.toString('utf8');
      await (await service()).appliquer(actor, /^\s*GECLIC1 /.test(text) ? text : content);
      await showNow();
    });

  licence
    .command('deactivate')
    .description(t.deactivate)
    .option('-y, --yes', t.yes)
    .action(async (options: { yes?: boolean }) => {
      if (!(await confirm(cli, options.yes))) return cli.exitWith(EXIT.failed);
      await (await service()).rendre(actor);
      terminal.write(`${licenceTexts(lang).rendue}\n`);
    });
}
