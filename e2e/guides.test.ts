import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pipeline } from 'node:stream/promises';
import { ADMIN_PASSWORD, freePort, samplePdf, tempDir, type TempDir } from '@gec/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ecrireFichiers,
  inventerAncienne,
  scriptAncien,
} from '../apps/gec/src/modules/imports/reprise/reprise.fixture.ts';
import { ZipFile } from 'yazl';
import { serveCommandLine } from './lib/command-line.ts';
import { documents, readDocument, ROOT, type Document } from './lib/documents.ts';

const NODE = join(ROOT, 'node_modules/.bin/node');
/** Folders of a real machine that the guides name; here they are below the folder of the test. */
const FOLDERS = /(?<![\w.$/])\/(?=(?:srv|reprise|var\/lib\/gec)\b)/g;
/** The address under which the guides reach the program. */
const ADDRESS = 'https://courrier.example.cd';
/** In this order the guides are followed, for a later one finds what an earlier one made; then all others. */
const FIRST = ['ADMINISTRATION', 'API', 'IMPORT', 'MIGRATION'].map((name) => `docs/${name}.md`);

let dir: TempDir;
let url: string;
let env: Record<string, string>;
let commandLine: Awaited<ReturnType<typeof serveCommandLine>>;
const at = (...path: string[]) => join(dir.path, ...path);

/** Runs a text as a shell does that stops at the first failure; somebody types the password at its keyboard. */
function shell(script: string): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const run = `set -euo pipefail\n${script}`;
    const child = execFile('bash', ['-c', run], { env, cwd: at('work') }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? 1) : 0, output: `${stdout}${stderr}` }),
    );
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(`${ADMIN_PASSWORD}\n`);
  });
}

/** What stands in for programs of a real machine: the command lines, and systemd as far as the guides go. */
async function makePrograms(): Promise<void> {
  const script = async (name: string, body: string) => {
    await writeFile(at('bin', name), `#!/bin/sh\n${body}\n`);
    await chmod(at('bin', name), 0o755);
  };
  commandLine = await serveCommandLine(at('gec.socket'));
  await writeFile(at('gec.cjs'), commandLine.script);
  for (const [program, file] of [
    ['gec', at('gec.cjs')],
    ['licences', join(ROOT, 'apps/licences/dist/cli.js')],
  ] as const) {
    await script(program, `exec ${NODE} ${file} "$@"`);
    await script(`${program}-admin`, `exec ${NODE} ${file} "$@"`);
  }
  const pid = at('pid');
  await script(
    'systemctl',
    [
      `stop() { [ ! -f ${pid} ] || { kill "$(cat ${pid})"; while kill -0 "$(cat ${pid})" 2>/dev/null; do sleep 0.1; done; rm ${pid}; }; }`,
      `start() { ${NODE} ${join(ROOT, 'apps/gec/dist/main.js')} >${at('log')} 2>&1 </dev/null & echo $! >${pid}`,
      `  until curl -fsS ${url}/health >/dev/null 2>&1; do kill -0 "$(cat ${pid})" || exit 1; sleep 0.1; done; }`,
      'case "$1" in stop) stop;; start) start;; restart) stop; start;; *) exit 2;; esac',
    ].join('\n'),
  );
}

/** What the guides find lying about: a scan, and an older installation with two letters. */
async function makeFiles(): Promise<void> {
  const pdf = await samplePdf({ text: 'Lettre numérisée' });
  await writeFile(at('work/lettre.pdf'), pdf);
  const ancienne = inventerAncienne(2, [pdf, pdf, pdf, pdf, pdf]);
  await ecrireFichiers(at('reprise/uploads'), ancienne);
  const database = new DatabaseSync(at('reprise/gec.db'));
  for (const statement of scriptAncien(ancienne)) database.exec(statement);
  database.close();
  const zip = new ZipFile();
  const lettre = { ...ancienne.courriers[0], numero_accuse_reception: 'EXP-1', forwards: [] };
  const piece = { courrier_id: 1, type: 'main', filename: 'lettre.pdf', path: 'uploads/lettre.pdf' };
  const donnees = { version: '1.0.0', courriers: [lettre], attachments: [piece] };
  zip.addBuffer(Buffer.from(JSON.stringify(donnees)), 'courriers_data.json');
  zip.addBuffer(pdf, 'attachments/1_lettre.pdf');
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(at('reprise/export.zip')));
}

beforeAll(async () => {
  dir = await tempDir('gec-guides-');
  for (const name of ['bin', 'work', 'reprise', 'srv/sauvegardes'])
    await mkdir(at(name), { recursive: true });
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  env = {
    PATH: `${at('bin')}:${process.env['PATH'] ?? ''}`,
    HOME: at('work'),
    GEC_DATA_DIR: at('var/lib/gec'),
    GEC_ADMIN_PASSWORD: ADMIN_PASSWORD,
    PORT: String(port),
    LICENSE_DATA_DIR: at('var/lib/gec-licences'),
    LICENSE_PORT: String(await freePort()),
    LICENSE_MODE: 'off',
    BCRYPT_COST: '4',
    RATE_LIMIT: '0',
    LOG_LEVEL: 'error',
  };
  await makePrograms();
  await makeFiles();
  const started = await shell('systemctl start gec');
  if (started.code !== 0) throw new Error(`${started.output}${await readFile(at('log'), 'utf8')}`);
});
afterAll(async () => {
  await shell('systemctl stop gec');
  await commandLine.close();
  await dir.remove();
});

/** What a document says to do, as one script that tells where it is. */
function scriptOf({ blocks }: Document): string {
  return blocks
    .filter(({ tried }) => tried)
    .map(({ line, body }) => `printf '\\n[%s]\\n' ${line}\n${body}`)
    .join('\n')
    .replace(FOLDERS, `${dir.path}/`)
    .replaceAll(ADDRESS, url);
}

const tried = documents.filter(({ blocks }) => blocks.some((block) => block.tried)).map(({ name }) => name);
const guides = [...FIRST, ...tried.filter((name) => !FIRST.includes(name))];

describe('what the guides say to type, on one new installation', () => {
  it.each(guides)('%s does what it says', async (name) => {
    const { code, output } = await shell(scriptOf(readDocument(name)));
    // The line of the block that failed is the last one in brackets.
    expect([code, code === 0 ? '' : output.slice(-3_000)]).toEqual([0, '']);
  });
});
