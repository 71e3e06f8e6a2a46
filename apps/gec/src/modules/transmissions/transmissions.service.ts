import {
  conflict,
  dayOf,
  fill,
  forbidden,
  invalid,
  notFound,
  timestamp,
  type Lang,
  type UserActor,
} from '@gec/core';
import type { Base } from '../../context.ts';
import { cleanNote, COMMENTAIRE_MAX } from '../commentaires/commentaires.schema.ts';
import type { CommentairesService } from '../commentaires/commentaires.service.ts';
import { commentairesTexts } from '../commentaires/commentaires.texts.ts';
import { mayForward } from '../courriers/courriers.policy.ts';
import type { CourriersService } from '../courriers/courriers.service.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { NotificationsService } from '../notifications/notifications.service.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import { libelleInstruction } from '../referentiels/referentiels.policy.ts';
import type { ReferentielsService } from '../referentiels/referentiels.service.ts';
import type { UtilisateursService } from '../utilisateurs/utilisateurs.service.ts';
import { checkTransmission } from './transmissions.policy.ts';
import { createTransmissionsRepo, type TransmissionLue } from './transmissions.repo.ts';
import {
  PAGE_TRANSMISSIONS,
  type ComptesTransmissions,
  type EtatTransmission,
  type LigneTransmission,
  type NouvelleTransmission,
  type Transmission,
} from './transmissions.schema.ts';
import { transmissionsTexts } from './transmissions.texts.ts';

/** What transmissions need. */
export interface TransmissionsDeps extends Pick<Base, 'database' | 'keyring' | 'clock'> {
  journal: Pick<JournalService, 'record'>;
  courriers: Pick<CourriersService, 'load' | 'hold' | 'byIds' | 'shareWith'>;
  commentaires: Pick<CommentairesService, 'write'>;
  notifications: Pick<NotificationsService, 'transmis' | 'traite'>;
  utilisateurs: Pick<UtilisateursService, 'names' | 'transmissible'>;
  parametres: Pick<ParametresService, 'get'>;
  referentiels: Pick<ReferentielsService, 'instructions'>;
}

