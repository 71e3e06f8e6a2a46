import { generateSync } from 'otplib';
import { describe, expect, it } from 'vitest';
import { codeNormalise, nouveauxCodes } from './facteurs.secours.ts';
import { adresseTotp, nouveauSecret, pasDuCode } from './facteurs.totp.ts';

/** The secret of RFC 6238 appendix B for SHA-1, `12345678901234567890`, in base32. */
const RFC_SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

/** RFC 6238 appendix B, SHA-1: seconds, step, code of eight digits, of which ours are the last six. */
const RFC_VECTORS = [
  [59, 0x1, '94287082'],
  [1_111_111_109, 0x23523ec, '07081804'],
  [1_111_111_111, 0x23523ed, '14050471'],
  [1_234_567_890, 0x273ef07, '89005924'],
  [2_000_000_000, 0x3f940aa, '69279037'],
  [20_000_000_000, 0x27bc86aa, '65353130'],
] as const;

const at = (seconds: number) => new Date(seconds * 1000);

describe('codes of an authenticator app', () => {
  it.each(RFC_VECTORS)('are those of RFC 6238 at %i s', (seconds, step, code) => {
    expect(pasDuCode(RFC_SECRET, code.slice(2), at(seconds), null)).toBe(step);
  });

  it('are taken one step early or late, no further', () => {
    const now = 1_234_567_890;
    const code = (seconds: number) => generateSync({ secret: RFC_SECRET, epoch: seconds });
    for (const [away, taken] of [
      [-60, false],
      [-30, true],
      [0, true],
      [30, true],
      [60, false],
    ] as const) {
      expect([away, pasDuCode(RFC_SECRET, code(now + away), at(now), null) !== null]).toEqual([away, taken]);
    }
  });

  it('are not taken twice, nor once a later one was used', () => {
    expect(pasDuCode(RFC_SECRET, '005924', at(1_234_567_890), 0x273ef07)).toBeNull();
    expect(pasDuCode(RFC_SECRET, '005924', at(1_234_567_890), 0x273ef08)).toBeNull();
    expect(pasDuCode(RFC_SECRET, '005924', at(1_234_567_890), 0x273ef06)).toBe(0x273ef07);
  });

  it.each(['', '00592', '0059244', '00592a', '٠٠٥٩٢٤', ' 005924', '-05924'])(
    'are six digits, not « %s »',
    (code) => {
      expect(pasDuCode(RFC_SECRET, code, at(1_234_567_890), null)).toBeNull();
    },
  );

  it('come from 160 random bits, told to the app in the usual address', () => {
    const secret = nouveauSecret();
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(nouveauSecret()).not.toBe(secret);
    const url = new URL(adresseTotp(secret, 'GEC Mines', 'j.mukendi'));
    expect([url.protocol, url.host]).toEqual(['otpauth:', 'totp']);
    expect(url.searchParams.get('secret')).toBe(secret);
    expect(url.searchParams.get('issuer')).toBe('GEC Mines');
  });
});

describe('recovery codes', () => {
  it('are ten, different, and read whatever their case, spaces and hyphens', () => {
    const codes = nouveauxCodes();
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) {
      expect(code).toMatch(/^[BCDFGHJKMNPQRTVWXY346789]{4}(-[BCDFGHJKMNPQRTVWXY346789]{4}){2}$/);
      expect(codeNormalise(` ${code.toLowerCase().replaceAll('-', ' ')} `)).toBe(code.replaceAll('-', ''));
    }
    for (const bad of ['', '123456', 'AAAA-AAAA-AAAA', 'BCDF-GHJK', 'BCDF-GHJK-MNPQ-R']) {
      expect(codeNormalise(bad)).toBeNull();
    }
  });
});
