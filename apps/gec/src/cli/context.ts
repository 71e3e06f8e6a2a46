import { systemActor, type Lang, type SystemActor } from '@gec/core';
import { createLogger } from '@gec/http';
import { readConfig, type Config } from '../config.ts';
import { createContainer, type Container, type ContainerOverrides } from '../container.ts';
import type { OpenAtelier } from '../workers/atelier.ts';
import { cliTexts } from './cli.texts.ts';
import type { Terminal } from './terminal.ts';

/** What a command ends with. */
export const EXIT = { done: 0, failed: 1, usage: 2, checkFailed: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What every command gets. */
export interface Cli {
  readonly lang: Lang;
  readonly t: ReturnType<typeof cliTexts>;
  readonly terminal: Terminal;
  /** The program itself, at the hands of whoever may log into the machine. */
  readonly actor: SystemActor;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly openAtelier: OpenAtelier;
  /** The settings. @throws ConfigError */
  config(): Config;
  /** The services, opened at the first call (with its overrides) and closed at the end of the command. */
  open(overrides?: Pick<ContainerOverrides, 'clock'> & { config?: Config }): Promise<Container>;
  /** Says with what the program is to end, when not with 0. */
  exitWith(code: ExitCode): void;
}

/** What a command line is made from. */
export interface CliOptions {
  lang: Lang;
  terminal: Terminal;
  env: Readonly<Record<string, string | undefined>>;
  openAtelier: OpenAtelier;
}

/** Makes the surroundings of one command; `close` ends what it opened. */
export function createCli({ lang, terminal, env, openAtelier }: CliOptions) {
  let container: Promise<Container> | undefined;
  let exitCode: ExitCode = EXIT.done;
  const cli: Cli = {
    lang,
    t: cliTexts(lang),
    terminal,
    actor: systemActor('cli', lang),
    env,
    openAtelier,
    config: () => readConfig(env),
    open({ config, ...overrides } = {}) {
      // Standard output belongs to what was asked for; only what goes wrong is said, on standard error.
      const logger = createLogger({ level: 'warn', destination: { write: (line) => terminal.error(line) } });
      container ??= createContainer(config ?? readConfig(env), { ...overrides, logger, openAtelier });
      return container;
    },
    exitWith(code) {
      exitCode = code;
    },
  };
  return {
    cli,
    exitCode: (): ExitCode => exitCode,
    async close(): Promise<void> {
      // One that could not be opened has told so already, and left nothing open.
      const opened = await container?.catch(() => undefined);
      await opened?.close();
    },
  };
}
