import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** The secrets that lie in `secrets.json` of a data folder, by name; none without the file. */
export function keptSecrets<Name extends string = string>(dataDir: string): Partial<Record<Name, string>> {
  const path = join(dataDir, 'secrets.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Partial<Record<Name, string>>) : {};
}

/** Adds secrets to those of a data folder, readable by the program's account alone: all of them or none. */
export function keepSecrets(dataDir: string, secrets: Readonly<Partial<Record<string, string>>>): void {
  const path = join(dataDir, 'secrets.json');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const draft = `${path}.part`;
  const file = openSync(draft, 'w', 0o600);
  try {
    writeSync(file, `${JSON.stringify({ ...keptSecrets(dataDir), ...secrets }, null, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}

/**
 * The secrets of an installation: those that are given, else those of the data folder. Those found nowhere are made
 * (32 bytes in base64) and kept there.
 *
 * @param given what the environment says
 */
export function completeSecrets<Name extends string>(
  names: readonly Name[],
  given: Readonly<Partial<Record<Name, string>>>,
  dataDir: string,
): Record<Name, string> {
  const kept = keptSecrets<Name>(dataDir);
  const known = (name: Name): string | undefined => given[name] ?? kept[name];
  const made = Object.fromEntries(
    names
      .filter((name) => known(name) === undefined)
      .map((name) => [name, randomBytes(32).toString('base64')]),
  ) as Partial<Record<Name, string>>;
  if (Object.keys(made).length > 0) keepSecrets(dataDir, made);
  return Object.fromEntries(names.map((name) => [name, known(name) ?? made[name]])) as Record<Name, string>;
}
