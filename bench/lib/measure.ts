import { readdirSync, readFileSync } from 'node:fs';

/** CPU seconds that a process has used, from the scheduler, in milliseconds to the microsecond. Linux only. */
function cpuOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}

/** CPU milliseconds that all threads of a process have used so far, and with `children` those of its children. */
export function cpuOfProcess(pid: number, children = false): number {
  let sum = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    sum += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
    if (!children) continue;
    const ids = readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim();
    for (const id of ids === '' ? [] : ids.split(' ')) sum += cpuOfProcess(Number(id));
  }
  return sum;
}

/** Middle and near-worst of some measurements, in their unit. */
export interface Spread {
  readonly median: number;
  readonly p95: number;
}

/** The median and the 95th percentile. */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { median: at(0.5), p95: at(0.95) };
}

/**
 * CPU milliseconds of each of some runs: of this process, and of a database backend where one works for it.
 *
 * @param backend process id of the PostgreSQL backend that the only connection has
 */
export async function cpuMillis(
  runs: readonly (() => Promise<unknown>)[],
  backend: number | null,
): Promise<Spread> {
  const values: number[] = [];
  for (const run of runs) {
    const before = process.cpuUsage();
    const there = backend === null ? 0 : cpuOf(backend);
    await run();
    const { user, system } = process.cpuUsage(before);
    values.push((user + system) / 1000 + (backend === null ? 0 : cpuOf(backend) - there));
  }
  return spread(values);
}

/** `0.13`, `4.7`, `151`: three figures are enough. */
export function ms(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** A Markdown table. */
export function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
