import { AppError, fill, type Lang } from '@gec/core';
import { Command, CommanderError, Help } from 'commander';
import { ConfigError } from '../config.ts';
import { cliTexts } from './cli.texts.ts';
import { createCli, EXIT, type Cli, type CliOptions, type ExitCode } from './context.ts';
import { registerCorrespondants } from './correspondants.ts';
import { registerDemo } from './demo.ts';
import { registerDepartements } from './departements.ts';
import { registerImports } from './imports.ts';
import { registerInstallation } from './installation.ts';
import { registerFiles } from './files.ts';
import { registerIp } from './ip.ts';
import { registerJournal } from './journal.ts';
import { registerKeys } from './keys.ts';
import { registerLegacy } from './legacy.ts';
import { registerLicence } from './licence.ts';
import { registerRoles } from './roles.ts';
import { registerSauvegardes } from './sauvegardes.ts';
import { registerSearch } from './search.ts';
import { registerUsers } from './users.ts';

/** The groups of commands, in the order in which the help shows them. */
const GROUPS: readonly ((program: Command, cli: Cli) => void)[] = [
  registerUsers,
  registerRoles,
  registerDepartements,
  registerCorrespondants,
  registerIp,
  registerJournal,
  registerSearch,
  registerLicence,
  registerSauvegardes,
  registerFiles,
  registerKeys,
  registerImports,
  registerDemo,
  registerInstallation,
  registerLegacy,
];

/** The language asked for by `--lang`; French otherwise. */
export function langOf(args: readonly string[]): Lang {
  const at = args.findIndex((word) => word === '--lang' || word.startsWith('--lang='));
  const word = args[at] === '--lang' ? args[at + 1] : args[at]?.slice('--lang='.length);
  return word === 'en' ? 'en' : 'fr';
}

/** What commander says in English, by its codes. */
const REFUSALS = {
  'commander.unknownOption': 'optionInconnue',
  'commander.unknownCommand': 'commandeInconnue',
  'commander.missingArgument': 'argumentManquant',
  'commander.excessArguments': 'argumentsEnTrop',
  'commander.optionMissingArgument': 'valeurManquante',
  'commander.invalidArgument': 'valeurRefusee',
  'commander.missingMandatoryOptionValue': 'optionManquante',
} as const;

function refusal(lang: Lang, error: CommanderError): string {
  const t = cliTexts(lang);
  const key = REFUSALS[error.code as keyof typeof REFUSALS] as
    (typeof REFUSALS)[keyof typeof REFUSALS] | undefined;
  const nom = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  return fill(t.erreur, { message: key === undefined ? error.message : fill(t[key], { nom }) });
}

/** Help, usage and refusals in the language, for a command and all below it. */
function localise(command: Command, cli: Cli): void {
  const { t, terminal } = cli;
  const plain = new Help();
  const words = (text: string) => text.replace(/\bchoices:/, t.choix).replace(/\bdefault:/, t.parDefaut);
  const titles: Readonly<Record<string, string>> = {
    'Usage:': t.usage,
    'Arguments:': t.arguments,
    'Options:': t.options,
    'Commands:': t.commandes,
  };
  command
    .exitOverride()
    .helpOption('-h, --help', t.aide)
    .configureHelp({
      styleTitle: (title) => titles[title] ?? title,
      commandUsage: (shown) => plain.commandUsage(shown).replace('[command]', `[${t.commande}]`),
      optionDescription: (option) => words(plain.optionDescription(option)),
      argumentDescription: (argument) => words(plain.argumentDescription(argument)),
    })
    .configureOutput({
      writeOut: (text) => terminal.write(text),
      // A group without a command shows its help, which is an answer to a mistake; refusals are worded below.
      writeErr: (text) => terminal.error(text),
      outputError: () => undefined,
    });
  if (command.commands.length > 0) command.helpCommand(false);
  for (const child of command.commands) localise(child, cli);
}

/** Builds the command line; nothing runs before `parseAsync`. */
export function createProgram(cli: Cli): Command {
  const program = new Command('gec')
    .description(cli.t.gec)
    .option('--lang <langue>', cli.t.lang)
    .addHelpText('after', cli.t.codes);
  for (const register of GROUPS) register(program, cli);
  localise(program, cli);
  return program;
}

function explain(cli: Cli, error: unknown): string {
  const { t } = cli;
  if (error instanceof AppError) {
    const fields = error.fields.map(({ field, message }) => `${field}: ${message}`);
    return fill(t.erreur, { message: fields.length > 0 ? fields.join('\n') : error.message });
  }
  if (error instanceof ConfigError) return fill(t.erreur, { message: error.message });
  return fill(t.erreur, { message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}

/**
 * Runs one command.
 *
 * @param args what follows the program's name
 * @returns the exit code: 0 done, 1 failure, 2 wrong usage, 3 check failed
 */
export async function runCli(args: readonly string[], options: Omit<CliOptions, 'lang'>): Promise<ExitCode> {
  const lang = langOf(args);
  const { cli, exitCode, close } = createCli({ ...options, lang });
  try {
    await createProgram(cli).parseAsync([...args], { from: 'user' });
    return exitCode();
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT.done;
      // The help was shown instead of a message.
      if (error.code === 'commander.help') return EXIT.usage;
      cli.terminal.error(`${refusal(lang, error)}\n${fill(cli.t.voirAide, { commande: 'gec' })}\n`);
      return EXIT.usage;
    }
    cli.terminal.error(`${explain(cli, error)}\n`);
    return error instanceof AppError && error.code === 'USAGE' ? EXIT.usage : EXIT.failed;
  } finally {
    await close();
  }
}
