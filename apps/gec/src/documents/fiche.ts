import { documentsTexts } from './documents.texts.ts';
import { FOOT, footers, heading, letterhead, runningHead } from './entete.ts';
import { loadLogo } from './logo.ts';
import { INK, Papier, type Style } from './papier.ts';
import { drawQr } from './qr.ts';
import { Tableau } from './tableau.ts';
import type { FicheInput } from './types.ts';

const WIDTH = 595.28;
const HEIGHT = 841.89;
const MARGIN = 48;
const INNER = WIDTH - 2 * MARGIN;
const BOTTOM = HEIGHT - FOOT - 8;
const QR_SIDE = 78;
const LABEL_WIDTH = 138;
const SIGNATURE_HEIGHT = 58;

const LABEL: Style = { size: 8.6, color: INK.soft };
const VALUE: Style = { size: 10 };
const SECTION: Style = { font: 'Helvetica-Bold', size: 10.5, color: INK.blue };

/**
 * Lays out the record sheet of a letter: letterhead, number and QR code, particulars, attachments, history.
 *
 * @returns the finished paper, still to be ended
 */
export async function layOutFiche(input: FicheInput): Promise<Papier> {
  const t = documentsTexts(input.lang);
  const papier = await Papier.create({
    width: WIDTH,
    height: HEIGHT,
    title: `${input.enTete.titre} – ${input.numero}`,
    author: input.enTete.organisme,
    lang: input.lang,
  });
  const newPage = () => {
    papier.addPage();
    return runningHead(papier, input.enTete.organisme, input.numero, MARGIN);
  };
  let y = await letterhead(papier, input.enTete, MARGIN);
  y = heading(papier, input.enTete, MARGIN, y + 20);
  y = await numberBlock(papier, input, y + 16);

  y = section(papier, t.facts, y + 18, 40, newPage);
  for (const { label, value } of input.faits) y = fact(papier, label, value, y, newPage);

  y = section(papier, t.attachments, y + 20, 40, newPage);
  if (input.pieces.length === 0) y += papier.block(t.noAttachment, MARGIN, y + 6, INNER, LABEL) + 6;
  for (const { nom, detail } of input.pieces) y = attachment(papier, nom, detail, y, newPage);

  y = section(papier, t.history, y + 20, 60, newPage);
  if (input.historique.length === 0) y += papier.block(t.noHistory, MARGIN, y + 6, INNER, LABEL) + 6;
  else {
    const columns = [
      { label: t.date, width: 118, maxLines: 2 },
      { label: t.who, width: 128, maxLines: 2 },
      { label: t.what, width: INNER - 246, maxLines: 12 },
    ];
    const table = new Tableau(papier, columns, { x: MARGIN, y: y + 6, bottom: BOTTOM, size: 8.8 }, newPage);
    for (const { date, qui, quoi } of input.historique) {
      table.row([{ text: date }, { text: qui }, { text: quoi }]);
    }
    y = table.y;
  }
  if (input.signature) await signature(papier, input.signature, y + 22, newPage);
  footers(papier, input, MARGIN);
  return papier;
}

/** The number, large, between two rules, with the QR code at its right; returns where the page goes on. */
async function numberBlock(papier: Papier, input: FicheInput, y: number): Promise<number> {
  const t = documentsTexts(input.lang);
  const height = QR_SIDE + 34;
  papier.fill(MARGIN, y, INNER, height, INK.band);
  papier.fill(MARGIN, y, 3, height, INK.blue);
  const x = MARGIN + 20;
  const inner = INNER - QR_SIDE - 60;
  const qrX = MARGIN + INNER - QR_SIDE - 20;
  papier.fill(qrX - 6, y + 8, QR_SIDE + 12, QR_SIDE + 12, '#ffffff');
  await drawQr(papier, input.url, qrX, y + 14, QR_SIDE);
  const caption: Style = { size: 6.2, color: INK.soft, align: 'center' };
  papier.block(t.scanToOpen, qrX - 16, y + QR_SIDE + 22.5, QR_SIDE + 32, caption, 1);

  const nature: Style = { font: 'Helvetica-Bold', size: 11, color: INK.text };
  papier.block(input.nature, x, y + 17, inner, nature, 1);
  papier.block(t.number, x, y + 34, inner, { size: 8, color: INK.soft }, 1);
  let size = 28;
  const wide = () =>
    papier.measure(papier.wrap(input.numero, 9999, VALUE)[0] ?? '', { font: 'Helvetica-Bold', size });
  while (size > 13 && wide() > inner) size -= 1;
  papier.block(input.numero, x, y + 46, inner, { font: 'Helvetica-Bold', size, color: INK.blue }, 1);
  if (input.marque) mark(papier, input.marque, x, y + 84, inner);
  return y + height;
}

