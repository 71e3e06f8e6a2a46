import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { inflateRawSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { qrOf } from '../test/qr.ts';
import { pdfText, withPdf } from '../workers/pdf.ts';
import { renderDocument } from './render.ts';
import type { DocumentInputs, DocumentName, EnTete, LigneRegistre } from './types.ts';
import { winAnsi } from './winansi.ts';

async function make<N extends DocumentName>(name: N, data: DocumentInputs[N]): Promise<Buffer> {
  const { lignes, ...rest } = { lignes: [], ...data };
  const rows = Readable.from(lignes as Iterable<unknown>);
  return buffer(Readable.from(renderDocument(name, rest, rows, () => undefined)));
}

/** Text of each page, spaces and line ends made one. */
async function pages(pdf: Buffer): Promise<string[]> {
  const text = await withPdf(pdf, (document) => Promise.resolve(pdfText(document, 10_000_000)));
  return text.split('\f').map((page) => page.replace(/\s+/g, ' '));
}

/** Files inside a ZIP (PKWARE APPNOTE), by way of its central directory. */
function unzip(zip: Buffer): Map<string, string> {
  const end = zip.lastIndexOf('PK\x05\x06');
  const files = new Map<string, string>();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [size, name, extra, comment] = [20, 28, 30, 32].map((offset, n) =>
      n === 0 ? zip.readUInt32LE(at + offset) : zip.readUInt16LE(at + offset),
    ) as [number, number, number, number];
    const local = zip.readUInt32LE(at + 42);
    const data = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const path = zip.toString('utf8', at + 46, at + 46 + name);
    const body = zip.subarray(data, data + size);
    files.set(path, (zip.readUInt16LE(at + 10) === 8 ? inflateRawSync(body) : body).toString('utf8'));
    at += 46 + name + extra + comment;
  }
  return files;
}

const enTete: EnTete = {
  pays: 'République Démocratique du Congo',
  organisme: 'Secrétariat Général d’essai',
  adresse: 'Kinshasa/Gombe',
  titre: 'Fiche d’enregistrement de courrier',
  pied: 'Justice – Paix – Travail',
};
const printed = {
  lang: 'fr',
  imprimeLe: '21 nov. 2026 à 14\u202fh\u202f05',
  imprimePar: 'Amina Kalala',
} as const;

const fiche: DocumentInputs['fiche'] = {
  ...printed,
  enTete,
  numero: 'GEC-2026-00042',
  nature: 'Courrier arrivée',
  marque: 'Urgent',
  faits: [
    { label: 'Objet', value: 'Œuvre sociale « Cœur à l’ouvrage » : 1\u202f530 €, façade nord' },
    { label: 'Autres informations', value: '' },
  ],
  pieces: [{ nom: 'lettre n° 12.pdf', detail: 'PDF · 3 pages' }],
  historique: [{ date: '21 nov. 2026', qui: 'Amina Kalala', quoi: 'Enregistré' }],
  url: 'https://gec.example/mail/0199a7c2-0000-7000-8000-000000000042',
};

function ligne(at: number, more: Partial<LigneRegistre> = {}): LigneRegistre {
  return {
    numero: `GEC-2026-${String(at).padStart(5, '0')}`,
    date: '2026-11-21',
    correspondant: 'Division provinciale des Mines du Lualaba',
    objet: `Objet de la lettre ${at}`,
    reference: `N° ${at}/CAB`,
    observations: '',
    ...more,
  };
}

describe('the record sheet', () => {
  it('says everything, accents and all, on one page', async () => {
    const sheet = await make('fiche', fiche);
    const [page, ...others] = await pages(sheet);
    expect(await qrOf(sheet, 1_240)).toBe(fiche.url);
    expect(others).toEqual([]);
    for (const words of [
      'RÉPUBLIQUE DÉMOCRATIQUE DU CONGO',
      'Secrétariat Général d’essai',
      'Fiche d’enregistrement de courrier',
      'GEC-2026-00042',
      'Urgent',
      'Œuvre sociale « Cœur à l’ouvrage » : 1 530 €, façade nord',
      'lettre n° 12.pdf',
      'Imprimé le 21 nov. 2026 à 14 h 05 par Amina Kalala',
      'Page 1 / 1',
    ]) {
      expect(page).toContain(words);
    }
  });

  it('goes on over several pages, each with the number, the head of the table and its own number', async () => {
    const historique = Array.from({ length: 120 }, (_, at) => ({
      date: `${at}`,
      qui: 'A',
      quoi: `Suite ${at}`,
    }));
    const texts = await pages(await make('fiche', { ...fiche, historique }));
    expect(texts.length).toBeGreaterThan(2);
    texts.forEach((text, at) => {
      expect(text).toContain('GEC-2026-00042');
      expect(text).toContain('Date Par Événement');
      expect(text).toContain(`Page ${at + 1} / ${texts.length}`);
    });
    expect(texts.join(' ').match(/Suite \d+/g)).toHaveLength(120);
  });

  it('bears a logo, and does without a broken one', async () => {
    const png = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#003087' } })
      .png({ progressive: true })
      .toBuffer();
    const bare = await make('fiche', fiche);
    const logo = await make('fiche', { ...fiche, enTete: { ...enTete, logo: png.toString('base64') } });
    expect(logo.toString('latin1')).toContain('/Subtype /Image');
    const broken = await make('fiche', { ...fiche, enTete: { ...enTete, logo: 'AAAA' } });
    expect(await pages(broken)).toEqual(await pages(bare));
  });

  it('holds a word that is longer than the line, and a very long objet', async () => {
    const value = `${'x'.repeat(400)} ${'mot '.repeat(2000)}`;
    const texts = await pages(await make('fiche', { ...fiche, faits: [{ label: 'Objet', value }] }));
    expect(texts.join('').match(/x/g)?.length).toBeGreaterThanOrEqual(400);
    expect(texts.join('')).toContain('…');
  });

  it('speaks English too', async () => {
    const [page] = await pages(await make('fiche', { ...fiche, lang: 'en', pieces: [], historique: [] }));
    expect(page).toContain('No attachment.');
    expect(page).toContain('Printed on');
  });
});

