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
import { parseMasterKey } from '@gec/crypto';

const NOM = 'GEC_MASTER_KEY';

const secretsFile = (dataDir: string): string => join(dataDir, 'secrets.json');
/** The key that is to come, from before the database is changed until the secrets file bears it. */
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

/** Whether this master key is the one that the secrets file of the data folder keeps. */
export function gardeeParFichier(dataDir: string, masterKey: string): boolean {
  return read(secretsFile(dataDir))[NOM] === masterKey;
}

/** The master key that a rotation has put aside in the data folder; null when there is none. */
export function cleAVenir(dataDir: string): string | null {
  return read(comingFile(dataDir))[NOM] ?? null;
}

/**
 * Puts a new master key aside, or answers the one that an interrupted rotation, or one at the same time, has put aside.
 *
 * @param enVigueur the key in force; one put aside that is the same was left by a rotation that had ended
 */
export function preparerCle(dataDir: string, enVigueur: string): string {
  const path = comingFile(dataDir);
  if (cleAVenir(dataDir) === enVigueur) rmSync(path);
  const draft = `${path}.${randomBytes(6).toString('hex')}.part`;
  writeDurably(draft, `${JSON.stringify({ [NOM]: randomBytes(32).toString('base64') }, null, 2)}\n`);
  try {
    // A name is given once only: of two, both go on with the same key.
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  syncFolder(dataDir);
  const key = cleAVenir(dataDir);
  if (key === null) throw new Error(`${path} is gone`);
  parseMasterKey(key, NOM);
  return key;
}

/**
 * Puts the new master key into the secrets file, once the database is under it. The former file is kept beside, with
 * the instant in its name. Whatever moment it is cut short at, doing it again completes it.
 *
 * @returns the path of the former file; null when the new key was in place already
 */
export function adopterCle(dataDir: string, key: string, le: Date): string | null {
  const path = secretsFile(dataDir);
  const secrets = read(path);
  let ancien: string | null = null;
  if (secrets[NOM] !== key) {
    ancien = `${path}.${le.toISOString().slice(0, 19).replaceAll(':', '').replace('T', '-')}`;
    writeDurably(ancien, `${JSON.stringify(secrets, null, 2)}\n`);
    const draft = `${path}.part`;
    writeDurably(draft, `${JSON.stringify({ ...secrets, [NOM]: key }, null, 2)}\n`);
    renameSync(draft, path);
    syncFolder(dataDir);
  }
  rmSync(comingFile(dataDir), { force: true });
  return ancien;
}
