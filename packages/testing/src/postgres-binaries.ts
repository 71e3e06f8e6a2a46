import { execFileSync } from 'node:child_process';
import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The oldest server that GEC Mines promises to work on. */
const OLDEST_MAJOR = 14;

function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function majorVersion(binaries: string): number {
  const output = execFileSync(join(binaries, 'postgres'), ['--version'], { encoding: 'utf8' });
  return Number(/\b(\d+)(?:\.\d+|devel|beta|rc)/.exec(output)?.[1] ?? 0);
}

function debianDirectories(): string[] {
  try {
    return readdirSync('/usr/lib/postgresql').map((version) => join('/usr/lib/postgresql', version, 'bin'));
  } catch {
    return [];
  }
}

/**
 * Finds the server programs of PostgreSQL: in PATH and in Debian's /usr/lib/postgresql/<version>/bin.
 *
 * @returns the directory that holds `initdb` and `postgres`, the newest of those found
 * @throws Error when there is none of version 14 or later
 */
export function findPostgresBinaries(): string {
  const directories = [...(process.env['PATH'] ?? '').split(delimiter), ...debianDirectories()];
  const found = [...new Set(directories)]
    .filter((dir) => dir && isRunnable(join(dir, 'initdb')) && isRunnable(join(dir, 'postgres')))
    .map((dir) => ({ dir, major: majorVersion(dir) }))
    .filter(({ major }) => major >= OLDEST_MAJOR)
    .sort((a, b) => b.major - a.major);
  const newest = found[0];
  if (!newest) throw new Error(`No PostgreSQL server programs (version ${OLDEST_MAJOR} or later) were found`);
  return newest.dir;
}
