import { fill, type Lang } from '@gec/core';
import { documentsTexts } from './documents.texts.ts';
import { loadLogo } from './logo.ts';
import { INK, type Papier } from './papier.ts';
import type { EnTete } from './types.ts';
import { winAnsi } from './winansi.ts';

/** Height kept free at the foot of every page (points). */
export const FOOT = 46;

const LOGO_HEIGHT = 46;

/** The national colours as three thin lines; returns their height. */
export function tricolore(papier: Papier, x: number, y: number, width: number): number {
  const weight = 1.5;
  papier.fill(x, y, width, weight, INK.blue);
  papier.fill(x, y + weight, width, weight, INK.yellow);
  papier.fill(x, y + 2 * weight, width, weight, INK.red);
  return 3 * weight;
}

/**
 * Country, office and address at the top of a first page, closed by the tricolour hairline.
 *
 * @returns where the page goes on (points from the top)
 */
export async function letterhead(papier: Papier, enTete: EnTete, margin: number): Promise<number> {
  const width = papier.width - 2 * margin;
  const top = margin - 10;
  let x = margin;
  const logo = enTete.logo === undefined ? undefined : await loadLogo(enTete.logo);
  if (logo) {
    const logoWidth = Math.min((LOGO_HEIGHT * logo.width) / logo.height, 120);
    papier.pdf.image(logo.png, x, top, { fit: [logoWidth, LOGO_HEIGHT], valign: 'center' });
    x += logoWidth + 14;
  }
  const inner = width - (x - margin);
  const country = papier.fit(enTete.pays.toLocaleUpperCase('fr'), inner, { size: 7.5, spacing: 0.9 });
  papier.lines([country], x, top + 3, inner, { size: 7.5, color: INK.soft, spacing: 0.9 });
  papier.block(
    enTete.organisme,
    x,
    top + 14,
    inner,
    { font: 'Helvetica-Bold', size: 13, color: INK.blue },
    1,
  );
  const contact = [enTete.adresse, enTete.telephone, enTete.email].filter(Boolean).join('  ·  ');
  if (contact !== '') papier.block(contact, x, top + 32, inner, { size: 8, color: INK.soft }, 1);
  const line = top + LOGO_HEIGHT + 8;
  return line + tricolore(papier, margin, line, width);
}

/** Title and subtitle of a document; returns where the page goes on. */
export function heading(papier: Papier, enTete: EnTete, margin: number, y: number): number {
  const width = papier.width - 2 * margin;
  let at = y;
  at += papier.block(enTete.titre, margin, at, width, { font: 'Helvetica-Bold', size: 17 }, 2);
  if (enTete.sousTitre) {
    at += papier.block(enTete.sousTitre, margin, at + 1, width, { size: 9.5, color: INK.soft }, 2) + 1;
  }
  return at;
}

/** The line that a second page begins with; returns where the page goes on. */
export function runningHead(papier: Papier, left: string, right: string, margin: number): number {
  const width = papier.width - 2 * margin;
  const style = { size: 8, color: INK.soft };
  const y = margin - 12;
  papier.lines([papier.fit(left, width * 0.6, style)], margin, y, width, style);
  const bold = { font: 'Helvetica-Bold', size: 8, color: INK.blue, align: 'right' } as const;
  papier.lines([papier.fit(right, width * 0.38, bold)], margin, y, width, bold);
  papier.rule(margin, y + 13, width, INK.blue, 0.6);
  return y + 24;
}

/** What the foot of a page says. */
export interface Foot {
  lang: Lang;
  enTete: EnTete;
  imprimeLe: string;
  imprimePar?: string | undefined;
}

/** Page numbers, when and by whom it was printed, and the office's own line, on every page that was made. */
export function footers(papier: Papier, foot: Foot, margin: number): void {
  const t = documentsTexts(foot.lang);
  const width = papier.width - 2 * margin;
  const printed = winAnsi(
    foot.imprimePar
      ? fill(t.printedBy, { date: foot.imprimeLe, name: foot.imprimePar })
      : fill(t.printed, { date: foot.imprimeLe }),
  );
  const style = { size: 7.5, color: INK.soft };
  papier.eachPage((n, total) => {
    const y = papier.height - FOOT + 12;
    papier.rule(margin, y, width);
    papier.lines([papier.fit(printed, width * 0.7, style)], margin, y + 6, width, style);
    papier.lines([winAnsi(fill(t.page, { n, total }))], margin, y + 6, width, { ...style, align: 'right' });
    if (foot.enTete.pied) {
      papier.lines([papier.fit(foot.enTete.pied, width, style)], margin, y + 17, width, style);
    }
  });
}
