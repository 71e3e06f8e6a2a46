import { PassThrough } from 'node:stream';
import { afterAll, beforeAll } from 'vitest';
import { runCli } from '../cli/program.ts';
import type { OpenAtelier } from '../workers/atelier.ts';
import { sharedAtelier } from './atelier.ts';

/** The settings of an installation of tests that say neither its database nor its folder. */
export const CLI_ENV = {
  GEC_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
  GEC_PASSWORD_SALT: 'poivre-de-test-qui-ne-protege-rien-0000',
  SESSION_SECRET: 'secret-de-test-qui-ne-protege-rien-00000',
  BCRYPT_COST: '4',
};

/** What a command has written, and what it ended with. */
interface CliOutcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a command as the shell does, and keeps what it wrote. */
export async function runGec(
  env: Readonly<Record<string, string>>,
  args: readonly string[],
  stdin = '',
  openAtelier: OpenAtelier = sharedAtelier,
): Promise<CliOutcome> {
  const out: CliOutcome = { code: 0, stdout: '', stderr: '' };
  out.code = await runCli(args, {
    env,
    openAtelier,
    terminal: {
      write: (text) => void (out.stdout += text),
      error: (text) => void (out.stderr += text),
      input: new PassThrough().end(stdin),
      inputIsTty: false,
      errorIsTty: false,
    },
  });
  return out;
}

/** The same for commands that read nothing. */
export const gec = (env: Readonly<Record<string, string>>, ...args: string[]): Promise<CliOutcome> =>
  runGec(env, args);

interface Place {
  openTestDatabase(engine: 'sqlite'): Promise<{ url: string; drop(): Promise<void> }>;
  tempDir(): Promise<{ path: string; remove(): Promise<void> }>;
}

/**
 * One empty installation for the commands of a test file, on SQLite. To be called where the file begins.
 *
 * @param place what makes databases and folders of tests
 */
export function gecOfThisFile({ openTestDatabase, tempDir }: Place) {
  let database: Awaited<ReturnType<Place['openTestDatabase']>>;
  let dir: Awaited<ReturnType<Place['tempDir']>>;
  beforeAll(async () => {
    database = await openTestDatabase('sqlite');
    dir = await tempDir();
  });
  afterAll(async () => {
    await database.drop();
    await dir.remove();
  });
  return {
    /** The folder of its data. */
    folder: (): string => dir.path,
    gec: (...args: string[]) =>
      runGec({ ...CLI_ENV, LOG_LEVEL: 'silent', DATABASE_URL: database.url, GEC_DATA_DIR: dir.path }, args),
  };
}
