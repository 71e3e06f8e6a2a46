import { formatDateTime, formatDay, type Lang } from '@gec/core';
import type { OutboxHandler } from '@gec/db';
import { z } from 'zod';
import type { Base } from '../../context.ts';
import type { CourrielsService } from '../courriels/courriels.service.ts';
import type { CourriersService } from '../courriers/courriers.service.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import type { ReferentielsService } from '../referentiels/referentiels.service.ts';
import type { UtilisateursService } from '../utilisateurs/utilisateurs.service.ts';
import type { Reglages } from './notifications.reglages.ts';
import type { NotificationsRepo } from './notifications.repo.ts';
import { PAGES, type Faits, type NotificationLue } from './notifications.schema.ts';
import { notificationsTexts } from './notifications.texts.ts';

const payloadShape = z.object({ notifications: z.array(z.int().positive()) });

/** What sending notifications by e-mail needs. */
export interface EnvoiDeps extends Pick<Base, 'database'> {
  repo: NotificationsRepo;
  reglages: Pick<Reglages, 'enVigueur'>;
  courriels: Pick<CourrielsService, 'envoyer' | 'lien'>;
  courriers: Pick<CourriersService, 'byIds'>;
  utilisateurs: Pick<UtilisateursService, 'personne' | 'compte' | 'names'>;
  parametres: Pick<ParametresService, 'get'>;
  referentiels: Pick<ReferentielsService, 'instructions'>;
}

/** The words of an instruction in a language; its code where the office has deleted it. */
export async function direInstruction(
  referentiels: Pick<ReferentielsService, 'instructions'>,
  lang: Lang,
  code: string | null,
): Promise<string> {
  if (code === null) return '';
  const known = (await referentiels.instructions()).find((one) => one.code === code);
  if (!known) return code;
  return lang === 'en' ? (known.libelleEn ?? known.libelle) : known.libelle;
}

/** Sends notifications by e-mail, to those who may still see what they are about when they leave. */
export function createEnvoi(deps: EnvoiDeps): OutboxHandler {
  const { database, repo, reglages, courriels, courriers, utilisateurs, parametres, referentiels } = deps;

  async function values(lang: Lang, faits: Faits, date: string): Promise<Record<string, string>> {
    const t = notificationsTexts(lang);
    const { fuseauHoraire } = await parametres.get();
    const names = await utilisateurs.names(faits.auteurId === null ? [] : [faits.auteurId]);
    return {
      auteur: (faits.auteurId === null ? undefined : names.get(faits.auteurId)) ?? t.inconnu,
      instruction: await direInstruction(referentiels, lang, faits.instruction),
      echeance: faits.echeance === null ? '' : formatDay(lang, faits.echeance),
      genre: faits.genre === null ? '' : t[`genre_${faits.genre}`],
      date: formatDateTime(lang, date, fuseauHoraire),
      detail: faits.cause === null ? (faits.raison ?? '') : t[`cause_${faits.cause}`],
    };
  }

  async function one(notification: NotificationLue): Promise<void> {
    const { id, evenement, courrierId, utilisateurId } = notification;
    const [person, compte] = await Promise.all([
      utilisateurs.personne(utilisateurId, ''),
      utilisateurs.compte(utilisateurId),
    ]);
    const courrier =
      person && courrierId !== null
        ? (await courriers.byIds(person, [courrierId])).get(courrierId)
        : undefined;
    const told = person !== null && compte !== null && (courrierId === null || courrier !== undefined);
    const { inclureObjet } = await reglages.enVigueur();
    const valeurs = person && (await values(person.lang, notification.faits, notification.date));
    await database.transaction(async (trx) => {
      if (!(await repo.takeToSend(trx, id)) || !told) return;
      await courriels.envoyer(trx, {
        evenement,
        langue: person.lang,
        adresse: compte.email,
        valeurs: {
          ...valeurs,
          destinataire: person.nomComplet,
          numero: courrier?.numero ?? '',
          objet: inclureObjet ? (courrier?.objet ?? '') : '',
          lien: courriels.lien(courrier ? `/mail/${courrier.id}` : (PAGES[evenement] ?? '/notifications')),
        },
      });
    });
  }

  return async ({ payload }) => {
    const { notifications } = payloadShape.parse(payload);
    for (const notification of await repo.toSend(notifications)) await one(notification);
  };
}
