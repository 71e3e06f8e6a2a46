// How GEC Mines is joined to the licence server of the same clone.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { root } from './prepare.mjs';

/** The first start makes two keys and a database. */
const PATIENCE_MS = 30_000;

/** Where the licence server is reached from this machine; null when its port is not known beforehand. */
function serverUrl(env) {
  const port = Number(env.LICENSE_PORT || 5001);
  if (!Number.isInteger(port) || port === 0) return null;
  const host = env.HOST || '127.0.0.1';
  const reached = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
}

/** The root key that the licence server wrote to its data folder; empty before its first start. */
function trustAnchor(env) {
  const file = join(resolve(root, env.LICENSE_DATA_DIR || 'data/licences'), 'trust-anchor.txt');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
}

/**
 * The settings of `licenceSettings` for a command: what a licence server of this clone left, if it ever ran.
 *
 * @param {Record<string, string | undefined>} env
 */
export function knownLicenceSettings(env) {
  const url = env.LICENSE_SERVER_URL || serverUrl(env);
  const anchor = trustAnchor(env);
  if (env.LICENSE_MODE || env.LICENSE_TRUST_ANCHOR || url === null || anchor === '') return {};
  return { LICENSE_SERVER_URL: url, LICENSE_TRUST_ANCHOR: anchor };
}

/**
 * The settings that join GEC Mines to the licence server: its address and its public root key, which it writes to its
 * data folder when it starts. What is set by hand stays.
 *
 * @param {Record<string, string | undefined>} env
 * @param {() => boolean} alive whether the licence server still runs
 */
export async function licenceSettings(env, alive) {
  if (env.LICENSE_MODE || env.LICENSE_TRUST_ANCHOR) return {};
  const url = env.LICENSE_SERVER_URL || serverUrl(env);
  if (url === null) return {};
  for (const end = Date.now() + PATIENCE_MS; trustAnchor(env) === '' && Date.now() < end && alive();)
    await delay(100);
  const anchor = trustAnchor(env);
  if (anchor === '') {
    process.stderr.write(
      'Le serveur de licences n’a pas donné sa clé : GEC Mines démarre sans licence. / No licence server key: GEC Mines starts without a licence.\n',
    );
    return {};
  }
  return { LICENSE_SERVER_URL: url, LICENSE_TRUST_ANCHOR: anchor };
}
