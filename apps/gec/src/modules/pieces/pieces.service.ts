import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  AppError,
  fill,
  forbidden,
  invalid,
  notFound,
  timestamp,
  type Lang,
  type UserActor,
} from '@gec/core';
import { randomToken } from '@gec/crypto';
import { enqueue, type OutboxHandler } from '@gec/db';
import type { Base, Trx } from '../../context.ts';
import { empreinte, empreintes } from '../../empreintes.ts';
import type { FileStore } from '../../storage/file-store.ts';
import type { PreviewCache } from '../../storage/preview-cache.ts';
import { AtelierError, type Atelier } from '../../workers/atelier.ts';
import { createBuffers } from './pieces.buffers.ts';
import { createGate } from './pieces.gate.ts';
import { balayer, type BilanBalayage } from './pieces.balayage.ts';
import { nomPropre } from './pieces.nom.ts';
import { mayUpload } from './pieces.policy.ts';
import { unsealed } from '../../storage/unsealed.ts';
import { recevoir } from './pieces.reception.ts';
import { atelierOccupe } from './pieces.refus.ts';
import { createPiecesRepo, type Televersement } from './pieces.repo.ts';
import {
  DETRUIRE,
  type Feuilletable,
  type ImagePage,
  type Largeur,
  type Limites,
  type Piece,
  type PieceRecue,
  PIECES_MAX,
} from './pieces.schema.ts';
import { piecesTexts } from './pieces.texts.ts';

/** Inspections, and renderings, that are under way at once; more would hold files open without being faster. */
const AU_TRAVAIL = 4;
/** A scan of a few pages; larger files are never whole in memory. */
const PETIT = 2 * 1024 * 1024;
/** Small files that are in memory at once, one for each clerk of an office; more go the way of the large ones. */
const EN_MEMOIRE = 8;

/** The largest file that is taken over from elsewhere. */
const IMPORT_OCTETS_MAX = 512 * 1024 * 1024;
const TOUT_ADMIS: Limites = {
  tailleMax: IMPORT_OCTETS_MAX,
  types: ['application/pdf', 'image/png', 'image/jpeg', 'image/tiff'],
};

/** Whose file it is, and in which language faults of it are told. */
type Proprietaire = Pick<UserActor, 'userId' | 'lang'>;

/** What the files need. */
export interface PiecesDeps extends Pick<Base, 'database' | 'keyring' | 'clock' | 'logger'> {
  store: FileStore;
  previews: PreviewCache;
  atelier: Pick<Atelier, 'inspect' | 'page'>;
  /** What may be sent now, from the settings. */
  limites: () => Promise<Limites>;
  /** Ids of waiting files that drafts hold: those do not grow stale. */
  heldByDrafts: () => Promise<ReadonlySet<string>>;
}

/** A file as it comes in. */
export interface FichierEnvoye {
  name: string;
  stream: Readable;
  /** Bytes that it cannot have more of, where that is known: what is small takes a shorter way. */
  atMost?: number | undefined;
  /** Whether nobody else has the chunks of the stream, so that their memory is given back once they were taken. */
  ownChunks?: boolean;
}

