import type { FieldError } from '@gec/core';
import type { z } from 'zod';
import { lireListe, listeQuery, texteForm, type ListeLue } from '../../http/liste.ts';
import {
  CANAUX,
  clePreference,
  EVENEMENTS,
  type ChoixNotifications,
  type Preferences,
} from './notifications.schema.ts';

/** The choices of a form whose boxes bear the keys of preferences: a box that is not ticked is not sent. */
export function choixDuFormulaire(body: Readonly<Record<string, unknown>>): Preferences {
  return Object.fromEntries(
    EVENEMENTS.map((evenement) => [
      evenement,
      Object.fromEntries(CANAUX.map((canal) => [canal, body[clePreference(evenement, canal)] === '1'])),
    ]),
  ) as unknown as Preferences;
}

/** What the address of the page may say: unread ones, one event, the order, the page, the format of a file. */
export const notificationsQuery = listeQuery
  .omit({ q: true, etat: true })
  .extend({ non_lues: texteForm, evenement: texteForm });
export type NotificationsQuery = z.output<typeof notificationsQuery>;

/** The address understood. */
export interface NotificationsLues extends Omit<ListeLue<'date'>, 'q' | 'actif'> {
  readonly choix: Required<ChoixNotifications>;
}

/** Understands the address of the page. @param message what is said of a value that does not exist */
export function lireNotifications(query: NotificationsQuery, message: string): NotificationsLues {
  const {
    q: _q,
    actif: _actif,
    ...lue
  } = lireListe({ ...query, q: '', etat: '' }, ['date'], message, 'desc');
  const evenement = EVENEMENTS.find((one) => one === query.evenement) ?? null;
  const errors: FieldError[] = [...lue.errors];
  if (evenement === null && query.evenement !== '') errors.push({ field: 'evenement', message });
  return { ...lue, errors, choix: { nonLues: query.non_lues === 'oui', evenement, ordre: lue.ordre } };
}
