import { finished, pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import { AppError, type Lang } from '@gec/core';
import type { FileCipher, FileDigest } from '@gec/crypto';
import { free } from '../../storage/durable.ts';
import type { FileStore } from '../../storage/file-store.ts';
import { unsealed } from '../../storage/unsealed.ts';
import {
  AtelierError,
  type Atelier,
  type FileInput,
  type Inspection,
  type ScanType,
} from '../../workers/atelier.ts';
import type { Buffers } from './pieces.buffers.ts';
import type { Gate } from './pieces.gate.ts';
import { estRenomme, nomAvecExtension } from './pieces.nom.ts';
import {
  atelierOccupe,
  disquePlein,
  interrompu,
  refusInspection,
  renomme,
  tropGros,
  typeNonAdmis,
} from './pieces.refus.ts';
import { PAGES_MAX } from './pieces.schema.ts';

/** A file that is on the disk, sealed, durable and checked, and that no row names yet. */
export interface FichierRecu {
  readonly chemin: string;
  readonly nom: string;
  readonly inspection: Extract<Inspection, { ok: true }>;
  readonly digest: FileDigest;
}

/** What receiving needs. */
export interface ReceptionDeps {
  readonly store: FileStore;
  readonly files: FileCipher;
  readonly atelier: Pick<Atelier, 'inspect'>;
  /** Holds back inspections, which read their file from the disk only when their turn has come. */
  readonly gate: Gate;
  /** Where small files wait in memory. */
  readonly buffers: Buffers;
}

/** A file as it arrives. */
export interface Arrivee {
  readonly lang: Lang;
  /** Cleaned name; never empty. */
  readonly nom: string;
  readonly stream: Readable;
  /** Bytes at most. */
  readonly max: number;
  /** Kinds that are taken now. */
  readonly types: readonly ScanType[];
  /** Bytes that the stream cannot have more of, where that is known. */
  readonly atMost?: number | undefined;
  /** Whether a chunk of the stream may be freed when the next one has come. */
  readonly ownChunks: boolean;
}

/** The bytes of an upload up to the limit. The stream is left as it is: its owner drains or ends it. */
async function* limited({ lang, nom, stream, max }: Arrivee): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  const chunks = stream.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array>;
  for (;;) {
    const next = await chunks.next().catch((cause: unknown) => {
      throw interrompu(lang, nom, cause);
    });
    if (next.done) return;
    bytes += next.value.length;
    if (bytes > max) throw tropGros(lang, nom, max);
    yield next.value;
  }
}

/** Fills a buffer with all of an upload. The stream is left as it is: its owner drains or ends it. */
async function filled({ lang, nom, stream, max, ownChunks }: Arrivee, buffer: Buffer): Promise<Buffer> {
  let bytes = 0;
  let last: Uint8Array | undefined;
  const refused = Promise.withResolvers<never>();
  const take = (chunk: Uint8Array): void => {
    const at = bytes;
    bytes += chunk.length;
    if (bytes > max) refused.reject(tropGros(lang, nom, max));
    else if (bytes > buffer.length) refused.reject(new RangeError('an upload is longer than was said'));
    else buffer.set(chunk, at);
    if (last && ownChunks) free(last);
    last = chunk;
  };
  stream.on('data', take);
  try {
    const ended = finished(stream, { cleanup: true }).catch((cause: unknown) => {
      throw interrompu(lang, nom, cause);
    });
    await Promise.race([ended, refused.promise]);
  } finally {
    stream.off('data', take);
  }
  return buffer.subarray(0, bytes);
}

async function inspected(
  { atelier }: ReceptionDeps,
  { lang, nom, types }: Arrivee,
  input: FileInput,
): Promise<Extract<Inspection, { ok: true }>> {
  try {
    const inspection = await atelier.inspect(input, { maxPages: PAGES_MAX });
    if (!inspection.ok) throw refusInspection(lang, nom, inspection.code);
    if (!types.includes(inspection.type)) throw typeNonAdmis(lang, nom, inspection.type);
    if (estRenomme(nom, inspection.type)) throw renomme(lang, nom, inspection.type);
    return inspection;
  } catch (error) {
    if (error instanceof AtelierError && (error.code === 'busy' || error.code === 'closed')) {
      throw atelierOccupe(lang, error);
    }
    throw error;
  }
}

type Recu = Pick<FichierRecu, 'inspection' | 'digest'>;

/** A file of any size: sealed while it comes, never whole in memory; read back from the disk to be checked. */
async function aMesure(deps: ReceptionDeps, arrivee: Arrivee, chemin: string): Promise<Recu> {
  const { store, files } = deps;
  const seal = files.sealTransform(chemin);
  let inspection: Recu['inspection'] | undefined;
  const check = async (stored: () => Readable): Promise<void> => {
    // The bytes come out of the seal again: what is checked is what was kept, not what was heard.
    inspection = await deps.gate(() => inspected(deps, arrivee, unsealed(files, chemin, stored())));
  };
  const [, kept] = await Promise.allSettled([
    pipeline(limited(arrivee), seal),
    store.put(chemin, seal, check),
  ]);
  if (kept.status === 'rejected') throw kept.reason;
  if (!inspection) throw new Error('the store kept a file without checking it');
  return { inspection, digest: seal.digest() };
}

/** A small file: whole in memory, so that it is checked while it is sealed, written and made durable. */
async function dUnBloc(deps: ReceptionDeps, arrivee: Arrivee, chemin: string, buffer: Buffer): Promise<Recu> {
  const plain = await filled(arrivee, buffer);
  const checked = inspected(deps, arrivee, [plain]);
  const { parts, digest } = deps.files.sealParts(chemin, plain);
  const [inspection, kept] = await Promise.allSettled([
    checked,
    deps.store.put(chemin, parts, async () => void (await checked)),
  ]);
  if (kept.status === 'rejected') throw kept.reason;
  if (inspection.status === 'rejected') throw inspection.reason;
  // The buffer is kept for others: a letter does not stay in memory for longer than it must.
  plain.fill(0);
  return { inspection: inspection.value, digest };
}

/**
 * Receives a file: nothing of it is ever in clear on the disk. It is checked by the atelier while it is made durable, and
 * given its name in the store only when all is well.
 *
 * @throws AppError with a message for the person; nothing is kept then
 */
export async function recevoir(deps: ReceptionDeps, arrivee: Arrivee): Promise<FichierRecu> {
  const { lang, nom, atMost = Number.POSITIVE_INFINITY } = arrivee;
  const chemin = deps.store.newPath();
  try {
    const recu = await deps.buffers(
      atMost,
      (buffer) => dUnBloc(deps, arrivee, chemin, buffer),
      () => aMesure(deps, arrivee, chemin),
    );
    return { chemin, nom: nomAvecExtension(nom, recu.inspection.type), ...recu };
  } catch (error) {
    throw error instanceof AppError && error.code === 'STORAGE_FULL' ? disquePlein(lang, nom, error) : error;
  }
}
