import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { fill, formatNumber, type Lang } from '@gec/core';
import { findings, type Examen } from './doctor.ts';
import { doctorTexts } from './doctor.texts.ts';

/** What the build is made for (esbuild's target). */
const NODE_OLDEST = 24;
const MIB = 1024 ** 2;
const MEMORY_LEAST_MIB = 400;
const MEMORY_GOOD_MIB = 900;
const FILES_GOOD = 4_096;

/** Facts of a machine, as they are measured or as a test has them. */
export interface Machine {
  readonly node: string;
  /** Bytes that this process may use: the group's limit where there is one. */
  readonly memory: number;
  /** Files that may be open at once; null where nothing tells. */
  readonly files: number | null;
  /** Whether the time zones of IANA are known: Kinshasa has been an hour ahead of UTC all year since 1920. */
  readonly zones: boolean;
}

function openFilesLimit(): number | null {
  try {
    const limits = readFileSync('/proc/self/limits', 'latin1');
    const [, text = ''] = /^Max open files\s+(\S+)/m.exec(limits) ?? [];
    return text === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(text) || null;
  } catch {
    return null;
  }
}

function knowsZones(): boolean {
  const hour = (instant: string): string =>
    new Intl.DateTimeFormat('fr-FR', { timeZone: 'Africa/Kinshasa', hour: '2-digit', hour12: false }).format(
      new Date(instant),
    );
  return ['2026-01-15T10:00:00Z', '2026-07-15T10:00:00Z'].every((instant) => hour(instant).startsWith('11'));
}

/** Measures the machine that this process runs on. */
export function thisMachine(): Machine {
  const limit = process.constrainedMemory();
  return {
    node: process.versions.node,
    memory: limit > 0 ? Math.min(limit, totalmem()) : totalmem(),
    files: openFilesLimit(),
    zones: knowsZones(),
  };
}

/** What to look at in a machine: Node, memory, open files, time zones. */
export function machineExams(lang: Lang, machine: Machine): Examen[] {
  const t = doctorTexts(lang);
  const mib = Math.round(machine.memory / MIB);
  return [
    {
      id: 'node',
      run() {
        const as = findings('node');
        const constat = fill(t.node, { version: machine.node });
        return Number.parseInt(machine.node, 10) >= NODE_OLDEST
          ? as.ok(constat)
          : as.panne(constat, fill(t.nodeVieux, { version: NODE_OLDEST }));
      },
    },
    {
      id: 'memoire',
      run() {
        const as = findings('memoire');
        const constat = fill(t.memoire, { mo: formatNumber(lang, mib) });
        if (mib < MEMORY_LEAST_MIB) return as.panne(constat, t.memoirePeu);
        return mib < MEMORY_GOOD_MIB ? as.attention(constat, t.memoirePeu) : as.ok(constat);
      },
    },
    {
      id: 'limites',
      run() {
        if (machine.files === null) return null;
        const as = findings('limites');
        const constat = fill(t.limites, { n: formatNumber(lang, machine.files) });
        return machine.files < FILES_GOOD ? as.attention(constat, t.limitesBasses) : as.ok(constat);
      },
    },
    {
      id: 'fuseaux',
      run() {
        const as = findings('fuseaux');
        return machine.zones ? as.ok(t.fuseaux) : as.panne(t.fuseauxAbsents, t.fuseauxInstaller);
      },
    },
  ];
}
