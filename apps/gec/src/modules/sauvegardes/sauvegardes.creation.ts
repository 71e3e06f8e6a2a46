import { createHash } from 'node:crypto';
import { PassThrough, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ArchiveSummary, Recipient } from '@gec/backup';
import { timestamp } from '@gec/core';
import type { Base } from '../../context.ts';
import type { FileStore } from '../../storage/file-store.ts';
import { ecrireSauvegarde, type Avancee } from './sauvegardes.archive.ts';
import { oublier, type Depot } from './sauvegardes.depot.ts';
import type { ErreurSauvegarde } from './sauvegardes.schema.ts';
import { secretsPropres } from './sauvegardes.secrets.ts';

/** The archive that lies there is not the one that was written. */
class AltereeError extends Error {
  override readonly name = 'AltereeError';
}

/** Nobody could open the backup: there is neither a key nor a phrase to seal it for. */
export class SansCleError extends Error {
  override readonly name = 'SansCleError';
}

/** Ends a backup when the program stops. */
export class ArretError extends Error {
  override readonly name = 'ArretError';
}

/** What an archive became. */
export interface Ecrite {
  readonly summary: ArchiveSummary;
  /** Bytes. */
  readonly taille: number;
  /** SHA-256, hexadecimal. */
  readonly empreinte: string;
}

/** Counts and sums what passes. */
function pesee() {
  const hash = createHash('sha256');
  const found = { taille: 0, empreinte: () => hash.digest('hex') };
  const through = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      found.taille += chunk.length;
      done(null, chunk);
    },
  });
  return { found, through };
}

/** The SHA-256 of an archive as it lies there. */
export async function empreinteDe(depot: Pick<Depot, 'lire'>, nom: string): Promise<string> {
  const { found, through } = pesee();
  await pipeline(await depot.lire(nom), through, oublier());
  return found.empreinte();
}

/**
 * Makes an archive, keeps it, and reads it again: it lies there as it was written, or there is none.
 *
 * @param options.secrets whether secrets that the installation made for itself go along
 * @throws whatever database, store and place throw; SansCleError without a recipient
 */
export async function fabriquer(
  { config, database, clock }: Pick<Base, 'config' | 'database' | 'clock'>,
  options: {
    nom: string;
    store: Pick<FileStore, 'open' | 'size'>;
    depot: Depot;
    recipients: readonly Recipient[];
    secrets: boolean;
    progress?: Avancee | undefined;
    signal?: AbortSignal | undefined;
  },
): Promise<Ecrite> {
  const { nom, store, depot, recipients, signal } = options;
  if (recipients.length === 0) throw new SansCleError('there is no key to seal the backup for');
  const { found, through } = pesee();
  const destination = new PassThrough();
  const stop = () => destination.destroy(new ArretError('the program stops'));
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop);
  // What goes wrong at either end ends the other one.
  const flowing = pipeline(destination, through);
  const keeping = depot.ecrire(nom, through).catch((error: Error) => {
    through.destroy(error);
    throw error;
  });
  const writing = ecrireSauvegarde({
    databaseUrl: config.databaseUrl,
    engine: database.engine,
    store,
    at: timestamp(clock),
    recipients,
    secrets: options.secrets ? secretsPropres(config) : null,
    pepper: config.passwordPepper,
    destination,
    progress: options.progress,
  }).catch((error: Error) => {
    destination.destroy(error);
    throw error;
  });
  const [kept, written, flowed] = await Promise.allSettled([keeping, writing, flowing]);
  signal?.removeEventListener('abort', stop);
  if (signal?.aborted) throw new ArretError('the program stops');
  // The first cause is the keeper's where the medium failed, the writer's otherwise.
  for (const end of [kept, written, flowed]) if (end.status === 'rejected') throw end.reason;
  if (written.status === 'rejected') throw written.reason;
  const empreinte = found.empreinte();
  if ((await empreinteDe(depot, nom)) !== empreinte) {
    await depot.supprimer(nom);
    throw new AltereeError('the backup was not kept as it was written');
  }
  return { summary: written.value, taille: found.taille, empreinte };
}

/** Why a backup failed, as a code. */
export function erreurDe(error: unknown): ErreurSauvegarde {
  if (error instanceof ArretError) return 'ARRETEE';
  if (error instanceof SansCleError) return 'CLE';
  if (error instanceof AltereeError) return 'ALTEREE';
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return ['ENOSPC', 'EDQUOT', 'EACCES', 'EROFS', 'ENOENT'].includes(code) ? 'PLACE' : 'AUTRE';
}
