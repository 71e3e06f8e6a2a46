import { open, rename, rm } from 'node:fs/promises';
import { createReadStream, createWriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { ArchiveError, readArchive, writeArchive, type ArchiveStart, type Opener } from '@gec/backup';
import { appliedSteps, planCopy, readSnapshot, readTable, TableRestore, type Database } from '@gec/db';
import { migrations } from '../../db/migrations/index.ts';
import type { LicenceTables } from '../../db/schema.ts';
import { BackupError } from './backup.format.ts';

const PROGRAM = 'licences';
/** What does not outlive the moment: sessions, locks, side effects that were under way. */
const EXCLUDED = [/^session$/, /^outbox$/, /^lookup_brake$/, /^login_/];

/** What a backup holds, and of when. */
export interface Summary {
  readonly at: string;
  /** Rows by table. */
  readonly counts: Readonly<Record<string, number>>;
}

/** The secret of the server, as that which opens its archives. */
const openerOf = (backupKey: Buffer): Opener & { phrase: string } => ({
  phrase: backupKey.toString('base64url'),
});

/** The same words for every refusal that the format before this one had. */
function refused(error: unknown): Error {
  if (!(error instanceof ArchiveError)) return error instanceof Error ? error : new Error(String(error));
  const message = {
    foreign: 'not a backup of the licence server',
    secret: 'the secret is another one, or the backup was altered',
    damaged: 'the backup was cut off or altered',
    newer: 'a newer version of the program made this backup',
  }[error.fault];
  return new BackupError(message, { cause: error });
}

/** Waits until a file, or the names in a folder, are on the medium. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes an archive of one instant. The file is whole and durable before it has its name. */
export async function write(
  path: string,
  source: { databaseUrl: string; engine: Database<LicenceTables>['engine']; backupKey: Buffer; at: string },
): Promise<void> {
  const { databaseUrl, engine, backupKey, at } = source;
  const draft = `${path}.part`;
  try {
    await readSnapshot<LicenceTables, unknown>(databaseUrl, async (db) => {
      const schema = await appliedSteps(db);
      const { tables } = await planCopy(db, engine, EXCLUDED);
      return writeArchive(
        {
          start: { programme: PROGRAM, cree: at, schema, moteur: engine },
          async *tables() {
            for (const shape of tables) {
              for await (const rows of readTable(db, shape)) yield { table: shape.name, rows };
            }
          },
          async *files() {
            // The server keeps everything in its database.
          },
        },
        [openerOf(backupKey)],
        createWriteStream(draft, { mode: 0o600 }),
      );
    });
    await sync(draft);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await rename(draft, path);
  await sync(dirname(path));
}

/** Reads a whole archive. @throws BackupError */
export async function examine(path: string, backupKey: Buffer): Promise<Summary & { start: ArchiveStart }> {
  const source = createReadStream(path);
  try {
    const { start, summary } = await readArchive(source, openerOf(backupKey), {});
    if (start.programme !== PROGRAM) throw new ArchiveError('foreign', start.programme);
    const unknown = start.schema.find((name) => !migrations.some((step) => step.name === name));
    if (unknown !== undefined) throw new ArchiveError('newer', unknown);
    return { start, at: start.cree, counts: summary.tables };
  } catch (error) {
    throw refused(error);
  } finally {
    source.destroy();
  }
}

/** Puts an archive in the place of everything that is there, in one transaction. @throws BackupError */
export async function putBack(
  path: string,
  backupKey: Buffer,
  database: Database<LicenceTables>,
): Promise<Summary> {
  const { start, ...summary } = await examine(path, backupKey);
  await database.transaction(async (trx) => {
    const { engine } = database;
    const restore = new TableRestore(trx, { engine, steps: migrations, exclude: EXCLUDED });
    await restore.begin(start.schema);
    const source = createReadStream(path);
    try {
      await readArchive(source, openerOf(backupKey), { rows: (table, rows) => restore.rows(table, rows) });
    } catch (error) {
      throw refused(error);
    } finally {
      source.destroy();
    }
    await restore.finish();
  });
  return summary;
}
