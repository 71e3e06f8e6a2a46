import { cpuOfProcess } from './measure.ts';

/** Something done many times: how often a second, and the CPU milliseconds that each took, by process. */
export interface Pace {
  readonly rate: number;
  /** Of the process that did it: the server, or this one where nobody else is asked. */
  readonly cpu: number;
  /** Of the server's children, which look into the files. */
  readonly children: number;
  /** Of this process as the client. */
  readonly client: number;
}

/** CPU milliseconds of this process. */
function ownCpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Measures `work`, which asks the server `pid` for something so many times. */
export async function pace(pid: number, times: number, work: () => Promise<void>): Promise<Pace> {
  const server = cpuOfProcess(pid);
  const all = cpuOfProcess(pid, true);
  const own = ownCpu();
  const begin = performance.now();
  await work();
  const seconds = (performance.now() - begin) / 1_000;
  const cpu = (cpuOfProcess(pid) - server) / times;
  return {
    rate: times / seconds,
    cpu,
    // A child that was replaced meanwhile takes its figures along.
    children: Math.max(0, (cpuOfProcess(pid, true) - all) / times - cpu),
    client: (ownCpu() - own) / times,
  };
}

/** Measures `work`, which this process does itself so many times. */
export async function ownPace(times: number, work: () => Promise<void>): Promise<Pace> {
  const own = ownCpu();
  const begin = performance.now();
  await work();
  const rate = times / ((performance.now() - begin) / 1_000);
  return { rate, cpu: (ownCpu() - own) / times, children: 0, client: 0 };
}
