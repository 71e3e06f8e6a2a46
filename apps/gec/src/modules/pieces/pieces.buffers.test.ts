import { describe, expect, it } from 'vitest';
import { createBuffers } from './pieces.buffers.ts';

const neverOtherwise = () => Promise.reject(new Error('the other way'));

describe('buffers', () => {
  it('are made when they are wanted, and used again', async () => {
    const buffers = createBuffers(2, 16);
    const first = await buffers(16, async (buffer) => buffer, neverOtherwise);
    expect(first.length).toBe(16);
    expect(await buffers(1, async (buffer) => buffer, neverOtherwise)).toBe(first);
  });

  it('leave the other way to what is too large, and to what finds none free', async () => {
    const buffers = createBuffers(1, 16);
    expect(await buffers(17, neverOtherwise, async () => 'large')).toBe('large');
    expect(await buffers(Number.POSITIVE_INFINITY, neverOtherwise, async () => 'unknown')).toBe('unknown');
    const done = Promise.withResolvers<string>();
    const held = buffers(16, () => done.promise, neverOtherwise);
    expect(await buffers(16, neverOtherwise, async () => 'taken')).toBe('taken');
    done.resolve('first');
    expect(await held).toBe('first');
    expect(await buffers(16, async () => 'free again', neverOtherwise)).toBe('free again');
  });

  it('are not used again after a failure, which something may still be reading from', async () => {
    const buffers = createBuffers(1, 16);
    let first: Buffer | undefined;
    const failing = buffers(
      1,
      async (buffer) => {
        first = buffer;
        throw new Error('refusé');
      },
      neverOtherwise,
    );
    await expect(failing).rejects.toThrow('refusé');
    expect(await buffers(1, async (buffer) => buffer === first, neverOtherwise)).toBe(false);
  });
});
