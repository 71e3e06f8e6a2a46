import { createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pipeline } from 'node:stream/promises';
import { samplePdf, samplePng, sampleTiff, tempDir, type TempDir } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import {
  CLE,
  ecrireFichiers,
  inventerAncienne,
  scriptAncien,
} from '../modules/imports/reprise/reprise.fixture.ts';
import type { Bilan } from '../modules/imports/reprise/reprise.schema.ts';
import { CLI_ENV, runGec } from '../test/cli.ts';

let dir: TempDir;
const at = (name: string) => join(dir.path, name);

const gec = (...args: string[]) => runGec({ ...CLI_ENV, GEC_DATA_DIR: at('data') }, args);

beforeAll(async () => {
  dir = await tempDir();
  const pdf = await samplePdf();
  const scans = [pdf, pdf, pdf, await samplePng({ width: 60 }), await sampleTiff({ width: 60 })];
  const ancienne = inventerAncienne(8, scans);
  await ecrireFichiers(at('uploads'), ancienne);
  const raw = new DatabaseSync(at('gec.db'));
  for (const statement of scriptAncien(ancienne)) raw.exec(statement);
  raw.close();
  await writeFile(at('cle'), `${CLE.toString('base64')}\n`);
  const zip = new ZipFile();
  const courriers = [1, 2].map((id) => ({
    id,
    numero_accuse_reception: `EXP-${id}`,
    type_courrier: 'ENTRANT',
    objet: `Exporté ${id}`,
    expediteur: 'Société Z',
    date_enregistrement: '2025-05-05T10:00:00',
    statut: 'RECU',
    fichier_nom: 'lettre.pdf',
    is_deleted: false,
    utilisateur_id: 5,
    forwards: [{ forwarded_by_id: 1, forwarded_to_id: 2, date_transmission: '2025-05-06T10:00:00' }],
  }));
  const attachments = [{ courrier_id: 1, type: 'main', filename: 'lettre.pdf', path: 'uploads/lettre.pdf' }];
  zip.addBuffer(
    Buffer.from(JSON.stringify({ version: '1.0.0', courriers, attachments })),
    'courriers_data.json',
  );
  zip.addBuffer(await samplePdf({ text: 'Exportée' }), 'attachments/1_lettre.pdf');
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(at('export.zip')));
}, 60_000);
afterAll(() => dir.remove());

const LEGACY = () => ['import', 'legacy', '--database', at('gec.db'), '--uploads', at('uploads')];

it('rehearses, takes over, and does it again without doubling', async () => {
  const essai = await gec(...LEGACY(), '--master-key-file', at('cle'), '--dry-run');
  expect(essai).toMatchObject({ code: 3 });
  expect(essai.stdout).toContain('Simulation');
  const fait = await gec(...LEGACY(), '--master-key-file', at('cle'), '--rapport', at('rapport.json'));
  expect(fait).toMatchObject({ code: 3, stderr: '' });
  const rapport = JSON.parse(await readFile(at('rapport.json'), 'utf8')) as Bilan;
  const lettres = (bilan: Bilan) => bilan.tables.find(({ table }) => table === 'courrier');
  expect(lettres(rapport)).toMatchObject({ la: 8, repris: 8 });
  const encore = JSON.parse((await gec(...LEGACY(), '--json')).stdout) as Bilan;
  expect(lettres(encore)).toMatchObject({ la: 8, repris: 0, deja: 8 });
  expect((await gec('import', 'legacy-journal')).stdout.split('\n')).toHaveLength(4);
  expect((await gec('journal', 'verify')).code).toBe(0);
}, 120_000);

it('takes a ZIP export over', async () => {
  const fait = JSON.parse(
    (await gec('import', 'legacy', '--zip', at('export.zip'), '--json')).stdout,
  ) as Bilan;
  expect(fait.tables).toEqual(
    expect.arrayContaining([
      { table: 'courrier', la: 2, repris: 2, deja: 0, ecartes: 0 },
      { table: 'courrier_forward', la: 2, repris: 0, deja: 0, ecartes: 2 },
    ]),
  );
  expect(fait.fichiers).toMatchObject({ attendus: 2, identiques: 1, absents: 1 });
}, 60_000);

it('says in the guide what works as it is written', async () => {
  const guide = await readFile(new URL('../../../../docs/MIGRATION.md', import.meta.url), 'utf8');
  const commands = [...guide.matchAll(/^gec (import legacy .+)$/gm)].map(([, words = '']) => words);
  expect(commands).toHaveLength(3);
  for (const command of commands) {
    const args = command.split(' ').map((word) => word.replace(/^\/reprise(?=\/)/, dir.path));
    const { code, stderr } = await gec(...args);
    expect([command, [0, 3].includes(code), stderr]).toEqual([command, true, '']);
  }
}, 60_000);

it.each([
  [[], 2, '--database'],
  [['--database', 'nulle-part.db', '--uploads', '.'], 1, 'nulle-part.db'],
  [['--database', 'gec.db'], 2, '--uploads'],
  [['--zip', 'cle'], 1, ''],
  [['--database', 'gec.db', '--uploads', '.', '--fuseau', 'Lune/Mer'], 1, 'Lune/Mer'],
])('refuses %j', async (args, code, words) => {
  const refused = await gec('import', 'legacy', ...args.map((word) => (word === 'cle' ? at('cle') : word)));
  expect(refused).toMatchObject({ code });
  expect(refused.stderr).toContain(words);
});
