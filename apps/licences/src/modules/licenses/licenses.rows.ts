import type { Selectable } from 'kysely';
import type { BatchTable, LicenseTable } from '../../db/schema.ts';
import type { Batch, License } from './licenses.schema.ts';

type Row = Selectable<LicenseTable>;

/** Columns of a licence, all but its key. */
export const SELECTED = [
  'id',
  'public_id',
  'key_hint',
  'duration_days',
  'duration_label',
  'is_active',
  'is_used',
  'used_date',
  'created_date',
  'batch_id',
  'owner',
  'published',
  'expires_at',
  'state',
  'state_reason',
  'state_changed_at',
  'seq',
  'extension_days',
] as const;

/** Reads a row as a licence. */
export function toLicense(row: Pick<Row, (typeof SELECTED)[number]>): License {
  return {
    id: row.id,
    publicId: row.public_id,
    keyHint: row.key_hint,
    durationDays: row.duration_days,
    durationLabel: row.duration_label,
    isActive: row.is_active,
    isUsed: row.is_used,
    usedDate: row.used_date,
    createdDate: row.created_date,
    batchId: row.batch_id,
    owner: row.owner,
    published: row.published,
    expiresAt: row.expires_at,
    state: row.state,
    stateReason: row.state_reason,
    stateChangedAt: row.state_changed_at,
    seq: row.seq,
    extensionDays: row.extension_days,
  };
}

/** Reads a row as a batch. */
export function toBatch(row: Selectable<BatchTable>): Batch {
  return {
    id: row.id,
    label: row.label,
    owner: row.owner,
    source: row.source,
    size: row.size,
    createdAt: row.created_at,
    createdBy: row.created_by,
  };
}
