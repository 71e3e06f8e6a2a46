import { dayOf, notFound, timestamp, type UserActor } from '@gec/core';
import type { Base, Trx } from '../../context.ts';
import type { CourrielsService } from '../courriels/courriels.service.ts';
import type { CourriersService } from '../courriers/courriers.service.ts';
import type { JournalEntry } from '../journal/journal.schema.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import type { ReferentielsService } from '../referentiels/referentiels.service.ts';
import type { UtilisateursService } from '../utilisateurs/utilisateurs.service.ts';
import { createEmission, ENVOI_NOTIFICATIONS } from './notifications.emission.ts';
import { createEnvoi, direInstruction } from './notifications.envoi.ts';
import { createReglages } from './notifications.reglages.ts';
import { createNotificationsRepo } from './notifications.repo.ts';
import {
  GARDE_LUES,
  GARDE_NON_LUES,
  PAGE_NOTIFICATIONS,
  type ChoixNotifications,
  type Notification,
  type NotificationLue,
} from './notifications.schema.ts';
import { notificationsTexts } from './notifications.texts.ts';

/** What notifications need. */
export interface NotificationsDeps extends Pick<Base, 'database' | 'clock' | 'keyring'> {
  journal: Pick<JournalService, 'record'>;
  parametres: Pick<ParametresService, 'get'>;
  referentiels: Pick<ReferentielsService, 'instructions'>;
  courriels: Pick<CourrielsService, 'disponible' | 'envoyer' | 'lien' | 'garde'>;
  courriers: Pick<CourriersService, 'byIds'>;
  utilisateurs: Pick<UtilisateursService, 'personne' | 'compte' | 'names'>;
}

const DAY = 86_400_000;
/** Notifications that are opened at once. */
const TRANCHE = 500;
/** Hour of the office from which on échéances are recalled: nobody reads a message of midnight. */
const HEURE_RAPPEL = 6;

