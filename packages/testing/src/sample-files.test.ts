import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { PDFiumLibrary } from '@hyzyla/pdfium';
import { expect, it } from 'vitest';
import * as samples from './index.ts';

async function pagesOf(pdf: Buffer): Promise<string[]> {
  const library = await PDFiumLibrary.init();
  const document = await library.loadDocument(pdf);
  const pages = [...document.pages()].map((page) => page.getText());
  document.destroy();
  library.destroy();
  return pages;
}

it('makes PDF files with the pages, the text and the size asked for', async () => {
  const pages = await pagesOf(await samples.samplePdf({ pages: 3, text: ['un', 'deux', 'trois'] }));
  expect(pages).toHaveLength(3);
  expect(pages[1]).toContain('deux');
  const large = await samples.samplePdf({ bytes: 1_000_000 });
  expect(large.length).toBeGreaterThan(1_000_000);
  expect(large.length).toBeLessThan(1_010_000);
  expect(await pagesOf(large)).toHaveLength(1);
});

it('makes PDF files that a reader refuses', async () => {
  await expect(pagesOf(await samples.encryptedPdf())).rejects.toThrow();
  await expect(pagesOf(await samples.brokenPdf())).rejects.toThrow();
});

it('makes files that are two things at once', async () => {
  const zip = await samples.polyglot('zip');
  expect(await pagesOf(zip)).toHaveLength(1);
  expect(zip.readUInt32LE(zip.readUInt32LE(zip.length - 6))).toBe(0x02014b50); // points at its central directory
  const html = await samples.polyglot('html');
  expect(html.subarray(0, 1024).toString('latin1')).toMatch(/^<!DOCTYPE html>.*%PDF-/s);
});

it('makes pictures of the dimensions asked for', async () => {
  const size = { width: 300, height: 200 };
  expect(await sharp(await samples.samplePng(size)).metadata()).toMatchObject({ format: 'png', ...size });
  expect(await sharp(await samples.sampleJpeg(size)).metadata()).toMatchObject({ format: 'jpeg', ...size });
  const tiff = await samples.sampleTiff({ ...size, pages: 3 });
  expect(await sharp(tiff).metadata()).toMatchObject({ format: 'tiff', pages: 3, ...size });
});

it('makes a picture whose pixels would fill the memory', async () => {
  const bomb = samples.imageBomb();
  expect(bomb.length).toBeLessThan(10_000);
  const unlimited = await sharp(bomb, { limitInputPixels: false }).metadata();
  expect(unlimited).toMatchObject({ width: 50_000, height: 50_000 });
  await expect(sharp(bomb).raw().toBuffer()).rejects.toThrow(/pixel limit/);
});

it('finds the real scans with their text', async () => {
  const scans = samples.sampleScans();
  expect(scans).toHaveLength(5);
  for (const scan of scans) {
    expect((await sharp(await readFile(scan.path)).metadata()).format).toBe('jpeg');
    expect(scan.text.length).toBeGreaterThan(100);
  }
});
