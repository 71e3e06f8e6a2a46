import { fill, formatNumber, type Lang } from '@gec/core';
import { errorText, findings, type Constat } from '@gec/http';
import type { Atelier, OpenAtelier } from '../workers/atelier.ts';
import { doctorCliTexts } from './doctor.texts.ts';

/** The smallest page that PDFium renders: readers repair the table of places that it lacks. */
const PDF = Buffer.from(
  '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n' +
    '2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n' +
    '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>endobj\n' +
    'trailer<</Root 1 0 R>>\n%%EOF\n',
);
/** One white pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEAsVTQ5gAAAABJRU5ErkJggg==',
  'base64',
);

async function printed(atelier: Atelier, lang: Lang): Promise<void> {
  const stream = atelier.document('liste-pdf', {
    lang,
    imprimeLe: '',
    enTete: { pays: '', organisme: '', titre: 'Épreuve' },
    filtres: '',
    colonnes: [{ label: 'N°', width: 1 }],
    lignes: [['1']],
    totaux: [],
  });
  let bytes = 0;
  for await (const chunk of stream) bytes += (chunk as Buffer).length;
  if (bytes === 0) throw new Error('an empty document was made');
}

/**
 * Starts a child of the atelier as the program does, without rights to files and network, and has it do one of each kind:
 * inspect and render a picture (sharp), render a page (PDFium), print a list (fonts).
 */
export async function examineAtelier(lang: Lang, open: OpenAtelier): Promise<Constat> {
  const t = doctorCliTexts(lang);
  const as = findings('atelier');
  const atelier = open();
  const begin = performance.now();
  try {
    const steps: [string, () => Promise<unknown>][] = [
      [t.atelierImage, () => atelier.page([PNG], { page: 1, width: 16 })],
      [t.atelierPdf, () => atelier.page([PDF], { page: 1, width: 16 })],
      [t.atelierListe, () => printed(atelier, lang)],
    ];
    for (const [quoi, run] of steps) {
      try {
        await run();
      } catch (error) {
        return as.panne(fill(t.atelierEchec, { quoi, message: errorText(error) }), t.atelierReinstaller);
      }
    }
    const ms = formatNumber(lang, Math.round(performance.now() - begin));
    return as.ok(fill(t.atelier, { ms }));
  } finally {
    await atelier.close();
  }
}
