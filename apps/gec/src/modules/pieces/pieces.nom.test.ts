import { describe, expect, it } from 'vitest';
import { estRenomme, nomAvecExtension, nomCorrige, nomPropre } from './pieces.nom.ts';

describe('the name of a file', () => {
  it.each([
    ['Lettre du ministère – n° 12.pdf', 'Lettre du ministère – n° 12.pdf'],
    ['C:\\Users\\Agent\\Numérisé.pdf', 'Numérisé.pdf'],
    ['../../../etc/passwd', 'passwd'],
    ['a\r\nSet-Cookie: x=1.pdf', 'a Set-Cookie: x=1.pdf'],
    ['fac\u202Efdp.exe', 'facfdp.exe'],
    ['e\u0301te\u0301.pdf', 'été.pdf'],
    ['\u0000\u0007.pdf', 'pdf'],
    ['..', ''],
    ['  .htaccess ', 'htaccess'],
    ['\ud800x.pdf', '\ufffdx.pdf'],
  ])('%j is kept as %j', (raw, kept) => {
    expect(nomPropre(raw).replace(/\s+/g, ' ')).toBe(kept);
  });

  it('has at most 200 characters and keeps its extension', () => {
    const name = nomPropre(`${'é'.repeat(500)}.pdf`);
    expect([...name]).toHaveLength(200);
    expect(name.endsWith('é.pdf')).toBe(true);
    expect([...nomAvecExtension('x'.repeat(200), 'image/tiff')]).toHaveLength(200);
  });

  it('contradicts the content only when it announces another one', () => {
    expect(estRenomme('x.pdf', 'image/png')).toBe(true);
    expect(estRenomme('x.docx', 'application/pdf')).toBe(true);
    expect(estRenomme('x.JPEG', 'image/jpeg')).toBe(false);
    expect(estRenomme('Lettre n° 12.2025', 'application/pdf')).toBe(false);
    expect(estRenomme('scan', 'image/tiff')).toBe(false);
  });

  it('gets the extension of its content when it has none', () => {
    expect(nomAvecExtension('Lettre n° 12.2025', 'application/pdf')).toBe('Lettre n° 12.2025.pdf');
    expect(nomAvecExtension('page.TIFF', 'image/tiff')).toBe('page.TIFF');
    expect(nomCorrige('x.pdf', 'image/png')).toBe('x.png');
  });
});
