import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';
import { bundleAsync } from 'lightningcss';

/** The oldest browsers that the pages hold on (DESIGN.md § 9), for both tools. */
const BROWSERS = { chrome: 90, edge: 90, firefox: 88, safari: 14 };

/**
 * @typedef {object} Manifest
 * @property {string} css address of the style sheet, `/assets/…`
 * @property {string[]} js addresses of the module scripts of a page, `/assets/…`
 * @property {string} icon address of the icon of the site, `/assets/…`
 */

/**
 * Builds what a browser loads: the client script of a program (ES modules, code split at each `import()`) and its style
 * sheet. Names carry a hash of the content, so they may be cached for ever.
 *
 * @param {object} options
 * @param {string} options.entry client TypeScript entry of the program
 * @param {string} options.css style sheet that imports the others; `@import` takes paths and package names
 * @param {string} options.outdir folder that receives `assets/` and `assets.json`
 * @param {boolean} options.minify leaves out what only a person reads; without it source maps are added
 * @returns {Promise<Manifest>} also written to `outdir/assets.json`
 */
export async function buildAssets({ entry, css, outdir, minify }) {
  const folder = path.join(outdir, 'assets');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const [script, style, icon] = await Promise.all([
    buildScript(entry, folder, minify),
    buildStyle(css, folder, minify),
    copyIcon(folder),
  ]);
  const manifest = { css: `/assets/${style}`, js: [`/assets/${script}`], icon: `/assets/${icon}` };
  await writeFile(path.join(outdir, 'assets.json'), JSON.stringify(manifest, null, 2) + '\n');
  return manifest;
}

async function buildScript(entry, folder, minify) {
  const result = await build({
    entryPoints: [entry],
    outdir: folder,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    splitting: true,
    minify,
    sourcemap: minify ? false : 'linked',
    metafile: true,
    target: Object.entries(BROWSERS).map(([name, version]) => name + version),
    // Safari 14.0 has destructuring; it is listed as lacking it for the dead zone of its default values alone.
    supported: { destructuring: true },
    entryNames: '[name]-[hash]',
    chunkNames: 'chunk-[hash]',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'warning',
  });
  // What is imported on demand is an entry to esbuild too.
  const output = Object.entries(result.metafile.outputs).find(
    ([, { entryPoint }]) => entryPoint !== undefined && path.resolve(entryPoint) === path.resolve(entry),
  );
  if (!output) throw new Error(`esbuild wrote no entry for ${entry}`);
  return path.basename(output[0]);
}

/** The icon of the site, under a name that carries a hash of its content. */
async function copyIcon(folder) {
  const svg = await readFile(new URL('../packages/ui/src/icon.svg', import.meta.url));
  const name = `icon-${createHash('sha256').update(svg).digest('hex').slice(0, 8)}.svg`;
  await writeFile(path.join(folder, name), svg);
  return name;
}

async function buildStyle(file, folder, minify) {
  const { code } = await bundleAsync({
    filename: path.resolve(file),
    minify,
    targets: Object.fromEntries(Object.entries(BROWSERS).map(([name, version]) => [name, version << 16])),
    resolver: {
      resolve: (specifier, from) =>
        specifier.startsWith('.')
          ? path.resolve(path.dirname(from), specifier)
          : createRequire(from).resolve(specifier),
    },
  });
  const hash = createHash('sha256').update(code).digest('hex').slice(0, 8);
  const name = `${path.basename(file, '.css')}-${hash}.css`;
  await writeFile(path.join(folder, name), code);
  return name;
}
