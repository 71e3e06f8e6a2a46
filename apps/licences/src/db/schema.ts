import type { Sealed } from '@gec/crypto';
import type { DataKeyTable, JournalHeadTable, KeyProcessTable, KeyRotationTable, OutboxTable } from '@gec/db';
import type { AddressTables, LockoutTables, SessionTables } from '@gec/http';
import type { Generated } from 'kysely';

/** ISO 8601 instant in UTC. */
export type Timestamp = string;

/** What the administrator said of a licence; it reaches the installations with their next synchronisation. */
export type LicenseState = 'active' | 'suspended' | 'revoked';

/** An account of the pages. */
export interface AdminTable {
  id: number;
  username: string;
  /** Folded name: `Admin` and `admin` are one account. */
  username_key: string;
  password_hash: string;
  must_change_password: boolean;
  lang: 'fr' | 'en';
  active: boolean;
  created_at: Timestamp;
  last_login_at: Timestamp | null;
}

/** Keys that were made or imported together. */
export interface BatchTable {
  id: number;
  label: string;
  owner: string | null;
  source: 'generation' | 'import';
  size: number;
  created_at: Timestamp;
  created_by: string;
}

export interface LicenseTable {
  id: number;
  /** Names the licence in certificates and synchronisation; it tells nothing of the key. */
  public_id: string;
  license_key: Sealed;
  /** Keyed digest of the key, by which it is found. */
  key_digest: string;
  /** The last four characters, so that people recognise a key without its being opened. */
  key_hint: string;
  duration_days: number;
  duration_label: string;
  is_active: boolean;
  is_used: boolean;
  used_date: Timestamp | null;
  created_date: Timestamp;
  batch_id: number | null;
  owner: string | null;
  /** Known to have been made public: blocked on wish. */
  published: boolean;
  /** Set by the first activation; a transfer keeps it, an extension moves it. */
  expires_at: Timestamp | null;
  state: LicenseState;
  state_reason: string | null;
  state_changed_at: Timestamp | null;
  /** Grows by one with each certificate; also guards a change against another one at the same time. */
  seq: number;
  /** Days that were added by hand, before or after the activation. */
  extension_days: number;
}

export interface LicenseActivationTable {
  id: Generated<number>;
  /** Names the activation where its sealed columns are bound. */
  public_id: string;
  license_id: number;
  /** The text that the client sent, sealed. */
  domain_fingerprint: Sealed;
  /** Keyed digest of the same, to compare. */
  fingerprint_digest: string;
  activation_date: Timestamp;
  expiration_date: Timestamp;
  ip_address: string;
  client_info: string | null;
  /** Thumbprint of the installation's key (RFC 7638), or `fp:` and the SHA-256 of the fingerprint. */
  installation: string;
  installation_jwk: string | null;
  /** JSON of the HMACs of the soft evidence, as first seen or as last accepted. */
  fingerprint_parts: string | null;
  /** The certificate in force. */
  certificate: string;
  lease_expires_at: Timestamp;
  released_at: Timestamp | null;
  release_reason: string | null;
  last_sync_at: Timestamp | null;
  sync_counter: number;
  last_receipt_hash: string | null;
  last_request_hash: string | null;
  /** The whole last answer, so that the same request gets the same answer. */
  last_answer: string | null;
  /** A large change of the fingerprint waits for the administrator until then. */
  review_until: Timestamp | null;
  review_parts: string | null;
}

/** A key of the signing hierarchy: only public halves of roots, sealed private halves of signing keys. */
export interface SigningKeyTable {
  kid: string;
  kind: 'root' | 'signing';
  jwk: string;
  private_key: Sealed | null;
  /** `gec-key+jws` by a root; null for roots. */
  statement: string | null;
  serial: number;
  not_before: Timestamp;
  not_after: Timestamp;
  retired_at: Timestamp | null;
  revoked_at: Timestamp | null;
  created_at: Timestamp;
}

/** Lists of revoked signing keys, by serial; the highest counts. */
export interface KeyRevocationListTable {
  serial: number;
  statement: string;
  issued_at: Timestamp;
}

/** What was decided of licences, in the order of the epochs. */
export interface RevocationTable {
  epoch: number;
  license_id: number;
  public_id: string;
  state: LicenseState;
  reason: string | null;
  at: Timestamp;
}

/** Counters that grow by one under a row lock, without a gap. */
export interface CounterTable {
  name: string;
  value: number;
}

export interface AlertTable {
  id: Generated<number>;
  kind: string;
  severity: 'info' | 'warning' | 'danger';
  /** The same trouble again counts up instead of making another alert. */
  dedupe: string;
  license_id: number | null;
  details: string;
  occurrences: number;
  created_at: Timestamp;
  last_at: Timestamp;
  resolved_at: Timestamp | null;
  resolved_by: string | null;
  resolution: string | null;
}

export interface ApiTokenTable {
  id: Generated<number>;
  name: string;
  /** SHA-256 of the token, which is stored nowhere. */
  digest: string;
  hint: string;
  scopes: string;
  created_at: Timestamp;
  created_by: string;
  expires_at: Timestamp;
  last_used_at: Timestamp | null;
  revoked_at: Timestamp | null;
}

export interface WebhookTable {
  id: number;
  url: Sealed;
  secret: Sealed;
  events: string;
  active: boolean;
  created_at: Timestamp;
  last_delivery_at: Timestamp | null;
  last_error: string | null;
}

/** Failed look-ups by address, by network and over all. Instants in milliseconds. */
export interface LookupBrakeTable {
  key: string;
  failures: number;
  window_start: number;
  locks: number;
  locked_until: number;
}

/** The journal; `details` is sealed JSON. */
export interface JournalTable {
  id: number;
  action: string;
  details: Sealed | null;
  at: Timestamp;
  ip: string;
  actor: string;
  license_id: number | null;
  mac: string;
  seq: number | null;
  hash: string | null;
}

/** What was derived from a former secret of the server and has to outlive it: the pepper of the passwords. */
export interface KeptSecretTable {
  name: 'pepper';
  value: Sealed;
}

/** Every table of the licence server. */
export interface LicenceTables extends SessionTables, LockoutTables, AddressTables {
  data_key: DataKeyTable;
  key_process: KeyProcessTable;
  key_rotation: KeyRotationTable;
  kept_secret: KeptSecretTable;
  outbox: OutboxTable;
  journal_head: JournalHeadTable;
  journal: JournalTable;
  admin: AdminTable;
  batch: BatchTable;
  licenses: LicenseTable;
  license_activations: LicenseActivationTable;
  signing_key: SigningKeyTable;
  key_revocation_list: KeyRevocationListTable;
  revocation: RevocationTable;
  counter: CounterTable;
  alert: AlertTable;
  api_token: ApiTokenTable;
  webhook: WebhookTable;
  lookup_brake: LookupBrakeTable;
}
