import { INK, Papier, type Style } from './papier.ts';
import type { NoticeInput } from './types.ts';

const WIDTH = 595.28;
const HEIGHT = 841.89;
const MARGIN = 56;
const INNER = WIDTH - 2 * MARGIN;
const LABEL_WIDTH = 138;

const LABEL: Style = { size: 9, color: INK.soft };
const VALUE: Style = { size: 11 };

/** Lays out the page that stands for a letter whose scan is not there, so that nobody takes it for the letter. */
export async function layOutNotice(input: NoticeInput): Promise<Papier> {
  const papier = await Papier.create({
    width: WIDTH,
    height: HEIGHT,
    title: `${input.titre} – ${input.numero}`,
    author: input.organisme,
    lang: input.lang,
  });
  const bold = { font: 'Helvetica-Bold' } as const;
  let y = MARGIN;
  y += papier.block(input.organisme, MARGIN, y, INNER, { ...LABEL, ...bold }, 2) + 8;
  papier.rule(MARGIN, y, INNER, INK.rule, 0.8);
  y += 40;
  y += papier.block(input.titre, MARGIN, y, INNER, { ...bold, size: 17, color: INK.blue }, 3) + 24;
  y += papier.block(input.nature, MARGIN, y, INNER, LABEL, 1) + 2;
  y += papier.block(input.numero, MARGIN, y, INNER, { ...bold, size: 22 }, 2) + 20;
  y += papier.block(input.texte, MARGIN, y, INNER, VALUE, 8) + 24;
  for (const { label, value } of input.faits) {
    papier.block(label, MARGIN, y + 1.5, LABEL_WIDTH - 8, LABEL, 2);
    y += Math.max(20, papier.block(value, MARGIN + LABEL_WIDTH, y, INNER - LABEL_WIDTH, VALUE, 14) + 8);
  }
  return papier;
}
