/** What an alert can be about; the words are in `alerts.texts.ts`. */
export const ALERT_KINDS = [
  'clone-or-restore',
  'fingerprint-changed',
  'lookup-flood',
  'address-locked',
  'signing-key-expires',
  'published-key-used',
  'review-overdue',
  'webhook-failing',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** Trouble that somebody should look at. Instants are ISO 8601, UTC. */
export interface Alert {
  readonly id: number;
  readonly kind: AlertKind;
  readonly severity: 'info' | 'warning' | 'danger';
  readonly licenseId: number | null;
  readonly details: Readonly<Record<string, string | number>>;
  readonly occurrences: number;
  readonly createdAt: string;
  readonly lastAt: string;
  readonly resolvedAt: string | null;
  readonly resolvedBy: string | null;
  readonly resolution: string | null;
}

/** What raises an alert. `subject` tells one trouble of a kind from another; the same one again is counted. */
export interface NewAlert {
  readonly kind: AlertKind;
  readonly severity: Alert['severity'];
  readonly subject: string | number;
  readonly licenseId?: number | null;
  readonly details?: Readonly<Record<string, string | number>>;
}
