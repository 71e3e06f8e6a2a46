import { addDays, can, dayOf, startOfDay, type UserActor } from '@gec/core';
import type { Base } from '../../context.ts';
import type { CourriersService } from '../courriers/courriers.service.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import { SANS_FILTRE } from '../recherche/recherche.schema.ts';
import type { RechercheService } from '../recherche/recherche.service.ts';
import type { TransmissionsService } from '../transmissions/transmissions.service.ts';
import { createAccueilRepo } from './accueil.repo.ts';
import {
  JOURS,
  type Accueil,
  type EnregistrementEnCours,
  type Flux,
  type JourActivite,
} from './accueil.schema.ts';

/** What the home page is gathered from. */
export interface AccueilDeps extends Pick<Base, 'database' | 'clock'> {
  courriers: Pick<CourriersService, 'draft'>;
  transmissions: Pick<TransmissionsService, 'inbox' | 'counts'>;
  recherche: Pick<RechercheService, 'list'>;
  parametres: Pick<ParametresService, 'get'>;
}

const ATTENTE_MAX = 6;
const DERNIERS_MAX = 8;

/** The Monday of the week of a day. */
export function lundiDe(day: string): string {
  const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
  return addDays(day, -weekday);
}

function sum(days: readonly Flux[]): Flux {
  return days.reduce(
    (total, day) => ({ arrivees: total.arrivees + day.arrivees, departs: total.departs + day.departs }),
    { arrivees: 0, departs: 0 },
  );
}

/** The home page. */
export function createAccueilService(deps: AccueilDeps) {
  const repo = createAccueilRepo(deps.database);

  /** The drafts of somebody who registers. One that was only opened, or holds nothing any more, waits for nobody. */
  async function enCours(actor: UserActor): Promise<EnregistrementEnCours[]> {
    const found: EnregistrementEnCours[] = [];
    if (!can(actor, 'register_mail')) return found;
    for (const flux of ['ENTRANT', 'SORTANT'] as const) {
      const draft = await deps.courriers.draft(actor, flux);
      if (!draft) continue;
      const { objet = '', expediteur = '', destinataire = '' } = draft.champs;
      if (objet + expediteur + destinataire === '' && draft.pieces.length === 0) continue;
      found.push({ flux, objet, dateModification: draft.dateModification });
    }
    return found;
  }

  return {
    /** What waits for the actor, what came and went lately, the latest letters. */
    async apercu(actor: UserActor): Promise<Accueil> {
      const { fuseauHoraire } = await deps.parametres.get();
      const aujourdhui = dayOf(deps.clock.now(), fuseauHoraire);
      const lundi = lundiDe(aujourdhui);
      const days = Array.from({ length: JOURS }, (_, index) => addDays(aujourdhui, index - JOURS + 1));
      const starts = days.map((day) => Date.parse(startOfDay(day, fuseauHoraire)));

      const [counted, attente, comptes, liste, brouillons] = await Promise.all([
        repo.parJour(actor, starts),
        deps.transmissions.inbox(actor, { etat: 'a_traiter', size: ATTENTE_MAX }),
        deps.transmissions.counts(actor),
        deps.recherche.list(actor, SANS_FILTRE),
        enCours(actor),
      ]);
      const activite = days.map((jour, index): JourActivite => {
        const of = (type: 'ENTRANT' | 'SORTANT') =>
          counted.find((one) => one.jour === index && one.typeCourrier === type)?.n ?? 0;
        return { jour, arrivees: of('ENTRANT'), departs: of('SORTANT') };
      });
      return {
        aujourdhui,
        lundi,
        enCours: brouillons,
        attente: {
          total: comptes.aTraiter,
          enRetard: comptes.enRetard,
          nonLus: comptes.nonLus,
          lignes: attente.lignes,
        },
        jour: sum(activite.slice(-1)),
        semaine: sum(activite.filter(({ jour }) => jour >= lundi)),
        activite,
        derniers: liste.lignes.slice(0, DERNIERS_MAX),
        vide: liste.lignes.length === 0,
        fuseauHoraire,
      };
    },
  };
}

export type AccueilService = ReturnType<typeof createAccueilService>;
