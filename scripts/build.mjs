// Builds both programs into apps/<name>/dist: node scripts/build.mjs [--no-minify]
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build as bundle } from 'esbuild';
import { buildAssets } from './build-assets.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What each program consists of: entries that run on the server, and the script and style of its pages. */
const PROGRAMS = {
  gec: {
    entries: ['src/main.ts', 'src/cli.ts', 'src/workers/atelier-child.ts'],
    client: 'src/islands/client.ts',
  },
  licences: { entries: ['src/main.ts', 'src/cli.ts'], client: 'src/islands/client.ts' },
};

/** Packages of hundreds of small files that nobody else imports: reading them one by one would make every start wait. */
const BUNDLED = new Set(['kysely', 'jose']);

/** Third-party packages stay in node_modules; the workspace's own are bundled, since they are TypeScript. */
const externalPackages = {
  name: 'external-packages',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
      if (kind === 'entry-point' || path.startsWith('@gec/') || BUNDLED.has(path)) return undefined;
      return { path, external: true };
    });
  },
};

async function buildProgram(name, { minify }) {
  const folder = join(root, 'apps', name);
  const { entries, client } = PROGRAMS[name];
  const present = entries.filter((entry) => existsSync(join(folder, entry)));
  if (present.length === 0) return;
  const outdir = join(folder, 'dist');
  rmSync(outdir, { recursive: true, force: true });
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  await bundle({
    absWorkingDir: folder,
    entryPoints: present.map((entry) => ({
      in: entry,
      out: entry.endsWith('atelier-child.ts') ? 'atelier' : entry.replace(/^src\//, '').replace(/\.ts$/, ''),
    })),
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    sourcemap: true,
    sourcesContent: false,
    chunkNames: 'chunks/[name]-[hash]',
    define: {
      'process.env.GEC_VERSION': JSON.stringify(version),
      __LICENCE_ROOT_KEYS__: JSON.stringify(process.env.LICENSE_ROOT_KEYS ?? ''),
    },
    plugins: [externalPackages],
    logLevel: 'warning',
  });
  if (existsSync(join(folder, client))) {
    await buildAssets({
      entry: join(folder, client),
      css: join(root, 'packages/ui/src/styles/index.css'),
      outdir,
      minify,
    });
  }
}

/** Builds every program that has sources. */
export async function build({ minify = true } = {}) {
  await Promise.all(Object.keys(PROGRAMS).map((name) => buildProgram(name, { minify })));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await build({ minify: !process.argv.includes('--no-minify') });
}
