import { fill } from '@gec/core';
import { cryptoTexts } from './crypto.texts.ts';

/** A sealed value or file is not what was sealed here: altered, cut, moved to another place, or malformed. */
export class TamperedError extends Error {
  readonly code = 'TAMPERED';
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TamperedError';
  }
}

/** An envelope names a data key that this keyring does not hold (or holds for another purpose). */
export class UnknownKeyError extends Error {
  readonly code = 'UNKNOWN_KEY';
  readonly kid: string;
  constructor(kid: string) {
    super(`no data key ${JSON.stringify(kid.slice(0, 64))} for this purpose`);
    this.name = 'UnknownKeyError';
    this.kid = kid;
  }
}

/** The master key does not unwrap the data keys of this database. The message is for the operator. */
export class WrongMasterKeyError extends Error {
  readonly code = 'WRONG_MASTER_KEY';
  constructor(kid: string, purpose: string, options?: ErrorOptions) {
    super(fill(cryptoTexts('fr').wrongMasterKey, { kid, purpose }), options);
    this.name = 'WrongMasterKeyError';
  }
}

/** A master key is not 32 bytes in base64. The message is for the operator and never contains the value. */
export class InvalidMasterKeyError extends Error {
  readonly code = 'INVALID_MASTER_KEY';
  readonly variable: string;
  constructor(variable: string, message: string) {
    super(message);
    this.name = 'InvalidMasterKeyError';
    this.variable = variable;
  }
}
