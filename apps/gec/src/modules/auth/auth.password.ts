import { burnPassword, hashPassword, needsRehash, verifyLegacyWerkzeug, verifyPassword } from '@gec/crypto';
import type { Config } from '../../config.ts';

/** The functions that passwords are compared with; tests watch that they are called. */
export interface PasswordFunctions {
  readonly verify: typeof verifyPassword;
  readonly verifyLegacy: typeof verifyLegacyWerkzeug;
  readonly burn: typeof burnPassword;
}

const FUNCTIONS: PasswordFunctions = {
  verify: verifyPassword,
  verifyLegacy: verifyLegacyWerkzeug,
  burn: burnPassword,
};

/** Hashes of the program that this one replaces. */
const LEGACY = /^(?:scrypt|pbkdf2):/;

/** Compares passwords with what the database keeps. */
export function createPasswords(
  config: Pick<Config, 'passwordPepper' | 'bcryptCost'>,
  { verify, verifyLegacy, burn }: PasswordFunctions = FUNCTIONS,
) {
  const { passwordPepper: pepper, bcryptCost: cost } = config;
  return {
    /**
     * Whether the password is the one that was hashed. Without a hash (no such account, or a closed one) it spends
     * the same time and says no.
     */
    async matches(password: string, hash: string | null): Promise<boolean> {
      if (hash === null) {
        await burn(password, pepper, cost);
        return false;
      }
      return LEGACY.test(hash) ? verifyLegacy(password, hash) : verify(password, hash, pepper);
    },

    /** The hash that should replace one made otherwise than it would be today; null when it may stay. */
    async renewed(password: string, hash: string): Promise<string | null> {
      return needsRehash(hash, cost) ? hashPassword(password, pepper, cost) : null;
    },

    /** Hashes a new password. */
    hash: (password: string): Promise<string> => hashPassword(password, pepper, cost),
  };
}
