import { INK, type Papier } from './papier.ts';

/**
 * Draws a QR code as vectors, so that it is sharp on any printer (ISO/IEC 18004, level M).
 *
 * @param side side in points, without the quiet zone, which is the caller's white
 */
export async function drawQr(
  papier: Papier,
  text: string,
  x: number,
  y: number,
  side: number,
  color: string = INK.text,
): Promise<void> {
  const { default: qrcode } = await import('qrcode');
  const { modules } = qrcode.create(text, { errorCorrectionLevel: 'M' });
  const cell = side / modules.size;
  const { pdf } = papier;
  for (let row = 0; row < modules.size; row++) {
    let from = -1;
    for (let column = 0; column <= modules.size; column++) {
      const dark = column < modules.size && modules.get(row, column) === 1;
      if (dark && from < 0) from = column;
      if (!dark && from >= 0) {
        // Runs of modules are one rectangle, a hair taller than a row: no white seams between them.
        pdf.rect(x + from * cell, y + row * cell, (column - from) * cell, cell * 1.02);
        from = -1;
      }
    }
  }
  pdf.fill(color);
}
