import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { timestamp, type Actor } from '@gec/core';
import type { Base } from '../../context.ts';
import type { JournalService } from '../journal/journal.service.ts';
import { BackupError, openBackup, sealBackup } from './backup.format.ts';
import { createBackupRepo, type TablePart } from './backup.repo.ts';

/** What backups need. */
export interface BackupDeps extends Pick<Base, 'config' | 'database' | 'clock'> {
  journal: JournalService;
}

/** What the last record of a backup says of the others. */
interface Summary {
  readonly end: true;
  readonly at: string;
  readonly counts: Readonly<Record<string, number>>;
}

const isSummary = (record: unknown): record is Summary =>
  typeof record === 'object' && record !== null && 'end' in record;

/** Encrypted, verifiable copies of the whole database, the same for both engines. */
export function createBackupService({ config, database, clock, journal }: BackupDeps) {
  const repo = createBackupRepo(database);

  /** Reads a whole backup without changing anything. @throws BackupError */
  function verify(path: string): Summary {
    const counts: Record<string, number> = {};
    let summary: Summary | null = null;
    for (const record of openBackup(readFileSync(path), config.backupKey)) {
      if (isSummary(record)) summary = record;
      else {
        const { table, rows } = record as TablePart;
        counts[table] = (counts[table] ?? 0) + rows.length;
      }
    }
    if (!summary || JSON.stringify(counts) !== JSON.stringify(summary.counts)) {
      throw new BackupError('the backup is not complete');
    }
    return summary;
  }

  return {
    verify,

    /** Where a backup goes unless said otherwise: below the data folder, named by its instant. */
    defaultPath: (): string =>
      join(config.dataDir, 'backups', `licences-${timestamp(clock).replace(/[:.]/g, '-')}.geclicb`),

    /**
     * Writes a backup of one instant while the program runs. The file is complete and synced before it has its name.
     *
     * @throws Error when there is a file of that name
     */
    async create(actor: Actor, path: string): Promise<Summary> {
      if (existsSync(path)) throw new Error(`${path} exists already`);
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      await journal.chainNow();
      const draft = `${path}.part`;
      const file = openSync(draft, 'w', 0o600);
      const { head, seal } = sealBackup(config.backupKey);
      const counts: Record<string, number> = {};
      try {
        writeSync(file, head);
        await repo.snapshot((part) => {
          counts[part.table] = (counts[part.table] ?? 0) + part.rows.length;
          writeSync(file, seal(part));
        });
        writeSync(file, seal({ end: true, at: timestamp(clock), counts } satisfies Summary, true));
        fsyncSync(file);
      } catch (error) {
        closeSync(file);
        rmSync(draft, { force: true });
        throw error;
      }
      closeSync(file);
      renameSync(draft, path);
      const summary = verify(path);
      await journal.recordAlone(actor, {
        action: 'backup.create',
        details: { licenses: counts['licenses'] ?? 0, activations: counts['license_activations'] ?? 0 },
      });
      return summary;
    },

    /**
     * Puts a backup in the place of everything that is there, in one transaction. The program must be started anew
     * afterwards, since its keys may be others.
     *
     * @throws BackupError before anything is changed
     */
    async restore(path: string): Promise<Summary> {
      const summary = verify(path);
      await database.transaction(async (trx) => {
        await repo.empty(trx);
        for (const record of openBackup(readFileSync(path), config.backupKey)) {
          if (!isSummary(record)) await repo.put(trx, record as TablePart);
        }
        await repo.advanceIds(trx);
      });
      return summary;
    },
  };
}
