import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  dayOf,
  defineTexts,
  fill,
  fold,
  foldName,
  foldWithMap,
  formatBytes,
  formatDateTime,
  formatDay,
  formatNumber,
  isDay,
  NNBSP,
  overrideTexts,
  plural,
  startOfDay,
} from './index.ts';

describe('fold', () => {
  it('forgets accents, case, ligatures and typographic marks', () => {
    expect(fold('Œuvre d’ÉTÉ à Kipushi')).toBe("oeuvre d'ete a kipushi");
    expect(foldName('  Société   Minière ')).toBe('societe miniere');
  });

  it('maps every folded character to where it began', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const { folded, starts } = foldWithMap(text);
        expect(starts).toHaveLength(folded.length + 1);
        expect(starts.at(-1)).toBe(text.length);
        expect([...starts].sort((a, b) => a - b)).toEqual(starts);
      }),
    );
    const { folded, starts } = foldWithMap('Cœur été');
    expect(folded).toBe('coeur ete');
    expect('Cœur été'.slice(starts[6], starts[9])).toBe('été');
  });
});

describe('dates', () => {
  it('knows which words are days', () => {
    expect(isDay('2026-02-28')).toBe(true);
    expect(isDay('2026-02-30')).toBe(false);
    expect(isDay('2026-2-3')).toBe(false);
    expect(isDay('2026')).toBe(false);
    expect(isDay('2026-02')).toBe(false);
    expect(isDay("2026-01-01' OR 1=1")).toBe(false);
  });

  it('begins a day in the zone of the office, not in UTC', () => {
    expect(startOfDay('2026-11-21')).toBe('2026-11-20T23:00:00.000Z');
    expect(dayOf(new Date('2026-11-20T23:30:00Z'))).toBe('2026-11-21');
    expect(startOfDay('2026-03-29', 'Europe/Brussels')).toBe('2026-03-28T23:00:00.000Z');
    expect(startOfDay('2026-03-30', 'Europe/Brussels')).toBe('2026-03-29T22:00:00.000Z');
    expect(addDays('2026-02-28', 1)).toBe('2026-03-01');
  });

  it('writes dates as the office reads them', () => {
    expect(formatDay('fr', '2026-11-21')).toBe('21\u00A0nov.\u00A02026');
    expect(formatDay('fr', '2026-05-01')).toBe('1er\u00A0mai\u00A02026');
    expect(formatDateTime('fr', '2026-11-21T13:05:00Z')).toBe('21\u00A0nov.\u00A02026 à 14\u00A0h\u00A005');
    expect(formatDateTime('en', '2026-11-21T13:05:00Z')).toBe('21\u00A0Nov\u00A02026, 14:05');
  });
});

describe('texts', () => {
  it('fills placeholders and shows the ones that have no value', () => {
    expect(fill('{n} courriers de {nom}', { n: 3 })).toBe('3 courriers de {nom}');
  });

  it('sets French spaces, in French only', () => {
    const texts = defineTexts('test.spaces', {
      fr: { a: 'Quoi ? « Ceci » : oui !' },
      en: { a: 'What ? : "this"' },
    });
    expect(texts('fr').a).toBe('Quoi\u202F? «\u00A0Ceci\u00A0»\u00A0: oui\u202F!');
    expect(texts('en').a).toBe('What ? : "this"');
  });

  it('counts as each language does', () => {
    expect(plural('fr', 0, '{n} courrier', '{n} courriers')).toBe('0 courrier');
    expect(plural('en', 0, '{n} letter', '{n} letters')).toBe('0 letters');
    expect(plural('fr', 1530, '{n} courrier', '{n} courriers')).toBe('1\u202F530 courriers');
    expect(formatNumber('en', 1530)).toBe('1,530');
  });

  it('writes sizes', () => {
    expect(formatBytes('fr', 512)).toBe('512\u00A0o');
    expect(formatBytes('fr', 1_468_006)).toBe('1,4\u00A0Mo');
    expect(formatBytes('en', 482 * 1024)).toBe('482\u00A0KB');
  });
});

it('says a text in the words of an administrator, until they are taken back', () => {
  const texts = defineTexts('core.essai.remplacement', {
    fr: { bonjour: 'Bonjour {nom} !', adieu: 'Adieu' },
    en: { bonjour: 'Hello {nom}!', adieu: 'Farewell' },
  });
  const word = { module: 'core.essai.remplacement', langue: 'fr' } as const;
  overrideTexts([
    { ...word, cle: 'bonjour', texte: 'Mbote {nom} !' },
    { ...word, cle: 'disparu', texte: 'x' },
    { ...word, module: 'ailleurs', cle: 'adieu', texte: 'x' },
  ]);
  expect(texts('fr').bonjour).toBe(`Mbote {nom}${NNBSP}!`);
  expect([texts('fr').adieu, texts('en').bonjour]).toEqual(['Adieu', 'Hello {nom}!']);
  expect(texts.all.fr.bonjour).toContain('Bonjour');
  const late = defineTexts('ailleurs', { fr: { adieu: 'Adieu' }, en: { adieu: 'Farewell' } });
  expect(late('fr').adieu).toBe('x');
  overrideTexts([]);
  expect(texts('fr').bonjour).toContain('Bonjour');
});
