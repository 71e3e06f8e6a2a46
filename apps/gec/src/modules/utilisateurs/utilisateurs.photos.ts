import { AppError, fill, formatBytes, notFound, type Actor, type ErrorKind } from '@gec/core';
import { randomToken } from '@gec/crypto';
import type { Trx } from '../../context.ts';
import { AtelierError, type Atelier, type AtelierErrorCode } from '../../workers/atelier.ts';
import { isOwnAccount } from './utilisateurs.policy.ts';
import { createPhotosRepo } from './utilisateurs.photos.repo.ts';
import type { Regles } from './utilisateurs.regles.ts';
import type { UtilisateursRepo } from './utilisateurs.repo.ts';
import { PHOTO_MAX, type Utilisateur } from './utilisateurs.schema.ts';
import type { UtilisateursDeps } from './utilisateurs.service.ts';
import { utilisateursTexts } from './utilisateurs.texts.ts';

/** What photographs need. */
export interface PhotosDeps extends Pick<UtilisateursDeps, 'database' | 'keyring' | 'journal'> {
  repo: UtilisateursRepo;
  regles: Regles;
  /** Decodes pictures where they can do no harm. */
  atelier: Pick<Atelier, 'portrait'>;
}

/** Pixels of a side, as it is kept. */
const PHOTO_COTE = 256;

type Refus = readonly [ErrorKind, string, 'photoType' | 'photoAbimee' | 'photoImmense' | 'photoOccupe'];

/** What a person is told where the picture, or a server with too much to do, is to blame. */
const REFUS: Readonly<Partial<Record<AtelierErrorCode, Refus>>> = {
  unsupported: ['unsupported-type', 'PHOTO_TYPE', 'photoType'],
  broken: ['invalid', 'PHOTO_BROKEN', 'photoAbimee'],
  timeout: ['invalid', 'PHOTO_BROKEN', 'photoAbimee'],
  crashed: ['invalid', 'PHOTO_BROKEN', 'photoAbimee'],
  memory: ['invalid', 'PHOTO_TOO_LARGE', 'photoImmense'],
  'too-large-image': ['invalid', 'PHOTO_TOO_LARGE', 'photoImmense'],
  busy: ['unavailable', 'ATELIER_BUSY', 'photoOccupe'],
  closed: ['unavailable', 'ATELIER_BUSY', 'photoOccupe'],
};

function refusal(actor: Actor, cause: unknown): unknown {
  const refus = cause instanceof AtelierError ? REFUS[cause.code] : undefined;
  if (!refus) return cause;
  const [kind, code, text] = refus;
  const message = utilisateursTexts(actor.lang)[text];
  return new AppError(kind, code, message, { fields: [{ field: 'photo', message }], cause });
}

/** Photographs of people: made square and clean in the atelier, sealed at rest, seen by everybody who is signed in. */
export function createPhotos(deps: PhotosDeps) {
  const { database, keyring, journal, repo, regles, atelier } = deps;
  const photos = createPhotosRepo(database, keyring);

  /** The account, if its photograph is the actor's business: one's own, or one that they manage. */
  async function concerned(actor: Actor, id: number, trx?: Trx): Promise<Utilisateur> {
    if (!isOwnAccount(actor, id)) return regles.managed(actor, id, trx);
    const own = await repo.find(id, trx);
    if (!own) throw notFound(utilisateursTexts(actor.lang).introuvable);
    return own;
  }

  return {
    /** The photograph of an account, for anybody who is signed in; `null` where there is none. */
    photo: (id: number): Promise<{ image: Buffer; mot: string } | null> => photos.find(id),

    /**
     * Keeps a photograph of a PNG, JPEG or WebP: 256 pixels square, without what the camera added.
     *
     * @throws AppError forbidden, not-found; too-large, unsupported-type, invalid, unavailable (field `photo`)
     */
    async setPhoto(actor: Actor, id: number, bytes: Uint8Array): Promise<void> {
      await concerned(actor, id);
      if (bytes.length > PHOTO_MAX) {
        const text = utilisateursTexts(actor.lang).photoTropGrosse;
        const message = fill(text, { max: formatBytes(actor.lang, PHOTO_MAX) });
        throw new AppError('too-large', 'PHOTO_TOO_BIG', message, { fields: [{ field: 'photo', message }] });
      }
      const image = await atelier.portrait([bytes], { side: PHOTO_COTE }).catch((cause: unknown) => {
        throw refusal(actor, cause);
      });
      await database.transaction(async (trx) => {
        const { username } = await concerned(actor, id, trx);
        await photos.put(trx, id, image, randomToken(9));
        await journal.record(trx, actor, {
          action: 'utilisateur.photo',
          compteId: id,
          details: { compte: username, photo: true },
        });
      });
    },

    /** Removes a photograph. @throws AppError forbidden, not-found */
    async removePhoto(actor: Actor, id: number): Promise<void> {
      await database.transaction(async (trx) => {
        const { username } = await concerned(actor, id, trx);
        if (!(await photos.remove(trx, id))) return;
        await journal.record(trx, actor, {
          action: 'utilisateur.photo',
          compteId: id,
          details: { compte: username, photo: false },
        });
      });
    },
  };
}
