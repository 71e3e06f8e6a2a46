import { createDecipheriv, createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { opendir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A file of the older program that was found. */
export interface FichierTrouve {
  /** Where it is, below the folder of files. */
  readonly chemin: string;
  readonly ouvrir: () => Promise<Readable>;
}

/** Where files of the older program are. */
export interface Dossier {
  /**
   * Finds the file of a row: `uploads/x.pdf`, `C:\gec\uploads\x.pdf` and `/srv/other/uploads/x.pdf` all mean `x.pdf`.
   *
   * @param ecrit what the row says, as it is
   * @returns null when there is none, or when its name alone does not tell which of several it is
   */
  trouver(ecrit: string): FichierTrouve | null;
  readonly nombre: number;
}

/** No folder of letters is deeper; a link that leads into itself is not followed anyway. */
const PROFONDEUR = 12;

/** Parts of a path, whatever the machine that wrote it; what leads upwards or nowhere is left out. */
function parties(ecrit: string): string[] {
  return ecrit
    .normalize('NFC')
    .split(/[\\/]+/)
    .filter((part) => part !== '' && part !== '.' && part !== '..');
}

/**
 * Finds files by what a row says of them, whatever the machine that wrote it.
 *
 * @param chemins paths of the files there are, below their folder, with slashes
 * @returns the path that is meant; null when there is none, or when its name alone does not tell which of several it is
 */
export function chercheur(chemins: Iterable<string>): (ecrit: string) => string | null {
  const parChemin = new Map<string, string>();
  const parNom = new Map<string, string[]>();
  for (const chemin of chemins) {
    const cle = chemin.normalize('NFC');
    parChemin.set(cle, chemin);
    const nom = cle.split('/').at(-1) ?? cle;
    parNom.set(nom, [...(parNom.get(nom) ?? []), chemin]);
  }
  return (ecrit) => {
    const parts = parties(ecrit);
    // The longest end of the path that exists: folders of another machine stand before it.
    for (let from = 0; from < parts.length; from++) {
      const found = parChemin.get(parts.slice(from).join('/'));
      if (found !== undefined) return found;
    }
    const [seul, ...autres] = parNom.get(parts.at(-1) ?? '') ?? [];
    return seul === undefined || autres.length > 0 ? null : seul;
  };
}

/**
 * Lists a folder of files once. Only regular files inside it count: links are not followed, so that nothing outside
 * can be reached by a path that a database gives.
 *
 * @throws Error when there is no such folder
 */
export async function ouvrirDossier(racine: string): Promise<Dossier> {
  const root = await realpath(racine);
  if (!(await stat(root)).isDirectory()) throw new Error(`${racine} is not a folder`);
  const chemins: string[] = [];

  async function lister(dir: string, depth: number): Promise<void> {
    for await (const entry of await opendir(dir)) {
      const path = join(dir, entry.name);
      if (entry.isDirectory() && depth < PROFONDEUR) await lister(path, depth + 1);
      if (entry.isFile())
        chemins.push(
          path
            .slice(root.length + sep.length)
            .split(sep)
            .join('/'),
        );
    }
  }
  await lister(root, 0);
  const chercher = chercheur(chemins);

  return {
    nombre: chemins.length,
    trouver(ecrit) {
      const chemin = chercher(ecrit);
      return chemin === null ? null : { chemin, ouvrir: async () => createReadStream(join(root, chemin)) };
    },
  };
}

/** SHA-256 (hexadecimal) and MD5 of a file, which older versions noted. */
export async function sommes(ouvrir: () => Promise<Readable>): Promise<{ sha256: string; md5: string }> {
  const sha256 = createHash('sha256');
  const md5 = createHash('md5');
  await pipeline(await ouvrir(), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      sha256.update(chunk);
      md5.update(chunk);
    }
  });
  return { sha256: sha256.digest('hex'), md5: md5.digest('hex') };
}

const IV_BYTES = 16;

/** Opens a file that the older program encrypted: IV ‖ AES-256-CBC with PKCS#7, as its values are. */
class Dechiffrement extends Transform {
  readonly #cle: Uint8Array;
  #head = Buffer.alloc(0);
  #decipher: ReturnType<typeof createDecipheriv> | null = null;

  constructor(cle: Uint8Array) {
    super();
    this.#cle = cle;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (this.#decipher) {
      done(null, this.#decipher.update(chunk));
      return;
    }
    this.#head = Buffer.concat([this.#head, chunk]);
    if (this.#head.length < IV_BYTES) {
      done();
      return;
    }
    this.#decipher = createDecipheriv('aes-256-cbc', this.#cle, this.#head.subarray(0, IV_BYTES));
    done(null, this.#decipher.update(this.#head.subarray(IV_BYTES)));
  }

  override _flush(done: TransformCallback): void {
    try {
      done(null, this.#decipher?.final() ?? Buffer.alloc(0));
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  }
}

/** The plain bytes of a file that the older program encrypted; the stream fails when the key is not the one. */
export function dechiffre(ouvrir: () => Promise<Readable>, cle: Uint8Array): () => Promise<Readable> {
  return async () => {
    const source = await ouvrir();
    const plain = new Dechiffrement(cle);
    source.on('error', (error) => plain.destroy(error));
    plain.on('close', () => source.destroy());
    return source.pipe(plain);
  };
}

/** A whole file in memory. @returns null when it is longer than `max` bytes */
export async function entier(ouvrir: () => Promise<Readable>, max: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const stream = await ouvrir();
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > max) {
      stream.destroy();
      return null;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
