import type { UserActor } from '@gec/core';

/** A signed-in administrator of the licence server. */
export interface Administrator extends UserActor {
  readonly mustChangePassword: boolean;
}

/** Characters of a password at least: length is what resists guessing. */
export const PASSWORD_MIN = 10;
/** At most; what is longer is refused, never cut. */
export const PASSWORD_MAX = 1_000;
