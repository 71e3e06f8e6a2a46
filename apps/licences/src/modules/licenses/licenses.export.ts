import { statusOf, type ExportedLicense } from './licenses.schema.ts';

/** Columns of an export, in order; the first ones are those that an import reads back. */
export const EXPORT_COLUMNS = [
  'license_key',
  'duration_days',
  'duration_label',
  'status',
  'is_active',
  'is_used',
  'used_date',
  'expires_at',
  'created_date',
  'batch_id',
  'owner',
  'published',
  'license_id',
] as const;

type Value = string | number | boolean | null;

/** One licence as a row of an export. */
export function exportRow(license: ExportedLicense, now: Date): Value[] {
  return [
    license.key,
    license.durationDays,
    license.durationLabel,
    statusOf(license, now),
    license.isActive,
    license.isUsed,
    license.usedDate,
    license.expiresAt,
    license.createdDate,
    license.batchId,
    license.owner,
    license.published,
    license.publicId,
  ];
}

/** One line of CSV (RFC 4180). What a spreadsheet would take for a formula is given as text. */
export function csvLine(values: readonly Value[]): string {
  const cell = (value: Value): string => {
    if (value === null) return '';
    const text = String(value);
    const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return `${values.map(cell).join(',')}\r\n`;
}

/** An export as CSV in UTF-8, line by line. */
export async function* exportCsv(
  parts: AsyncIterable<readonly ExportedLicense[]>,
  now: Date,
): AsyncGenerator<string> {
  yield csvLine(EXPORT_COLUMNS);
  for await (const part of parts) yield part.map((license) => csvLine(exportRow(license, now))).join('');
}

/** An export as a spreadsheet (XLSX). */
export async function exportXlsx(
  parts: AsyncIterable<readonly ExportedLicense[]>,
  now: Date,
): Promise<Buffer> {
  const { default: writeXlsxFile } = await import('write-excel-file/node');
  const head = EXPORT_COLUMNS.map((value) => ({ value, type: String, fontWeight: 'bold' as const }));
  const rows = [];
  for await (const part of parts) {
    for (const license of part) {
      rows.push(
        exportRow(license, now).map((value) =>
          value === null
            ? null
            : typeof value === 'number'
              ? { value, type: Number }
              : { value: String(value), type: String },
        ),
      );
    }
  }
  const widths = EXPORT_COLUMNS.map((column) => ({ width: column === 'license_id' ? 38 : 18 }));
  return writeXlsxFile([head, ...rows], {
    columns: widths,
    sheet: 'Licences',
    stickyRowsCount: 1,
  }).toBuffer();
}
