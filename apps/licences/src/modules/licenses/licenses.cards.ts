import { PassThrough, type Readable } from 'node:stream';
import { fill, type Lang } from '@gec/core';
import { qrPath } from '@gec/ui';
import { formatKey } from './licenses.policy.ts';
import type { ExportedLicense } from './licenses.schema.ts';
import { licensesTexts } from './licenses.texts.ts';

/** Points of a sheet (A4) and of the cards on it: two columns, five rows, with room to cut. */
const PAGE = { width: 595.28, height: 841.89 };
const COLUMNS = 2;
const ROWS = 5;
const MARGIN = 28;
const GAP = 10;
const CARD = {
  width: (PAGE.width - 2 * MARGIN - (COLUMNS - 1) * GAP) / COLUMNS,
  height: (PAGE.height - 2 * MARGIN - (ROWS - 1) * GAP) / ROWS,
};
const QR_SIDE = 84;

/**
 * Draws keys as cards to cut out and hand over, each with a QR code of the key (ISO/IEC 18004, level M).
 *
 * @returns the PDF as it is made; an error while making it ends the stream with that error
 */
export function renderCards(parts: AsyncIterable<readonly ExportedLicense[]>, lang: Lang): Readable {
  const out = new PassThrough();
  draw(parts, lang, out).catch((error: unknown) =>
    out.destroy(error instanceof Error ? error : new Error('the cards could not be drawn')),
  );
  return out;
}

async function draw(
  parts: AsyncIterable<readonly ExportedLicense[]>,
  lang: Lang,
  out: PassThrough,
): Promise<void> {
  const { default: PDFDocument } = await import('pdfkit');
  const t = licensesTexts(lang);
  const pdf = new PDFDocument({ size: 'A4', margin: 0, autoFirstPage: false, info: { Title: t.cards } });
  pdf.pipe(out);
  let index = 0;
  for await (const part of parts) {
    for (const license of part) {
      const slot = index++ % (COLUMNS * ROWS);
      if (slot === 0) pdf.addPage();
      const x = MARGIN + (slot % COLUMNS) * (CARD.width + GAP);
      const y = MARGIN + Math.floor(slot / COLUMNS) * (CARD.height + GAP);
      pdf.roundedRect(x, y, CARD.width, CARD.height, 6).lineWidth(0.6).stroke('#9aa5b4');
      pdf
        .font('Helvetica-Bold')
        .fontSize(11)
        .fillColor('#003087')
        .text(t.cardTitle, x + 12, y + 14, { lineBreak: false });
      const duration = fill(t.durationDays, { n: license.durationDays });
      pdf.font('Helvetica').fontSize(9).fillColor('#1c2733');
      pdf.text(`${license.durationLabel} (${duration})`, x + 12, y + 32, { lineBreak: false });
      if (license.owner) {
        pdf.text(license.owner, x + 12, y + 46, {
          width: CARD.width - QR_SIDE - 40,
          height: 22,
          ellipsis: true,
        });
      }
      pdf
        .font('Courier-Bold')
        .fontSize(13)
        .text(formatKey(license.key), x + 12, y + 78, { lineBreak: false });
      pdf
        .font('Helvetica')
        .fontSize(7)
        .fillColor('#55606d')
        .text(t.cardHelp, x + 12, y + CARD.height - 22, { lineBreak: false });
      const { size, path } = qrPath(license.key, 'M');
      pdf
        .save()
        .translate(x + CARD.width - QR_SIDE - 14, y + 18)
        .scale(QR_SIDE / size)
        .path(path)
        // A hair larger than the modules: no white seams between their rows.
        .lineWidth(0.03)
        .fillAndStroke('#000000', '#000000')
        .restore();
    }
  }
  if (index === 0) pdf.addPage();
  pdf.end();
}
