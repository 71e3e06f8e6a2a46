import { Readable } from 'node:stream';
import writeXlsxFile from 'write-excel-file/node';
import { ZipFile } from 'yazl';
import { describe, expect, it } from 'vitest';
import { sharedAtelier } from '../test/atelier.ts';
import { reconnaitreColonnes } from './colonnes.ts';
import { readTable } from './read-table.ts';

const atelier = sharedAtelier();

const read = (source: Readable | Buffer, options: { maxLignes?: number; maxOctets?: number } = {}) =>
  readTable(atelier, source, { nom: 'agents.csv', lang: 'fr', ...options });
const refused = (kind: string, message: RegExp) =>
  expect.objectContaining({ kind, fields: [{ field: 'fichier', message: expect.stringMatching(message) }] });

async function bytesOf(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

function archive(parts: Readonly<Record<string, Buffer | string>>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(parts)) zip.addBuffer(Buffer.from(content as string), name);
  zip.end();
  return bytesOf(zip.outputStream as Readable);
}

const WORKBOOK = '<workbook><sheets><sheet name="a" r:id="r1"/></sheets></workbook>';

describe('reading a list', () => {
  it('gives headings and lines of a CSV file, wherever it comes from', async () => {
    const csv = Buffer.from('\uFEFFNom;E-mail\r\n\r\n Élodie ;e@example.cd;trop\r\nLuc\r\n');
    const table = {
      entetes: ['Nom', 'E-mail'],
      lignes: [
        { ligne: 3, valeurs: ['Élodie', 'e@example.cd'] },
        { ligne: 4, valeurs: ['Luc', ''] },
      ],
    };
    expect(await read(csv)).toMatchObject(table);
    expect(await read(Readable.from([csv.subarray(0, 9), csv.subarray(9)]))).toMatchObject(table);
  });

  it('gives texts, numbers and dates of a workbook as a person reads them', async () => {
    const book = await writeXlsxFile([
      [{ value: 'Nom' }, { value: 'Téléphone' }, { value: 'Le' }, { value: 'À' }, { value: 'Actif' }],
      [],
      [
        { value: 'Élodie & Luc' },
        { value: 243_810_000_001 },
        { value: new Date('2026-11-21T00:00:00Z'), type: Date, format: 'dd/mm/yyyy' },
        { value: new Date('2026-11-21T14:05:00Z'), type: Date, format: 'dd/mm/yyyy hh:mm' },
        { value: true, type: Boolean },
      ],
    ]).toBuffer();
    expect(await read(book)).toMatchObject({
      entetes: ['Nom', 'Téléphone', 'Le', 'À', 'Actif'],
      lignes: [
        { ligne: 3, valeurs: ['Élodie & Luc', '243810000001', '2026-11-21', '2026-11-21T14:05:00', '1'] },
      ],
    });
  });

  it('refuses with a clear message what cannot be a list', async () => {
    const cases: [Buffer, RegExp][] = [
      [Buffer.from('Nom;E-mail\n'), /aucune ligne/],
      [Buffer.alloc(0), /aucune ligne/],
      [Buffer.from('%PDF-1.7\0\x01'), /ni un fichier CSV ni un classeur/],
      [Buffer.from('d0cf11e0a1b11ae100', 'hex'), /ancien format/],
      [Buffer.from('a;b\n"x;y\n'), /ligne 2\s: un guillemet/],
      [await archive({ 'lisezmoi.txt': 'rien' }), /ni un fichier CSV ni un classeur/],
    ];
    for (const [file, message] of cases)
      await expect(read(file)).rejects.toThrow(refused('invalid', message));
    await expect(read(Buffer.from('a\n1\n2\n3\n'), { maxLignes: 2 })).rejects.toThrow(
      refused('invalid', /plus de 2 lignes/),
    );
    await expect(read(Buffer.alloc(2 * 1024 * 1024 + 1, 0x61))).rejects.toThrow(
      refused('too-large', /dépasse 2/),
    );
    const broken = Readable.from(
      (function* () {
        yield Buffer.from('a');
        throw new Error('cut');
      })(),
    );
    await expect(read(broken)).rejects.toThrow(refused('invalid', /arrêté en chemin/));
  });

  it('survives a bomb in the child, and reads the next list', async () => {
    const bomb = await archive({
      'xl/workbook.xml': WORKBOOK,
      'xl/worksheets/sheet1.xml': Buffer.alloc(64 * 1024 * 1024, 0x20),
    });
    expect(bomb.length).toBeLessThan(200_000);
    await expect(read(bomb)).rejects.toThrow(refused('invalid', /trop volumineux/));
    const wide = await archive({
      'xl/workbook.xml': WORKBOOK,
      'xl/worksheets/sheet1.xml': `<sheetData>${'<row><c t="str"><v>x</v></c></row>'.repeat(50_000)}</sheetData>`,
    });
    await expect(read(wide)).rejects.toThrow(refused('invalid', /plus de 2\s000 lignes/));
    expect((await read(Buffer.from('a\nb'))).lignes).toHaveLength(1);
  });
});

describe('recognising columns', () => {
  it('whatever their case, accents and signs, and once each', () => {
    const found = reconnaitreColonnes(['E-MAIL', 'N° matricule', 'Âge', 'courriel', ''], {
      email: ['courriel', 'e-mail'],
      matricule: ['n° matricule'],
      telephone: ['tel'],
    });
    const ligne = { ligne: 2, valeurs: ['a@example.cd', '12', '40', 'b', ''] };
    expect(found.valeur(ligne, 'email')).toBe('a@example.cd');
    expect(found.valeur(ligne, 'matricule')).toBe('12');
    expect([found.has('telephone'), found.valeur(ligne, 'telephone')]).toEqual([false, '']);
    expect([found.ignorees, found.doubles]).toEqual([['Âge'], ['courriel']]);
  });
});
