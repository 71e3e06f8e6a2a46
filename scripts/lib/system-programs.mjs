import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { findBrowser, findCurl, findPostgres } from '../../packages/testing/src/programs.mjs';
import { fail } from './prepare.mjs';

/** Debian's Chromium without its windows, see programs.mjs. */
const BROWSER = 'chromium-headless-shell';
const CLUSTER_SETTINGS = '/etc/postgresql-common/createcluster.conf';

function missing() {
  return [findPostgres() ? [] : 'postgresql', findBrowser() ? [] : BROWSER, findCurl() ? [] : 'curl'].flat();
}

function apt(...args) {
  const { status } = spawnSync('apt-get', args, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 2, 2],
  });
  return status === 0;
}

/** Installs PostgreSQL without the cluster that Debian makes and starts: the tests bring their own. */
function installPostgres() {
  if (!apt('install', '-y', '--no-install-recommends', 'postgresql-common')) return false;
  const before = existsSync(CLUSTER_SETTINGS) ? readFileSync(CLUSTER_SETTINGS, 'utf8') : '';
  writeFileSync(CLUSTER_SETTINGS, `${before}\ncreate_main_cluster = false\n`);
  try {
    return apt('install', '-y', '--no-install-recommends', 'postgresql');
  } finally {
    writeFileSync(CLUSTER_SETTINGS, before);
  }
}

function install(names) {
  if (!apt('update')) return;
  if (names.includes('postgresql') && !installPostgres()) return;
  const others = names.filter((name) => name !== 'postgresql');
  if (others.length === 0 || apt('install', '-y', '--no-install-recommends', ...others)) return;
  // Older releases have the whole browser only.
  if (others.includes(BROWSER)) apt('install', '-y', '--no-install-recommends', 'chromium');
}

/**
 * Makes sure that the machine has the server programs of PostgreSQL (14 or later), a Chromium and curl. As root on Debian
 * it installs what is missing; elsewhere it ends the program with a message that says what to install.
 */
export function ensureSystemPrograms() {
  const names = missing();
  if (names.length > 0 && process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    process.stderr.write(`Installation : ${names.join(', ')}… / Installing…\n`);
    install(names);
  }
  const still = missing();
  if (still.length === 0) return;
  const what = {
    postgresql: 'PostgreSQL (≥ 14 : initdb, postgres)',
    [BROWSER]: 'Chromium / Chrome',
    curl: 'curl',
  };
  const list = still.map((name) => what[name]).join(', ');
  fail(
    `Les tests ont besoin de : ${list}.\n` +
      `The tests need: ${list}.\n` +
      `  Debian, Ubuntu : sudo apt-get install --no-install-recommends ${still.join(' ')}`,
  );
}
