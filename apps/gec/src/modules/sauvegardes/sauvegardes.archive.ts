import type { Readable, Writable } from 'node:stream';
import {
  ArchiveError,
  readArchive,
  writeArchive,
  type ArchiveStart,
  type ArchiveSummary,
  type Opener,
  type Recipient,
} from '@gec/backup';
import { AppError } from '@gec/core';
import { openKeyring, parseMasterKey, sha256Hex, type DataKeyRow } from '@gec/crypto';
import { readSnapshot, TableRestore, type Database, type PortableRow, type Step } from '@gec/db';
import { z } from 'zod';
import type { GecTables } from '../../db/schema.ts';
import type { FileStore } from '../../storage/file-store.ts';
import { TABLES_EXCLUES } from './sauvegardes.contenu.ts';
import { sauvegardesRepo } from './sauvegardes.repo.ts';

/** Secrets of an installation that made its own (see `readSecrets` in config.ts). */
export type Secrets = Readonly<Record<string, string>>;

const secretsShape = z.record(z.string(), z.string());
const temoinsShape = z.object({ poivre: z.string() });

/** How far a backup or restore is. */
export type Avancee = (done: { rows: number; files: number; bytes: number }) => void;

/**
 * Writes a backup of one instant, while the program goes on.
 *
 * @param options.secrets go along so that the loss of the machine is not the loss of the letters; null: they are kept
 *   elsewhere
 * @throws whatever the destination throws; what was written then is not a backup
 */
export async function ecrireSauvegarde(options: {
  databaseUrl: string;
  engine: 'sqlite' | 'postgres';
  store: Pick<FileStore, 'open' | 'size'>;
  at: string;
  recipients: readonly Recipient[];
  secrets: Secrets | null;
  /** Pepper of the passwords: only its digest goes along, to tell another one at once. */
  pepper: string;
  destination: Writable;
  progress?: Avancee | undefined;
}): Promise<ArchiveSummary> {
  const { databaseUrl, engine, store, at, recipients, secrets, pepper, destination, progress } = options;
  return readSnapshot<GecTables, ArchiveSummary>(databaseUrl, async (db) => {
    const schema = await sauvegardesRepo.etapes(db);
    return writeArchive(
      {
        start: { programme: 'gec', cree: at, schema, moteur: engine },
        tables: () => sauvegardesRepo.lignes(db, engine),
        async *files() {
          for await (const path of sauvegardesRepo.chemins(db, engine)) {
            yield fichier(store, path);
          }
        },
        notes: { temoins: { poivre: temoin(pepper) }, ...(secrets && { secrets }) },
        progress,
      },
      recipients,
      destination,
    );
  });
}

/** A file as it lies in the store, opened at once: it may be destroyed at any moment, and is absent then. */
async function fichier(store: Pick<FileStore, 'open' | 'size'>, path: string) {
  const size = await store.size(path);
  if (size === null) return { path, size };
  try {
    const content = await store.open(path);
    return { path, size, open: async () => content };
  } catch (error) {
    if (error instanceof AppError && error.code === 'FILE_MISSING') return { path, size: null };
    throw error;
  }
}

/** What tells one pepper from another. */
export const temoin = (pepper: string): string => sha256Hex(`gec/sauvegarde/poivre/${pepper}`);

/** What a look through a whole backup found. */
export interface Examen {
  readonly start: ArchiveStart;
  readonly summary: ArchiveSummary;
  readonly secrets: Secrets | null;
  /** See {@link temoin}; null where the backup does not say. */
  readonly poivre: string | null;
  /** The wrapped data keys, to be tried with a master key. */
  readonly cles: readonly DataKeyRow[];
}

/**
 * Reads a backup from end to end without changing anything.
 *
 * @throws ArchiveError
 */
export async function examiner(source: Readable, opener: Opener, progress?: Avancee): Promise<Examen> {
  let secrets: Secrets | null = null;
  let poivre: string | null = null;
  const cles: DataKeyRow[] = [];
  const { start, summary } = await readArchive(source, opener, {
    async rows(table, rows) {
      if (table === 'data_key') cles.push(...rows.map(keyOf));
    },
    note(name, note) {
      if (name === 'secrets') secrets = secretsShape.parse(note);
      if (name === 'temoins') poivre = temoinsShape.parse(note).poivre;
    },
    ...(progress && { progress }),
  }).finally(() => source.destroy());
  if (start.programme !== 'gec') {
    throw new ArchiveError('foreign', `this is a backup of another program (${start.programme})`);
  }
  return { start, summary, secrets, poivre, cles };
}

const keyOf = (row: PortableRow): DataKeyRow => ({
  kid: String(row['kid']),
  purpose: row['purpose'] as DataKeyRow['purpose'],
  wrapped: String(row['wrapped']),
  createdAt: String(row['created_at']),
  retiredAt: row['retired_at'] === null ? null : String(row['retired_at']),
});

/** Whether a master key opens what a backup holds. @throws WrongMasterKeyError, InvalidMasterKeyError */
export async function essayerCle({ cles }: Examen, masterKey: string): Promise<void> {
  await openKeyring(
    parseMasterKey(masterKey, 'GEC_MASTER_KEY'),
    { load: async () => [...cles], insertMissing: async () => undefined },
    { now: () => new Date() },
  );
}

/**
 * Puts a backup in the place of everything that is there: files first, then all rows in one transaction. What was there
 * stays if anything fails; files that came meanwhile are swept later.
 *
 * @param examen of the same backup, read before
 * @throws ArchiveError, and what database and store throw
 */
export async function remettre(options: {
  source: Readable;
  opener: Opener;
  examen: Examen;
  database: Database<GecTables>;
  store: Pick<FileStore, 'put'>;
  steps: readonly Step[];
  progress?: Avancee | undefined;
}): Promise<void> {
  const { source, opener, examen, database, store, steps, progress } = options;
  const { schema } = examen.start;
  exigerConnu(examen, steps);
  await database.transaction(async (trx) => {
    const remise = new TableRestore(trx, { engine: database.engine, steps, exclude: TABLES_EXCLUES });
    await remise.begin(schema);
    await readArchive(source, opener, {
      rows: (table, rows) => remise.rows(table, rows),
      async file(path, _size, content) {
        // A path is random and its file never changes, so this is the same again or what a damaged disk has lost.
        await store.put(path, content as AsyncIterable<Uint8Array>);
      },
      ...(progress && { progress }),
    }).finally(() => source.destroy());
    await remise.finish();
    await sauvegardesRepo.noterIndex(trx);
  });
}

/** @throws ArchiveError `newer` for a backup that this program is too old for */
export function exigerConnu({ start }: Examen, steps: readonly Step[]): void {
  const unknown = start.schema.find((name) => !steps.some((step) => step.name === name));
  if (unknown !== undefined) {
    throw new ArchiveError('newer', `a newer version of the program made this backup (${unknown})`);
  }
}