/** The title of the head with the signature under it, at the right, kept together on one page. */
async function signature(
  papier: Papier,
  { titre, image }: NonNullable<FicheInput['signature']>,
  y: number,
  newPage: () => number,
): Promise<void> {
  const picture = await loadLogo(image);
  if (!picture) return;
  const width = 190;
  const x = MARGIN + INNER - width;
  const at = y + SIGNATURE_HEIGHT + 18 > BOTTOM ? newPage() : y;
  papier.block(titre, x, at, width, { font: 'Helvetica-Bold', size: 10, align: 'center' }, 1);
  papier.pdf.image(picture.png, x, at + 16, {
    fit: [width, SIGNATURE_HEIGHT],
    align: 'center',
    valign: 'center',
  });
}

/** A mark that must be seen: red words in a red frame. */
function mark(papier: Papier, text: string, x: number, y: number, width: number): void {
  const style: Style = { font: 'Helvetica-Bold', size: 8.5, color: INK.red };
  const line = papier.fit(text, width - 16, style);
  papier.pdf
    .roundedRect(x, y, papier.measure(line, style) + 16, 17, 3)
    .lineWidth(0.8)
    .stroke(INK.red);
  papier.lines([line], x + 8, y + 5, width, style);
}

/** A section title with its rule, kept together with what follows (`keep`, points); returns where the page goes on. */
function section(papier: Papier, title: string, y: number, keep: number, newPage: () => number): number {
  const at = y + keep > BOTTOM ? newPage() : y;
  papier.block(title, MARGIN, at, INNER, SECTION, 1);
  papier.rule(MARGIN, at + 15, INNER, INK.blue, 0.6);
  return at + 16;
}

function fact(papier: Papier, label: string, value: string, y: number, newPage: () => number): number {
  const inner = INNER - LABEL_WIDTH;
  const lines = papier.wrap(value === '' ? '–' : value, inner, VALUE, 40);
  const labels = papier.wrap(label, LABEL_WIDTH - 12, LABEL, 3);
  const height =
    Math.max(papier.lineHeight(VALUE, lines.length), papier.lineHeight(LABEL, labels.length)) + 9;
  const at = y + height > BOTTOM ? newPage() : y;
  papier.lines(labels, MARGIN, at + 6, LABEL_WIDTH - 12, LABEL);
  papier.lines(lines, MARGIN + LABEL_WIDTH, at + 5, inner, VALUE);
  papier.rule(MARGIN, at + height, INNER, INK.rule, 0.35);
  return at + height;
}

function attachment(papier: Papier, nom: string, detail: string, y: number, newPage: () => number): number {
  const names = papier.wrap(nom, INNER * 0.66, VALUE, 3);
  const height = papier.lineHeight(VALUE, names.length) + 9;
  const at = y + height > BOTTOM ? newPage() : y;
  papier.lines(names, MARGIN, at + 5, INNER * 0.66, VALUE);
  const style: Style = { ...LABEL, align: 'right' };
  papier.lines([papier.fit(detail, INNER * 0.32, style)], MARGIN, at + 6, INNER, style);
  papier.rule(MARGIN, at + height, INNER, INK.rule, 0.35);
  return at + height;
}
