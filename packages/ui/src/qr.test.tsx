import qrcode from 'qrcode';
import { renderToString } from 'preact-render-to-string';
import { describe, expect, it } from 'vitest';
import { QrCode, qrPath } from './qr.tsx';

/** The modules that a path darkens, row by row. */
function modulesOf({ size, path }: { size: number; path: string }): string[] {
  const rows = Array.from({ length: size }, () => Array.from({ length: size }, () => '.'));
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let i = 0; i < Number(width); i++) rows[Number(y)]![Number(x) + i] = '#';
  }
  return rows.map((row) => row.join(''));
}

describe('a QR code', () => {
  it.each(['L', 'M'] as const)('darkens exactly the modules of the code (level %s)', (level) => {
    const text = 'GECLIC1 1/2 abc {"v":1}';
    const { modules } = qrcode.create(text, { errorCorrectionLevel: level });
    const expected = Array.from({ length: modules.size }, (_, row) =>
      Array.from({ length: modules.size }, (__, column) => (modules.get(row, column) ? '#' : '.')).join(''),
    );
    expect(modulesOf(qrPath(text, level))).toEqual(expected);
  });

  it('is black on white with a quiet zone of four modules, and has a name', () => {
    const { size } = qrPath('courrier');
    const html = renderToString(<QrCode text="courrier" label="Code 1 sur 2" />);
    expect(html).toContain(`viewBox="-4 -4 ${size + 8} ${size + 8}"`);
    expect(html).toContain(`<rect x="-4" y="-4" width="${size + 8}" height="${size + 8}" fill="#fff"`);
    expect(html).toContain('aria-label="Code 1 sur 2"');
  });
});
