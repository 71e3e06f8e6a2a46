import { statfs } from 'node:fs/promises';
import { httpTexts } from './http.texts.ts';

/** The body of `/health`, as CONTRACT.md fixes it. */
export type HealthReport =
  | { readonly status: 'healthy' }
  | { readonly status: 'warning'; /** Percentage in use. */ readonly disk: number }
  | { readonly status: 'error'; readonly message: string };

/** From this percentage of disk in use on, somebody should look. */
const DISK_WARNING_PERCENT = 90;
const PING_LIMIT_MS = 3_000;

/** The percentage of a disk that is in use, counted as `df` does: without what is reserved for root. */
export async function diskUsage(dir: string): Promise<number> {
  const { blocks, bfree, bavail } = await statfs(dir);
  const used = blocks - bfree;
  return used + bavail === 0 ? 0 : Math.ceil((used / (used + bavail)) * 100);
}

async function withinLimit(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), PING_LIMIT_MS);
  });
  try {
    await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Looks whether the program can work: the database answers within 3 s, and the disk of the data folder has room.
 *
 * @param checks.ping asks the database
 * @param checks.dataDir folder whose disk is measured
 * @param checks.usage how the disk is measured, in percent
 */
export async function checkHealth(checks: {
  ping(): Promise<void>;
  dataDir: string;
  usage?: (dir: string) => Promise<number>;
}): Promise<HealthReport> {
  const texts = httpTexts('fr');
  try {
    await withinLimit(checks.ping());
  } catch {
    return { status: 'error', message: texts.databaseAway };
  }
  try {
    const disk = await (checks.usage ?? diskUsage)(checks.dataDir);
    return disk > DISK_WARNING_PERCENT ? { status: 'warning', disk } : { status: 'healthy' };
  } catch {
    return { status: 'error', message: texts.diskUnreadable };
  }
}