describe('the list', () => {
  const liste: DocumentInputs['liste-pdf'] = {
    ...printed,
    enTete: { ...enTete, titre: 'Courriers arrivés' },
    filtres: 'Arrivées du 1er au 30 nov. 2026, statut « En cours ».',
    colonnes: [
      { label: 'N°', width: 1 },
      { label: 'Objet', width: 4 },
      { label: 'Pièces', width: 1, align: 'right' },
    ],
    lignes: Array.from({ length: 90 }, (_, at) => [`n${at}`, `Réclamation ${at}`, '2']),
    totaux: [{ label: 'Courriers', value: '90' }],
  };

  it('repeats its head, counts its pages and ends with the totals', async () => {
    const texts = await pages(await make('liste-pdf', liste));
    expect(texts[0]).toContain('Arrivées du 1er au 30 nov. 2026, statut « En cours ».');
    texts.forEach((text, at) => {
      expect(text).toContain('N° Objet Pièces');
      expect(text).toContain(`Page ${at + 1} / ${texts.length}`);
    });
    expect(texts.join(' ').match(/Réclamation \d+/g)).toHaveLength(90);
    expect(texts.at(-1)).toContain('Courriers 90');
  });

  it('says that nothing was found', async () => {
    const [page] = await pages(await make('liste-pdf', { ...liste, lignes: [] }));
    expect(page).toContain('Aucun courrier ne répond à ces critères.');
  });
});

describe('the register', () => {
  const registre: DocumentInputs['registre-pdf'] = {
    ...printed,
    enTete: { ...enTete, titre: 'Registre des courriers arrivés' },
    periode: 'du 1er au 30 nov. 2026',
    correspondant: 'Expéditeur',
    lignes: [
      ligne(1),
      ligne(2, { annulation: 'Annulé\u00a0: doublon du n° 1' }),
      ligne(3, { observations: 'Copie SG' }),
    ],
    signataire: 'Le Chef du bureau d’ordre',
    extrait: false,
  };

  it('begins with its figures, shows why a number was cancelled, and ends with the place to sign', async () => {
    const [page] = await pages(await make('registre-pdf', registre));
    for (const words of [
      'du 1er au 30 nov. 2026',
      'N° Date Expéditeur Objet Référence Observations',
      'GEC-2026-00002',
      'Annulé : doublon du n° 1',
      '21/11/2026',
      'Registre arrêté à 3 numéros, du n° GEC-2026-00001 au n° GEC-2026-00003.',
      'Le Chef du bureau d’ordre',
      'Signature et cachet',
    ]) {
      expect(page).toContain(words);
    }
  });

  it('says that a period is empty, and has its word for a single number', async () => {
    const [empty] = await pages(await make('registre-pdf', { ...registre, lignes: [] }));
    expect(empty).toContain('Registre arrêté sans numéro.');
    const [single] = await pages(await make('registre-pdf', { ...registre, lignes: [ligne(7)] }));
    expect(single).toContain('Registre arrêté à un seul numéro, le n° GEC-2026-00007.');
  });
});

