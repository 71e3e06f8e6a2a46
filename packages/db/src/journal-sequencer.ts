import type { JournalChain } from './journal-chain.ts';

/** What a sequencer needs. */
export interface SequencerOptions {
  readonly chain: Pick<JournalChain, 'sequence'>;
  /** Told when the chain could not be made; it is tried again. */
  onError(error: unknown): void;
  /** Milliseconds from a written entry to its chaining: entries of one busy moment share a commit. */
  readonly delayMs: number;
  /** Milliseconds between looks for entries of other processes; 2 s by default. */
  readonly pollMs?: number;
}

/** Chains what is written to a journal, within moments of its commit. */
export interface JournalSequencer {
  /** Begins: what waits is chained at once. */
  start(): void;
  /** Says that entries were written. */
  wake(): void;
  /** Chains everything that waits, now. */
  chainAll(): Promise<void>;
  /** Chains what is left and stops. */
  stop(): Promise<void>;
}

const BATCH = 500;
const POLL_MS = 2_000;

/** Makes the sequencer of a journal; any number of processes may have one. */
export function createJournalSequencer(options: SequencerOptions): JournalSequencer {
  const { chain, onError, delayMs, pollMs = POLL_MS } = options;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let due = Number.POSITIVE_INFINITY;
  let started = false;

  async function chainAll(): Promise<void> {
    while ((await chain.sequence(BATCH)) === BATCH);
  }

  function schedule(delay: number): void {
    if (!started || running) return;
    // A busy moment must not put the chaining off again and again.
    const at = Date.now() + delay;
    if (at >= due) return;
    due = at;
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = chainAll()
        .catch(onError)
        .finally(() => {
          running = undefined;
          due = Number.POSITIVE_INFINITY;
          schedule(pollMs);
        });
    }, delay);
    timer.unref();
  }

  return {
    start() {
      started = true;
      schedule(0);
    },
    wake: () => schedule(delayMs),
    chainAll,
    async stop() {
      started = false;
      clearTimeout(timer);
      await running;
      await chainAll().catch(onError);
    },
  };
}
