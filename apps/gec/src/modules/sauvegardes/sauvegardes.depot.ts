import { createReadStream } from 'node:fs';
import { mkdir, open, opendir, rename, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Writable, type Readable } from 'node:stream';
import { removeFile, syncFolder, systemCode, writeAll } from '../../storage/durable.ts';

/** An archive where backups are kept. */
export interface ArchivePresente {
  readonly nom: string;
  /** Bytes. */
  readonly taille: number;
}

/** Where backups are kept: a folder of this machine, or a bucket. An archive is there whole or not at all. */
export interface Depot {
  /** The address of an archive, for people. */
  adresse(nom: string): string;
  /**
   * Keeps an archive; resolves when it is there for good.
   *
   * @param content what it is made of; an error of it leaves nothing behind
   * @throws Error when there is one of that name
   */
  ecrire(nom: string, content: Readable): Promise<void>;
  /** @throws Error `ENOENT` when there is none of that name */
  lire(nom: string): Promise<Readable>;
  lister(): Promise<ArchivePresente[]>;
  /** One that is not there is no error. */
  supprimer(nom: string): Promise<void>;
  close(): void;
}

/** Names of our archives: instant of the beginning, in UTC, so that their order is that of time. */
const NOM = /^gec-(avant-restauration-)?(\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}-\d{3}Z)\.gecarc$/;
/** What a kill left behind is taken away after this time (ms): another process may be at work meanwhile. */
const RESTE_MS = 24 * 3_600_000;

/** The name of an archive. @param instant ISO 8601, UTC */
export function nomArchive(instant: string, avantRestauration = false): string {
  return `gec-${avantRestauration ? 'avant-restauration-' : ''}${instant.replace(/[:.]/g, '-')}.gecarc`;
}

/** Whether a name is one of ours: nothing else is ever read, listed or taken away. */
export const estNomArchive = (nom: string): boolean => NOM.test(nom);

/** The instant in a name, ISO 8601; null for a copy made for safety, which no schedule takes away. */
export function instantArchive(nom: string): string | null {
  const [, avant, instant] = NOM.exec(nom) ?? [];
  if (avant !== undefined || instant === undefined) return null;
  return instant.replace(/T(\d{2})-(\d{2})-(\d{2})-(\d{3})Z$/, 'T$1:$2:$3.$4Z');
}

/** @throws TypeError for a name that is none of ours */
export function verifierNom(nom: string): string {
  if (!estNomArchive(nom)) throw new TypeError('not the name of a backup');
  return nom;
}

async function* fichiersDe(dir: string): AsyncGenerator<string> {
  try {
    for await (const entry of await opendir(dir)) if (entry.isFile()) yield entry.name;
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

/** Keeps a file under a name of its own: written aside, synced, named, the name synced. Mode 0600. */
export async function ecrireFichier(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  const partial = `${path}.part`;
  if (await stat(path).catch(() => null)) throw new Error(`${path} exists already`);
  const handle = await open(partial, 'wx', 0o600);
  try {
    await writeAll(handle, content);
    await handle.sync();
  } catch (error) {
    await handle.close();
    await removeFile(partial);
    throw error;
  }
  await handle.close();
  await rename(partial, path);
  await syncFolder(join(path, '..'));
}

/** Backups in a folder, made when missing, that only the program's account may enter. */
export function createDepotLocal(dir: string): Depot {
  const place = (nom: string) => join(dir, verifierNom(nom));

  async function enleverRestes(): Promise<void> {
    for await (const name of fichiersDe(dir)) {
      if (!name.endsWith('.gecarc.part') || !estNomArchive(basename(name, '.part'))) continue;
      const facts = await stat(join(dir, name)).catch(() => null);
      if (facts && Date.now() - facts.mtimeMs > RESTE_MS) await removeFile(join(dir, name));
    }
  }

  return {
    adresse: (nom) => join(dir, nom),
    async ecrire(nom, content) {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      await enleverRestes();
      await ecrireFichier(place(nom), content);
    },
    async lire(nom) {
      return (await open(place(nom), 'r')).createReadStream({ highWaterMark: 256 * 1024 });
    },
    async lister() {
      const found: ArchivePresente[] = [];
      for await (const nom of fichiersDe(dir)) {
        if (!estNomArchive(nom)) continue;
        const facts = await stat(join(dir, nom)).catch(() => null);
        if (facts) found.push({ nom, taille: facts.size });
      }
      return found;
    },
    supprimer: (nom) => removeFile(place(nom)),
    close: () => undefined,
  };
}

/** Reads any file as an archive. */
export const lireFichier = (path: string): Readable => createReadStream(path, { highWaterMark: 256 * 1024 });

/** Takes bytes and forgets them. */
export const oublier = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });
