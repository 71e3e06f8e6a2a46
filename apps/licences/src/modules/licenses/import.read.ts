import { isKeyShaped, normalizeKey } from './licenses.policy.ts';
import { licenseTypeOf, type ImportedKey } from './licenses.schema.ts';

/** A row of a foreign table: column names in lower case, values as they came. */
export type ForeignRow = Readonly<Record<string, unknown>>;

/** What was read: keys, and rows that are none, by their number. */
export interface ReadKeys {
  readonly keys: ImportedKey[];
  readonly malformed: number[];
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
