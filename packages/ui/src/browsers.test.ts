import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildAssets } from '../../../scripts/build-assets.mjs';

// The oldest browsers that the pages hold on: Chrome 90, Firefox 88, Safari 14.0, Edge 90 (DESIGN.md § 9). The build
// lowers syntax; functions and CSS features that are missing there must not be used at all.

const root = fileURLToPath(new URL('../../../', import.meta.url));
let outdir = '';
const css = new Map<string, string>();
const script = new Map<string, string>();

beforeAll(async () => {
  outdir = mkdtempSync(join(tmpdir(), 'gec-browsers-'));
  for (const program of ['gec', 'licences']) {
    const folder = join(outdir, program);
    await buildAssets({
      entry: join(root, `apps/${program}/src/islands/client.ts`),
      css: join(root, 'packages/ui/src/styles/index.css'),
      outdir: folder,
      minify: true,
    });
    for (const name of readdirSync(join(folder, 'assets'))) {
      const text = readFileSync(join(folder, 'assets', name), 'utf8');
      if (name.endsWith('.css')) css.set(`${program}/${name}`, text);
      if (name.endsWith('.js')) script.set(`${program}/${name}`, text);
    }
  }
});
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** Where a pattern stands, with a little of what is around it. */
function uses(files: ReadonlyMap<string, string>, pattern: RegExp): string[] {
  return [...files].flatMap(([name, text]) =>
    [...text.matchAll(new RegExp(pattern, 'g'))].map(
      (match) => `${name}: …${text.slice(Math.max(0, match.index - 30), match.index + 40)}…`,
    ),
  );
}

describe('the style sheet', () => {
  it.each([
    ['has()', /:has\(/],
    ['container queries', /@container/],
    ['cascade layers', /@layer/],
    ['@property, @scope', /@(property|scope)\b/],
    ['aspect-ratio (Firefox 89)', /aspect-ratio:/],
    ['inset (Safari 14.1)', /[;{]inset(-inline|-block)?:/],
    ['accent-color', /accent-color:/],
    ['color-mix() and newer colours', /color-mix\(|oklch\(|\blab\(/],
    ['dynamic viewport units', /\d(d|s|l)v(h|w)\b/],
    ['individual transforms', /[;{](translate|rotate|scale):/],
    ['subgrid', /subgrid/],
    ['content-visibility', /content-visibility:/],
    ['text-wrap', /text-wrap:(balance|pretty)/],
    ['nesting', /\{[^{}]*&/],
    ['overflow: clip', /overflow(-[xy])?:clip/],
  ])('uses no %s', (_name, pattern) => {
    expect(uses(css, pattern)).toEqual([]);
  });

  it('leaves no gap to flex boxes, which Safari 14.0 does not space', () => {
    const flexWithGap = [...css].flatMap(([name, text]) =>
      [...text.matchAll(/([^{}]+)\{([^{}]*)\}/g)]
        .filter(
          ([, , body = '']) =>
            /display:(inline-)?flex/.test(body) && /[;{]?(^|;)(column-|row-)?gap:/.test(body),
        )
        .map(([, selector = '']) => `${name}: ${selector}`),
    );
    expect(flexWithGap).toEqual([]);
  });

  it('shows the focus where :focus-visible is unknown (Safari 14)', () => {
    for (const [name, text] of css) {
      // A rule whose list holds :focus-visible falls whole in Safari 14: :focus must have a rule of its own.
      expect(/:focus(?!-)/.test(text), name).toBe(true);
    }
  });
});

describe('the script', () => {
  it.each([
    ['structuredClone', /\bstructuredClone\(/],
    ['Array.at, String.at', /\.at\(-?\d/],
    ['findLast', /\.findLast(Index)?\(/],
    ['toSorted and its like', /\.to(Sorted|Reversed|Spliced)\(/],
    ['Object.hasOwn', /Object\.hasOwn\(/],
    ['Object.groupBy', /Object\.groupBy|Map\.groupBy/],
    ['crypto.randomUUID', /randomUUID/],
    ['AbortSignal.timeout and any', /AbortSignal\.(timeout|any)/],
    ['Promise.withResolvers', /withResolvers/],
    ['the dialog element', /showModal\(/],
    ['inert', /\.inert\b/],
    ['look-behind in patterns (Safari 16.4)', /\(\?<[=!]/],
    ['requestIdleCallback (no Safari)', /requestIdleCallback\(/],
    ['view transitions', /startViewTransition/],
    ['the Navigation API', /window\.navigation\b/],
  ])('uses no %s', (_name, pattern) => {
    expect(uses(script, pattern)).toEqual([]);
  });

  it('is written without the class syntax that they cannot read', () => {
    expect(uses(script, /\bstatic\s*\{/)).toEqual([]);
    expect(script.size).toBeGreaterThan(1);
  });
});
