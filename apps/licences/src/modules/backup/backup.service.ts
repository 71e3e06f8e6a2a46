import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { timestamp, type Actor } from '@gec/core';
import type { Base } from '../../context.ts';
import type { JournalService } from '../journal/journal.service.ts';
import { examine, putBack, write, type Summary } from './backup.archive.ts';
import { BackupError, isOldBackup, openBackup } from './backup.format.ts';
import { createBackupRepo, type TablePart } from './backup.repo.ts';

/** What backups need. */
export interface BackupDeps extends Pick<Base, 'config' | 'database' | 'clock'> {
  journal: JournalService;
  /** Puts keys that are under a former secret under the one in force. */
  adoptFormer: () => Promise<void>;
}

/** What the last record of a backup of the old format says of the others. */
interface OldSummary extends Summary {
  readonly end: true;
}

const isSummary = (record: unknown): record is OldSummary =>
  typeof record === 'object' && record !== null && 'end' in record;

function isOld(path: string): boolean {
  const start = Buffer.alloc(8);
  const file = openSync(path, 'r');
  try {
    readSync(file, start);
  } finally {
    closeSync(file);
  }
  return isOldBackup(start);
}

/** Encrypted, verifiable copies of the whole database, the same for both engines. */
export function createBackupService({ config, database, clock, journal, adoptFormer }: BackupDeps) {
  const repo = createBackupRepo(database);
  const { backupKey } = config;

  function examineOld(path: string, key: Buffer): Summary {
    const counts: Record<string, number> = {};
    let summary: Summary | null = null;
    for (const record of openBackup(readFileSync(path), key)) {
      if (isSummary(record)) summary = record;
      else {
        const { table, rows } = record as TablePart;
        counts[table] = (counts[table] ?? 0) + rows.length;
      }
    }
    if (!summary || JSON.stringify(counts) !== JSON.stringify(summary.counts)) {
      throw new BackupError('the backup is not complete');
    }
    return { at: summary.at, counts };
  }

  async function readWhole(path: string, key: Buffer): Promise<Summary> {
    if (isOld(path)) return examineOld(path, key);
    const { at, counts } = await examine(path, key);
    return { at, counts };
  }

  /** Reads a whole backup, under the secret in force or a former one. @throws BackupError */
  async function opened(path: string): Promise<{ summary: Summary; key: Buffer }> {
    try {
      return { summary: await readWhole(path, backupKey), key: backupKey };
    } catch (error) {
      if (!(error instanceof BackupError) || !config.former) throw error;
      const key = config.former.backupKey;
      return { summary: await readWhole(path, key), key };
    }
  }

  return {
    /** Reads a whole backup without changing anything. @throws BackupError */
    verify: async (path: string): Promise<Summary> => (await opened(path)).summary,

    /** Where a backup goes unless said otherwise: below the data folder, named by its instant. */
    defaultPath: (): string =>
      join(config.dataDir, 'backups', `licences-${timestamp(clock).replace(/[:.]/g, '-')}.gecarc`),

    /**
     * Writes a backup of one instant while the program runs. The file is complete and synced before it has its name,
     * and is read again.
     *
     * @throws Error when there is a file of that name
     */
    async create(actor: Actor, path: string): Promise<Summary> {
      if (existsSync(path)) throw new Error(`${path} exists already`);
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      await journal.chainNow();
      const { databaseUrl } = config;
      await write(path, { databaseUrl, engine: database.engine, backupKey, at: timestamp(clock) });
      const summary = await readWhole(path, backupKey);
      const { counts } = summary;
      await journal.recordAlone(actor, {
        action: 'backup.create',
        details: { licenses: counts['licenses'] ?? 0, activations: counts['license_activations'] ?? 0 },
      });
      return summary;
    },

    /**
     * Puts a backup, also one of the old format, in the place of everything that is there, in one transaction. The
     * program must be started anew afterwards, since its keys may be others. What was under a former secret comes under
     * the one in force.
     *
     * @throws BackupError before anything is changed
     */
    async restore(path: string): Promise<Summary> {
      const { summary, key } = await opened(path);
      if (!isOld(path)) await putBack(path, key, database);
      else {
        await database.transaction(async (trx) => {
          await repo.empty(trx);
          for (const record of openBackup(readFileSync(path), key)) {
            if (!isSummary(record)) await repo.put(trx, record as TablePart);
          }
          await repo.advanceIds(trx);
        });
      }
      await adoptFormer();
      return summary;
    },
  };
}
