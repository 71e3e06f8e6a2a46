import qrcode from 'qrcode';

/** A QR code as one SVG path. */
export interface QrPath {
  /** Modules on a side; the path is in these units. */
  readonly size: number;
  readonly path: string;
}

/** White modules around a code, without which readers do not find it (ISO/IEC 18004 § 9.1). */
const QUIET = 4;

/**
 * Draws a QR code (ISO/IEC 18004) as a path of rectangles, one for each run of dark modules in a row.
 *
 * @param level `L` for what is read from a screen or carries a checksum of its own, `M` for paper
 */
export function qrPath(text: string, level: 'L' | 'M' = 'L'): QrPath {
  const { modules } = qrcode.create(text, { errorCorrectionLevel: level });
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

/** A QR code of a text. Black on white whatever the theme, with its quiet zone: readers need both. */
export function QrCode({ text, label, side = 320 }: { text: string; label: string; side?: number }) {
  const { size, path } = qrPath(text);
  const whole = size + 2 * QUIET;
  return (
    <svg
      class="qr"
      role="img"
      aria-label={label}
      width={side}
      height={side}
      viewBox={`-${QUIET} -${QUIET} ${whole} ${whole}`}
      shape-rendering="crispEdges"
    >
      <rect x={-QUIET} y={-QUIET} width={whole} height={whole} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
