import { z } from 'zod';
import { bundle } from './bundle.ts';
import { publicJwk } from './keys.ts';
import { MAX_KEY_CERTIFICATES, MAX_LIST, MAX_STATEMENT } from './limits.ts';
import { fingerprint, STATEMENTS } from './statements.ts';

const jws = z.string().min(20).max(MAX_STATEMENT);

/** What an installation with a key adds to the body of `POST /api/activate`. */
export const activationProof = z.object({
  installation: publicJwk,
  fingerprint,
  /** `gec-request+jws` of the kind `activate`. */
  proof: jws,
});

/** What the client needs of the answer of `POST /api/activate`. */
export const activateAnswer = z.object({
  success: z.literal(true),
  activated_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  bundle,
});

/** Body of `POST /api/sync`, `POST /api/deactivate` and `POST /api/offline`. */
export const signedBody = z.object({ request: jws });

/** Answer of `POST /api/sync`. */
export const syncAnswer = z.object({
  receipt: jws,
  certificate: jws,
  revocations: z.string().max(STATEMENTS['gec-revocations+jws'].max).nullish(),
  key_certificates: z.array(jws).max(MAX_KEY_CERTIFICATES),
  krl: z.string().max(MAX_LIST).nullish(),
});
export type SyncAnswer = z.output<typeof syncAnswer>;

/** Answer of `POST /api/deactivate`. */
export const deactivateAnswer = z.object({ success: z.literal(true) });

/** A refusal of any of them. */
export const refusal = z.object({
  success: z.literal(false).optional(),
  message: z.string().max(500),
  error_code: z.string().max(60),
});
