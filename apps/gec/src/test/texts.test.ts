import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allTexts, LANGS } from '@gec/core';
import { unusedTexts } from '@gec/testing';
import { expect, it } from 'vitest';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../../../..');

it('has every text in both languages, with the same places to fill, and none that nobody shows', async () => {
  const unused = await unusedTexts(
    [
      'apps/gec/src',
      'apps/licences/src',
      'packages/core/src',
      'packages/crypto/src',
      'packages/http/src',
      'packages/ui/src',
      'packages/licence-client/src',
    ].map((folder) => join(ROOT, folder)),
  );
  expect(allTexts().size).toBeGreaterThan(30);
  expect(unused).toEqual([]);
  const places = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();
  const wrong: string[] = [];
  for (const [module, texts] of allTexts()) {
    for (const cle of Object.keys(texts.all.fr)) {
      const [fr, en] = LANGS.map((lang) => texts.all[lang][cle] ?? '');
      if (fr === undefined || en === undefined || fr.trim() === '' || en.trim() === '')
        wrong.push(`${module}.${cle}: empty`);
      else if (
        new Set(places(fr)).size !== new Set(places(en)).size ||
        places(fr).some((one) => !en.includes(one))
      ) {
        wrong.push(`${module}.${cle}: ${places(fr).join()} / ${places(en).join()}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});
