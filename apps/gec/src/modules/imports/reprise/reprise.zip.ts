import type { Readable } from 'node:stream';
import { invalid } from '@gec/core';
import type { ForeignDatabase, ForeignRow, ForeignValue } from '@gec/db';
import { open, type Entry, type ZipFile } from 'yauzl';
import type { Dossier } from './reprise.fichiers.ts';
import { entier } from './reprise.fichiers.ts';

/** An export of the older program, opened: its letters as tables, its files as a folder. */
export interface ExportAncien {
  readonly foreign: ForeignDatabase;
  readonly dossier: Dossier;
}

const DONNEES = 'courriers_data.json';
/** Bytes of its JSON: some hundred thousand letters. */
const DONNEES_MAX = 256 * 1024 * 1024;
const ENTREES_MAX = 500_000;

type Objet = Readonly<Record<string, unknown>>;
const isObjet = (value: unknown): value is Objet =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objets = (value: unknown): Objet[] => (Array.isArray(value) ? value.filter(isObjet) : []);

/** What of a JSON object a table could hold. */
function enLigne(objet: Objet): Record<string, ForeignValue> {
  const row: Record<string, ForeignValue> = {};
  for (const [name, value] of Object.entries(objet)) {
    if (value === null || ['string', 'number', 'boolean'].includes(typeof value))
      row[name] = value as ForeignValue;
  }
  return row;
}

function ouvrirZip(path: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    open(path, { lazyEntries: true, autoClose: false, strictFileNames: false }, (error, zip) =>
      error ? reject(error) : resolve(zip),
    );
  });
}

/** Every entry by its name; of two that have the same, none: nobody could tell which is meant. */
function entrees(zip: ZipFile): Promise<Map<string, Entry | null>> {
  return new Promise((resolve, reject) => {
    const found = new Map<string, Entry | null>();
    if (zip.entryCount > ENTREES_MAX) reject(new Error('the archive has too many entries'));
    zip.on('error', reject);
    zip.on('end', () => resolve(found));
    zip.on('entry', (entry: Entry) => {
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

function tableDe(rows: readonly ForeignRow[]): { rows: ForeignRow[]; columns: string[] } {
  const known = rows.filter((row) => Number.isSafeInteger(Number(row['id'])));
  return {
    rows: known.sort((a, b) => Number(a['id']) - Number(b['id'])),
    columns: [...new Set(known.flatMap((row) => Object.keys(row)))],
  };
}

/**
 * Opens a ZIP export of the older program. Nothing is unpacked: files are read out of it when their letter is taken
 * over, so that a path in it leads nowhere.
 *
 * @throws AppError invalid (`zip`) when it is no such export; Error when it cannot be read
 */
export async function ouvrirExport(path: string, messages: { etranger: string }): Promise<ExportAncien> {
  const zip = await ouvrirZip(path);
  try {
    const all = await entrees(zip);
    const donnees = all.get(DONNEES);
    const etranger = invalid([{ field: 'zip', message: messages.etranger }]);
    if (!donnees) throw etranger;
    const text = await entier(() => flux(zip, donnees), DONNEES_MAX);
    let json: unknown = null;
    try {
      json = text === null ? null : JSON.parse(text.toString('utf8'));
    } catch {
      throw etranger;
    }
    if (!isObjet(json) || !Array.isArray(json['courriers'])) throw etranger;

    const attaches = objets(json['attachments']);
    const attache = (courrierId: unknown, type: string, nom: unknown): string | null => {
      const found = attaches.find(
        (one) =>
          String(one['courrier_id']) === String(courrierId) &&
          one['type'] === type &&
          (nom === null || [one['filename'], one['path_basename'], one['path']].includes(nom)),
      );
      return found === undefined ? null : `attachments/${String(courrierId)}_${String(found['filename'])}`;
    };
    const base = (value: unknown): string | null =>
      typeof value === 'string' ? (value.split(/[\\/]+/).at(-1) ?? value) : null;

    const courriers = objets(json['courriers']);
    let suivant = 1;
    const tables = new Map([
      [
        'courrier',
        tableDe(
          courriers.map((one) => ({
            ...enLigne(one),
            // In the archive they are in clear, whatever they were on the disk.
            fichier_encrypted: false,
            fichier_chemin: attache(one['id'], 'main', null) ?? base(one['fichier_nom']),
          })),
        ),
      ],
      [
        'courrier_forward',
        tableDe(
          courriers.flatMap((one) =>
            objets(one['forwards']).map((forward) => ({
              ...enLigne(forward),
              id: suivant++,
              courrier_id: Number(one['id']),
              attached_file:
                attache(one['id'], 'forward', base(forward['attached_file'])) ??
                attache(one['id'], 'forward', forward['attached_file_original_name'] ?? '') ??
                base(forward['attached_file']),
            })),
          ),
        ),
      ],
    ]);
    return {
      foreign: {
        engine: 'sqlite',
        tables: new Map([...tables].map(([name, { columns }]) => [name, columns])),
        count: async (name) => tables.get(name)?.rows.length ?? 0,
        page: async (name, after, size) =>
          (tables.get(name)?.rows ?? []).filter((row) => Number(row['id']) > after).slice(0, size),
        having: async (name, column, values) =>
          (tables.get(name)?.rows ?? []).filter((row) => values.includes(Number(row[column]))),
        close: async () => zip.close(),
      },
      dossier: {
        nombre: all.size - 1,
        trouver(ecrit) {
          const entry = all.get(ecrit) ?? null;
          return entry === null ? null : { chemin: ecrit, ouvrir: () => flux(zip, entry) };
        },
      },
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}
