import type { ProtocolErrorCode } from './protocol/index.ts';

/**
 * Why an operation did not succeed. The first ones are decided here; `REFUSED` carries the server's own code; the
 * protocol's codes say what was wrong with something signed.
 */
export type LicenceErrorCode =
  | 'INVALID_KEY'
  | 'NOT_ACTIVATED'
  | 'NO_SERVER'
  | 'UNREACHABLE'
  | 'BAD_ANSWER'
  | 'REFUSED'
  | 'OTHER_INSTALLATION'
  | 'OTHER_LICENCE'
  | 'OLDER'
  | 'GIVEN_BACK'
  | 'BUSY'
  | ProtocolErrorCode;

/** An operation did not succeed; nothing was changed, and what was valid before still is. */
export class LicenceError extends Error {
  override readonly name = 'LicenceError';
  readonly code: LicenceErrorCode;
  /** The server's code, for `REFUSED`: `ALREADY_USED`, `NOT_FOUND`… */
  readonly serverCode: string | null;
  /** The server's message for people, for `REFUSED`. */
  readonly serverMessage: string | null;

  constructor(
    code: LicenceErrorCode,
    message: string,
    options: { cause?: unknown; serverCode?: string; serverMessage?: string } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.serverCode = options.serverCode ?? null;
    this.serverMessage = options.serverMessage ?? null;
  }
}
