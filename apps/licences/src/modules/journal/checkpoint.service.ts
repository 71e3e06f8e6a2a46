import { createHash } from 'node:crypto';
import { timestamp, type Clock } from '@gec/core';
import type { SigningService } from '../signing/signing.service.ts';
import type { JournalService } from './journal.service.ts';

/** The end of the chain at an instant, with what proves it. */
export interface Checkpoint {
  readonly seq: number;
  readonly hash: string;
  readonly at: string;
  /** Detached Ed25519 signature (base64url) over {@link checkpointText} by the key `kid` of `/.well-known/jwks.json`. */
  readonly kid: string;
  readonly signature: string;
}

/** The bytes that a checkpoint signs: a line each, so that any tool can make them. */
export function checkpointText(checkpoint: Pick<Checkpoint, 'seq' | 'hash' | 'at'>): string {
  return `gec-licences journal checkpoint v1\n${checkpoint.seq}\n${checkpoint.hash}\n${checkpoint.at}\n`;
}

/** Signed checkpoints of the journal: whoever keeps one elsewhere can later prove that nothing before it changed. */
export function createCheckpointService(deps: {
  clock: Clock;
  journal: Pick<JournalService, 'head'>;
  signing: Pick<SigningService, 'signBytes'>;
}) {
  return {
    /** Chains what waits and signs the end of the chain. */
    async create(): Promise<Checkpoint & { digest: string }> {
      const { seq, hash } = await deps.journal.head();
      const at = timestamp(deps.clock);
      const text = checkpointText({ seq, hash, at });
      const { kid, signature } = await deps.signing.signBytes(Buffer.from(text));
      return { seq, hash, at, kid, signature, digest: createHash('sha256').update(text).digest('hex') };
    },
  };
}

export type CheckpointService = ReturnType<typeof createCheckpointService>;
