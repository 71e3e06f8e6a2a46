import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import type { Keyring } from '@gec/crypto';
import type { FileStore } from '../../storage/file-store.ts';

/** Bytes of one part: small enough for the memory, large enough that a file has not too many. */
const SEGMENT = 4 * 1024 * 1024;
/** Parts that are kept opened: reading goes forward, with one look at the end of the file. */
const GARDES = 3;

/** One sealed part of a file that was sent. */
export interface Segment {
  readonly chemin: string;
  /** Plain bytes. */
  readonly taille: number;
}

/** A file that can be read from anywhere. */
export interface Octets {
  readonly taille: number;
  /** @returns exactly so many bytes, or fewer at the end of the file */
  lire(debut: number, longueur: number): Promise<Buffer>;
}

/** Keeps a file of any size in sealed parts, so that it can be read from anywhere and nothing of it is ever in clear on a disk. */
export function createDepot({ store, files }: { store: FileStore; files: Keyring['files'] }) {
  async function put(plain: Buffer): Promise<Segment> {
    const chemin = store.newPath();
    await store.put(chemin, files.sealParts(chemin, plain).parts);
    return { chemin, taille: plain.length };
  }

  return {
    /**
     * Keeps what comes.
     *
     * @param garde called with each part once it is durable
     */
    async garder(
      stream: Readable,
      garde: (segment: Segment, rang: number) => Promise<void>,
    ): Promise<{ taille: number }> {
      let parts: Buffer[] = [];
      let waiting = 0;
      let rang = 0;
      let taille = 0;
      const flush = async () => {
        await garde(await put(Buffer.concat(parts)), rang++);
        parts = [];
        waiting = 0;
      };
      for await (const chunk of stream) {
        let bytes = Buffer.from(chunk as Uint8Array);
        taille += bytes.length;
        while (waiting + bytes.length >= SEGMENT) {
          const fits = SEGMENT - waiting;
          parts.push(bytes.subarray(0, fits));
          bytes = bytes.subarray(fits);
          await flush();
        }
        if (bytes.length > 0) parts.push(bytes);
        waiting += bytes.length;
      }
      if (waiting > 0) await flush();
      return { taille };
    },

    /** Opens what was kept. */
    ouvrir(segments: readonly Segment[]): Octets {
      const opened = new Map<number, Buffer>();
      const starts: number[] = [];
      let taille = 0;
      for (const segment of segments) {
        starts.push(taille);
        taille += segment.taille;
      }
      async function segment(at: number): Promise<Buffer> {
        const known = opened.get(at);
        if (known) return known;
        const { chemin } = segments[at]!;
        const plain = files.openBuffer(chemin, await buffer(await store.open(chemin)));
        if (opened.size >= GARDES) opened.delete(opened.keys().next().value!);
        opened.set(at, plain);
        return plain;
      }
      return {
        taille,
        async lire(debut, longueur) {
          const found: Buffer[] = [];
          const end = Math.min(taille, debut + longueur);
          for (let at = 0; at < segments.length; at++) {
            const from = starts[at]!;
            const to = from + segments[at]!.taille;
            if (to <= debut || from >= end) continue;
            const plain = await segment(at);
            found.push(plain.subarray(Math.max(0, debut - from), Math.min(to, end) - from));
          }
          return Buffer.concat(found);
        },
      };
    },

    /** Takes the parts away for good. */
    async jeter(chemins: readonly string[]): Promise<void> {
      for (const chemin of chemins) await store.destroy(chemin);
    },
  };
}

/** The bytes between two places, as a stream. */
export function flux(octets: Octets, debut: number, fin: number): Readable {
  return Readable.from(
    (async function* () {
      for (let at = debut; at < fin; at += 65_536) {
        yield await octets.lire(at, Math.min(65_536, fin - at));
      }
    })(),
  );
}