/** Letters sent on to those who must act. */
export function createTransmissionsService(deps: TransmissionsDeps) {
  const { database, clock, journal, courriers, commentaires, notifications, utilisateurs, parametres } = deps;
  const repo = createTransmissionsRepo(database, deps.keyring);

  async function today(): Promise<string> {
    return dayOf(clock.now(), (await parametres.get()).fuseauHoraire);
  }

  async function named(lang: Lang, found: readonly TransmissionLue[]): Promise<Transmission[]> {
    const [names, instructions, day] = await Promise.all([
      utilisateurs.names(found.flatMap((one) => [one.deId, one.aId])),
      deps.referentiels.instructions(),
      today(),
    ]);
    return found.map((one) => ({
      ...one,
      deNom: names.get(one.deId) ?? '',
      aNom: names.get(one.aId) ?? '',
      instructionLibelle:
        one.instruction === null ? null : libelleInstruction(instructions, one.instruction, lang),
      enRetard: one.dateTraitement === null && one.echeance !== null && one.echeance < day,
    }));
  }

  return {
    /**
     * Sends a letter on: its recipients may read it from now on, whatever their role.
     *
     * @returns ids of the transmissions, one for each recipient
     * @throws AppError not-found, forbidden; invalid on `destinataires`, `instruction`, `message`, `echeance`;
     *   conflict DEJA_TRANSMIS when the same was sent at the same moment
     */
    async transmit(actor: UserActor, courrierId: number, input: NouvelleTransmission): Promise<number[]> {
      const t = transmissionsTexts(actor.lang);
      const courrier = await courriers.load(actor, courrierId);
      if (courrier.isDeleted) throw conflict('DANS_LA_CORBEILLE', t.corbeille);
      if (!mayForward(actor, courrier)) throw forbidden(t.refusTransmettre);

      const people = await utilisateurs.transmissible(actor);
      const known = new Map(people.map((one) => [one.id, one.nomComplet]));
      const usable = (await deps.referentiels.instructions()).filter(({ actif }) => actif);
      const checked = checkTransmission(actor, input, {
        actifs: known,
        instructions: new Set(usable.map(({ code }) => code)),
        aujourdhui: await today(),
      });
      if (!checked.ok) throw invalid(checked.errors);
      const { destinataires, instruction, message, echeance } = checked;
      const open = await repo.open(courrierId, actor.userId, destinataires);
      if (open.length > 0) {
        const noms = open.map((id) => known.get(id) ?? '').join(', ');
        throw invalid([{ field: 'destinataires', message: fill(t.dejaTransmis, { noms }) }]);
      }

      try {
        return await database.transaction(async (trx) => {
          await courriers.hold(trx, actor, courrierId);
          const ids: number[] = [];
          for (const aId of destinataires) {
            ids.push(
              await repo.insert(trx, {
                courrierId,
                deId: actor.userId,
                aId,
                instruction,
                message,
                echeance,
                date: timestamp(clock),
              }),
            );
          }
          await courriers.shareWith(trx, courrier, destinataires);
          await notifications.transmis(trx, actor, courrier, { destinataires, instruction, echeance });
          await journal.record(trx, actor, {
            action: 'courrier.transmission',
            courrierId,
            numero: courrier.numero,
            details: { destinataires: destinataires.join(', '), instruction, echeance },
          });
          return ids;
        });
      } catch (error) {
        // Two clicks at once: the index lets one of them through.
        if (database.dialect.isUniqueViolation(error, 'courrier_forward')) {
          throw conflict('DEJA_TRANSMIS', t.dejaTransmisEntreTemps);
        }
        throw error;
      }
    },

    /** The transmissions of a letter that the actor may read, newest first. @throws AppError not-found */
    async ofCourrier(actor: UserActor, courrierId: number): Promise<Transmission[]> {
      await courriers.load(actor, courrierId);
      return named(actor.lang, await repo.ofCourrier(courrierId));
    },

    /** A page of the actor's transmissions, with their letters. @param page from 1 */
    async inbox(
      actor: UserActor,
      { etat, page = 1, size = PAGE_TRANSMISSIONS }: { etat: EtatTransmission; page?: number; size?: number },
    ): Promise<{ lignes: LigneTransmission[]; total: number }> {
      const [found, total] = await Promise.all([
        repo.page(actor, actor.userId, etat, { limit: size, offset: (page - 1) * size }),
        repo.count(actor, actor.userId, etat),
      ]);
      const [transmissions, letters] = await Promise.all([
        named(actor.lang, found),
        courriers.byIds(
          actor,
          found.map((one) => one.courrierId),
        ),
      ]);
      const lignes = transmissions.flatMap((one): LigneTransmission[] => {
        const courrier = letters.get(one.courrierId);
        return courrier ? [{ ...one, courrier }] : [];
      });
      return { lignes, total };
    },

    /** What waits for the actor; cheap enough for every page. */
    async counts(actor: UserActor): Promise<ComptesTransmissions> {
      return repo.counts(actor, actor.userId, await today());
    },

    /** Notes that the actor has opened a letter that was sent to them. @returns whether it was for the first time */
    async markRead(actor: UserActor, courrierId: number): Promise<boolean> {
      return (await repo.markRead(courrierId, actor.userId, timestamp(clock))) > 0;
    },

    /**
     * Notes that the actor has done what was asked; a note, if given, is kept beside the letter.
     *
     * @throws AppError not-found for what is not addressed to the actor, conflict when it is done already, invalid on
     *   `note`
     */
    async markDone(actor: UserActor, id: number, note = ''): Promise<Transmission> {
      const t = transmissionsTexts(actor.lang);
      const found = Number.isSafeInteger(id) && id > 0 ? await repo.find(id) : null;
      if (!found || found.aId !== actor.userId) throw notFound(t.introuvable);
      const courrier = await courriers.load(actor, found.courrierId);
      if (courrier.isDeleted) throw conflict('DANS_LA_CORBEILLE', t.corbeille);
      const texte = cleanNote(note);
      if (texte.length > COMMENTAIRE_MAX) {
        const message = fill(commentairesTexts(actor.lang).tropLong, { max: COMMENTAIRE_MAX });
        throw invalid([{ field: 'note', message }]);
      }
      const now = timestamp(clock);
      await database.transaction(async (trx) => {
        if (!(await repo.markDone(trx, id, now))) throw conflict('DEJA_TRAITE', t.dejaTraite);
        if (texte !== '') {
          await commentaires.write(trx, actor, courrier, { type: 'comment', texte }, [found.deId]);
        }
        await notifications.traite(trx, actor, courrier, found.deId);
        await journal.record(trx, actor, {
          action: 'courrier.traitement',
          courrierId: courrier.id,
          numero: courrier.numero,
          details: { transmission: id, note: texte !== '' },
        });
      });
      const [done] = await named(actor.lang, [
        { ...found, dateLecture: found.dateLecture ?? now, dateTraitement: now },
      ]);
      if (!done) throw notFound(t.introuvable);
      return done;
    },

    /** The standard instructions in use, in order, as they are called in a language. */
    async instructions(lang: Lang): Promise<{ code: string; libelle: string }[]> {
      const known = await deps.referentiels.instructions();
      return known
        .filter(({ actif }) => actif)
        .map(({ code }) => ({ code, libelle: libelleInstruction(known, code, lang) }));
    },

    /** The active people to whom the actor may send a letter. */
    destinataires: (actor: UserActor) => utilisateurs.transmissible(actor),
  };
}

export type TransmissionsService = ReturnType<typeof createTransmissionsService>;
