import { can, conflict, forbidden, invalid, timestamp, type Actor, type UserActor } from '@gec/core';
import { createVersionedCache, type Via } from '../../cache.ts';
import type { Base, Trx } from '../../context.ts';
import type { CourrielsService } from '../courriels/courriels.service.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { NotificationsRepo } from './notifications.repo.ts';
import {
  CANAUX,
  clePreference,
  EVENEMENTS,
  evenementsDe,
  reglageShape,
  type Choix,
  type Evenement,
  type Preferences,
  type ReglageNotifications,
  type ReglageVu,
} from './notifications.schema.ts';
import { notificationsTexts } from './notifications.texts.ts';

const CLE = 'notifications';

/** What the settings of notifications need. */
export interface ReglagesDeps extends Pick<Base, 'database' | 'clock'> {
  repo: NotificationsRepo;
  journal: Pick<JournalService, 'record'>;
  courriels: Pick<CourrielsService, 'garde'>;
}

/** How people are told: what the office has set, and what each of them prefers. */
export function createReglages({ database, clock, repo, journal, courriels }: ReglagesDeps) {
  async function load(via: Via): Promise<ReglageVu> {
    const row = await courriels.garde.lire(via, CLE);
    if (!row) return { ...reglageShape.parse({}), version: 0, parId: null, le: null };
    const { json, ...rest } = row;
    return { ...reglageShape.parse(JSON.parse(json)), ...rest };
  }

  const cache = createVersionedCache({ database, name: 'notifications', load });

  function mayManage(actor: Actor): void {
    if (!can(actor, 'manage_system_settings')) throw forbidden(notificationsTexts(actor.lang).refuse);
  }

  /** The choices of people about an event, from what they prefer and else from the office. */
  async function choix(
    trx: Trx,
    userIds: readonly number[],
    evenement: Evenement,
  ): Promise<Map<number, Choix>> {
    const defaut = (await cache.get(trx)).defauts[evenement];
    const [page, courriel] = CANAUX.map((canal) => clePreference(evenement, canal)) as [string, string];
    const stored = await repo.preferences(trx, userIds, [page, courriel]);
    return new Map(
      userIds.map((userId) => {
        const of = (cle: string, otherwise: boolean): boolean => {
          const found = stored.find((one) => one.userId === userId && one.cle === cle);
          return found ? found.valeur === '1' : otherwise;
        };
        return [userId, { page: of(page, defaut.page), courriel: of(courriel, defaut.courriel) }];
      }),
    );
  }

  return {
    choix,

    /** The settings of the office, for the program itself. */
    enVigueur: (): Promise<ReglageNotifications> => cache.get(),

    /** The settings with who changed them last. @throws AppError forbidden */
    async reglages(actor: Actor): Promise<ReglageVu> {
      mayManage(actor);
      cache.invalidate();
      return cache.get();
    },

    /**
     * Keeps the settings.
     *
     * @param version the one that was shown; another one meanwhile is a conflict
     * @throws AppError forbidden; invalid (`joursAvantEcheance`); conflict `VERSION_CONFLICT`
     */
    async regler(actor: Actor, reglage: ReglageNotifications, version: number): Promise<ReglageVu> {
      mayManage(actor);
      const t = notificationsTexts(actor.lang);
      const parsed = reglageShape.safeParse(reglage);
      if (!parsed.success) throw invalid([{ field: 'joursAvantEcheance', message: t.joursInvalides }]);
      try {
        await database.transaction(async (trx) => {
          await cache.bump(trx);
          const kept = await load(trx);
          if (kept.version !== version) throw conflict('VERSION_CONFLICT', t.versionPerimee);
          await courriels.garde.ecrire(trx, CLE, {
            json: JSON.stringify(parsed.data),
            version: version + 1,
            parId: actor.kind === 'user' ? actor.userId : null,
            le: timestamp(clock),
          });
          await journal.record(trx, actor, {
            action: 'notifications.reglage',
            details: { objet: parsed.data.inclureObjet, jours: parsed.data.joursAvantEcheance },
          });
        });
      } finally {
        cache.invalidate();
      }
      return this.reglages(actor);
    },

    /** How somebody is told of what they can be told of. */
    async preferences(actor: UserActor): Promise<Partial<Preferences>> {
      const events = evenementsDe(actor);
      const { defauts } = await cache.get();
      const keys = events.flatMap((evenement) => CANAUX.map((canal) => clePreference(evenement, canal)));
      const stored = await repo.preferences(database.kysely, [actor.userId], keys);
      const of = (evenement: Evenement, canal: 'page' | 'courriel'): boolean => {
        const found = stored.find(({ cle }) => cle === clePreference(evenement, canal));
        return found ? found.valeur === '1' : defauts[evenement][canal];
      };
      return Object.fromEntries(
        events.map((evenement) => [
          evenement,
          { page: of(evenement, 'page'), courriel: of(evenement, 'courriel') },
        ]),
      );
    },

    /**
     * Keeps how somebody wants to be told. What is not named stays; what they cannot be told of is ignored.
     *
     * @param trx the caller's transaction, which also notes the change in the journal
     */
    async preferer(trx: Trx, actor: UserActor, choisi: Partial<Preferences>): Promise<void> {
      const allowed = new Set(evenementsDe(actor));
      for (const evenement of EVENEMENTS) {
        const one = choisi[evenement];
        if (!one || !allowed.has(evenement)) continue;
        for (const canal of CANAUX) {
          await repo.prefer(trx, actor.userId, clePreference(evenement, canal), one[canal] ? '1' : '0');
        }
      }
    },
  };
}

export type Reglages = ReturnType<typeof createReglages>;
