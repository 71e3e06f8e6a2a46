import qrcode from 'qrcode';

/** A QR code as one SVG path. */
export interface QrPath {
  /** Modules on a side; the path is in these units. */
  readonly size: number;
  readonly path: string;
}

/** Draws a QR code (ISO/IEC 18004, level L: the parts carry their own checksum and are read from a screen). */
export function qrPath(text: string): QrPath {
  const { modules } = qrcode.create(text, { errorCorrectionLevel: 'L' });
  let path = '';
  for (let row = 0; row < modules.size; row++) {
    let from = -1;
    for (let column = 0; column <= modules.size; column++) {
      const dark = column < modules.size && modules.get(row, column) === 1;
      if (dark && from < 0) from = column;
      if (!dark && from >= 0) {
        path += `M${from} ${row}h${column - from}v1h-${column - from}z`;
        from = -1;
      }
    }
  }
  return { size: modules.size, path };
}
