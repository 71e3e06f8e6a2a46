import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client, PostgresCluster } from '@gec/testing';
import pg from 'pg';

/** How a loss is noticed: so many questions, one a second, without an answer. */
const SILENT = 3;

/** Asks a server something on a connection of its own, within a second. @throws Error when it does not answer */
export async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 1_000,
    query_timeout: 1_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    client.end().catch(() => undefined);
  }
}

/** Asks the primary every second, and promotes the standby when it was silent. */
export async function watch(primary: PostgresCluster, standby: PostgresCluster): Promise<void> {
  for (let silent = 0; silent < SILENT;) {
    await pause(1_000);
    silent = await ask(primary.adminUrl, 'select 1').then(
      () => 0,
      () => silent + 1,
    );
  }
  await standby.promote();
}

/** Stops every process of a server where it is, as when its machine is cut off, or lets it go on. */
export function signalServer(pid: number, signal: 'SIGSTOP' | 'SIGCONT'): void {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  for (const one of [pid, ...children.filter((text) => text !== '').map(Number)]) process.kill(one, signal);
}

/** Whether a process is still there. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The longest time in which nothing succeeded, in seconds. */
export function longestGap(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return Math.max(0, ...sorted.slice(1).map((at, i) => at - sorted[i]!));
}

/** A letter in the list. */
export interface Line {
  id: number;
  objet: string;
  numero_accuse_reception: string;
}

/** The whole register, page by page. */
export async function everyLetter(client: Client): Promise<Line[]> {
  const lines: Line[] = [];
  let after: string | null = null;
  do {
    const page: { body: { courriers: Line[]; suivant: string | null } } = await client.json(
      'GET',
      `/api/v1/courriers?size=100${after === null ? '' : `&apres=${after}`}`,
    );
    lines.push(...page.body.courriers);
    after = page.body.suivant;
  } while (after !== null);
  return lines;
}