/** Notifications: telling people in the transaction of what happens, and showing them what they may still see. */
export function createNotificationsService(deps: NotificationsDeps) {
  const { database, clock, courriers, utilisateurs, parametres, referentiels } = deps;
  const repo = createNotificationsRepo(database, deps.keyring);
  const reglages = createReglages({ ...deps, repo });
  const emission = createEmission({ ...deps, repo, reglages });
  const envoi = createEnvoi({ ...deps, repo, reglages });

  /** What the reader may see of each now: a letter that was lost since leaves nothing behind. */
  async function shown(actor: UserActor, found: readonly NotificationLue[]): Promise<Notification[]> {
    const [letters, names] = await Promise.all([
      courriers.byIds(
        actor,
        found.flatMap((one) => one.courrierId ?? []),
      ),
      utilisateurs.names(found.flatMap((one) => one.faits.auteurId ?? [])),
    ]);
    return Promise.all(
      found.map(async (one): Promise<Notification> => {
        const courrier = one.courrierId === null ? undefined : letters.get(one.courrierId);
        const accessible = one.courrierId === null || courrier !== undefined;
        const base = { id: one.id, evenement: one.evenement, date: one.date, lue: one.lueLe !== null };
        if (!accessible) {
          const nothing = { numero: null, auteurId: null, instruction: null, echeance: null };
          const faits = { ...nothing, genre: null, cause: null, raison: null };
          return { ...base, accessible, courrier: null, faits, auteur: null };
        }
        const { auteurId, instruction } = one.faits;
        return {
          ...base,
          accessible,
          courrier: courrier ? { id: courrier.id, numero: courrier.numero, objet: courrier.objet } : null,
          faits: {
            ...one.faits,
            instruction: (await direInstruction(referentiels, actor.lang, instruction)) || null,
          },
          auteur: auteurId === null ? null : (names.get(auteurId) ?? null),
        };
      }),
    );
  }

  return {
    ...reglages,
    ...emission,

    /** A page of the actor's notifications. @param page from 1 */
    async list(
      actor: UserActor,
      { page = 1, ...choix }: ChoixNotifications & { page?: number },
    ): Promise<{ notifications: Notification[]; total: number; nonLues: number }> {
      const limit = PAGE_NOTIFICATIONS;
      const [found, total, unread] = await Promise.all([
        repo.page(actor.userId, choix, { limit, offset: (page - 1) * limit }),
        repo.count(actor.userId, choix),
        repo.count(actor.userId, { nonLues: true }),
      ]);
      return { notifications: await shown(actor, found), total, nonLues: unread };
    },

    /** All of the actor's notifications that are chosen, for a file. */
    async toutes(actor: UserActor, choix: ChoixNotifications): Promise<Notification[]> {
      const all: Notification[] = [];
      for (;;) {
        const found = await repo.page(actor.userId, choix, { limit: TRANCHE, offset: all.length });
        all.push(...(await shown(actor, found)));
        if (found.length < TRANCHE) return all;
      }
    },

    /** How many the actor has not read; cheap enough for every page. */
    compte: (actor: UserActor): Promise<number> => repo.count(actor.userId, { nonLues: true }),

    /** Notes that the actor has read one; reading it again changes nothing. @throws AppError not-found */
    async lire(actor: UserActor, id: number): Promise<void> {
      const known = Number.isSafeInteger(id) && id > 0 && (await repo.has(actor.userId, id));
      if (!known) throw notFound(notificationsTexts(actor.lang).introuvable);
      await repo.markRead(actor.userId, { id }, timestamp(clock));
    },

    /** Notes that the actor has opened a letter: what they were told of it is read. */
    async lireCourrier(actor: UserActor, courrierId: number): Promise<void> {
      await repo.markRead(actor.userId, { courrierId }, timestamp(clock));
    },

    /** Notes that the actor has read all. @returns how many were unread */
    lireToutes: (actor: UserActor): Promise<number> =>
      repo.markRead(actor.userId, 'toutes', timestamp(clock)),

    /**
     * Gives the alerts that follow from entries of the journal: locked accounts at most once an hour, since an attack
     * locks many; a break of the chain once a day.
     */
    async surveiller(trx: Trx, entry: JournalEntry): Promise<void> {
      const now = timestamp(clock);
      if (entry.action === 'auth.blocage') {
        await emission.alerter(trx, 'compte_bloque', now.slice(0, 13));
      } else if (entry.action === 'journal.verification' && entry.details?.['intact'] === false) {
        await emission.alerter(trx, 'journal_rompu', now.slice(0, 10));
      }
    },

    /**
     * Recalls the échéances, once a day by whichever process comes first.
     *
     * @returns how many people were told; null when it is not the hour or another process has
     */
    async rappelQuotidien(): Promise<number | null> {
      const { fuseauHoraire } = await parametres.get();
      const hour = new Intl.DateTimeFormat('en', {
        hour: 'numeric',
        hourCycle: 'h23',
        timeZone: fuseauHoraire,
      }).format(clock.now());
      if (Number(hour) < HEURE_RAPPEL) return null;
      const jour = dayOf(clock.now(), fuseauHoraire);
      const { joursAvantEcheance } = await reglages.enVigueur();
      return database.transaction(async (trx) =>
        (await repo.takeDay(trx, 'echeances', jour, timestamp(clock)))
          ? emission.rappeler(trx, jour, joursAvantEcheance)
          : null,
      );
    },

    /** Removes what is old. @returns how many */
    sweep(): Promise<number> {
      const before = (days: number) => new Date(clock.now().getTime() - days * DAY).toISOString();
      return repo.sweep(before(GARDE_LUES), before(GARDE_NON_LUES));
    },

    /** Work of the outbox. */
    jobs: { [ENVOI_NOTIFICATIONS]: envoi },
  };
}

export type NotificationsService = ReturnType<typeof createNotificationsService>;
