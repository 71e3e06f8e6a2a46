import { isKeyShaped, normalizeKey } from './licenses.policy.ts';
import { licenseTypeOf, type ImportedKey } from './licenses.schema.ts';

/** A row of a foreign table: column names in lower case, values as they came. */
export type ForeignRow = Readonly<Record<string, unknown>>;

/** What was read: keys, and rows that are none, by their number. */
export interface ReadKeys {
  readonly keys: ImportedKey[];
  readonly malformed: number[];
}

const MAX_FIELDS = 200;

/**
 * Reads CSV (RFC 4180) with a heading line; the separator is a comma, semicolon or tab, whichever the heading has most.
 *
 * @returns one object a line, by the heading's names in lower case
 */
export function parseCsv(content: string): ForeignRow[] {
  const text = content.replace(/^\uFEFF/, '');
  const heading = text.split(/\r?\n/, 1)[0] ?? '';
  const separator = [',', ';', '\t'].sort((a, b) => heading.split(b).length - heading.split(a).length)[0]!;
  const lines: string[][] = [];
  let line: string[] = [];
  let field = '';
  let quoted = false;
  const endField = () => {
    if (line.length < MAX_FIELDS) line.push(field);
    field = '';
  };
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (quoted) {
      if (character === '"' && text[i + 1] === '"') field += text[++i]!;
      else if (character === '"') quoted = false;
      else field += character;
    } else if (character === '"' && field === '') quoted = true;
    else if (character === separator) endField();
    else if (character === '\n') {
      endField();
      lines.push(line);
      line = [];
    } else if (character !== '\r') field += character;
  }
  if (field !== '' || line.length > 0) {
    endField();
    lines.push(line);
  }
  const [names = [], ...rows] = lines;
  const columns = names.map((name) => name.trim().toLowerCase());
  return rows
    .filter((row) => row.some((value) => value.trim() !== ''))
    .map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index] ?? ''])));
}

function text(row: ForeignRow, ...names: readonly string[]): string {
  for (const name of names) {
    const value = row[name];
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
    if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  }
  return '';
}

function truth(row: ForeignRow, name: string, standard: boolean): boolean {
  const value = row[name];
  if (value === null || value === undefined || value === '') return standard;
  return /^(1|true|t|oui|yes|vrai)$/i.test(String(value).trim());
}

/** An instant of the older program: naive ones are UTC. Null for what is none. */
export function foreignInstant(value: unknown): string | null {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (typeof value !== 'string' || value.trim() === '') return null;
  const iso = value
    .trim()
    .replace(' ', 'T')
    .replace(/(\.\d{3})\d+/, '$1');
  const date = new Date(/(Z|[+-]\d{2}:?\d{2})$/.test(iso) || !iso.includes('T') ? iso : `${iso}Z`);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/**
 * Understands rows of a CSV file or of a table `licenses`.
 *
 * @param activationOf the activation of a row, where it is known
 * @param published whether all of these keys are known to have been made public
 */
export function readRows(
  rows: readonly ForeignRow[],
  published: boolean,
  activationOf: (row: ForeignRow) => ImportedKey['activation'] = () => null,
): ReadKeys {
  const keys: ImportedKey[] = [];
  const malformed: number[] = [];
  rows.forEach((row, index) => {
    const key = normalizeKey(text(row, 'license_key', 'key', 'cle', 'clé', 'licence'));
    const type = licenseTypeOf(text(row, 'duration_days', 'type', 'duration_label', 'duree', 'durée'));
    const days = type?.days ?? Number(text(row, 'duration_days'));
    if (!isKeyShaped(key) || !Number.isInteger(days) || days < 1 || days > 36_600) {
      malformed.push(index + 2);
      return;
    }
    const activation = activationOf(row);
    const isUsed = truth(row, 'is_used', false) || activation !== null;
    keys.push({
      key,
      durationDays: days,
      durationLabel: (type?.label ?? text(row, 'duration_label')) || `${days} jours`,
      isActive: truth(row, 'is_active', true),
      isUsed,
      usedDate: foreignInstant(row['used_date']) ?? activation?.activatedAt ?? null,
      createdDate: foreignInstant(row['created_date']),
      published: published || truth(row, 'published', false),
      owner: text(row, 'owner', 'beneficiaire', 'bénéficiaire') || null,
      activation,
    });
  });
  return { keys, malformed };
}
