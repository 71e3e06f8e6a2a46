/** One refused field of a form: where, and what to tell the person, already in their language. */
export interface FieldError {
  field: string;
  message: string;
}

/** What kind of refusal an error is. The HTTP layer alone knows which status each one has. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'too-large'
  | 'unsupported-type'
  | 'locked-out'
  | 'unavailable';

/**
 * An error that a person may read: its message is in their language, carries no secret and says what to do.
 * Everything else that is thrown is a fault of ours and shows as one, without details.
 */
export class AppError extends Error {
  readonly kind: ErrorKind;
  /** Stable machine-readable code for JSON clients, such as `NUMBER_TAKEN`. */
  readonly code: string;
  readonly fields: readonly FieldError[];
  /** Seconds after which trying again makes sense, where that is known. */
  readonly retryAfter: number | undefined;

  constructor(
    kind: ErrorKind,
    code: string,
    message: string,
    options: { fields?: readonly FieldError[]; retryAfter?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.kind = kind;
    this.code = code;
    this.fields = options.fields ?? [];
    this.retryAfter = options.retryAfter;
  }
}

/** The input was refused; `fields` says where and why. */
export function invalid(fields: readonly FieldError[], message = fields[0]?.message ?? ''): AppError {
  return new AppError('invalid', 'INVALID', message, { fields });
}

/** The thing does not exist, or the actor may not know that it does. */
export function notFound(message: string): AppError {
  return new AppError('not-found', 'NOT_FOUND', message);
}

/** The actor sees the thing but may not do this with it. */
export function forbidden(message: string): AppError {
  return new AppError('forbidden', 'FORBIDDEN', message);
}

/** Somebody else changed the thing meanwhile, or its state does not allow this. */
export function conflict(code: string, message: string): AppError {
  return new AppError('conflict', code, message);
}