describe('the label', () => {
  it('is one small sheet with number and date', async () => {
    const label: DocumentInputs['etiquette'] = {
      lang: 'fr',
      organisme: 'Secrétariat Général d’essai',
      nature: 'Courrier arrivée',
      numero: 'GEC-2026-00042',
      date: '21 nov. 2026',
      url: fiche.url,
    };
    const pdf = await make('etiquette', label);
    expect(await qrOf(pdf, 730)).toBe(fiche.url);
    const [page, ...others] = await pages(pdf);
    expect(others).toEqual([]);
    expect(page).toContain('GEC-2026-00042');
    expect(page).toContain('21 nov. 2026');
    const size = await withPdf(pdf, (document) => Promise.resolve(document.getPage(0).getOriginalSize()));
    expect(size.originalWidth / 72).toBeCloseTo(62 / 25.4, 2);
    expect(size.originalHeight / 72).toBeCloseTo(29 / 25.4, 2);
    const long = await pages(
      await make('etiquette', { ...label, numero: 'ADM/SG/2026-000123456789-REGISTRE' }),
    );
    expect(long[0]?.replace(/ /g, '')).toContain('ADM/SG/2026-000123456789-REGISTRE');
  });
});

describe('the spreadsheets', () => {
  const liste: DocumentInputs['liste-xlsx'] = {
    lang: 'fr',
    feuille: 'Courriers [arrivés] : du 1/11 au 30/11/2026',
    colonnes: [
      { label: 'N°', width: 18, type: 'texte' },
      { label: 'Date', width: 12, type: 'date' },
      { label: 'Enregistré', width: 18, type: 'dateHeure' },
      { label: 'Pièces', width: 8, type: 'nombre' },
    ],
    lignes: [
      ['008951-25', '2026-11-21', '2026-11-21T14:05', 3],
      ['=HYPERLINK("http://x")', 'sans date', null, ''],
      ['+1 <b>&', '', null, '12'],
    ],
    informations: [{ label: 'Critères', value: 'Arrivées' }],
  };

  it('hold real dates and numbers, and nothing that is a formula', async () => {
    const files = unzip(await make('liste-xlsx', liste));
    const sheet = files.get('xl/worksheets/sheet1.xml') ?? '';
    const strings = files.get('xl/sharedStrings.xml') ?? '';
    expect(sheet).not.toContain('<f>');
    expect(sheet).toContain('state="frozen"');
    // 21 November 2026 is day 46 347 of the calendar of spreadsheets; 14:05 is 0.586… of a day.
    expect(sheet).toMatch(/<c r="B2"[^>]*><v>46347<\/v>/);
    expect(sheet).toMatch(/<c r="C2"[^>]*><v>46347\.586/);
    expect(sheet).toMatch(/<c r="D2"[^>]*><v>3<\/v>/);
    expect(sheet).toMatch(/<c r="D4"[^>]*><v>12<\/v>/);
    expect(sheet).toMatch(/<c r="A3"[^>]*t="s"/);
    expect(strings).toContain('=HYPERLINK("http://x")');
    expect(strings).toContain('008951-25');
    expect(strings).toContain('&lt;b&gt;&amp;');
    expect(files.get('xl/styles.xml')).toContain('dd/mm/yyyy');
  });

  it('bear names that a spreadsheet accepts', async () => {
    const names = [
      ...(unzip(await make('liste-xlsx', liste)).get('xl/workbook.xml') ?? '').matchAll(
        /<sheet [^>]*name="([^"]*)"/g,
      ),
    ];
    expect(names.map(([, name]) => name)).toEqual(['Courriers arrivés du 1 11 au 30', 'Informations']);
  });

  it('hold the register with its cancelled numbers struck through', async () => {
    const files = unzip(
      await make('registre-xlsx', {
        lang: 'fr',
        feuille: 'Registre 2026',
        correspondant: 'Expéditeur',
        lignes: [ligne(1), ligne(2, { annulation: 'doublon' })],
        informations: [],
      }),
    );
    expect(files.get('xl/sharedStrings.xml')).toContain('doublon');
    expect(files.get('xl/sharedStrings.xml')).toContain('Expéditeur');
    expect(files.get('xl/styles.xml')).toContain('<strike');
    expect(files.get('xl/worksheets/sheet1.xml')).toMatch(/<c r="B3"[^>]*><v>46347<\/v>/);
  });
});

describe('characters that the fonts do not have', () => {
  it.each([
    ['1\u202f530 : 14\u202fh', '1\u00a0530 : 14\u00a0h'],
    ['Kinshasa → Lubumbashi', 'Kinshasa -> Lubumbashi'],
    ['✓ fait, ✗ à faire', '[x] fait, × à faire'],
    ['e\u0301te\u0301', 'été'],
    ['Mɔkɔnzi Lɛlɔ Ŋoma', 'Mokonzi Lelo Ngoma'],
    ['Ćirić, Łódź, Ştefan, Đỗ', 'Ciric, Lódz, Stefan, Do'],
    ['Иванов', 'Ivanov'],
    ['中铁资源', '?'],
    ['a\u200bb\u202ec\u0007', 'abc'],
    ['Œuvre – « l’été » … 5 €', 'Œuvre – « l’été » … 5 €'],
  ])('%s', (text, written) => {
    expect(winAnsi(text)).toBe(written);
  });
});
