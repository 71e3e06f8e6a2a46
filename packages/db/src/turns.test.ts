import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AllTakenError, createTurns } from './turns.ts';

describe('turns', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('are given in the order of asking, never to more than there are places', async () => {
    const take = createTurns(2, 1_000);
    const order: number[] = [];
    const back: (() => void)[] = [];
    const asked = [1, 2, 3, 4].map(async (name) => {
      back.push(await take());
      order.push(name);
    });
    await vi.advanceTimersByTimeAsync(999);
    expect(order).toEqual([1, 2]);
    back[0]!();
    // Given back twice, it is one place all the same.
    back[0]!();
    await vi.advanceTimersByTimeAsync(0);
    expect(order).toEqual([1, 2, 3]);
    back[1]!();
    await Promise.all(asked);
    expect(order).toEqual([1, 2, 3, 4]);
  });

  it('are waited for so long and no longer, and whoever gave up takes none from the others', async () => {
    const take = createTurns(1, 1_000);
    const back = await take();
    const gaveUp = expect(take()).rejects.toThrow(AllTakenError);
    await vi.advanceTimersByTimeAsync(600);
    const patient = take();
    await vi.advanceTimersByTimeAsync(400);
    await gaveUp;
    back();
    (await patient)();
    (await take())();
  });
});
