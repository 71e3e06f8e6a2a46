import type { ForeignDatabase, ForeignRow, ForeignValue } from '@gec/db';

/** An object of the JSON of an export. */
export type Objet = Readonly<Record<string, unknown>>;

/** What of a JSON object a table could hold. */
function enLigne(objet: Objet): Record<string, ForeignValue> {
  const row: Record<string, ForeignValue> = {};
  for (const [name, value] of Object.entries(objet)) {
    if (value === null || ['string', 'number', 'boolean'].includes(typeof value))
      row[name] = value as ForeignValue;
  }
  return row;
}

/** A table held in memory, in the order of its ids. */
class Table {
  readonly columns: readonly string[];
  readonly rows: readonly ForeignRow[];
  readonly #by = new Map<string, Map<number, ForeignRow[]>>();

  constructor(rows: readonly ForeignRow[]) {
    const known = rows.filter((row) => Number.isSafeInteger(Number(row['id'])));
    this.rows = known.sort((a, b) => Number(a['id']) - Number(b['id']));
    const columns = new Set<string>();
    for (const row of known) for (const name of Object.keys(row)) columns.add(name);
    this.columns = [...columns];
  }

  page(after: number, size: number): ForeignRow[] {
    let [from, to] = [0, this.rows.length];
    while (from < to) {
      const middle = Math.floor((from + to) / 2);
      if (Number(this.rows[middle]?.['id']) > after) to = middle;
      else from = middle + 1;
    }
    return this.rows.slice(from, from + size);
  }

  having(column: string, values: readonly number[]): ForeignRow[] {
    let by = this.#by.get(column);
    if (!by) {
      by = new Map();
      for (const row of this.rows) {
        const value = Number(row[column]);
        const same = by.get(value);
        if (same) same.push(row);
        else by.set(value, [row]);
      }
      this.#by.set(column, by);
    }
    const found = by;
    return values.flatMap((value) => found.get(value) ?? []);
  }
}

const base = (value: unknown): string | null =>
  typeof value === 'string' ? (value.split(/[\\/]+/).at(-1) ?? value) : null;

/**
 * The letters of an export and their transmissions, as the tables that a database of the older program has.
 *
 * @param attaches what the export says of its files
 * @param objets the objects of a list that came with a letter
 */
export function lireTables(
  courriers: readonly Objet[],
  attaches: readonly Objet[],
  objets: (value: unknown) => Objet[],
): ForeignDatabase {
  const parCourrier = new Map<string, Objet[]>();
  for (const one of attaches) {
    const id = String(one['courrier_id']);
    const same = parCourrier.get(id);
    if (same) same.push(one);
    else parCourrier.set(id, [one]);
  }
  const attache = (courrierId: unknown, type: string, nom: unknown): string | null => {
    const found = parCourrier
      .get(String(courrierId))
      ?.find(
        (one) =>
          one['type'] === type &&
          (nom === null || [one['filename'], one['path_basename'], one['path']].includes(nom)),
      );
    return found === undefined ? null : `attachments/${String(courrierId)}_${String(found['filename'])}`;
  };
  let suivant = 1;
  const tables = new Map([
    [
      'courrier',
      new Table(
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
      new Table(
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
    engine: 'sqlite',
    tables: new Map([...tables].map(([name, { columns }]) => [name, columns])),
    count: async (name) => tables.get(name)?.rows.length ?? 0,
    page: async (name, after, size) => tables.get(name)?.page(after, size) ?? [],
    having: async (name, column, values) => tables.get(name)?.having(column, values) ?? [],
    close: async () => undefined,
  };
}
