import { CANAUX, clePreference, EVENEMENTS, type Preferences } from './notifications.schema.ts';

/** The choices of a form whose boxes bear the keys of preferences: a box that is not ticked is not sent. */
export function choixDuFormulaire(body: Readonly<Record<string, unknown>>): Preferences {
  return Object.fromEntries(
    EVENEMENTS.map((evenement) => [
      evenement,
      Object.fromEntries(CANAUX.map((canal) => [canal, body[clePreference(evenement, canal)] === '1'])),
    ]),
  ) as unknown as Preferences;
}
