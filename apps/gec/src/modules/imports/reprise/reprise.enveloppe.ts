import { Readable } from 'node:stream';
import { fill } from '@gec/core';
import { repriseTexts } from './reprise.texts.ts';

/** What stands on the page around a file that is no scan. */
export interface Enveloppe {
  readonly numero: string;
  readonly nom: string;
  readonly sha256: string;
  readonly contenu: Buffer;
}

/**
 * Makes a page that holds a file as an attachment: an SVG, or what cannot be read as a scan. The file keeps every one
 * of its bytes, is stored sealed like any other, and can only be taken out of the PDF: no browser ever shows it.
 */
export async function envelopper({ numero, nom, sha256, contenu }: Enveloppe): Promise<Readable> {
  // Read with the first such file, not at every start.
  const { default: PDFDocument } = await import('pdfkit');
  // In French whatever the language of whoever imports: it becomes a document of the office.
  const t = repriseTexts('fr');
  const document = new PDFDocument({ size: 'A4', margin: 56, info: { Title: numero } });
  document.fontSize(16).text(t.enveloppeTitre);
  document.moveDown().fontSize(12).text(fill(t.enveloppeNumero, { numero }));
  document.moveDown().fontSize(11).text(fill(t.enveloppeTexte, { nom }));
  document.moveDown().fontSize(9).text(`SHA-256 : ${sha256}`);
  // Of an unknown type, so that a reader offers to save it and to do nothing else.
  document.file(contenu, { name: nom, type: 'application/octet-stream', description: numero });
  document.end();
  return Readable.from(document);
}
