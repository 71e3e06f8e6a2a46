import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { sharedAtelier } from '../test/atelier.ts';
import { atelierOf } from './atelier.ts';
import { atelier } from './atelier.harness.ts';
import { pdfFile, picture, source, tiffFile, zipFile } from './test-files.ts';

describe('the children', () => {
  it('inspect a file that comes in pieces', async () => {
    const inspection = await sharedAtelier().inspect(source(await pdfFile({ pages: 2 }), 700));
    expect(inspection).toMatchObject({ ok: true, type: 'application/pdf', pages: 2 });
  });

  it('say what a renamed file really is, and refuse a hostile one', async () => {
    const a = sharedAtelier();
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
    const probe = atelier({}, atelierOf(new URL('./test-probe-child.ts', import.meta.url)));
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
    const a = sharedAtelier();
    const image = await a.page(source(await pdfFile({ pages: 2 })), { page: 2, width: 500, format: 'jpeg' });
    expect(image).toMatchObject({ width: 500, height: 707, contentType: 'image/jpeg' });
    expect(await sharp(image.image).metadata()).toMatchObject({ format: 'jpeg', width: 500, height: 707 });
  });

  it('chooses a small PNG for printed text and a JPEG for a picture', async () => {
    const a = sharedAtelier();
    const text = await a.page(source(await pdfFile()), { page: 1, width: 1000 });
    expect(text.contentType).toBe('image/png');
    expect(text.image.length).toBeLessThan(20_000);
    const photo = await a.page(source(await picture().png().toBuffer()), { page: 1, width: 1000 });
    expect(photo.contentType).toBe('image/jpeg');
    const wished = { page: 1, width: 100, format: 'webp' } as const;
    expect((await a.page(source(await picture().png().toBuffer()), wished)).contentType).toBe('image/webp');
  });

  it('shows each page of a TIFF', async () => {
    const a = sharedAtelier();
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
    expect(await sharedAtelier().page(source(sideways), { page: 1, width: 1200 })).toMatchObject({
      width: 100,
      height: 200,
    });
  });

  it('says why there is no page', async () => {
    const a = sharedAtelier();
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
    const a = sharedAtelier();
    const text = await a.text(source(await pdfFile({ pages: 2 })), { maxChars: 1000 });
    expect(text).toBe('Reçu à Kinshasa, page 1\fReçu à Kinshasa, page 2');
    expect(await a.text(source(await pdfFile({ pages: 2 })), { maxChars: 8 })).toBe('Reçu à K');
    expect(await a.text(source(await picture().png().toBuffer()), { maxChars: 100 })).toBe('');
  });
});
