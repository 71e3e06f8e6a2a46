import { describe, expect, it } from 'vitest';
import { inspect } from './inspect.ts';
import { pdfFile, picture, pngBomb, tiffFile, zipFile } from './test-files.ts';

const look = (bytes: Buffer, maxPages = 500) => inspect(bytes, maxPages);
const refused = (code: string) => ({ ok: false, code });

describe('what may be registered', () => {
  it('takes a PDF and counts its pages', async () => {
    const facts = { ok: true, type: 'application/pdf', ext: 'pdf', pages: 3, width: 595, height: 842 };
    expect(await look(await pdfFile({ pages: 3 }))).toEqual(facts);
  });

  it('takes PNG, JPEG and TIFF by their content', async () => {
    const facts = { ok: true, pages: 1, width: 240, height: 160 };
    expect(await look(await picture().png().toBuffer())).toEqual({ ...facts, type: 'image/png', ext: 'png' });
    expect(await look(await picture().jpeg().toBuffer())).toEqual({
      ...facts,
      type: 'image/jpeg',
      ext: 'jpg',
    });
    const tiff = await picture().tiff({ compression: 'lzw' }).toBuffer();
    expect(await look(tiff)).toEqual({ ...facts, type: 'image/tiff', ext: 'tif' });
  });

  it('counts the pages of a TIFF', async () => {
    expect(await look(tiffFile([0, 128, 255]))).toMatchObject({ ok: true, pages: 3, width: 40, height: 60 });
  });

  it('gives the size of a photograph as it is seen', async () => {
    const sideways = await picture().withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await look(sideways)).toMatchObject({ ok: true, width: 160, height: 240 });
  });

  it('takes a PDF that its owner protected against changes, since it can be read', async () => {
    expect(await look(await pdfFile({ ownerPassword: 'x' }))).toMatchObject({ ok: true, pages: 1 });
  });

  it('takes what scanners and telephones add', async () => {
    const pdf = await pdfFile();
    const jpeg = await picture().jpeg().toBuffer();
    const png = await picture().png().toBuffer();
    const blank = Buffer.alloc(5000);
    expect(await look(Buffer.concat([pdf, Buffer.from('\r\n'), blank]))).toMatchObject({ ok: true });
    expect(await look(Buffer.concat([Buffer.from('\ufeff'), pdf]))).toMatchObject({ ok: true });
    expect(await look(Buffer.concat([jpeg, blank]))).toMatchObject({ ok: true });
    expect(await look(Buffer.concat([jpeg, jpeg]))).toMatchObject({ ok: true, type: 'image/jpeg' });
    expect(await look(Buffer.concat([png, Buffer.from('\n\n')]))).toMatchObject({ ok: true });
    const xmp = '<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"></x:xmpmeta>';
    expect(await look(await picture().withXmp(xmp).jpeg().toBuffer())).toMatchObject({ ok: true });
  });
});

describe('what is refused', () => {
  it('an empty file', async () => {
    expect(await look(Buffer.alloc(0))).toEqual(refused('empty'));
  });

  it('a text, a page, a drawing: no known type', async () => {
    expect(await look(Buffer.from('Monsieur le Directeur,'))).toEqual(refused('unknown-type'));
    expect(await look(Buffer.from('<!doctype html><p>Bonjour</p>'))).toEqual(refused('unknown-type'));
  });

  it('a ZIP, an SVG, a GIF: known but not allowed', async () => {
    expect(await look(zipFile())).toEqual(refused('type-not-allowed'));
    const svg = '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>';
    expect(await look(Buffer.from(svg))).toEqual(refused('type-not-allowed'));
    expect(await look(await picture().gif().toBuffer())).toEqual(refused('type-not-allowed'));
  });

  it('a PDF that wants a password', async () => {
    expect(await look(await pdfFile({ password: 'secret' }))).toEqual(refused('encrypted'));
  });

  it('a truncated or broken PDF', async () => {
    const pdf = await pdfFile({ pages: 4 });
    expect(await look(pdf.subarray(0, pdf.length - 400))).toEqual(refused('broken'));
    expect(await look(Buffer.from('%PDF-1.7\nrien du tout\n%%EOF\n'))).toEqual(refused('broken'));
  });

  it('a truncated image', async () => {
    const cut = (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length * 0.7));
    expect(await look(cut(await picture().jpeg().toBuffer()))).toEqual(refused('broken'));
    expect(await look(cut(await picture().png().toBuffer()))).toEqual(refused('broken'));
    const tiff = tiffFile([1, 2, 3]);
    expect(await look(tiff.subarray(0, tiff.length - 1200))).toEqual(refused('broken'));
  });

  it('an image bomb, before it is decoded', async () => {
    expect(await look(pngBomb(60_000, 60_000))).toEqual(refused('too-large-image'));
  });

  it('too many pages', async () => {
    expect(await look(await pdfFile({ pages: 4 }), 3)).toEqual(refused('too-many-pages'));
    expect(await look(tiffFile([1, 2, 3]), 2)).toEqual(refused('too-many-pages'));
  });
});

describe('files that are two things at once', () => {
  it.each([
    ['a PDF with a ZIP behind it', async () => Buffer.concat([await pdfFile(), zipFile()])],
    [
      'a JPEG with a ZIP behind it',
      async () => Buffer.concat([await picture().jpeg().toBuffer(), zipFile()]),
    ],
    ['a TIFF with a ZIP behind it', () => Promise.resolve(Buffer.concat([tiffFile([9]), zipFile()]))],
    [
      'a JPEG with a PDF behind it',
      async () => Buffer.concat([await picture().jpeg().toBuffer(), await pdfFile()]),
    ],
    [
      'a PNG with a page behind it',
      async () =>
        Buffer.concat([await picture().png().toBuffer(), Buffer.from('\n<html><script>1</script>')]),
    ],
    [
      'a PDF with a program behind it',
      async () => Buffer.concat([await pdfFile(), Buffer.from('\x7fELF'.padEnd(64, '\x01'), 'latin1')]),
    ],
    [
      'a page with a PDF behind it',
      async () => Buffer.concat([Buffer.from('<html><body>Bonjour</body></html>\n'), await pdfFile()]),
    ],
    [
      'a PDF with markup in its beginning',
      async () => {
        const pdf = await pdfFile();
        return Buffer.concat([
          pdf.subarray(0, 9),
          Buffer.from('% <script>alert(1)</script>\n'),
          pdf.subarray(9),
        ]);
      },
    ],
  ])('%s', async (_name, build) => {
    expect(await look(await build())).toEqual(refused('polyglot'));
  });
});