/** Files of letters: received, checked, kept sealed, shown, destroyed. */
export function createPiecesService(deps: PiecesDeps) {
  const { database, keyring, clock, logger, store, previews, atelier } = deps;
  const repo = createPiecesRepo(database, keyring);
  const reception = {
    store,
    files: keyring.files,
    atelier,
    gate: createGate(AU_TRAVAIL),
    buffers: createBuffers(EN_MEMOIRE, PETIT),
  };
  const rendering = createGate(AU_TRAVAIL);

  const empreintesDe = (sha256: string): string[] => empreintes(keyring.index, 'piece', sha256);

  function recue(file: Televersement, connues: ReadonlySet<string>): PieceRecue {
    const { id, nom, typeMime, taille, pages } = file;
    const empreinteConnue = empreintesDe(file.sha256).some((one) => connues.has(one));
    return { id, nom, typeMime, taille, pages, empreinteConnue };
  }

  async function render(
    lang: Lang,
    { chemin }: Feuilletable,
    page: number,
    width: number,
  ): Promise<ImagePage> {
    const t = piecesTexts(lang);
    try {
      const sealed = await store.open(chemin);
      return await atelier.page(unsealed(keyring.files, chemin, sealed), { page, width });
    } catch (error) {
      if (!(error instanceof AtelierError)) throw error;
      if (error.code === 'busy' || error.code === 'closed') throw atelierOccupe(lang, error);
      if (error.code === 'no-such-page') throw notFound(t.pageIntrouvable);
      if (error.code === 'aborted' || error.code === 'failed') throw error;
      throw new AppError('unavailable', 'PREVIEW_FAILED', t.apercuImpossible, { cause: error });
    }
  }

  async function destroy(chemins: readonly string[]): Promise<void> {
    // A path that a row names again was restored from a backup, say: a row never loses its file.
    const named = await repo.cheminsConnus(chemins);
    for (const chemin of chemins) {
      if (named.has(chemin)) continue;
      await previews.drop(chemin);
      await store.destroy(chemin);
      // Of what was there until a moment ago another page may just have been shown.
      await previews.drop(chemin);
    }
  }

  /** Keeps one file that is checked, sealed and durable, for the letter to come. */
  async function garder(pour: Proprietaire, file: FichierEnvoye, limites: Limites): Promise<Televersement> {
    const nom = nomPropre(file.name) || piecesTexts(pour.lang).sansNom;
    const { tailleMax: max, types } = limites;
    const { chemin, inspection, digest, ...recu } = await recevoir(reception, {
      lang: pour.lang,
      nom,
      stream: file.stream,
      max,
      types,
      atMost: file.atMost,
      ownChunks: file.ownChunks ?? false,
    });
    const row: Televersement = {
      id: randomToken(16),
      userId: pour.userId,
      nom: recu.nom,
      chemin,
      typeMime: inspection.type,
      taille: digest.bytes,
      sha256: digest.sha256,
      empreinte: empreinte(keyring.index, 'piece', digest.sha256),
      pages: inspection.pages,
      dateAjout: timestamp(clock),
    };
    try {
      // Nothing but the letter to come needs this row, and the letter's commit makes both last; its file does already.
      await database.quickTransaction((trx) => repo.insertTeleversement(trx, row));
    } catch (error) {
      await store.remove(chemin).catch((cause: unknown) => logger.warn({ err: cause }, 'orphan file left'));
      throw error;
    }
    return row;
  }

  return {
    /** What may be sent now: bytes of one file, and its kind. */
    limites: deps.limites,

    /**
     * Receives one file: seals it as it streams, checks what it is, keeps it for the letter to come.
     *
     * @throws AppError forbidden; `too-large`, `unsupported-type`, `invalid` with a message about this file;
     *   `unavailable` when the disk is full or too much is under way. Nothing is kept then.
     */
    async receive(actor: UserActor, file: FichierEnvoye): Promise<PieceRecue> {
      if (!mayUpload(actor)) throw forbidden(piecesTexts(actor.lang).envoiRefuse);
      const row = await garder(actor, file, await deps.limites());
      return recue(row, await repo.empreintesConnues(actor, empreintesDe(row.sha256)));
    },

    /**
     * Receives one file of a letter that is taken over from elsewhere. The size that clerks may send does not bound it,
     * and every kind of scan is taken: what was registered once is kept.
     *
     * @param pour the person whose file it is, who need not be allowed to send files
     * @returns id for `attach`, and the SHA-256 of what came (hexadecimal)
     * @throws AppError as `receive`; nothing is kept then
     */
    async recevoirImport(
      pour: Proprietaire,
      file: FichierEnvoye,
    ): Promise<Pick<Televersement, 'id' | 'sha256' | 'empreinte'>> {
      const { id, sha256, empreinte } = await garder(pour, file, TOUT_ADMIS);
      return { id, sha256, empreinte };
    },

    /** The blind index keys of a file by its SHA-256 (hexadecimal): `piece.empreinte` holds one of them. */
    empreintesDe,

    /** Files of the actor that wait, in the order of the ids; those of others or gone are left out. */
    async pending(actor: UserActor, ids: readonly string[]): Promise<PieceRecue[]> {
      const files = await repo.televersements(actor.userId, ids.slice(0, PIECES_MAX));
      const connues = await repo.empreintesConnues(
        actor,
        files.flatMap(({ sha256 }) => empreintesDe(sha256)),
      );
      return files.map((file) => recue(file, connues));
    },

    /** Blind index keys of files of the actor that wait, to find letters that have the same file. */
    async empreintes(actor: UserActor, ids: readonly string[]): Promise<string[]> {
      const files = await repo.televersements(actor.userId, ids.slice(0, PIECES_MAX));
      return files.flatMap(({ sha256 }) => empreintesDe(sha256));
    },

    /** Destroys a file of the actor that waits; nothing if there is none (it was taken back already). */
    async discard(actor: Pick<UserActor, 'userId'>, id: string): Promise<void> {
      await database.transaction(async (trx) => {
        const taken = await repo.takeTeleversements(trx, actor.userId, [id]);
        if (taken.length > 0) await enqueue(trx, clock, DETRUIRE, { chemins: taken.map((f) => f.chemin) });
      });
    },

    /**
     * Gives waiting files of the actor to a letter, in the transaction that stores it, in the order of the ids.
     *
     * @param fromRang place of the first one among the letter's files
     * @param date since when the letter has them (ISO 8601), now by default
     * @throws AppError invalid on `pieces` when one of them is gone, used or another person's; when there are too many
     */
    async attach(
      trx: Trx,
      actor: Proprietaire,
      courrierId: number,
      ids: readonly string[],
      fromRang = 1,
      date = timestamp(clock),
    ): Promise<Piece[]> {
      const t = piecesTexts(actor.lang);
      const wanted = [...new Set(ids)];
      if (wanted.length === 0) return [];
      if (wanted.length + fromRang - 1 > PIECES_MAX) {
        throw invalid([{ field: 'pieces', message: fill(t.tropDePieces, { max: PIECES_MAX }) }]);
      }
      const taken = new Map(
        (await repo.takeTeleversements(trx, actor.userId, wanted)).map((file) => [file.id, file]),
      );
      const files = wanted.flatMap((id) => taken.get(id) ?? []);
      if (files.length < wanted.length) throw invalid([{ field: 'pieces', message: t.piecesPerdues }]);
      return repo.insertPieces(trx, actor.userId, courrierId, fromRang, files, date);
    },

    /** The files of a letter, first one first. Whoever calls has checked that the actor may read the letter. */
    ofCourrier: (courrierId: number, trx?: Trx): Promise<Piece[]> => repo.ofCourrier(courrierId, trx),

    /** The plain bytes. The stream fails when the file is missing or was altered; then what came out does not count. */
    content({ chemin }: Pick<Piece, 'chemin'>): Readable {
      const plain = new PassThrough();
      void (async () => {
        await pipeline(unsealed(keyring.files, chemin, await store.open(chemin)), plain);
      })().catch((error: unknown) => {
        if (!plain.destroyed) plain.destroy(error instanceof Error ? error : new Error(String(error)));
      });
      return plain;
    },

    /** Whether the file is in the store: asked before an answer begins that could no longer say so. */
    present: ({ chemin }: Pick<Piece, 'chemin'>): Promise<boolean> => store.exists(chemin),

    /**
     * A page as an image, rendered once and kept sealed.
     *
     * @param page from 1
     * @throws AppError not-found for a page that the file has not; `unavailable` when it cannot be rendered (now)
     */
    async pageImage(file: Feuilletable, page: number, width: Largeur, lang: Lang = 'fr'): Promise<ImagePage> {
      if (!Number.isInteger(page) || page < 1 || page > file.pages) {
        throw notFound(piecesTexts(lang).pageIntrouvable);
      }
      return previews.get({ path: file.chemin, page, width }, () =>
        rendering(() => render(lang, file, page, width)),
      );
    },

    /** A page of a file of the actor that waits. @throws AppError not-found */
    async pendingPage(actor: UserActor, id: string, page: number, width: Largeur): Promise<ImagePage> {
      const [file] = await repo.televersements(actor.userId, [id]);
      if (!file) throw notFound(piecesTexts(actor.lang).introuvable);
      return this.pageImage(file, page, width, actor.lang);
    },

    /**
     * Takes the files of a letter away for good, in the transaction that destroys the letter; the bytes are
     * overwritten and removed once it has committed. Answers how many there were.
     */
    async destroyAll(trx: Trx, courrierId: number): Promise<number> {
      const chemins = await repo.dropPieces(trx, courrierId);
      if (chemins.length > 0) await enqueue(trx, clock, DETRUIRE, { chemins });
      return chemins.length;
    },

    /** What the outbox does for this module. */
    jobs: {
      [DETRUIRE]: async ({ payload }) => destroy((payload as { chemins: string[] }).chemins),
    } satisfies Record<string, OutboxHandler>,

    /** Cleans up: what crashes left, what nobody came back for, pictures beyond the bound. */
    async sweep(): Promise<BilanBalayage> {
      const { heldByDrafts } = deps;
      const bilan = await balayer({ database, clock, store, previews, repo, destroy, heldByDrafts });
      logger.info(bilan, 'file store swept');
      return bilan;
    },
  };
}

export type PiecesService = ReturnType<typeof createPiecesService>;
