import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createJournalSequencer } from './journal-sequencer.ts';

describe('the sequencer of a journal', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function make(sequence: () => Promise<number>) {
    const errors: unknown[] = [];
    const chain = { sequence: vi.fn(sequence) };
    const sequencer = createJournalSequencer({
      chain,
      delayMs: 100,
      pollMs: 1_000,
      onError: (error) => errors.push(error),
    });
    return { chain, sequencer, errors };
  }

  it('chains what waits when it starts, soon after each entry, and what others wrote', async () => {
    const { chain, sequencer } = make(async () => 0);
    sequencer.wake();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(chain.sequence).not.toHaveBeenCalled();
    sequencer.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(chain.sequence).toHaveBeenCalledTimes(1);
    sequencer.wake();
    await vi.advanceTimersByTimeAsync(100);
    expect(chain.sequence).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(chain.sequence).toHaveBeenCalledTimes(3);
    await sequencer.stop();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(chain.sequence).toHaveBeenCalledTimes(4);
  });

  it('is not put off by entries that keep coming', async () => {
    const { chain, sequencer } = make(async () => 0);
    sequencer.start();
    await vi.advanceTimersByTimeAsync(0);
    for (let i = 0; i < 10; i++) {
      sequencer.wake();
      await vi.advanceTimersByTimeAsync(50);
    }
    expect(chain.sequence.mock.calls.length).toBeGreaterThanOrEqual(5);
    await sequencer.stop();
  });

  it('goes on until nothing waits, and tries again after an error', async () => {
    const answers = [500, 500, 20];
    const { chain, sequencer, errors } = make(async () => answers.shift() ?? 0);
    await sequencer.chainAll();
    expect(chain.sequence).toHaveBeenCalledTimes(3);
    chain.sequence.mockRejectedValueOnce(new Error('away'));
    sequencer.start();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(errors).toEqual([new Error('away')]);
    expect(chain.sequence).toHaveBeenCalledTimes(5);
    await sequencer.stop();
  });
});
