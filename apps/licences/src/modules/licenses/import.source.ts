import { decodeText } from '@gec/core/tableur';
import { foreignInstant, readRows, type ForeignRow, type ReadKeys } from './import.read.ts';
import { readLegacy } from './legacy.repo.ts';
import type { ImportedKey } from './licenses.schema.ts';
import { parseCsv, readXlsx } from './sheet.read.ts';

const DAY = 86_400_000;

/** The activation of an older table, found by the id of its licence. */
function activationsBy(rows: readonly ForeignRow[]) {
  const byLicense = new Map(rows.map((row) => [String(row['license_id']), row]));
  return (license: ForeignRow): ImportedKey['activation'] => {
    const row = byLicense.get(String(license['id']));
    const activatedAt = foreignInstant(row?.['activation_date']);
    const fingerprint = row?.['domain_fingerprint'];
    if (!row || activatedAt === null || typeof fingerprint !== 'string' || fingerprint === '') return null;
    const days = Number(license['duration_days']);
    const computed = new Date(Date.parse(activatedAt) + days * DAY).toISOString();
    const { ip_address: ip, client_info: info } = row;
    return {
      fingerprint,
      activatedAt,
      expiresAt: foreignInstant(row['expiration_date']) ?? computed,
      ip: typeof ip === 'string' ? ip : '',
      clientInfo: typeof info === 'string' ? info.slice(0, 1_000) : null,
    };
  };
}

/**
 * Reads keys from a CSV file or a spreadsheet; which one it is, its first bytes say.
 *
 * @param published whether all of these keys are known to have been made public
 * @throws UnreadableSheet for a file that is damaged or hostile
 */
export function readKeysFile(content: Buffer, published: boolean): ReadKeys {
  const isZip = content.subarray(0, 2).toString('latin1') === 'PK';
  return readRows(isZip ? readXlsx(content) : parseCsv(decodeText(content)), published);
}

/**
 * Reads keys and their activations from the database of an older licence server, without writing into it.
 *
 * @param url `sqlite:<file>` or `postgres://…`
 * @throws when the database cannot be opened or has no table `licenses`
 */
export async function readKeysDatabase(url: string, published: boolean): Promise<ReadKeys> {
  const { licenses, activations } = await readLegacy(url);
  return readRows(licenses, published, activationsBy(activations));
}
