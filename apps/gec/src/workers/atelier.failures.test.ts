import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { atelierOf } from './atelier.ts';
import { atelier, gate } from './atelier.harness.ts';
import { pdfFile, source } from './test-files.ts';

describe('when something goes wrong', () => {
  it('a stuck child is killed, and the next job has a new one', async () => {
    const a = atelier({ limits: { page: 300, inspect: 20_000 } });
    const pdf = await pdfFile();
    await a.inspect(source(pdf));
    const [stuck] = a.pids();
    process.kill(stuck ?? 0, 'SIGSTOP');
    await expect(a.page(source(pdf), { page: 1, width: 100 })).rejects.toMatchObject({ code: 'timeout' });
    expect(await a.inspect(source(pdf))).toMatchObject({ ok: true });
    expect(a.pids()).toHaveLength(1);
    expect(a.pids()).not.toContain(stuck);
  });

  it('a file under which the child is stuck is refused with a word of its own', async () => {
    const a = atelier({ limits: { inspect: 400, page: 20_000 } });
    const pdf = await pdfFile();
    await a.page(source(pdf), { page: 1, width: 50 });
    process.kill(a.pids()[0] ?? 0, 'SIGSTOP');
    expect(await a.inspect(source(pdf))).toEqual({ ok: false, code: 'timeout' });
  });

  it('a crash is told to its job alone', async () => {
    const a = atelier();
    const pdf = await pdfFile();
    await a.inspect(source(pdf));
    const [victim] = a.pids();
    async function* deadly(): AsyncGenerator<Uint8Array> {
      yield pdf.subarray(0, 100);
      process.kill(victim ?? 0, 'SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, 10_000).unref());
    }
    const first = a.inspect(deadly());
    const second = a.inspect(source(pdf));
    await expect(first).rejects.toMatchObject({ name: 'AtelierError', code: 'crashed' });
    expect(await second).toMatchObject({ ok: true });
  });

  it('an idle child that dies is replaced', async () => {
    const a = atelier();
    await a.inspect(source(await pdfFile()));
    process.kill(a.pids()[0] ?? 0, 'SIGKILL');
    await expect.poll(() => a.pids()).toEqual([]);
    expect(await a.inspect(source(await pdfFile()))).toMatchObject({ ok: true });
  });

  it('a child that cannot start is an error, not a loop', async () => {
    const a = atelier({}, atelierOf(new URL('./no-such-child.ts', import.meta.url)));
    await expect(a.page(source(await pdfFile()), { page: 1, width: 50 })).rejects.toMatchObject({
      code: 'crashed',
    });
  });

  it('a child that takes too much memory is killed', async () => {
    const a = atelier({ memoryMb: 40 });
    const busy = gate();
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('%PDF-1.7\n');
      await busy.opened;
    }
    await expect(a.page(slow(), { page: 1, width: 50 })).rejects.toMatchObject({ code: 'memory' });
    busy.open();
  });

  it('an input that fails cancels the job, waiting or working, and the child lives on', async () => {
    const a = atelier();
    await a.inspect(source(await pdfFile()));
    const pids = a.pids();
    const working = new PassThrough();
    const waiting = new PassThrough();
    const first = a.inspect(working);
    const second = a.inspect(waiting);
    working.write('%PDF-1.7');
    waiting.destroy(new Error('the client vanished'));
    await expect(second).rejects.toMatchObject({ code: 'aborted' });
    working.destroy(new Error('the client vanished'));
    await expect(first).rejects.toMatchObject({ code: 'aborted' });
    expect(await a.inspect(source(await pdfFile()))).toMatchObject({ ok: true });
    expect(a.pids()).toEqual(pids);
  });

  it('a signal gives a job up, before or during it', async () => {
    const a = atelier();
    const pdf = await pdfFile();
    const gone = AbortSignal.abort();
    await expect(a.page(source(pdf), { page: 1, width: 50, signal: gone })).rejects.toMatchObject({
      code: 'aborted',
    });
    const controller = new AbortController();
    const endless = new PassThrough();
    const page = a.page(endless, { page: 1, width: 50, signal: controller.signal });
    controller.abort();
    await expect(page).rejects.toMatchObject({ code: 'aborted' });
    expect(endless.destroyed).toBe(true);
    expect(await a.inspect(source(pdf))).toMatchObject({ ok: true });
  });

  it('closing refuses what waits and leaves no child', async () => {
    const a = atelier();
    const never = new PassThrough();
    const working = a.inspect(never);
    const waiting = a.inspect(source(await pdfFile()));
    const outcomes = Promise.allSettled([working, waiting]);
    await a.close();
    expect(
      (await outcomes).map((one) => one.status === 'rejected' && (one.reason as { code: string }).code),
    ).toEqual(['closed', 'closed']);
    expect(a.pids()).toEqual([]);
    await expect(a.inspect(source(await pdfFile()))).rejects.toMatchObject({ code: 'closed' });
  });
});
