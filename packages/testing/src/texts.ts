import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allTexts } from '@gec/core';

const isTexts = (file: string): boolean => file.endsWith('.texts.ts');

/** Source files of a folder, tests left out. */
function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(
      (file) =>
        /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file) && !/(^|\/)(dist|node_modules)\//.test(file),
    )
    .map((file) => join(folder, file));
}

/** What an index such as `[`${cle}Aide`]` can ask for. */
function pattern(template: string): RegExp {
  const parts = template.split(/\$\{[^}]*\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.+')}$`);
}

/**
 * Finds texts that nobody shows: neither `.key`, nor `'key'`, nor an index that is put together and may yield it,
 * stands in a source that is not a dictionary.
 *
 * @param folders sources of the programs that use the texts
 * @returns `module.key` of the unused ones in every dictionary below the folders, which are loaded for it
 */
export async function unusedTexts(folders: readonly string[]): Promise<string[]> {
  const files = folders.flatMap(sources);
  for (const file of files.filter(isTexts)) await import(/* @vite-ignore */ file);
  const code = files.filter((file) => !isTexts(file)).map((file) => readFileSync(file, 'utf8'));
  const asked = new Set<string>();
  const patterns: RegExp[] = [];
  for (const text of code) {
    for (const [, word] of text.matchAll(/[.]\s*([\p{L}_$][\p{L}\p{N}_$]*)/gu)) if (word) asked.add(word);
    for (const [, word] of text.matchAll(/'([^'\n]*)'/g)) if (word) asked.add(word);
    for (const [, word] of text.matchAll(/\{\s*([\p{L}\p{N}_$,\s:]+)\s*\}\s*=\s*\w*[tT]exts?\b/gu)) {
      for (const name of (word ?? '').split(',')) asked.add(name.split(':')[0]?.trim() ?? '');
    }
    for (const [, template] of text.matchAll(/`([^`\n]*\$\{[^`\n]*)`/g)) {
      const found = pattern(template ?? '');
      // An index of nothing but a variable would excuse every text.
      if (/[\p{L}_.]/u.test((template ?? '').replace(/\$\{[^}]*\}/g, ''))) patterns.push(found);
    }
  }
  const unused: string[] = [];
  for (const [module, texts] of allTexts()) {
    for (const cle of Object.keys(texts.all.fr)) {
      if (!asked.has(cle) && !patterns.some((one) => one.test(cle))) unused.push(`${module}.${cle}`);
    }
  }
  return unused;
}
