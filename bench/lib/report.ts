/** Prints a Markdown table. */
export function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  process.stdout.write(
    `\n${[line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')}\n\n`,
  );
}

/** Says what was measured against what it must reach, and makes the run fail when it does not. */
export function verdict(name: string, reached: boolean, detail: string): void {
  process.stdout.write(`${reached ? 'OK ' : 'NON'} ${name} : ${detail}\n`);
  if (!reached) process.exitCode = 1;
}

/** The value below which a share of the samples lies. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
