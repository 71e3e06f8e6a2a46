import { documentsTexts } from './documents.texts.ts';
import { FOOT, footers, heading, letterhead, runningHead } from './entete.ts';
import { INK, Papier } from './papier.ts';
import { shares, Tableau } from './tableau.ts';
import type { ListePdfInput, Progress } from './types.ts';

const WIDTH = 841.89;
const HEIGHT = 595.28;
const MARGIN = 36;
const INNER = WIDTH - 2 * MARGIN;
const BOTTOM = HEIGHT - FOOT - 4;
/** Rows between two reports of progress. */
const REPORT = 50;

/**
 * Lays out a list of letters in landscape: title, filters as a sentence, rows under a repeated head, totals.
 *
 * @param rows as many cells each as there are columns; a longer one is cut, a shorter one filled with blanks
 */
export async function layOutListe(
  input: Omit<ListePdfInput, 'lignes'>,
  rows: AsyncIterable<readonly string[]>,
  progress: Progress,
): Promise<Papier> {
  const t = documentsTexts(input.lang);
  const papier = await Papier.create({
    width: WIDTH,
    height: HEIGHT,
    title: input.enTete.titre,
    author: input.enTete.organisme,
    lang: input.lang,
  });
  let y = await letterhead(papier, input.enTete, MARGIN);
  y = heading(papier, input.enTete, MARGIN, y + 14);
  if (input.filtres !== '') {
    y += papier.block(input.filtres, MARGIN, y + 3, INNER, { size: 9, color: INK.soft }, 4) + 3;
  }
  const newPage = () => {
    papier.addPage();
    return runningHead(papier, input.enTete.organisme, input.enTete.titre, MARGIN);
  };
  const widths = shares(input.colonnes, INNER);
  const columns = input.colonnes.map((column, at) => ({ ...column, width: widths[at] ?? 0, maxLines: 3 }));
  const table = new Tableau(papier, columns, { x: MARGIN, y: y + 12, bottom: BOTTOM, size: 8 }, newPage);
  let done = 0;
  for await (const row of rows) {
    table.row(row.map((text) => ({ text })));
    if (++done % REPORT === 0) progress(done, input.total ?? 0);
  }
  progress(done, input.total ?? done);
  if (done === 0) papier.block(t.nothing, MARGIN, table.y + 12, INNER, { size: 10, color: INK.soft });
  else totals(papier, input, table.y, newPage);
  footers(papier, input, MARGIN);
  return papier;
}

function totals(
  papier: Papier,
  input: Omit<ListePdfInput, 'lignes'>,
  y: number,
  newPage: () => number,
): void {
  if (input.totaux.length === 0) return;
  const needed = 34;
  let at = y + 12 + needed > BOTTOM ? newPage() : y + 12;
  let x = MARGIN;
  for (const { label, value } of input.totaux) {
    const figure = papier.fit(value, 200, { font: 'Helvetica-Bold', size: 12 });
    const word = papier.fit(label, 200, { size: 7.8 });
    const wide = Math.max(
      papier.measure(figure, { font: 'Helvetica-Bold', size: 12 }),
      papier.measure(word, { size: 7.8 }),
    );
    if (x + wide > MARGIN + INNER) {
      x = MARGIN;
      at = at + 2 * needed > BOTTOM ? newPage() : at + needed;
    }
    papier.lines([word], x, at, wide, { size: 7.8, color: INK.soft });
    papier.lines([figure], x, at + 11, wide, { font: 'Helvetica-Bold', size: 12, color: INK.blue });
    x += wide + 28;
  }
}
