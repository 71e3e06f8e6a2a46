import { dataKeyTables, journalHeadTables, outboxTables, type Step } from '@gec/db';
import { addressTables, lockoutTables, sessionTables } from '@gec/http';

/** The licence server as it begins: keys, activations, signing keys, alerts, journal. */
export const initial: Step = {
  name: '0001_initial',
  statements: (t) => [
    ...dataKeyTables(t),
    ...outboxTables(t),
    ...journalHeadTables(t),

    `create table admin (
      id ${t.id}, username text not null unique, username_key text not null unique, password_hash text not null,
      must_change_password ${t.bool} not null, lang text not null, active ${t.bool} not null,
      created_at ${t.timestamp} not null, last_login_at ${t.timestamp})`,
    ...sessionTables(t, 'admin'),
    ...lockoutTables(t),
    ...addressTables(t, 'admin'),

    `create table journal (
      id ${t.id}, action text not null, details ${t.sealed}, at ${t.timestamp} not null, ip text not null,
      actor text not null, license_id ${t.bigint}, mac text not null, seq ${t.bigint} unique, hash text)`,
    `create index journal_waiting on journal(id) where seq is null`,
    `create index journal_license on journal(license_id, id)`,
    `create index journal_action on journal(action, id)`,
    `create index journal_at on journal(at)`,

    `create table batch (
      id ${t.id}, label text not null, owner text, source text not null, size integer not null,
      created_at ${t.timestamp} not null, created_by text not null)`,
    `create table licenses (
      id ${t.id}, public_id text not null unique, license_key ${t.sealed} not null, key_digest text not null unique,
      key_hint text not null, duration_days integer not null, duration_label text not null,
      is_active ${t.bool} not null, is_used ${t.bool} not null, used_date ${t.timestamp},
      created_date ${t.timestamp} not null, batch_id ${t.bigint} references batch(id), owner text,
      published ${t.bool} not null, expires_at ${t.timestamp}, state text not null, state_reason text,
      state_changed_at ${t.timestamp}, seq integer not null, extension_days integer not null)`,
    `create index licenses_batch on licenses(batch_id, id)`,
    `create index licenses_label on licenses(duration_label, is_used, is_active)`,
    `create index licenses_hint on licenses(key_hint, id)`,
    `create index licenses_owner on licenses(owner, id)`,
    `create index licenses_used on licenses(is_used, id)`,
    `create index licenses_state on licenses(state, id)`,
    `create index licenses_expires on licenses(expires_at) where expires_at is not null`,
    `create index licenses_published on licenses(id) where published`,

    `create table license_activations (
      id ${t.id}, public_id text not null unique, license_id ${t.bigint} not null references licenses(id),
      domain_fingerprint ${t.sealed} not null, fingerprint_digest text not null,
      activation_date ${t.timestamp} not null, expiration_date ${t.timestamp} not null, ip_address text not null,
      client_info text, installation text not null, installation_jwk text, fingerprint_parts text,
      certificate text not null, lease_expires_at ${t.timestamp} not null, released_at ${t.timestamp},
      release_reason text, last_sync_at ${t.timestamp}, sync_counter ${t.bigint} not null, last_receipt_hash text,
      last_request_hash text, last_answer text, review_until ${t.timestamp}, review_parts text)`,
    // One installation for one key at a time: the last line of defence behind the conditional update.
    `create unique index license_activations_open on license_activations(license_id) where released_at is null`,
    `create index license_activations_license on license_activations(license_id, id)`,
    `create index license_activations_installation on license_activations(installation)`,
    `create index license_activations_date on license_activations(activation_date)`,
    `create index license_activations_review on license_activations(review_until) where review_until is not null`,

    `create table signing_key (
      kid text primary key, kind text not null, jwk text not null, private_key ${t.sealed}, statement text,
      serial integer not null, not_before ${t.timestamp} not null, not_after ${t.timestamp} not null,
      retired_at ${t.timestamp}, revoked_at ${t.timestamp}, created_at ${t.timestamp} not null)`,
    `create table key_revocation_list (
      serial integer primary key, statement text not null, issued_at ${t.timestamp} not null)`,
    `create table revocation (
      epoch ${t.bigint} primary key, license_id ${t.bigint} not null references licenses(id),
      public_id text not null, state text not null, reason text, at ${t.timestamp} not null)`,
    `create index revocation_license on revocation(license_id)`,
    `create table counter (name text primary key, value ${t.bigint} not null)`,

    `create table alert (
      id ${t.id}, kind text not null, severity text not null, dedupe text not null,
      license_id ${t.bigint} references licenses(id), details text not null, occurrences integer not null,
      created_at ${t.timestamp} not null, last_at ${t.timestamp} not null, resolved_at ${t.timestamp},
      resolved_by text, resolution text)`,
    `create unique index alert_open on alert(dedupe) where resolved_at is null`,
    `create index alert_license on alert(license_id)`,

    `create table api_token (
      id ${t.id}, name text not null, digest text not null unique, hint text not null, scopes text not null,
      created_at ${t.timestamp} not null, created_by text not null, expires_at ${t.timestamp} not null,
      last_used_at ${t.timestamp}, revoked_at ${t.timestamp})`,
    `create table webhook (
      id ${t.id}, url ${t.sealed} not null, secret ${t.sealed} not null, events text not null,
      active ${t.bool} not null, created_at ${t.timestamp} not null, last_delivery_at ${t.timestamp},
      last_error text)`,
    `create table lookup_brake (
      key text primary key, failures integer not null, window_start ${t.bigint} not null, locks integer not null,
      locked_until ${t.bigint} not null)`,
    `create index lookup_brake_until on lookup_brake(locked_until, window_start)`,
  ],
};
