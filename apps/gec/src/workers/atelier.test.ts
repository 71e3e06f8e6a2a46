import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import type { ListePdfInput } from '../documents/types.ts';
import { createAtelier, type Atelier, type AtelierOptions } from './atelier.ts';
import { pdfFile, picture, source, tiffFile, zipFile } from './test-files.ts';

const script = fileURLToPath(new URL('./atelier-child.ts', import.meta.url));
const open: Atelier[] = [];

function atelier(options: Partial<AtelierOptions> = {}): Atelier {
  const made = createAtelier({ script, ...options });
  open.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

/** A promise and its handle. */
function gate(): { opened: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

const enTete = { pays: 'République Démocratique du Congo', organisme: 'Bureau d’essai', titre: 'Liste' };

function list(lignes: ListePdfInput['lignes']): ListePdfInput {
  const colonnes = [
    { label: 'N°', width: 1 },
    { label: 'Objet', width: 3 },
  ];
  return { lang: 'fr', imprimeLe: '21 nov. 2026', enTete, filtres: '', colonnes, lignes, totaux: [] };
}

describe('the children', () => {
  it('inspect a file that comes in pieces', async () => {
    const inspection = await atelier().inspect(source(await pdfFile({ pages: 2 }), 700));
    expect(inspection).toMatchObject({ ok: true, type: 'application/pdf', pages: 2 });
  });

  it('say what a renamed file really is, and refuse a hostile one', async () => {
    const a = atelier();
    expect(await a.inspect(Readable.from([await picture().png().toBuffer()]))).toMatchObject({ ext: 'png' });
    expect(await a.inspect(source(zipFile()))).toEqual({ ok: false, code: 'type-not-allowed' });
    expect(await a.inspect(source(Buffer.alloc(0)))).toEqual({ ok: false, code: 'empty' });
  });

  it('are started when there is work, and serve one job after another', async () => {
    const a = atelier();
    expect(a.pids()).toEqual([]);
    const pdf = await pdfFile();
    await a.inspect(source(pdf));
    const [pid] = a.pids();
    await Promise.all([
      a.inspect(source(pdf)),
      a.inspect(source(pdf)),
      a.page(source(pdf), { page: 1, width: 300 }),
    ]);
    expect(a.pids()).toEqual([pid]);
  });

  it('may read no file, write none, start nothing and reach no network', async () => {
    const probe = atelier({ script: fileURLToPath(new URL('./test-probe-child.ts', import.meta.url)) });
    const refused = await probe.text(source(Buffer.from('x')), { maxChars: 1 });
    expect(refused.split(' ').sort()).toEqual(['network', 'read', 'spawn', 'worker', 'write']);
  });

  it('are given nothing of the environment but where programs and words are', async () => {
    process.env['GEC_TEST_SECRET'] = 'x';
    const a = atelier();
    await a.inspect(source(await pdfFile()));
    const environment = await readFile(`/proc/${a.pids()[0] ?? 0}/environ`, 'latin1');
    delete process.env['GEC_TEST_SECRET'];
    const names = environment.split('\0').flatMap((line) => (line === '' ? [] : [line.split('=')[0]]));
    expect(names.sort()).toEqual(['LANG', 'PATH']);
  });
});

describe('page images', () => {
  it('shows a page of a PDF at the width asked for', async () => {
    const a = atelier();
    const image = await a.page(source(await pdfFile({ pages: 2 })), { page: 2, width: 500, format: 'jpeg' });
    expect(image).toMatchObject({ width: 500, height: 707, contentType: 'image/jpeg' });
    expect(await sharp(image.image).metadata()).toMatchObject({ format: 'jpeg', width: 500, height: 707 });
  });

  it('chooses a small PNG for printed text and a JPEG for a picture', async () => {
    const a = atelier();
    const text = await a.page(source(await pdfFile()), { page: 1, width: 1000 });
    expect(text.contentType).toBe('image/png');
    expect(text.image.length).toBeLessThan(20_000);
    const photo = await a.page(source(await picture().png().toBuffer()), { page: 1, width: 1000 });
    expect(photo.contentType).toBe('image/jpeg');
    const wished = { page: 1, width: 100, format: 'webp' } as const;
    expect((await a.page(source(await picture().png().toBuffer()), wished)).contentType).toBe('image/webp');
  });

  it('shows each page of a TIFF', async () => {
    const a = atelier();
    for (const [at, shade] of [0, 128, 255].entries()) {
      const page = await a.page(source(tiffFile([0, 128, 255])), { page: at + 1, width: 40, format: 'png' });
      const { channels } = await sharp(page.image).stats();
      expect(Math.abs((channels[0]?.mean ?? -99) - shade)).toBeLessThan(2);
    }
    await expect(a.page(source(tiffFile([0])), { page: 2, width: 40 })).rejects.toMatchObject({
      code: 'no-such-page',
    });
  });

  it('turns a photograph upright and never enlarges it', async () => {
    const sideways = await picture(200, 100).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await atelier().page(source(sideways), { page: 1, width: 1200 })).toMatchObject({
      width: 100,
      height: 200,
    });
  });

  it('says why there is no page', async () => {
    const a = atelier();
    const ask = { page: 1, width: 100 };
    await expect(a.page(source(zipFile()), ask)).rejects.toMatchObject({ code: 'unsupported' });
    const locked = await pdfFile({ password: 'x' });
    await expect(a.page(source(locked), ask)).rejects.toMatchObject({ code: 'encrypted' });
    const pdf = await pdfFile();
    await expect(a.page(source(pdf), { page: 2, width: 100 })).rejects.toMatchObject({
      code: 'no-such-page',
    });
  });
});

describe('text', () => {
  it('gives the text layer of a PDF, cut where asked, and nothing for an image', async () => {
    const a = atelier();
    const text = await a.text(source(await pdfFile({ pages: 2 })), { maxChars: 1000 });
    expect(text).toBe('Reçu à Kinshasa, page 1\fReçu à Kinshasa, page 2');
    expect(await a.text(source(await pdfFile({ pages: 2 })), { maxChars: 8 })).toBe('Reçu à K');
    expect(await a.text(source(await picture().png().toBuffer()), { maxChars: 100 })).toBe('');
  });
});

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
    const a = atelier({ script: fileURLToPath(new URL('./no-such-child.ts', import.meta.url)) });
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
    await expect.poll(() => closed).toBe(true);
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
