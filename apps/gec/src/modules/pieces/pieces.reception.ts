import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import { AppError, type Lang } from '@gec/core';
import type { FileCipher, FileDigest } from '@gec/crypto';
import type { FileStore } from '../../storage/file-store.ts';
import { AtelierError, type Atelier, type Inspection } from '../../workers/atelier.ts';
import type { Gate } from './pieces.gate.ts';
import { estRenomme, nomAvecExtension } from './pieces.nom.ts';
import {
  atelierOccupe,
  disquePlein,
  interrompu,
  refusInspection,
  renomme,
  tropGros,
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
}

/** A file as it arrives. */
export interface Arrivee {
  readonly lang: Lang;
  /** Cleaned name; never empty. */
  readonly nom: string;
  readonly stream: Readable;
  /** Bytes at most. */
  readonly max: number;
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

async function inspected(deps: ReceptionDeps, lang: Lang, stored: () => AsyncIterable<Uint8Array>) {
  try {
    return await deps.gate(() => deps.atelier.inspect(stored(), { maxPages: PAGES_MAX }));
  } catch (error) {
    if (error instanceof AtelierError && (error.code === 'busy' || error.code === 'closed')) {
      throw atelierOccupe(lang, error);
    }
    throw error;
  }
}

/**
 * Receives a file: sealed while it streams, never in clear on the disk and never whole in memory; then read back from
 * the disk, checked by the atelier while it is made durable, and given its name in the store only when all is well.
 *
 * @throws AppError with a message for the person; nothing is kept then
 */
export async function recevoir(deps: ReceptionDeps, arrivee: Arrivee): Promise<FichierRecu> {
  const { store, files } = deps;
  const { lang, nom } = arrivee;
  const chemin = store.newPath();
  const seal = files.sealTransform(chemin);
  let inspection: Inspection | undefined;

  const check = async (stored: () => Readable): Promise<void> => {
    // The bytes come out of the seal again: what is checked is what was kept, not what was heard.
    inspection = await inspected(deps, lang, () => unsealed(files, chemin, stored()));
    if (!inspection.ok) throw refusInspection(lang, nom, inspection.code);
    if (estRenomme(nom, inspection.type)) throw renomme(lang, nom, inspection.type);
  };

  const [, kept] = await Promise.allSettled([
    pipeline(limited(arrivee), seal),
    store.put(chemin, seal, check),
  ]);
  if (kept.status === 'rejected') {
    const error: unknown = kept.reason;
    throw error instanceof AppError && error.code === 'STORAGE_FULL' ? disquePlein(lang, nom, error) : error;
  }
  if (!inspection?.ok) throw new Error('the store kept a file without checking it');
  return { chemin, nom: nomAvecExtension(nom, inspection.type), inspection, digest: seal.digest() };
}

/** The plain bytes of a sealed stream. What was read counts only once it has ended without error. */
export function unsealed(files: FileCipher, chemin: string, sealed: Readable): Readable {
  const open = files.openTransform(chemin);
  // Errors of either end show on the other one, and closing the plain end closes the file.
  void pipeline(sealed, open).catch(() => undefined);
  return open;
}
