import type { LicenceStatement, PartChange, RequestStatement } from './protocol/index.ts';
import type { LicenceStatus } from './states.ts';

/** A file that goes to the licence server by hand. */
export interface RequestFile {
  readonly name: string;
  readonly content: string;
  /** The same as contents of QR codes. */
  readonly codes: readonly string[];
}

/** What a page about the licence shows. */
export interface LicenceDetails {
  readonly status: LicenceStatus;
  readonly licence: LicenceStatement | null;
  /** The name of this installation: the thumbprint of its key. */
  readonly installation: string;
  readonly server: string | null;
  /** How the place compares with the one that the certificate was given for; heaviest part first. */
  readonly evidence: {
    readonly parts: readonly PartChange[];
    readonly drift: number;
    readonly large: boolean;
  };
  readonly lastSync: { readonly at: string; readonly error: string | null } | null;
  readonly alerts: readonly string[];
  /** Newest first. */
  readonly history: readonly {
    readonly at: string;
    readonly event: string;
    readonly detail: string | null;
  }[];
}

/** What goes by file: a first activation, a certificate with a new lease, giving the licence back. */
export type RequestKind = RequestStatement['kind'];
