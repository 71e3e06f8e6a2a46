import { describe, expect, it } from 'vitest';
import { decodeText, readCsvRows, UnreadableSheet } from './index.ts';

const cells = (text: string, maxRows = 100) =>
  readCsvRows(text, { maxRows }).map(({ ligne, cellules }) => [ligne, ...cellules]);

describe('CSV', () => {
  it('finds the separator by the heading, also within quotes', () => {
    expect(cells('"a,b,c";d\n1;2')).toEqual([
      [1, 'a,b,c', 'd'],
      [2, '1', '2'],
    ]);
    expect(cells('a,b\r\n1,"2;3"')).toEqual([
      [1, 'a', 'b'],
      [2, '1', '2;3'],
    ]);
    expect(cells('a\tb')).toEqual([[1, 'a', 'b']]);
    expect(cells('sep=|\r\na|b\r\n')).toEqual([[2, 'a', 'b']]);
  });

  it('counts lines as an editor does: empty ones and those inside quotes too', () => {
    expect(cells('a;b\n\n;\n"une\r\ndeux";x\nfin;')).toEqual([
      [1, 'a', 'b'],
      [4, 'une\r\ndeux', 'x'],
      [6, 'fin', ''],
    ]);
    expect(cells('a\rb')).toEqual([
      [1, 'a'],
      [2, 'b'],
    ]);
  });

  it('refuses too many rows, and says where a quote was left open', () => {
    expect(cells('a\n1\n\n2', 3)).toHaveLength(3);
    expect(() => cells('a\n1\n2\n3', 3)).toThrow(expect.objectContaining({ code: 'too-many-rows' }));
    expect(() => cells('a\n"b')).toThrow(expect.objectContaining({ code: 'open-quote', ligne: 2 }));
  });

  it('reads a text whatever program wrote it', () => {
    const text = 'Élodie ; 5 € – « Sœur »';
    const utf16 = Buffer.from(`\uFEFF${text}`, 'utf16le');
    const windows = Buffer.from([0xc9, 0x20, 0x80, 0x20, 0x9c, 0x92]);
    expect(decodeText(Buffer.from(text))).toBe(text);
    expect(decodeText(Buffer.from(`\uFEFF${text}`))).toBe(text);
    expect(decodeText(utf16)).toBe(text);
    expect(decodeText(Buffer.from(utf16).swap16())).toBe(text);
    expect(decodeText(windows)).toBe('É € œ’');
    expect(() => decodeText(Buffer.from([0x25, 0x00, 0x41]))).toThrow(UnreadableSheet);
  });
});
