import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { atelier, gate, list } from './atelier.harness.ts';
import { pdfFile, source } from './test-files.ts';

describe('order and pressure', () => {
  it('jobs of a lane run in the order in which they came', async () => {
    const a = atelier();
    const pdf = await pdfFile();
    const order: number[] = [];
    const jobs = [0, 1, 2, 3, 4].map((at) => {
      async function* noted(): AsyncGenerator<Uint8Array> {
        order.push(at);
        yield* source(pdf);
      }
      return a.inspect(noted());
    });
    await Promise.all(jobs);
    expect(order).toEqual([0, 1, 2, 3, 4]);
  });

  it('exports never hold up a preview, and go before the extraction of text', async () => {
    const a = atelier();
    const first = gate();
    const second = gate();
    const order: string[] = [];
    async function* held(until: Promise<void>): AsyncGenerator<string[]> {
      yield ['1', 'Objet'];
      await until;
    }
    const exports = [buffer(a.document('liste-pdf', list(held(first.opened))))];
    exports.push(buffer(a.document('liste-pdf', list(held(second.opened)))));
    expect(await a.inspect(source(await pdfFile()))).toMatchObject({ ok: true });
    const pdf = await pdfFile();
    async function* later(): AsyncGenerator<Uint8Array> {
      order.push('text');
      yield pdf;
    }
    async function* rows(): AsyncGenerator<string[]> {
      order.push('export');
      yield ['2', 'Objet'];
    }
    const text = a.text(later(), { maxChars: 10 });
    exports.push(buffer(a.document('liste-pdf', list(rows()))));
    first.open();
    await Promise.all([text, exports[0], exports[2]]);
    expect(order).toEqual(['export', 'text']);
    second.open();
    await Promise.all(exports);
  });

  it('pulls no more of a source than the child takes', async () => {
    const a = atelier({ limits: { inspect: 500, page: 20_000 } });
    await a.page(source(await pdfFile()), { page: 1, width: 50 });
    process.kill(a.pids()[0] ?? 0, 'SIGSTOP');
    let pulled = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        pulled += 65_536;
        yield Buffer.alloc(65_536);
        await Promise.resolve();
      }
    }
    await expect(a.inspect(endless())).rejects.toMatchObject({ code: 'timeout' });
    expect(pulled).toBeLessThan(2 * 1024 * 1024);
  });

  it('refuses a file that no scan can be', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      const chunk = Buffer.alloc(1024 * 1024);
      for (;;) {
        yield chunk;
        await Promise.resolve();
      }
    }
    await expect(atelier().inspect(endless())).rejects.toMatchObject({ code: 'too-big' });
  });
});

describe('documents through the pipe', () => {
  it('come as a stream while progress is told', async () => {
    const progress: [number, number][] = [];
    async function* rows(): AsyncGenerator<string[]> {
      for (let at = 1; at <= 250; at++) {
        yield [String(at), 'Objet de la lettre'];
        await Promise.resolve();
      }
    }
    const a = atelier();
    const onProgress = (done: number, total: number) => progress.push([done, total]);
    const pdf = await buffer(a.document('liste-pdf', { ...list(rows()), total: 250 }, { onProgress }));
    expect(progress.at(-1)).toEqual([250, 250]);
    expect(progress.length).toBeGreaterThanOrEqual(3);
    const text = await a.text(source(pdf), { maxChars: 100_000 });
    expect(text).toContain('RÉPUBLIQUE DÉMOCRATIQUE DU CONGO');
    expect(text).toContain('250 Objet de la lettre');
  });

  it('wait for a slow reader without getting lost', async () => {
    const colonnes = [{ label: 'Texte', width: 60, type: 'texte' as const }];
    const lignes = Array.from({ length: 24_000 }, () => [randomBytes(90).toString('base64')]);
    const stream = atelier().document('liste-xlsx', {
      lang: 'fr',
      feuille: 'A',
      colonnes,
      lignes,
      informations: [],
    });
    await once(stream, 'readable');
    await expect.poll(() => stream.readableLength, { timeout: 20_000 }).toBeGreaterThanOrEqual(1024 * 1024);
    expect(stream.readableLength).toBeLessThan(1.5 * 1024 * 1024);
    const file = await buffer(stream);
    expect(file.length).toBeGreaterThan(1.5 * 1024 * 1024);
    expect(file.subarray(-22, -18).toString('latin1')).toBe('PK\x05\x06');
  });

  it('stop when their reader goes away, and close the rows', async () => {
    const a = atelier();
    let closed = false;
    async function* rows(): AsyncGenerator<string[]> {
      try {
        for (;;) {
          yield ['1', 'Objet'];
          await new Promise((resolve) => setImmediate(resolve));
        }
      } finally {
        closed = true;
      }
    }
    const started = gate();
    const stream = a.document('liste-pdf', list(rows()), { onProgress: started.open });
    await started.opened;
    stream.destroy();
    await once(stream, 'close');
    await expect.poll(() => closed, { timeout: 20_000 }).toBe(true);
    expect(await buffer(a.document('liste-pdf', list([['1', 'Objet']])))).not.toHaveLength(0);
  });

  it('fail with the fault of their rows', async () => {
    async function* rows(): AsyncGenerator<string[]> {
      yield ['1', 'Objet'];
      await Promise.resolve();
      throw new Error('the database is gone');
    }
    const stream = atelier().document('liste-pdf', list(rows()));
    await expect(buffer(stream)).rejects.toMatchObject({
      code: 'aborted',
      cause: { message: 'the database is gone' },
    });
  });
});
