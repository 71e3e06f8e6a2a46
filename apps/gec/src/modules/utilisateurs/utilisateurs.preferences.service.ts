import type { UserActor } from '@gec/core';
import type { Base } from '../../context.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { Preferences } from '../notifications/notifications.schema.ts';
import type { NotificationsService } from '../notifications/notifications.service.ts';

/** What preferences need. */
export interface PreferencesDeps extends Pick<Base, 'database'> {
  journal: Pick<JournalService, 'record'>;
  notifications: Pick<NotificationsService, 'preferences' | 'preferer'>;
}

/** How people want to be told of what happens. */
export function createPreferencesService({ database, journal, notifications }: PreferencesDeps) {
  return {
    /** What the actor can be told of, and by what way they are. */
    lire: (actor: UserActor): Promise<Partial<Preferences>> => notifications.preferences(actor),

    /** Keeps by what way the actor wants to be told; what they cannot be told of is ignored. */
    choisir: (actor: UserActor, choisi: Partial<Preferences>): Promise<void> =>
      database.transaction(async (trx) => {
        await notifications.preferer(trx, actor, choisi);
        await journal.record(trx, actor, {
          action: 'utilisateur.modification',
          compteId: actor.userId,
          details: { compte: actor.username, champs: 'notifications' },
        });
      }),
  };
}

export type PreferencesService = ReturnType<typeof createPreferencesService>;
