import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('./slow-flush.c', import.meta.url));

/**
 * What a program's environment must say so that each flush of its disk takes longer, see slow-flush.c.
 *
 * @param dir an empty folder for the library and its lock
 * @param millis what each flush takes at least
 * @throws Error when there is no C compiler
 */
export function slowFlush(dir: string, millis: number): Record<string, string> {
  const library = join(dir, 'slow-flush.so');
  execFileSync('cc', ['-shared', '-fPIC', '-O2', '-o', library, SOURCE, '-ldl'], { stdio: 'inherit' });
  return {
    LD_PRELOAD: library,
    GEC_BENCH_FLUSH_US: String(Math.round(millis * 1_000)),
    GEC_BENCH_FLUSH_LOCK: join(dir, 'slow-flush.lock'),
  };
}
