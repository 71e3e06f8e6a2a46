import { EventEmitter } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { gracefulStop, leaveSoon, type StoppableProcess } from './stop.ts';
import { testServer } from './test-server.ts';
import type { HttpServer } from './types.ts';

/** A process that only notes with which code it would have ended. */
class FakeProcess extends EventEmitter implements StoppableProcess {
  readonly codes: number[] = [];
  readonly ended = new Promise<number>((resolve) => this.once('ended', resolve));
  exit(code: number): void {
    this.codes.push(code);
    this.emit('ended', code);
  }
}

interface Slow {
  readonly app: HttpServer;
  readonly address: string;
  /** Resolves when a request has arrived in its handler. */
  readonly arrived: Promise<void>;
  finish(): void;
}

async function slowServer(): Promise<Slow> {
  const arrived = Promise.withResolvers<void>();
  const finished = Promise.withResolvers<void>();
  const app = await testServer({}, (server) => {
    server.get('/slow', { config: { public: true } }, async () => {
      arrived.resolve();
      await finished.promise;
      return 'done';
    });
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return { app, address: `http://127.0.0.1:${port}`, arrived: arrived.promise, finish: finished.resolve };
}

it('finishes the requests under way, closes what it used, then exits', async () => {
  const { app, address, arrived, finish } = await slowServer();
  const target = new FakeProcess();
  const closed: string[] = [];
  gracefulStop(app, {
    process: target,
    // Longer than the test may take: it must not be the time limit that ends it.
    timeoutMs: 600_000,
    onClose: async () => {
      closed.push('database');
    },
  });
  const response = fetch(`${address}/slow`);
  await arrived;
  target.emit('SIGTERM');
  await sleep(20);
  expect(closed).toEqual([]);
  await expect(fetch(`${address}/health`)).rejects.toThrow();
  finish();
  expect(await (await response).text()).toBe('done');
  expect(await target.ended).toBe(0);
  expect(closed).toEqual(['database']);
});

it('cuts off what does not finish in time', async () => {
  const { app, address, arrived, finish } = await slowServer();
  const target = new FakeProcess();
  gracefulStop(app, { process: target, timeoutMs: 10 });
  const response = fetch(`${address}/slow`);
  await arrived;
  target.emit('SIGINT');
  await expect(response).rejects.toThrow();
  expect(await target.ended).toBe(0);
  finish();
});

it('exits at once at the second signal', async () => {
  const { app, address, arrived, finish } = await slowServer();
  const target = new FakeProcess();
  gracefulStop(app, { process: target });
  const response = fetch(`${address}/slow`);
  await arrived;
  target.emit('SIGTERM');
  target.emit('SIGINT');
  expect(target.codes).toEqual([1]);
  finish();
  await response;
  await app.close();
});

it('says so when closing failed, and can be taken away again', async () => {
  const app = await testServer();
  const target = new FakeProcess();
  const release = gracefulStop(app, { process: target, onClose: () => Promise.reject(new Error('busy')) });
  target.emit('SIGTERM');
  expect(await target.ended).toBe(1);
  release();
  expect(target.listenerCount('SIGTERM') + target.listenerCount('SIGINT')).toBe(0);
});

it('ends with a failure, after a moment for the answers, when the database cannot keep its word', () => {
  vi.useFakeTimers();
  try {
    const target = new FakeProcess();
    const fatal = vi.fn();
    leaveSoon({ fatal }, new Error('EIO'), target);
    expect(fatal).toHaveBeenCalledOnce();
    expect(target.codes).toEqual([]);
    vi.advanceTimersByTime(1_000);
    expect(target.codes).toEqual([1]);
  } finally {
    vi.useRealTimers();
  }
});
