// Plain JavaScript without dependencies, because scripts/test.mjs needs it before `npm ci` and on Node 18.
import { execFileSync } from 'node:child_process';
import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The oldest server that GEC Mines promises to work on. */
const OLDEST_POSTGRES = 14;

/**
 * The shell is the same browser without the windows, menus and tabs of its own that nobody sees in a test, for half of
 * the processor time.
 */
const BROWSERS = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
];

function isRunnable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function searchPath() {
  const usual = ['/usr/local/bin', '/usr/bin', '/bin'];
  return [...new Set([...(process.env.PATH ?? '').split(delimiter).filter(Boolean), ...usual])];
}

function debianPostgres() {
  try {
    return readdirSync('/usr/lib/postgresql').map((version) => join('/usr/lib/postgresql', version, 'bin'));
  } catch {
    return [];
  }
}

function majorVersion(directory) {
  const output = execFileSync(join(directory, 'postgres'), ['--version'], { encoding: 'utf8' });
  return Number(/\b(\d+)(?:\.\d+|devel|beta|rc)/.exec(output)?.[1] ?? 0);
}

/**
 * Finds the server programs of PostgreSQL: in PATH and in Debian's /usr/lib/postgresql/<version>/bin.
 *
 * @returns {string | undefined} the directory of the newest `initdb` and `postgres` of version 14 or later, if any
 */
export function findPostgres() {
  return [...searchPath(), ...debianPostgres()]
    .filter((directory) => ['initdb', 'postgres'].every((name) => isRunnable(join(directory, name))))
    .map((directory) => ({ directory, major: majorVersion(directory) }))
    .filter(({ major }) => major >= OLDEST_POSTGRES)
    .sort((a, b) => b.major - a.major)[0]?.directory;
}

/**
 * Finds a Chromium or Chrome of the system.
 *
 * @returns {string | undefined} the path of the program, if there is one
 */
export function findBrowser() {
  return BROWSERS.flatMap((name) => searchPath().map((directory) => join(directory, name))).find(isRunnable);
}

/**
 * Finds curl, with which the guides speak to the program.
 *
 * @returns {string | undefined} the path of the program, if there is one
 */
export function findCurl() {
  return searchPath()
    .map((directory) => join(directory, 'curl'))
    .find(isRunnable);
}
