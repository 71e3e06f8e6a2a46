/** Why something signed was not accepted. Stable: programs translate it for people. */
export type ProtocolErrorCode =
  | 'TOO_LARGE'
  | 'MALFORMED'
  | 'WRONG_ALGORITHM'
  | 'WRONG_TYPE'
  | 'UNKNOWN_KEY'
  | 'REVOKED_KEY'
  | 'KEY_OUT_OF_DATE'
  | 'BAD_SIGNATURE'
  | 'BAD_CONTENT'
  | 'INCOMPLETE';

/** Something signed, or a file of such things, was not accepted. Its message is for logs and carries no secret. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code: ProtocolErrorCode;

  constructor(code: ProtocolErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
