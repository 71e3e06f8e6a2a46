import { can, type Actor, type Permission } from '@gec/core';
import { z } from 'zod';

/** What people are told of. */
export const EVENEMENTS = [
  'transmission',
  'nouveau_courrier',
  'commentaire',
  'traitement',
  'echeance_proche',
  'echeance_depassee',
  'alerte_securite',
  'sauvegarde_echouee',
] as const;
export type Evenement = (typeof EVENEMENTS)[number];

/** Events that only those who hold a permission are told of. */
export const RESERVES: Readonly<Partial<Record<Evenement, Permission>>> = {
  nouveau_courrier: 'receive_new_mail_notifications',
  alerte_securite: 'manage_system_settings',
  sauvegarde_echouee: 'manage_backups',
};

/** The events that somebody can be told of. */
export function evenementsDe(actor: Actor): Evenement[] {
  return EVENEMENTS.filter((evenement) => {
    const permission = RESERVES[evenement];
    return permission === undefined || can(actor, permission);
  });
}

/** Where a notification about something other than a letter leads. */
export const PAGES: Readonly<Partial<Record<Evenement, string>>> = {
  alerte_securite: '/admin/logs',
  sauvegarde_echouee: '/admin/sauvegardes',
};

/** By what way: the page (and the bell), or e-mail. */
export const CANAUX = ['page', 'courriel'] as const;
export type Canal = (typeof CANAUX)[number];

/** How somebody wants to be told of an event. */
export interface Choix {
  readonly page: boolean;
  readonly courriel: boolean;
}
export type Preferences = Readonly<Record<Evenement, Choix>>;

/** The key of a preference in `user_preference`; its value is `1` or `0`. */
export function clePreference(evenement: Evenement, canal: Canal): string {
  return `notif.${evenement}.${canal}`;
}

const choix = (page: boolean, courriel: boolean) =>
  z.object({ page: z.boolean(), courriel: z.boolean() }).default({ page, courriel });

/** The settings of the office for notifications, with what they are when nobody has set them. */
export const reglageShape = z.object({
  defauts: z
    .object({
      transmission: choix(true, true),
      nouveau_courrier: choix(true, false),
      commentaire: choix(true, false),
      traitement: choix(true, false),
      echeance_proche: choix(true, true),
      echeance_depassee: choix(true, true),
      alerte_securite: choix(true, true),
      sauvegarde_echouee: choix(true, true),
    })
    .prefault({}),
  /** Days before an échéance on which it is recalled; 0 on the day itself. */
  joursAvantEcheance: z.int().min(0).max(30).default(2),
  /** Whether e-mail says what a letter is about. It then leaves the installation in clear. */
  inclureObjet: z.boolean().default(false),
});
export type ReglageNotifications = z.output<typeof reglageShape>;

/** The settings as the administration sees them. */
export interface ReglageVu extends ReglageNotifications {
  readonly version: number;
  readonly parId: number | null;
  readonly le: string | null;
}

/** Why an alert is given. */
export const CAUSES = ['compte_bloque', 'journal_rompu'] as const;
export type Cause = (typeof CAUSES)[number];

/** What a notification is made of, besides its letter: sealed as one. */
export const faitsShape = z.object({
  numero: z.string().nullable().default(null),
  auteurId: z.number().nullable().default(null),
  instruction: z.string().nullable().default(null),
  echeance: z.string().nullable().default(null),
  /** Kind of what was written beside a letter. */
  genre: z.enum(['comment', 'annotation', 'instruction']).nullable().default(null),
  cause: z.enum(CAUSES).nullable().default(null),
  /** Why something failed, as it was said. */
  raison: z.string().nullable().default(null),
});
export type Faits = z.output<typeof faitsShape>;

/** A notification as it is stored. */
export interface NotificationLue {
  readonly id: number;
  readonly utilisateurId: number;
  readonly evenement: Evenement;
  readonly courrierId: number | null;
  readonly faits: Faits;
  readonly date: string;
  readonly lueLe: string | null;
}

/** A notification as its reader may see it now. */
export interface Notification {
  readonly id: number;
  readonly evenement: Evenement;
  readonly date: string;
  readonly lue: boolean;
  /** False when the letter can no longer be seen: then nothing of it is told. */
  readonly accessible: boolean;
  readonly courrier: { readonly id: number; readonly numero: string; readonly objet: string } | null;
  readonly faits: Faits;
  readonly auteur: string | null;
}

/** Which of somebody's notifications, and in what order: the newest first unless it is said. */
export interface ChoixNotifications {
  readonly nonLues?: boolean;
  readonly evenement?: Evenement | null;
  readonly ordre?: 'asc' | 'desc';
}

/** Rows of a page. */
export const PAGE_NOTIFICATIONS = 25;
/** Days for which a notification that was read is kept, and one that was not. */
export const GARDE_LUES = 90;
export const GARDE_NON_LUES = 365;
