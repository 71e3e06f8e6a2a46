import { mm, Papier, type Style } from './papier.ts';
import { drawQr } from './qr.ts';
import type { EtiquetteInput } from './types.ts';

const WIDTH = mm(62);
const HEIGHT = mm(29);
const MARGIN = mm(2.4);
const QR_SIDE = mm(18);

/** Lays out the label that is stuck on the paper: number, date and QR code on 62 × 29 mm. Black only: it is for a thermal printer. */
export async function layOutEtiquette(input: EtiquetteInput): Promise<Papier> {
  const papier = await Papier.create({
    width: WIDTH,
    height: HEIGHT,
    title: input.numero,
    author: input.organisme,
    lang: input.lang,
  });
  const black = '#000000';
  const small: Style = { size: 6.2, color: black };
  const full = WIDTH - 2 * MARGIN;
  papier.block(input.organisme, MARGIN, MARGIN, full, { ...small, font: 'Helvetica-Bold' }, 1);
  papier.rule(MARGIN, MARGIN + 9, full, black, 0.5);

  const inner = full - QR_SIDE - mm(2.5);
  const top = MARGIN + 14;
  papier.block(input.nature, MARGIN, top, inner, { ...small, size: 6.8 }, 1);
  let size = 17;
  const fits = () => papier.wrap(input.numero, inner, { font: 'Helvetica-Bold', size }).length === 1;
  while (size > 7 && !fits()) size -= 0.5;
  const number: Style = { font: 'Helvetica-Bold', size, color: black };
  papier.block(input.numero, MARGIN, top + 12 + (17 - size) / 2, inner, number, 2);
  papier.block(input.date, MARGIN, HEIGHT - MARGIN - 10, inner, { size: 8, color: black }, 1);
  await drawQr(papier, input.url, WIDTH - MARGIN - QR_SIDE, MARGIN + 14, QR_SIDE, black);
  return papier;
}
