import type { Clock } from '@gec/core';
import type {
  Evidence,
  LicenceStatement,
  PartChange,
  PublicJwk,
  RequestStatement,
} from './protocol/index.ts';
import type { LicenceStatus } from './states.ts';
import type { LicenceStorage } from './storage.ts';
import type { Fetch } from './transport.ts';

/** What a program gives its licence client. */
export interface LicenceClientOptions {
  /** Name and version of the program, such as `gec-mines 1.4.0`; the server shows it. */
  readonly product: string;
  readonly storage: LicenceStorage;
  /** At least 32 bytes that this installation alone has and that never change; the local file opens with them only. */
  readonly installationSecret: Uint8Array;
  /** Root keys of the editor, from the program's code. A build that has its own (`ROOT_KEYS`) trusts those alone. */
  readonly trustAnchors: readonly PublicJwk[];
  /** Address of the licence server; without one, everything goes by file. */
  readonly server?: string | null;
  readonly clock?: Clock;
  /** Soft evidence of the place; see `Evidence`. */
  readonly evidence?: () => Evidence | Promise<Evidence>;
  /** When the program was installed, if it knows: then removing the local file does not begin a new evaluation. */
  readonly installedAt?: Date;
  readonly fetch?: Fetch;
  /** For how long another process's changes may go unnoticed; 10 s by default. */
  readonly refreshMs?: number;
}

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
