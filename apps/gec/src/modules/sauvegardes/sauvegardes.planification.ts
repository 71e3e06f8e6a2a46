import { dayOf, systemActor, type Actor } from '@gec/core';
import type { Base } from '../../context.ts';
import type { NotificationsService } from '../notifications/notifications.service.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import { instantArchive, type Depot } from './sauvegardes.depot.ts';
import type { HistoriqueRepo } from './sauvegardes.historique.ts';
import { sauvegardesTexts } from './sauvegardes.texts.ts';

const DAY = 86_400_000;

/** What the schedule needs. */
export interface PlanificationDeps extends Pick<Base, 'database' | 'clock'> {
  parametres: Pick<ParametresService, 'get'>;
  notifications: Pick<NotificationsService, 'sauvegardeEchouee'>;
  depot: Depot;
  repo: HistoriqueRepo;
  /** Whether there is anybody to seal a backup for. */
  pret(): Promise<boolean>;
  creer(actor: Actor, demande: { origine: 'PLANIFIEE' }): Promise<{ nom: string }>;
}

/** The backup of the day, and how long backups are kept. */
export function createPlanification(deps: PlanificationDeps) {
  const { database, clock, parametres, notifications, depot, repo, pret, creer } = deps;

  /** Takes away what is older than it is to be kept; never the last good one, nor copies made for safety. */
  async function elaguer(): Promise<string[]> {
    const { retention } = await repo.reglage();
    const before = new Date(clock.now().getTime() - retention * DAY).toISOString();
    const present = (await depot.lister()).map(({ nom }) => nom);
    const known = await repo.toutes();
    const last = known.find(
      ({ nom, etat, intacte }) => etat === 'REUSSIE' && intacte === true && present.includes(nom),
    );
    const old = present.filter((nom) => {
      const instant = instantArchive(nom);
      return last !== undefined && nom !== last.nom && instant !== null && instant < before;
    });
    for (const nom of old) await depot.supprimer(nom);
    await repo.balayer(
      before,
      present.filter((nom) => !old.includes(nom)),
    );
    return old;
  }

  return {
    /**
     * Makes the backup of the day when it is due and nobody else does; then takes away the old ones.
     *
     * @returns the name of the backup; null when none was due
     */
    async planifier(): Promise<string | null> {
      const gone = await database.transaction((trx) => repo.abandonner(trx, clock.now()));
      for (const nom of gone) {
        const reason = sauvegardesTexts('fr').erreur_INTERROMPUE;
        await database.transaction((trx) => notifications.sauvegardeEchouee(trx, reason, nom));
      }
      const { actif, heure, jours } = await repo.reglage();
      if (!actif || !(await pret())) return null;
      const { fuseauHoraire } = await parametres.get();
      const hour = new Intl.DateTimeFormat('en', {
        hour: 'numeric',
        hourCycle: 'h23',
        timeZone: fuseauHoraire,
      });
      const jour = dayOf(clock.now(), fuseauHoraire);
      const weekday = new Date(`${jour}T12:00:00Z`).getUTCDay() || 7;
      if (Number(hour.format(clock.now())) < heure || !jours.some((one) => one === weekday)) return null;
      if (!(await database.transaction((trx) => repo.prendreJour(trx, jour)))) return null;
      const { nom } = await creer(systemActor('sauvegarde'), { origine: 'PLANIFIEE' });
      await elaguer();
      return nom;
    },

    elaguer,
  };
}
