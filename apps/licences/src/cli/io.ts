import { createInterface } from 'node:readline/promises';
import { systemActor } from '@gec/core';
import { createLogger } from '@gec/http';
import { readConfig } from '../config.ts';
import { createContainer, type Container } from '../container.ts';

/** The command line acting. */
export const CLI = systemActor('cli');

/** A command cannot do what was asked; its message is for the operator, and the program ends with this code. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: number;
  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Writes a line on standard output. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Opens the server's services for one command, with first keys, and closes them afterwards. */
export async function withContainer<T>(work: (container: Container) => Promise<T>): Promise<T> {
  const container = await createContainer(readConfig(process.env), {
    logger: createLogger({ level: 'silent' }),
  });
  try {
    const keys = await container.signing.ensureKeys();
    if (keys) {
      process.stderr.write(`Clé racine, à mettre hors ligne : ${keys.rootFile}\n`);
      if (keys.passphrase !== null) {
        process.stderr.write(`Phrase secrète, affichée cette seule fois : ${keys.passphrase}\n`);
      }
    }
    return await work(container);
  } finally {
    await container.close();
  }
}

/** A progress bar on standard error, when that is a terminal. */
export function progressBar(label: string): (done: number, total: number) => void {
  if (!process.stderr.isTTY) return () => undefined;
  return (done, total) => {
    const width = 30;
    const filled = total === 0 ? width : Math.round((done / total) * width);
    const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
    process.stderr.write(`\r${label} ${bar} ${done}/${total}${done >= total ? '\n' : ''}`);
  };
}

/** Asks a question that is answered with « oui ». Without a terminal nobody can answer: `--yes` is needed then. */
export async function confirmOrEnd(question: string, yes: boolean | undefined): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY) throw new CliError('Ajoutez --yes pour confirmer.', 2);
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await prompt.question(`${question} [oui/non] `);
  prompt.close();
  if (!/^o(ui)?$/i.test(answer.trim())) throw new CliError('Rien n’a été changé.', 1);
}

/** The passphrase of the root key: from the environment, else asked for. */
export async function rootPassphrase(): Promise<string> {
  const given = process.env['LICENSE_ROOT_PASSPHRASE'];
  if (given) return given;
  if (!process.stdin.isTTY) throw new CliError('LICENSE_ROOT_PASSPHRASE doit être donnée.', 2);
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await prompt.question('Phrase secrète de la clé racine : ');
  prompt.close();
  return answer.trim();
}
