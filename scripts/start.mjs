// Starts the programs from a clone: node scripts/start.mjs [gec] [licences] [--dev] [--demo]
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  build,
  distFile,
  ensureBuilt,
  ensureInstalled,
  environment,
  fail,
  node,
  programs,
  root,
  sourceDirectories,
} from './lib/prepare.mjs';
import { exitCode, followShell, forwardSignals } from './lib/signals.mjs';
import { licenceSettings } from './lib/licence.mjs';
import { watchTree } from './lib/watch.mjs';

const args = process.argv.slice(2);
const asked = args.filter((argument) => !argument.startsWith('--'));
const flags = new Set(args.filter((argument) => argument.startsWith('--')));
const unknown = [...asked.filter((name) => !programs.includes(name)), ...flags].filter(
  (argument) => !programs.includes(argument) && argument !== '--dev' && argument !== '--demo',
);
if (unknown.length > 0) {
  fail(
    `Usage: node scripts/start.mjs [${programs.join('] [')}] [--dev] [--demo] (${unknown.join(' ')} ?)`,
    2,
  );
}
const dev = flags.has('--dev');

ensureInstalled();
ensureBuilt({ minify: !dev });

const names = (asked.length > 0 ? asked : programs).filter((name) => {
  if (existsSync(distFile(name, 'main.js'))) return true;
  process.stderr.write(`« ${name} » n’est pas construit : ignoré. / "${name}" is not built: skipped.\n`);
  return false;
});
if (names.length === 0) fail('Aucun programme à démarrer. / There is no program to start.');

const extra = {};
if (flags.has('--demo')) {
  extra.GEC_DATA_DIR = process.env.GEC_DATA_DIR || join(root, 'data', 'demo');
  extra.LICENSE_DATA_DIR = process.env.LICENSE_DATA_DIR || join(root, 'data', 'demo-licences');
  fillDemo(extra.GEC_DATA_DIR);
}

/** Fills the register of the demonstration once; the marker is written when the work is complete. */
function fillDemo(directory) {
  const marker = join(directory, '.demo');
  if (existsSync(marker)) return;
  // What an interrupted filling left is a demonstration too: it is made again, but only where nobody chose the folder.
  if (!process.env.GEC_DATA_DIR) rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const { status, signal } = spawnSync(node, ['--enable-source-maps', distFile('gec', 'cli.js'), 'demo'], {
    cwd: root,
    env: environment(extra),
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(exitCode(status, signal));
  writeFileSync(marker, '');
}

/** Running programs by name. */
const running = new Map();
let stopping = false;
let result = 0;

function stopAll(signal) {
  for (const child of running.values()) child.kill(signal);
}

function startOne(name, settings = {}) {
  // A process group of its own: Ctrl-C in a terminal must reach a program once, through us.
  const child = spawn(node, ['--enable-source-maps', distFile(name, 'main.js')], {
    cwd: root,
    env: environment({ ...extra, ...settings }),
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
  running.set(name, child);
  child.on('exit', (code, signal) => ended(name, exitCode(code, signal)));
}

/** Starts the licence server first where both run: GEC Mines is told where it is and which root it has. */
async function startAll() {
  let settings = {};
  if (names.includes('licences')) {
    startOne('licences');
    if (names.includes('gec')) {
      settings = await licenceSettings({ ...process.env, ...extra }, () => running.has('licences'));
    }
  }
  if (names.includes('gec') && !stopping) startOne('gec', settings);
}

/** What to do once every program has stopped: leave, or in --dev start the new build. */
let whenStopped = () => process.exit(result);

function ended(name, code) {
  running.delete(name);
  if (!stopping) {
    if (dev) {
      process.stderr.write(`« ${name} » s’est arrêté (${code}). / "${name}" stopped (${code}).\n`);
      return;
    }
    // One without the other is not what was asked for: the rest stops too, and the failure is reported.
    stopping = true;
    result = code;
    stopAll('SIGTERM');
  } else if (result === 0) {
    result = code;
  }
  if (running.size === 0) whenStopped();
}

/** Stops what runs, then calls `next`. */
function stopThen(signal, next) {
  stopping = true;
  whenStopped = next;
  if (running.size === 0) next();
  else stopAll(signal);
}

let leaving = false;
function leave(signal) {
  leaving = true;
  stopThen(signal, () => process.exit(result));
}
forwardSignals(leave);
followShell(() => leaving || leave('SIGTERM'));
await startAll();

if (dev) {
  const restart = () => {
    if (!build({ minify: false })) return; // the running programs stay; the message is on the screen
    stopThen('SIGTERM', () => {
      stopping = false;
      result = 0;
      void startAll();
    });
  };
  watchTree(sourceDirectories, restart);
}
