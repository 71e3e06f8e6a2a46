// Brings a clone into working order. Runs on Node 18 and later, before anything is installed: node: modules only.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The programs that can be built and started, in the order of starting. */
export const programs = ['gec', 'licences'];

const modules = join(root, 'node_modules');

/** The pinned Node, once `npm ci` has run. */
export const node = join(modules, '.bin', 'node');

/** Environment of children: the pinned Node and the tools of node_modules come first in PATH. */
export function environment(extra = {}) {
  const path = [join(modules, '.bin'), process.env.PATH].filter(Boolean).join(delimiter);
  return { ...process.env, PATH: path, ...extra };
}

/** Ends this program with a message that a person can act on. */
export function fail(message, code = 1) {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}

/** The workspaces: packages/* and apps/*. */
function workspaces() {
  return ['packages', 'apps'].flatMap((group) =>
    existsSync(join(root, group))
      ? readdirSync(join(root, group)).map((name) => join(root, group, name))
      : [],
  );
}

/** Whether what npm last installed is what the lock file asks for (packages for other platforms do not count). */
function installedMatches(lock) {
  try {
    const wanted = JSON.parse(lock).packages;
    const present = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')).packages;
    return Object.entries(wanted).every(
      ([path, { version, optional, link }]) =>
        !path.includes('node_modules/') ||
        (link ? path in present : present[path]?.version === version || (optional && !present[path])),
    );
  } catch {
    return false;
  }
}

/**
 * Runs `npm ci` when node_modules is missing or does not hold what the lock file asks for. Speaks on standard error
 * only, so that the output of a command line stays clean.
 */
export function ensureInstalled() {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const hash = createHash('sha256').update(lock).digest('hex');
  const stamp = join(modules, '.gec-lock-hash');
  if (existsSync(node)) {
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
    if (installedMatches(lock)) return writeFileSync(stamp, hash);
  }
  process.stderr.write('Installation des dépendances (npm ci)… / Installing the dependencies…\n');
  // The pinned Node comes with the packages: npm's warnings that the one at hand is too old would only frighten.
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0 || !existsSync(node)) {
    fail(
      'npm ci a échoué : vérifiez l’accès au registre npm. / npm ci failed: check the access to the npm registry.',
    );
  }
  writeFileSync(stamp, hash);
}

/** Every file below a directory that takes part in a build, depth first, in a stable order. */
function sourcesBelow(directory) {
  if (!existsSync(directory)) return [];
  const entries = readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return sourcesBelow(path);
    return /\.test\.tsx?$/.test(entry.name) ? [] : [path];
  });
}

/** The directories whose content is built into dist. */
export function sourceDirectories() {
  return workspaces()
    .map((workspace) => join(workspace, 'src'))
    .filter((path) => existsSync(path));
}

/** What identifies the state of the sources: names, sizes and times of all of them. */
function sourcesFingerprint() {
  const builders = ['build.mjs', 'build-assets.mjs'].map((name) => join(root, 'scripts', name));
  const files = [...sourceDirectories().flatMap(sourcesBelow), ...builders, join(root, 'package-lock.json')];
  const hash = createHash('sha256');
  for (const file of files.filter((path) => existsSync(path))) {
    const { mtimeMs, size } = statSync(file);
    hash.update(`${relative(root, file)}\0${mtimeMs}\0${size}\n`);
  }
  return hash.digest('hex');
}

/** The path of a built file of a program: `distFile('gec', 'main.js')`. */
export function distFile(program, name) {
  return join(root, 'apps', program, 'dist', name);
}

/** The programs that have been written so far. */
function buildablePrograms() {
  return programs.filter((program) => existsSync(join(root, 'apps', program, 'src', 'main.ts')));
}

const buildStamp = join(modules, '.gec-build-stamp');

function isBuilt(fingerprint) {
  if (!existsSync(buildStamp) || readFileSync(buildStamp, 'utf8') !== fingerprint) return false;
  return buildablePrograms().every((program) => existsSync(distFile(program, 'main.js')));
}

/**
 * Builds all programs with scripts/build.mjs under the pinned Node.
 *
 * @param {{ minify?: boolean }} [options] small browser files, as in production; `true` by default
 * @returns {boolean} whether it succeeded; the reasons are on standard error
 */
export function build({ minify = true } = {}) {
  const fingerprint = `${sourcesFingerprint()} ${minify}`;
  const url = new URL('../build.mjs', import.meta.url).href;
  const code = `const { build } = await import(${JSON.stringify(url)}); await build({ minify: ${minify} });`;
  const { status } = spawnSync(node, ['--input-type=module', '--eval', code], {
    cwd: root,
    env: environment(),
    stdio: ['ignore', 2, 2],
  });
  if (status === 0) writeFileSync(buildStamp, fingerprint);
  return status === 0;
}

/** Builds when dist is missing or older than the sources, and ends this program when that fails. */
export function ensureBuilt(options = {}) {
  if (isBuilt(`${sourcesFingerprint()} ${options.minify ?? true}`)) return;
  process.stderr.write('Construction des programmes… / Building the programs…\n');
  if (!build(options)) fail('La construction a échoué. / The build failed.');
}
