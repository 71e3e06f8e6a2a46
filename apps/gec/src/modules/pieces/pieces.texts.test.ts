import { LANGS } from '@gec/core';
import { expect, it } from 'vitest';
import { piecesTexts } from './pieces.texts.ts';

it.each(LANGS)('a refused file is told what happened, what was kept and what to do (%s)', (lang) => {
  const t = piecesTexts(lang);
  const kept = /(Rien n’a été enregistré|Nothing was saved)\./;
  const refusals = Object.values(t).filter((text) => text.includes('{nom}') && kept.test(text));
  expect(refusals).toContain(t.tropGros);
  expect(refusals.length).toBeGreaterThanOrEqual(12);
  for (const text of refusals) expect(text).toMatch(/\. \p{Lu}[^.]+\. \p{Lu}[^.]+\.$/u);
});
