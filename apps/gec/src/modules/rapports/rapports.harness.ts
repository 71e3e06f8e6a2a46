import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { inflateRawSync } from 'node:zlib';
import type { Container } from '../../container.ts';
import type { TestApp } from '../../test/harness.ts';
import { pdfText, withPdf } from '../../workers/pdf.ts';
import { pdfFile } from '../../workers/test-files.ts';
import type { NouveauCourrier } from '../courriers/courriers.schema.ts';
import type { Personne } from '../utilisateurs/utilisateurs.schema.ts';
import type { DemandeExport, Export } from './rapports.schema.ts';

let scan: Promise<Buffer> | undefined;

/** Registers an arrival (unless said otherwise) with a scan, through the services. */
export async function enregistrer(
  { pieces, courriers }: Container,
  personne: Personne,
  courrier: Partial<NouveauCourrier> = {},
): Promise<{ id: number; numero: string }> {
  scan ??= pdfFile();
  const stream = Readable.from([await scan]);
  const { id } = await pieces.receive(personne, { name: 'lettre.pdf', stream });
  return courriers.register(personne, {
    typeCourrier: 'ENTRANT',
    objet: 'Demande de renouvellement du permis',
    correspondant: 'Division provinciale des Mines du Haut-Katanga',
    secretaireGeneralCopie: false,
    pieces: [id],
    ...courrier,
  });
}

/** Asks for an export, has it made, and gives its bytes. */
export async function exporter(
  { rapports }: Container,
  personne: Personne,
  demande: DemandeExport,
): Promise<{ fini: Export; contenu: Buffer }> {
  const { id } = await rapports.requestExport(personne, demande);
  await rapports.drain();
  const { contenu } = await rapports.download(personne, id);
  return { fini: await rapports.find(personne, id), contenu: await buffer(contenu) };
}

/** The words of a PDF, spaces and line ends made one. */
export async function texteDuPdf(pdf: Buffer): Promise<string> {
  const text = await withPdf(pdf, (document) => Promise.resolve(pdfText(document, 10_000_000)));
  return text.replace(/\s+/g, ' ');
}

/** The text of the first sheet of a spreadsheet (ECMA-376), row by row, cells in order; numbers and dates as stored. */
export function lignesDuTableur(xlsx: Buffer): string[][] {
  const files = unzip(xlsx);
  const decode = (xml: string) =>
    xml
      .replace(/<[^>]*>/g, '')
      .replace(/&lt;/g, '<')
      .replace(/&gt;/g, '>')
      .replace(/&quot;/g, '"')
      .replace(/&apos;/g, "'")
      .replace(/&amp;/g, '&');
  const shared = [...(files.get('xl/sharedStrings.xml') ?? '').matchAll(/<si>(.*?)<\/si>/gs)].map((match) =>
    decode(match[1] ?? ''),
  );
  const sheet = files.get('xl/worksheets/sheet1.xml') ?? '';
  return [...sheet.matchAll(/<row[^>]*>(.*?)<\/row>/gs)].map(([, row = '']) => {
    const cells: string[] = [];
    for (const [, attributes = '', body = ''] of row.matchAll(/<c ([^>]*?)(?:\/>|>(.*?)<\/c>)/gs)) {
      // Empty cells are left out: a cell says itself in which column it stands.
      const letters = /r="([A-Z]+)\d/.exec(attributes)?.[1] ?? 'A';
      const column = [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
      const text = decode(body);
      cells[column] = attributes.includes('t="s"') ? (shared[Number(text)] ?? '') : text;
    }
    return Array.from(cells, (cell) => cell ?? '');
  });
}

/** Files inside a ZIP (PKWARE APPNOTE), by way of its central directory. */
function unzip(zip: Buffer): Map<string, string> {
  const end = zip.lastIndexOf('PK\x05\x06');
  const files = new Map<string, string>();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const size = zip.readUInt32LE(at + 20);
    const name = zip.readUInt16LE(at + 28);
    const local = zip.readUInt32LE(at + 42);
    const data = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const body = zip.subarray(data, data + size);
    const path = zip.toString('utf8', at + 46, at + 46 + name);
    files.set(path, (zip.readUInt16LE(at + 10) === 8 ? inflateRawSync(body) : body).toString('utf8'));
    at += 46 + name + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return files;
}

/** A signed-in browser's form, with the token of a page. */
export async function poster(
  { app, signIn }: TestApp,
  personne: Personne,
  url: string,
  form: Record<string, string>,
) {
  const { cookie } = await signIn(personne);
  const page = await app.inject({ url: '/rapports', headers: { cookie, accept: 'text/html' } });
  const token = /name="_csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
  const cookies = [cookie, ...page.cookies.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`)];
  return app.inject({
    method: 'POST',
    url,
    headers: {
      cookie: cookies.join('; '),
      accept: 'text/html',
      'content-type': 'application/x-www-form-urlencoded',
    },
    payload: new URLSearchParams({ ...form, _csrf: token }).toString(),
  });
}
