import { addDays, timestamp, type UserActor } from '@gec/core';
import { enqueue } from '@gec/db';
import type { Base, Trx } from '../../context.ts';
import type { CourrielsService } from '../courriels/courriels.service.ts';
import type { Reglages } from './notifications.reglages.ts';
import type { NotificationsRepo } from './notifications.repo.ts';
import { faitsShape, RESERVES, type Cause, type Evenement, type Faits } from './notifications.schema.ts';

/** The kind of job that sends notifications by e-mail. */
export const ENVOI_NOTIFICATIONS = 'notifications.courriels';
/** Rows written at once. */
const LOT = 200;
/** Days after an échéance up to which it is still told, so that an old register does not tell of everything at once. */
const RETARD_MAX = 30;

/** What telling people needs. */
export interface EmissionDeps extends Pick<Base, 'clock'> {
  repo: NotificationsRepo;
  reglages: Pick<Reglages, 'choix'>;
  courriels: Pick<CourrielsService, 'disponible'>;
}

interface CourrierVu {
  readonly id: number;
  readonly numero: string;
}

/**
 * Telling people of what happens, each time within the transaction of what happens: either both are kept or neither.
 * Nobody is told of what they did themselves.
 */
export function createEmission({ clock, repo, reglages, courriels }: EmissionDeps) {
  async function emettre(
    trx: Trx,
    evenement: Evenement,
    destinataires: readonly number[],
    {
      courrierId = null,
      cle = null,
      ...faits
    }: Partial<Faits> & {
      courrierId?: number | null;
      cle?: string | null;
    },
  ): Promise<number> {
    const people = [...new Set(destinataires)];
    if (people.length === 0) return 0;
    const choix = await reglages.choix(trx, people, evenement);
    const byMail = await courriels.disponible(trx);
    const lines = people
      .map((utilisateurId) => {
        const wish = choix.get(utilisateurId);
        return {
          utilisateurId,
          evenement,
          courrierId,
          cle,
          faits: faitsShape.parse(faits),
          affichee: wish?.page ?? true,
          aEnvoyer: byMail && (wish?.courriel ?? false),
        };
      })
      .filter(({ affichee, aEnvoyer }) => affichee || aEnvoyer);
    const ids: number[] = [];
    for (let at = 0; at < lines.length; at += LOT) {
      ids.push(...(await repo.insert(trx, lines.slice(at, at + LOT), timestamp(clock))));
    }
    if (ids.length > 0 && lines.some(({ aEnvoyer }) => aEnvoyer)) {
      await enqueue(trx, clock, ENVOI_NOTIFICATIONS, { notifications: ids });
    }
    return ids.length;
  }

  const others = (ids: readonly number[], ...but: readonly number[]) => ids.filter((id) => !but.includes(id));

  return {
    /** A letter was transmitted. */
    async transmis(
      trx: Trx,
      actor: UserActor,
      courrier: CourrierVu,
      envoi: { destinataires: readonly number[]; instruction: string | null; echeance: string | null },
    ): Promise<void> {
      const { instruction, echeance } = envoi;
      const faits = { numero: courrier.numero, auteurId: actor.userId, instruction, echeance };
      await emettre(trx, 'transmission', others(envoi.destinataires, actor.userId), {
        ...faits,
        courrierId: courrier.id,
      });
    },

    /** Somebody has dealt with what another had transmitted to them. */
    async traite(trx: Trx, actor: UserActor, courrier: CourrierVu, expediteurId: number): Promise<void> {
      const faits = { numero: courrier.numero, auteurId: actor.userId };
      await emettre(trx, 'traitement', others([expediteurId], actor.userId), {
        ...faits,
        courrierId: courrier.id,
      });
    },

    /** Something was written beside a letter. @param sauf people who are told of it otherwise */
    async commente(
      trx: Trx,
      actor: UserActor,
      courrier: CourrierVu,
      genre: NonNullable<Faits['genre']>,
      sauf: readonly number[] = [],
    ): Promise<void> {
      const people = others(await repo.participants(trx, courrier.id), actor.userId, ...sauf);
      const faits = { numero: courrier.numero, auteurId: actor.userId, genre };
      await emettre(trx, 'commentaire', people, { ...faits, courrierId: courrier.id });
    },

    /** A letter was registered for a department. */
    async enregistre(
      trx: Trx,
      actor: UserActor,
      courrier: CourrierVu & { departementId: number | null },
    ): Promise<void> {
      if (courrier.departementId === null) return;
      const permission = RESERVES.nouveau_courrier ?? 'receive_new_mail_notifications';
      const people = others(await repo.holders(trx, permission, courrier.departementId), actor.userId);
      const faits = { numero: courrier.numero, auteurId: actor.userId };
      await emettre(trx, 'nouveau_courrier', people, { ...faits, courrierId: courrier.id });
    },

    /**
     * Tells those who manage the system of something that concerns its safety.
     *
     * @param cle what makes this alert the same as an earlier one, which is then not given again
     */
    async alerter(trx: Trx, cause: Cause, cle: string): Promise<void> {
      const people = await repo.holders(trx, RESERVES.alerte_securite ?? 'manage_system_settings');
      await emettre(trx, 'alerte_securite', people, { cause, cle: `alerte:${cause}:${cle}` });
    },

    /**
     * Tells those who manage backups that one has failed.
     *
     * @param raison why, in the words of whoever runs backups; no content of letters
     * @param cle names the backup, so that it is told once
     */
    async sauvegardeEchouee(trx: Trx, raison: string, cle: string): Promise<void> {
      const people = await repo.holders(trx, RESERVES.sauvegarde_echouee ?? 'manage_backups');
      await emettre(trx, 'sauvegarde_echouee', people, {
        raison: raison.slice(0, 300),
        cle: `sauvegarde:${cle}`,
      });
    },

    /**
     * Recalls the échéances that are near or passed, once each.
     *
     * @param avant days before an échéance from which on it is near
     * @returns how many notifications were made
     */
    async rappeler(trx: Trx, aujourdhui: string, avant: number): Promise<number> {
      let made = 0;
      let after = 0;
      const from = addDays(aujourdhui, -RETARD_MAX);
      for (;;) {
        const found = await repo.echeances(trx, [from, addDays(aujourdhui, avant)], after, LOT);
        for (const one of found) {
          const evenement = one.echeance < aujourdhui ? 'echeance_depassee' : 'echeance_proche';
          made += await emettre(trx, evenement, [one.aId], {
            numero: one.numero,
            auteurId: one.deId,
            instruction: one.instruction,
            echeance: one.echeance,
            courrierId: one.courrierId,
            cle: `${evenement}:${one.id}:${one.echeance}`,
          });
        }
        const last = found.at(-1);
        if (!last || found.length < LOT) return made;
        after = last.id;
      }
    },
  };
}
