import { generateSync } from 'otplib';

/** Test support: the code that an authenticator app shows now for a secret. */
export function codeNow(secret: string): string {
  return generateSync({ secret });
}
