// Tries the content of the image where there is no Docker: as root on Linux, node scripts/try-image.mjs [folder]
// Builds it with deploy/image.sh (unless the folder is one already), then starts it as a container would: an account
// without rights, everything read-only but the data folder and an empty /tmp. Asks /health, registers a letter, stops it.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fail, root } from './lib/prepare.mjs';

const ACCOUNT = 65_534; // nobody
const PORT = 15_900;
const PASSWORD = 'Mesure-et-epreuve-1';

if (process.getuid?.() !== 0 || process.platform !== 'linux')
  fail('Il faut être root sous Linux. / Root on Linux is needed.', 2);

const made = mkdtempSync('/var/tmp/gec-image-');
const image = process.argv[2] ?? join(made, 'opt');
const data = join(made, 'data');
spawnSync('chmod', ['755', made]);
for (const dir of [data, join(data, 'gec'), join(data, 'licences')]) {
  mkdirSync(dir, { mode: 0o700 });
  chownSync(dir, ACCOUNT, ACCOUNT);
}

/** Runs a command in a mount namespace of its own where only the data folder and /tmp can be written. */
function confined(args, env, options = {}) {
  const words = [
    'set -e; mount --make-rprivate /; mount --bind "$DATA" "$DATA"; mount -o remount,ro,bind /',
    'mount -t tmpfs -o size=64m tmpfs /tmp; cd "$IMAGE"',
    'exec setpriv --reuid=$ACCOUNT --regid=$ACCOUNT --clear-groups --no-new-privs --bounding-set=-all -- "$@"',
  ];
  return spawn('unshare', ['--mount', 'sh', '-c', words.join('; '), 'sh', ...args], {
    env: {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      NODE_ENV: 'production',
      DATA: data,
      IMAGE: image,
      ACCOUNT: String(ACCOUNT),
      GEC_DATA_DIR: join(data, 'gec'),
      LICENSE_DATA_DIR: join(data, 'licences'),
      ...env,
    },
    stdio: 'inherit',
    ...options,
  });
}

const ended = (child) => new Promise((resolve) => child.once('exit', (code) => resolve(code)));

async function healthy(port) {
  for (let attempt = 0; attempt < 150; attempt++) {
    const code = await ended(confined(['bin/node', 'bin/health.mjs'], { HEALTH_PORT: String(port) }));
    if (code === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`no health at port ${port}`);
}

async function register(url) {
  const form = new globalThis.URLSearchParams({ email: 'admin', password: PASSWORD });
  const signed = await fetch(`${url}/login`, { method: 'POST', body: form, redirect: 'manual' });
  const cookie = signed.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const file = new globalThis.FormData();
  file.append(
    'fichiers',
    new globalThis.Blob([
      '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n',
    ]),
    'lettre.pdf',
  );
  const sent = await fetch(`${url}/api/v1/televersements`, {
    method: 'POST',
    headers: { cookie },
    body: file,
  });
  if (sent.status !== 201) throw new Error(`upload: ${sent.status} ${await sent.text()}`);
  const { fichiers } = await sent.json();
  const answer = await fetch(`${url}/api/v1/courriers`, {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/json' },
    body: JSON.stringify({
      type_courrier: 'ENTRANT',
      objet: 'Épreuve de l’image',
      expediteur: 'Division provinciale des Mines',
      secretaire_general_copie: false,
      pieces: fichiers.map(({ id }) => id),
    }),
  });
  if (answer.status !== 201) throw new Error(`register: ${answer.status} ${await answer.text()}`);
  return (await answer.json()).numero_accuse_reception;
}

let status = 1;
const running = [];
try {
  if (!existsSync(image) || readdirSync(image).length === 0) {
    const { status: built } = spawnSync(join(root, 'deploy/image.sh'), [image], { stdio: 'inherit' });
    if (built !== 0) throw new Error('deploy/image.sh failed');
  }
  const env = { GEC_ADMIN_PASSWORD: PASSWORD, LICENSE_ADMIN_PASSWORD: PASSWORD, LOG_LEVEL: 'warn' };
  const doctor = await ended(confined(['bin/gec', 'doctor'], { ...env, PORT: String(PORT) }));
  if (doctor !== 0) throw new Error(`gec doctor ended with ${doctor}`);
  running.push(confined(['bin/node', 'apps/gec/dist/main.js'], { ...env, PORT: String(PORT) }));
  running.push(
    confined(['bin/node', 'apps/licences/dist/main.js'], { ...env, LICENSE_PORT: String(PORT + 1) }),
  );
  await Promise.all([healthy(PORT), healthy(PORT + 1)]);
  process.stdout.write(`/health: both programs\n`);
  process.stdout.write(`registered: ${await register(`http://127.0.0.1:${PORT}`)}\n`);
  const stray = spawnSync('find', [image, '-user', String(ACCOUNT)], { encoding: 'utf8' }).stdout.trim();
  if (stray !== '') throw new Error(`written outside the data folder:\n${stray}`);
  status = 0;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
} finally {
  const all = Promise.all(running.map(ended));
  for (const child of running) child.kill('SIGTERM');
  const codes = await all;
  if (status === 0 && codes.some((code) => code !== 0)) status = 1;
  process.stdout.write(`stopped: ${codes.join(', ')}\n`);
  rmSync(made, { recursive: true, force: true });
}
process.exit(status);
