import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

const secretsFile = (dataDir: string): string => join(dataDir, 'secrets.json');
/** The secret that is to come, from before the database is changed until the secrets file bears it. */
const comingFile = (dataDir: string): string => `${secretsFile(dataDir)}.nouvelle`;

function read(path: string): Record<string, string> {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>) : {};
}

function writeDurably(path: string, text: string): void {
  const file = openSync(path, 'w', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function syncFolder(dataDir: string): void {
  const folder = openSync(dataDir, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Whether this secret is the one that the secrets file of the data folder keeps. */
export function keptInFile(dataDir: string, name: string, secret: string): boolean {
  return read(secretsFile(dataDir))[name] === secret;
}

/** The secret that a rotation has put aside in the data folder; null when there is none. */
export function comingSecret(dataDir: string, name: string): string | null {
  return read(comingFile(dataDir))[name] ?? null;
}

/**
 * Puts a new secret (32 bytes in base64) aside, or answers the one that an interrupted rotation, or one at the same
 * time, has put aside.
 *
 * @param inForce the secret in force; one put aside that is the same was left by a rotation that had ended
 */
export function prepareSecret(dataDir: string, name: string, inForce: string): string {
  const path = comingFile(dataDir);
  if (comingSecret(dataDir, name) === inForce) rmSync(path);
  const draft = `${path}.${randomBytes(6).toString('hex')}.part`;
  writeDurably(draft, `${JSON.stringify({ [name]: randomBytes(32).toString('base64') }, null, 2)}\n`);
  try {
    // A name is given once only: of two, both go on with the same secret.
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  syncFolder(dataDir);
  const secret = comingSecret(dataDir, name);
  if (secret === null) throw new Error(`${path} is gone`);
  return secret;
}

/**
 * Puts the new secret into the secrets file, once the database is under it. The former file is kept beside, with the
 * instant in its name. Whatever moment it is cut short at, doing it again completes it.
 *
 * @returns the path of the former file; null when the new secret was in place already
 */
export function adoptSecret(dataDir: string, name: string, secret: string, at: Date): string | null {
  const path = secretsFile(dataDir);
  const secrets = read(path);
  let former: string | null = null;
  if (secrets[name] !== secret) {
    former = `${path}.${at.toISOString().slice(0, 19).replaceAll(':', '').replace('T', '-')}`;
    writeDurably(former, `${JSON.stringify(secrets, null, 2)}\n`);
    const draft = `${path}.part`;
    writeDurably(draft, `${JSON.stringify({ ...secrets, [name]: secret }, null, 2)}\n`);
    renameSync(draft, path);
    syncFolder(dataDir);
  }
  rmSync(comingFile(dataDir), { force: true });
  return former;
}
