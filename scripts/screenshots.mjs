// Takes every picture of the guides (docs/images) from a demonstration of its own:
//   node scripts/screenshots.mjs                  all of them
//   node scripts/screenshots.mjs liste accueil    some of them, by the names in scripts/lib/pictures.mjs
/* global document, innerHeight */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { distFile, ensureBuilt, ensureInstalled, environment, fail, node, root } from './lib/prepare.mjs';
import { pictures } from './lib/pictures.mjs';
import { findBrowser } from '../packages/testing/src/programs.mjs';

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !pictures.some((picture) => picture.name === name));
if (unknown.length > 0) fail(`No such picture: ${unknown.join(', ')}`, 2);
const executablePath = findBrowser() ?? fail('No Chromium or Chrome was found on this machine');
ensureInstalled();
ensureBuilt();

const WINDOWS = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const folder = join(root, 'docs', 'images');
mkdirSync(folder, { recursive: true });
const data = mkdtempSync(join(tmpdir(), 'gec-images-'));
const settings = environment({
  GEC_DATA_DIR: data,
  GEC_ADMIN_PASSWORD: 'Mot-de-passe-des-images-1',
  BCRYPT_COST: '4',
  HOST: '127.0.0.1',
  PORT: '0',
  LICENSE_MODE: 'off',
  LOG_LEVEL: 'error',
  RATE_LIMIT: '0',
});
let program;
process.on('exit', () => {
  program?.kill('SIGKILL');
  rmSync(data, { recursive: true, force: true });
});

process.stderr.write('Filling the demonstration…\n');
const filled = execFileSync(node, [distFile('gec', 'cli.js'), 'demo'], { env: settings, encoding: 'utf8' });
/** Passwords of the people of the demonstration, as it writes them down: user name, two spaces, password. */
const passwords = new Map([...filled.matchAll(/^(\w\.\w+) +(\S+) /gm)].map(([, name, word]) => [name, word]));

/** Starts the program; resolves to its address. */
function start() {
  return new Promise((resolve, reject) => {
    program = spawn(node, [distFile('gec', 'main.js')], {
      env: settings,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    program.once('exit', (code) => reject(new Error(`The program ended (${code})`)));
    program.stdout.on('data', (chunk) => {
      const [, address] = /GEC Mines : (http:\S+)/.exec(chunk.toString()) ?? [];
      if (address) resolve(address);
    });
  });
}

const address = await start();
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
const windows = new Map();

/** A window of somebody who is signed in (of a visitor without a name), the same one each time. */
async function open({ who, on = 'desk', theme = 'light' }) {
  const key = `${who} ${on} ${theme}`;
  const known = windows.get(key);
  if (known) return known;
  const context = await browser.newContext({
    baseURL: address,
    viewport: WINDOWS[on],
    colorScheme: theme,
    locale: 'fr-FR',
    timezoneId: 'Africa/Kinshasa',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.on('dialog', (dialog) => void dialog.accept());
  if (who) {
    await page.goto('/login');
    await page.fill('[name=email]', who);
    await page.fill('[name=password]', passwords.get(who) ?? fail(`Nobody is called ${who}`));
    await page.click('button[type=submit]');
    await page.waitForURL(`${address}/`);
  }
  windows.set(key, page);
  return page;
}

/** Keeps what the window shows with as few colours as look the same. */
async function keep(page, name) {
  // Previews are asked for a moment after the page or the key.
  await page.waitForTimeout(400);
  await page.waitForFunction(() =>
    [...document.images].every((image) => {
      const { top, width } = image.getBoundingClientRect();
      return image.complete || width === 0 || top > innerHeight;
    }),
  );
  const shot = await page.screenshot();
  const file = join(folder, `${name}.png`);
  await sharp(shot).png({ palette: true, colours: 96, effort: 10, compressionLevel: 9 }).toFile(file);
  process.stderr.write(`${name} (${Math.round(statSync(file).size / 1024)} kB)\n`);
}

for (const picture of pictures) {
  if (asked.length > 0 && !asked.includes(picture.name)) continue;
  const page = await open(picture);
  if (picture.path) await page.goto(picture.path);
  await picture.prepare?.(page, browser);
  await keep(page, picture.name);
}

if (asked.length === 0) {
  const names = new Set(pictures.map(({ name }) => `${name}.png`));
  for (const file of readdirSync(folder)) if (!names.has(file)) rmSync(join(folder, file));
}
await browser.close();
program.removeAllListeners('exit');
program.kill('SIGTERM');
