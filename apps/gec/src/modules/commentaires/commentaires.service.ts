import { conflict, fill, invalid, timestamp, type UserActor } from '@gec/core';
import type { Base, Trx } from '../../context.ts';
import type { CourriersService } from '../courriers/courriers.service.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { NotificationsService } from '../notifications/notifications.service.ts';
import type { UtilisateursService } from '../utilisateurs/utilisateurs.service.ts';
import { createCommentairesRepo } from './commentaires.repo.ts';
import {
  cleanNote,
  COMMENTAIRE_MAX,
  TYPES_COMMENTAIRE,
  type Commentaire,
  type TypeCommentaire,
} from './commentaires.schema.ts';
import { commentairesTexts } from './commentaires.texts.ts';

/** What the texts beside letters need. */
export interface CommentairesDeps extends Pick<Base, 'database' | 'keyring' | 'clock'> {
  journal: Pick<JournalService, 'record'>;
  courriers: Pick<CourriersService, 'load' | 'hold'>;
  utilisateurs: Pick<UtilisateursService, 'names'>;
  notifications: Pick<NotificationsService, 'commente'>;
}

/** The same text by the same person beside the same letter within this time is one text. */
const MEME_TEXTE_MS = 60_000;

/** Annotations, instructions and comments: whoever may read a letter may write beside it. */
export function createCommentairesService(deps: CommentairesDeps) {
  const { database, clock, journal, courriers, utilisateurs, notifications } = deps;
  const repo = createCommentairesRepo(database, deps.keyring);

  /**
   * Keeps a text in the transaction of something else, such as the end of a transmission. Whoever calls has checked
   * that the actor may write beside the letter, and that the text is neither empty nor too long.
   *
   * @param sauf people who are told of it otherwise
   */
  async function write(
    trx: Trx,
    actor: UserActor,
    courrier: { id: number; numero: string },
    { type, texte }: { type: TypeCommentaire; texte: string },
    sauf: readonly number[] = [],
  ): Promise<number> {
    const id = await repo.insert(trx, {
      courrierId: courrier.id,
      utilisateurId: actor.userId,
      type,
      texte,
      date: timestamp(clock),
    });
    await journal.record(trx, actor, {
      action: 'courrier.commentaire',
      courrierId: courrier.id,
      numero: courrier.numero,
      details: { type, commentaire: id },
    });
    await notifications.commente(trx, actor, courrier, type, sauf);
    return id;
  }

  return {
    write,

    /**
     * Adds a text beside a letter.
     *
     * @returns its id
     * @throws AppError not-found, invalid on `texte` or `type`, conflict for a letter in the corbeille
     */
    async add(actor: UserActor, courrierId: number, entry: { type: string; texte: string }): Promise<number> {
      const t = commentairesTexts(actor.lang);
      const courrier = await courriers.load(actor, courrierId);
      if (courrier.isDeleted) throw conflict('DANS_LA_CORBEILLE', t.corbeille);
      const type = TYPES_COMMENTAIRE.find((known) => known === entry.type);
      if (!type) throw invalid([{ field: 'type', message: t.typeInconnu }]);
      const texte = cleanNote(entry.texte);
      if (texte === '') throw invalid([{ field: 'texte', message: t.texteRequis }]);
      if (texte.length > COMMENTAIRE_MAX) {
        throw invalid([{ field: 'texte', message: fill(t.tropLong, { max: COMMENTAIRE_MAX }) }]);
      }
      return database.transaction(async (trx) => {
        await courriers.hold(trx, actor, courrier.id);
        // A form without script can be sent twice by one impatient hand: the second answers like the first.
        const since = new Date(clock.now().getTime() - MEME_TEXTE_MS).toISOString();
        const recent = await repo.recent(trx, {
          courrierId: courrier.id,
          utilisateurId: actor.userId,
          since,
        });
        const same = recent.find((one) => one.type === type && one.texte === texte);
        return same?.id ?? write(trx, actor, courrier, { type, texte });
      });
    },

    /** The texts beside a letter that the actor may read, newest first. @throws AppError not-found */
    async ofCourrier(actor: UserActor, courrierId: number): Promise<Commentaire[]> {
      await courriers.load(actor, courrierId);
      const found = await repo.ofCourrier(courrierId);
      const names = await utilisateurs.names(found.map((one) => one.utilisateurId));
      return found.map((one) => ({ ...one, utilisateurNom: names.get(one.utilisateurId) ?? '' }));
    },
  };
}

export type CommentairesService = ReturnType<typeof createCommentairesService>;
