import type { LicenseState } from '../../db/schema.ts';

/** A kind of licence: how long it lasts, and the words that the specification gives it. */
export interface LicenseType {
  /** Name on the command line and in addresses. */
  readonly code: string;
  readonly days: number;
  readonly label: string;
}

/** The five types of the specification, shortest first. */
export const LICENSE_TYPES: readonly LicenseType[] = [
  { code: '1j', days: 1, label: '1 jour' },
  { code: '5j', days: 5, label: '5 jours' },
  { code: '1m', days: 30, label: '1 mois' },
  { code: '6m', days: 180, label: '6 mois' },
  { code: '12m', days: 365, label: '12 mois' },
];

/** The type of a code (`6m`), a label (`6 mois`) or a number of days (`180`); undefined for none of ours. */
export function licenseTypeOf(word: string): LicenseType | undefined {
  const wanted = word.trim().toLowerCase();
  return LICENSE_TYPES.find(
    ({ code, days, label }) => wanted === code || wanted === label || wanted === String(days),
  );
}

/** Keys of one generation at most. */
export const GENERATION_MAX = 10_000;

/** What a licence is now, in one word. */
export const LICENSE_STATUSES = ['available', 'used', 'expired', 'suspended', 'revoked', 'inactive'] as const;
export type LicenseStatus = (typeof LICENSE_STATUSES)[number];

/** A licence as the services handle it. The key itself is opened only where it is shown. Instants are ISO 8601, UTC. */
export interface License {
  readonly id: number;
  readonly publicId: string;
  readonly keyHint: string;
  readonly durationDays: number;
  readonly durationLabel: string;
  readonly isActive: boolean;
  readonly isUsed: boolean;
  readonly usedDate: string | null;
  readonly createdDate: string;
  readonly batchId: number | null;
  readonly owner: string | null;
  readonly published: boolean;
  readonly expiresAt: string | null;
  readonly state: LicenseState;
  readonly stateReason: string | null;
  readonly stateChangedAt: string | null;
  readonly seq: number;
  readonly extensionDays: number;
}

/** What a licence is at an instant. */
export function statusOf(license: License, now: Date): LicenseStatus {
  if (license.state !== 'active') return license.state;
  if (license.isUsed) {
    const ended = license.expiresAt !== null && Date.parse(license.expiresAt) <= now.getTime();
    return ended ? 'expired' : 'used';
  }
  return license.isActive ? 'available' : 'inactive';
}

/** Filters of the list; all of them narrow. */
export interface LicenseFilters {
  /** A whole key, its last four characters, a public id, or part of an owner's name. */
  search?: string | undefined;
  label?: string | undefined;
  status?: LicenseStatus | undefined;
  batchId?: number | undefined;
  published?: boolean | undefined;
}

/** Which licences a change concerns. */
export type LicenseTarget = { readonly id: number } | { readonly batchId: number } | { readonly key: string };

/** A batch, with how much of it is used. */
export interface Batch {
  readonly id: number;
  readonly label: string;
  readonly owner: string | null;
  readonly source: 'generation' | 'import';
  readonly size: number;
  readonly createdAt: string;
  readonly createdBy: string;
}

/** By what the list of batches may be ordered, and how; the newest first where nothing is asked for. */
export const BATCH_SORTS = ['created', 'label', 'size', 'owner'] as const;
export interface BatchOrder {
  readonly by: (typeof BATCH_SORTS)[number];
  readonly order: 'asc' | 'desc';
}

/** What is to be generated. */
export interface GenerationRequest {
  /** How many keys of each type, by code. */
  readonly counts: ReadonlyMap<string, number>;
  readonly label: string;
  readonly owner: string | null;
}

/** A key as it leaves the program in an export or on a card. */
export interface ExportedLicense extends License {
  readonly key: string;
}

/** A key to be taken over from elsewhere. */
export interface ImportedKey {
  readonly key: string;
  readonly durationDays: number;
  readonly durationLabel: string;
  readonly isActive: boolean;
  readonly isUsed: boolean;
  readonly usedDate: string | null;
  readonly createdDate: string | null;
  readonly published: boolean;
  readonly owner: string | null;
  /** The activation that used it, where it is known. */
  readonly activation: {
    readonly fingerprint: string;
    readonly activatedAt: string;
    readonly expiresAt: string;
    readonly ip: string;
    readonly clientInfo: string | null;
  } | null;
}

/** A key to be taken over, under the public name that its certificate already bears. */
export interface PreparedKey extends ImportedKey {
  readonly publicId: string;
}
