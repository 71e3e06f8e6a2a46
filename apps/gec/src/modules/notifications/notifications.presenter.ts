import { fill, formatDay, type Lang } from '@gec/core';
import { z } from 'zod';
import { EVENEMENTS, PAGES, type Notification, type ReglageVu } from './notifications.schema.ts';
import { notificationsTexts } from './notifications.texts.ts';

/** A notification in words: what happened, more of it, where it leads. */
export interface NotificationDite {
  readonly titre: string;
  /** Empty when there is nothing more to say. */
  readonly suite: string;
  readonly href: string | null;
}

/** Says a notification in a language. */
export function dire(lang: Lang, notification: Notification): NotificationDite {
  const t = notificationsTexts(lang);
  const { evenement, faits, courrier } = notification;
  if (!notification.accessible)
    return { titre: t[`evenement_${evenement}`], suite: t.inaccessible, href: null };
  const echeance = faits.echeance === null ? '' : formatDay(lang, faits.echeance);
  const titre = fill(t[`dit_${evenement}`], {
    auteur: notification.auteur ?? t.inconnu,
    numero: courrier?.numero ?? '',
    genre: faits.genre === null ? '' : t[`genre_${faits.genre}`],
    cause: faits.cause === null ? '' : t[`cause_${faits.cause}`],
    raison: faits.raison ?? '',
    echeance,
  }).trim();
  const parts = [
    courrier?.objet,
    faits.instruction,
    evenement === 'transmission' && echeance !== '' ? fill(t.avantLe, { echeance }) : null,
  ];
  return {
    titre,
    suite: parts.filter((part) => part !== null && part !== undefined && part !== '').join(' · '),
    href: courrier ? `/mail/${courrier.id}` : (PAGES[evenement] ?? null),
  };
}

/** A notification as JSON clients see it. */
export const notificationShape = z.object({
  id: z.int(),
  evenement: z.enum(EVENEMENTS),
  titre: z.string(),
  message: z.string(),
  adresse: z.string().nullable(),
  courrier_id: z.int().nullable(),
  numero_accuse_reception: z.string().nullable(),
  accessible: z.boolean(),
  lu: z.boolean(),
  date_creation: z.iso.datetime(),
});

/** @returns the notification as {@link notificationShape} */
export function presentNotification(
  lang: Lang,
  notification: Notification,
): z.input<typeof notificationShape> {
  const { titre, suite, href } = dire(lang, notification);
  return {
    id: notification.id,
    evenement: notification.evenement,
    titre,
    message: suite,
    adresse: href,
    courrier_id: notification.courrier?.id ?? null,
    numero_accuse_reception: notification.courrier?.numero ?? null,
    accessible: notification.accessible,
    lu: notification.lue,
    date_creation: notification.date,
  };
}

const choixShape = z.object({ page: z.boolean(), courriel: z.boolean() });

/** The settings of the office, as JSON clients send them. */
export const reglageEntree = z.strictObject({
  defauts: z.record(z.enum(EVENEMENTS), choixShape),
  jours_avant_echeance: z.int(),
  inclure_objet: z.boolean(),
  version: z.int().min(0).max(1_000_000_000),
});

/** The settings of the office, as JSON clients see them. */
export const reglageReponse = reglageEntree.extend({
  modifie_par_id: z.int().nullable(),
  date_modification: z.iso.datetime().nullable(),
});

/** @returns settings as {@link reglageReponse} */
export function presentReglage(reglage: ReglageVu): z.input<typeof reglageReponse> {
  return {
    defauts: reglage.defauts,
    jours_avant_echeance: reglage.joursAvantEcheance,
    inclure_objet: reglage.inclureObjet,
    version: reglage.version,
    modifie_par_id: reglage.parId,
    date_modification: reglage.le,
  };
}
