import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { getHeapStatistics } from 'node:v8';
import { invalid } from '@gec/core';
import { openForeignBytes, type ForeignDatabase } from '@gec/db';
import { fromRandomAccessReader, open, type Entry, type RandomAccessReader, type ZipFile } from 'yauzl';
import { LecteurDepot, PIECE_OCTETS_MAX, RefusArchive, tassee } from '../imports.archive.ts';
import type { Octets } from '../imports.depot.ts';
import { chercheur, entier, type Dossier } from './reprise.fichiers.ts';
import { lireTables, type Objet } from './reprise.tables.ts';

/** An older installation, opened: its tables, and its files as a folder. */
export interface AncienOuvert {
  readonly foreign: ForeignDatabase;
  readonly dossier: Dossier;
}

const DONNEES = 'courriers_data.json';
/** Bytes of its JSON: some hundred thousand letters. */
const DONNEES_MAX = 256 * 1024 * 1024;
const ENTREES_MAX = 500_000;

/** Bytes of a database that is read out of an archive or sent through the browser: it is held in memory. */
export const BASE_OCTETS_MAX = 256 * 1024 * 1024;
const BASE = /\.(db|sqlite3?)$/i;

const isObjet = (value: unknown): value is Objet =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objets = (value: unknown): Objet[] => (Array.isArray(value) ? value.filter(isObjet) : []);

const OPTIONS = { lazyEntries: true, autoClose: false, strictFileNames: false } as const;

function ouvrirZip(source: string | Octets): Promise<ZipFile> {
  if (typeof source === 'string') return promisify<string, object, ZipFile>(open)(source, OPTIONS);
  const read = promisify<RandomAccessReader, number, object, ZipFile>(fromRandomAccessReader);
  return read(new LecteurDepot(source), source.taille, OPTIONS);
}

/**
 * Every entry by its name; of two that have the same, none: nobody could tell which is meant.
 *
 * @param taille bytes of an archive that came through the browser: one that would fill the memory or keep the machine
 *   busy for ever is refused
 */
function entrees(zip: ZipFile, taille: number | null): Promise<Map<string, Entry | null>> {
  return new Promise((resolve, reject) => {
    const found = new Map<string, Entry | null>();
    let packed = 0;
    if (zip.entryCount > ENTREES_MAX) reject(new RefusArchive('TROP_DE_FICHIERS'));
    zip.on('error', reject);
    zip.on('end', () => resolve(found));
    zip.on('entry', (entry: Entry) => {
      packed += entry.compressedSize;
      if (taille !== null && (packed > taille || tassee(entry, PIECE_OCTETS_MAX))) {
        reject(new RefusArchive('BOMBE', entry.fileName.slice(0, 100)));
        return;
      }
      if (!entry.fileName.endsWith('/')) found.set(entry.fileName, found.has(entry.fileName) ? null : entry);
      zip.readEntry();
    });
    zip.readEntry();
  });
}

const flux = (zip: ZipFile, entry: Entry): Promise<Readable> =>
  new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream)));
  });

/**
 * Looks whether the memory suffices for something that is opened as a whole: a process that dies of it would be followed by
 * one that begins the same again.
 *
 * @param octets bytes of it
 * @param quoi what it is: a database stays bytes (those, and the copy that SQLite makes), a JSON becomes objects
 * @throws RefusArchive when it does not
 */
export function exigerMemoire(octets: number, quoi: 'base' | 'json'): void {
  const { heap_size_limit: limite, used_heap_size: pris } = getHeapStatistics();
  const libre = Math.min(
    process.availableMemory(),
    quoi === 'json' ? limite - pris : Number.POSITIVE_INFINITY,
  );
  if (octets * FOIS[quoi] > libre) throw new RefusArchive('MEMOIRE');
}
/** How many times its size something takes. */
const FOIS = { base: 2, json: 6 } as const;

type Entrees = ReadonlyMap<string, Entry | null>;

/** The letters of an export, as tables; null when its JSON is not that of an export. */
async function tablesDe(zip: ZipFile, donnees: Entry): Promise<ForeignDatabase | null> {
  exigerMemoire(donnees.uncompressedSize, 'json');
  const text = await entier(() => flux(zip, donnees), DONNEES_MAX);
  let json: unknown;
  try {
    json = text === null ? null : JSON.parse(text.toString('utf8'));
  } catch {
    return null;
  }
  if (!isObjet(json) || !Array.isArray(json['courriers'])) return null;
  return lireTables(objets(json['courriers']), objets(json['attachments']), objets);
}

/** The database of a whole installation that was packed with its files; null when there is not exactly one. */
async function baseDe(zip: ZipFile, all: Entrees): Promise<{ nom: string; foreign: ForeignDatabase } | null> {
  const [seule, ...autres] = [...all].filter(([nom]) => BASE.test(nom));
  if (!seule?.[1] || autres.length > 0) return null;
  const [nom, entry] = seule;
  exigerMemoire(entry.uncompressedSize, 'base');
  const file = await entier(() => flux(zip, entry), BASE_OCTETS_MAX);
  return file === null || file.length === 0 ? null : { nom, foreign: openForeignBytes(file) };
}

/**
 * Opens what the older program was packed into: its ZIP export, or an archive of its SQLite file and its files. Nothing
 * is unpacked: files are read out of it when their letter is taken over, so that a path in it leads nowhere.
 *
 * @param source path of the file, or what was sent through the browser
 * @throws AppError invalid (`zip`) when it is neither; RefusArchive when it came through the browser and would do harm;
 *   Error when it cannot be read
 */
export async function ouvrirExport(
  source: string | Octets,
  messages: { etranger: string },
): Promise<AncienOuvert> {
  const zip = await ouvrirZip(source);
  try {
    const all = await entrees(zip, typeof source === 'string' ? null : source.taille);
    const donnees = all.get(DONNEES);
    const base = donnees ? null : await baseDe(zip, all);
    const foreign = donnees ? await tablesDe(zip, donnees) : (base?.foreign ?? null);
    if (foreign === null) throw invalid([{ field: 'zip', message: messages.etranger }]);
    const noms = [...all.keys()].filter((nom) => nom !== (base?.nom ?? DONNEES));
    // In an export each file is named exactly; of an installation the rows say where they were.
    const chercher = base ? chercheur(noms) : (ecrit: string) => ecrit;
    return {
      foreign: { ...foreign, close: () => foreign.close().finally(() => zip.close()) },
      dossier: {
        nombre: noms.length,
        trouver(ecrit) {
          const chemin = chercher(ecrit) ?? '';
          const entry = all.get(chemin) ?? null;
          return entry === null ? null : { chemin, ouvrir: () => flux(zip, entry) };
        },
      },
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}
