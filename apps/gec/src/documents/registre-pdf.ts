import { fill, formatNumber } from '@gec/core';
import { documentsTexts } from './documents.texts.ts';
import { FOOT, footers, heading, letterhead, runningHead } from './entete.ts';
import { INK, Papier, type Style } from './papier.ts';
import { shares, Tableau, type Cellule } from './tableau.ts';
import type { LigneRegistre, Progress, RegistrePdfInput } from './types.ts';

const WIDTH = 841.89;
const HEIGHT = 595.28;
const MARGIN = 36;
const INNER = WIDTH - 2 * MARGIN;
const BOTTOM = HEIGHT - FOOT - 4;
const REPORT = 50;
const COVER_HEIGHT = 46;
const SIGNATURE_HEIGHT = 150;

/** What the book adds up to; known when the last row has come. */
interface Bilan {
  count: number;
  cancelled: number;
  first: string;
  last: string;
}

/**
 * Lays out the register of a period as a book: its figures first, then one line per number in the order given, cancelled
 * numbers struck through with their reason, and the place to sign at the end.
 */
export async function layOutRegistre(
  input: Omit<RegistrePdfInput, 'lignes'>,
  rows: AsyncIterable<LigneRegistre>,
  progress: Progress,
): Promise<Papier> {
  const t = documentsTexts(input.lang);
  const papier = await Papier.create({
    width: WIDTH,
    height: HEIGHT,
    title: `${input.enTete.titre} – ${input.periode}`,
    author: input.enTete.organisme,
    lang: input.lang,
  });
  const newPage = () => {
    papier.addPage();
    return runningHead(papier, input.enTete.organisme, `${input.enTete.titre} – ${input.periode}`, MARGIN);
  };
  const y = heading(papier, input.enTete, MARGIN, (await letterhead(papier, input.enTete, MARGIN)) + 14);
  const coverY = y + 10;
  const specs = [
    { label: t.registerNumber, width: 92, maxLines: 2, bold: true },
    { label: t.date, width: 58, maxLines: 1 },
    { label: input.correspondant, width: 150, maxLines: 3 },
    { label: t.subject, width: 248, maxLines: 3 },
    { label: t.reference, width: 118, maxLines: 3 },
    { label: t.remarks, width: 104, maxLines: 3 },
  ];
  const widths = shares(specs, INNER);
  const columns = specs.map((spec, at) => ({ ...spec, width: widths[at] ?? 0 }));
  const place = { x: MARGIN, y: coverY + COVER_HEIGHT + 14, bottom: BOTTOM, size: 8.2 };
  const table = new Tableau(papier, columns, place, newPage);
  const bilan: Bilan = { count: 0, cancelled: 0, first: '', last: '' };
  for await (const row of rows) {
    table.row(cellsOf(row));
    if (bilan.count === 0) bilan.first = row.numero;
    bilan.last = row.numero;
    if (row.annulation !== undefined) bilan.cancelled++;
    if (++bilan.count % REPORT === 0) progress(bilan.count, input.total ?? 0);
  }
  progress(bilan.count, input.total ?? bilan.count);
  let end = table.y;
  if (bilan.count === 0)
    end += papier.block(t.emptyPeriod, MARGIN, end + 12, INNER, { size: 10, color: INK.soft }) + 12;
  signature(papier, input, bilan, end + SIGNATURE_HEIGHT > BOTTOM ? newPage() : end + 20);
  papier.onPage(0, () => cover(papier, input, bilan, coverY));
  footers(papier, input, MARGIN);
  return papier;
}

function cellsOf(row: LigneRegistre): Cellule[] {
  const struck = row.annulation !== undefined;
  const remarks = [row.annulation ?? '', row.observations].filter((part) => part !== '').join('\n');
  return [
    { text: row.numero, struck },
    { text: row.date.split('-').reverse().join('/') },
    { text: row.correspondant, struck },
    { text: row.objet, struck },
    { text: row.reference, struck },
    { text: remarks, alert: struck },
  ];
}

/** The period and what the book holds, in one line of figures. */
function cover(papier: Papier, input: Omit<RegistrePdfInput, 'lignes'>, bilan: Bilan, y: number): void {
  const t = documentsTexts(input.lang);
  papier.fill(MARGIN, y, INNER, COVER_HEIGHT, INK.band);
  papier.fill(MARGIN, y, 3, COVER_HEIGHT, INK.blue);
  const figures = [
    { label: t.period, value: input.periode, width: 3 },
    { label: t.count, value: formatNumber(input.lang, bilan.count), width: 1 },
    { label: t.cancelledCount, value: formatNumber(input.lang, bilan.cancelled), width: 1.3 },
    { label: t.first, value: bilan.first || '–', width: 1.9 },
    { label: t.last, value: bilan.last || '–', width: 1.9 },
  ];
  const widths = shares(figures, INNER - 24);
  let x = MARGIN + 14;
  figures.forEach(({ label, value }, at) => {
    const width = (widths[at] ?? 0) - 10;
    papier.block(label, x, y + 10, width, { size: 7.8, color: INK.soft }, 1);
    papier.block(value, x, y + 22, width, { font: 'Helvetica-Bold', size: 11, color: INK.blue }, 1);
    x += width + 10;
  });
}

/** The closing sentence and an empty box to sign and stamp. */
function signature(papier: Papier, input: Omit<RegistrePdfInput, 'lignes'>, bilan: Bilan, y: number): void {
  const t = documentsTexts(input.lang);
  const sentence = bilan.count === 0 ? t.closingNone : bilan.count === 1 ? t.closingOne : t.closing;
  const count = formatNumber(input.lang, bilan.count);
  const what = input.extrait ? t.extract : t.register;
  const closed = fill(sentence, { what, count, first: bilan.first, last: bilan.last });
  papier.block(closed, MARGIN, y, INNER, { font: 'Helvetica-Bold', size: 9.5 }, 2);
  const width = 260;
  const x = MARGIN + INNER - width;
  const small: Style = { size: 8, color: INK.soft };
  papier.block(t.madeAt, x, y + 26, width, { size: 8.6 }, 1);
  papier.block(input.signataire, x, y + 41, width, { font: 'Helvetica-Bold', size: 9.5 }, 1);
  papier.pdf
    .roundedRect(x, y + 57, width, 66, 2)
    .lineWidth(0.6)
    .stroke(INK.rule);
  papier.block(t.signature, x + 7, y + 62, width - 14, small, 1);
}
