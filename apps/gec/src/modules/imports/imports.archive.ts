import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { fromRandomAccessReader, RandomAccessReader, type Entry, type ZipFile } from 'yauzl';
import { flux, type Octets } from './imports.depot.ts';
import {
  DOSSIER_PIECES,
  FICHIER_COURRIERS,
  FICHIER_SOMMES,
  fichierShape,
  type FichierExporte,
} from './imports.format.schema.ts';
import type { CodeRefus } from './imports.refus.schema.ts';

/** An archive that is not read at all. */
export class RefusArchive extends Error {
  override readonly name = 'RefusArchive';
  readonly code: CodeRefus;
  readonly detail: string;
  constructor(code: CodeRefus, detail = '', cause?: unknown) {
    super(`${code} ${detail}`, { cause });
    this.code = code;
    this.detail = detail;
  }
}

const ENTREES_MAX = 250_000;
const COURRIERS_OCTETS_MAX = 128 * 1024 * 1024;
/** Bytes of one file of an archive. */
export const PIECE_OCTETS_MAX = 512 * 1024 * 1024;
/** Letters and scans are never packed so tightly; what is larger than this and is would fill the disk. */
const TASSEMENT_MAX = 200;
const TASSEMENT_DES = 4 * 1024 * 1024;
const LIEN = 0o120000;

/** What yauzl reads an archive from that is kept in sealed parts. */
export class LecteurDepot extends RandomAccessReader {
  readonly #octets: Octets;
  constructor(octets: Octets) {
    super();
    this.#octets = octets;
  }
  override _readStreamForRange(start: number, end: number): Readable {
    return flux(this.#octets, start, end);
  }
}

/** An archive whose folder was read and found harmless. */
export interface ArchiveOuverte {
  readonly fichier: FichierExporte;
  /** Checksums that the archive gives besides those of the letters, by name. */
  readonly sommes: ReadonlyMap<string, string>;
  /** Whether a file is in it. */
  has(nom: string): boolean;
  /** Opens one of its files. */
  ouvrir(nom: string): Promise<Readable>;
}

function checkEntry(entry: Entry, known: ReadonlyMap<string, Entry>): void {
  const { fileName: nom } = entry;
  const parts = nom.split('/');
  const dangerous =
    nom.startsWith('/') ||
    /[\\\p{Cc}]/u.test(nom) ||
    parts.some((part) => part === '..' || part === '.') ||
    nom.length > 400;
  if (dangerous) throw new RefusArchive('NOM_DANGEREUX', nom.slice(0, 100));
  if (known.has(nom)) throw new RefusArchive('NOM_DOUBLE', nom);
  if (((entry.externalFileAttributes >>> 16) & 0o170000) === LIEN) throw new RefusArchive('LIEN', nom);
  if (entry.isEncrypted() || !entry.canDecodeFileData()) throw new RefusArchive('CHIFFREE', nom);
  const max = nom.startsWith(DOSSIER_PIECES) ? PIECE_OCTETS_MAX : COURRIERS_OCTETS_MAX;
  if (tassee(entry, max)) throw new RefusArchive('BOMBE', nom);
}

/** Whether a file of an archive would come to more bytes than it may, or is packed as no letter or scan ever is. */
export function tassee({ compressedSize, uncompressedSize }: Entry, max: number): boolean {
  const packed = uncompressedSize > TASSEMENT_DES && uncompressedSize > compressedSize * TASSEMENT_MAX;
  return uncompressedSize > max || packed;
}

async function readEntries(zip: ZipFile, taille: number): Promise<Map<string, Entry>> {
  if (zip.entryCount > ENTREES_MAX) throw new RefusArchive('TROP_DE_FICHIERS');
  const entries = new Map<string, Entry>();
  const done = Promise.withResolvers<void>();
  let packed = 0;
  zip.on('error', (error: Error) => done.reject(new RefusArchive('ILLISIBLE', error.message, error)));
  zip.on('end', () => done.resolve());
  zip.on('entry', (entry: Entry) => {
    try {
      packed += entry.compressedSize;
      // Files that lie on top of each other: each small, together without bound.
      if (packed > taille) throw new RefusArchive('BOMBE', entry.fileName);
      if (!entry.fileName.endsWith('/')) {
        checkEntry(entry, entries);
        entries.set(entry.fileName, entry);
      }
      zip.readEntry();
    } catch (error) {
      done.reject(error instanceof Error ? error : new Error(String(error)));
    }
  });
  zip.readEntry();
  await done.promise;
  return entries;
}

function lireSommes(text: string): Map<string, string> {
  const sommes = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^([0-9a-f]{64}) [ *](.+)$/i.exec(line);
    if (match) sommes.set(match[2]!, match[1]!.toLowerCase());
  }
  return sommes;
}

/**
 * Reads the folder and the letters of an archive (docs/FORMAT-EXPORT.md). Nothing of it reaches a disk; names of files are
 * only looked up, never used as paths.
 *
 * @throws RefusArchive when it is no archive of ours, damaged, or made to do harm
 */
export async function ouvrirArchive(octets: Octets): Promise<ArchiveOuverte> {
  const open = promisify<RandomAccessReader, number, object, ZipFile>(fromRandomAccessReader);
  const options = { lazyEntries: true, autoClose: false };
  const zip = await open(new LecteurDepot(octets), octets.taille, options).catch((cause: unknown) => {
    throw new RefusArchive('ILLISIBLE', '', cause);
  });
  const entries = await readEntries(zip, octets.taille);
  const stream = promisify<Entry, Readable>(zip.openReadStream.bind(zip));
  async function ouvrir(nom: string): Promise<Readable> {
    const entry = entries.get(nom);
    if (!entry) throw new RefusArchive('ILLISIBLE', nom);
    return stream(entry);
  }
  async function tout(nom: string): Promise<Buffer> {
    return buffer(await ouvrir(nom)).catch((cause: unknown) => {
      throw new RefusArchive('ILLISIBLE', nom, cause);
    });
  }
  if (!entries.has(FICHIER_COURRIERS)) throw new RefusArchive('SANS_COURRIERS');
  const json = await tout(FICHIER_COURRIERS);
  const sommes = entries.has(FICHIER_SOMMES)
    ? lireSommes((await tout(FICHIER_SOMMES)).toString('utf8'))
    : new Map<string, string>();
  const somme = sommes.get(FICHIER_COURRIERS);
  if (somme !== undefined && somme !== createHash('sha256').update(json).digest('hex')) {
    throw new RefusArchive('COURRIERS_ALTERES');
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(json.toString('utf8'));
  } catch (cause) {
    throw new RefusArchive('FORMAT_INCONNU', '', cause);
  }
  const checked = fichierShape.safeParse(parsed);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw new RefusArchive('FORMAT_INCONNU', issue ? issue.path.join('.') : '');
  }
  return { fichier: checked.data, sommes, has: (nom) => entries.has(nom), ouvrir };
}
