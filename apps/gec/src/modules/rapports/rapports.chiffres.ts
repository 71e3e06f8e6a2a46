import { setImmediate } from 'node:timers/promises';
import { dayOf, type Clock, type UserActor } from '@gec/core';
import { principals } from '../courriers/courriers.policy.ts';
import type { DepartementsService } from '../departements/departements.service.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import type { RapportsRepo } from './rapports.repo.ts';
import type { Chiffres, ChiffresDepartement, ChiffresMois } from './rapports.schema.ts';

/** Months that the figures cover, the one under way included. */
export const MOIS = 12;
/** Figures are given again for this long (ms) to whoever may read the same letters. */
const FRAICHEUR_MS = 60_000;
const GARDES = 200;
/** Latest letters over which the average is taken. */
const TRAITES = 500;
const STATUT_TRAITE = 'TRAITE';
const JOUR_MS = 86_400_000;

export interface ChiffresDeps {
  repo: RapportsRepo;
  clock: Clock;
  parametres: Pick<ParametresService, 'get'>;
  departements: Pick<DepartementsService, 'list'>;
}

/** First days of the months up to the one of a day, oldest first, and of the month after. */
export function debutsDeMois(jour: string, mois: number): string[] {
  const [annee = 0, courant = 0] = jour.split('-').map(Number);
  return Array.from({ length: mois + 1 }, (_, at) =>
    new Date(Date.UTC(annee, courant - mois + at, 1)).toISOString().slice(0, 10),
  );
}

/** What the letters that somebody may read add up to. */
export function createChiffres({ repo, clock, parametres, departements }: ChiffresDeps) {
  const gardes = new Map<string, { chiffres: Chiffres; until: number }>();

  async function compter(actor: UserActor, fuseau: string): Promise<Chiffres> {
    const debuts = debutsDeMois(dayOf(clock.now(), fuseau), MOIS);
    const mois: ChiffresMois[] = [];
    const parDepartement = new Map<number | null, { arrivees: number; departs: number }>();
    for (let at = 0; at < MOIS; at++) {
      const [du = '', avant = ''] = [debuts[at], debuts[at + 1]];
      const un = { mois: du.slice(0, 7), arrivees: 0, departs: 0 };
      for (const { type, departementId, n } of await repo.compter(actor, du, avant, fuseau)) {
        const dep = parDepartement.get(departementId) ?? { arrivees: 0, departs: 0 };
        parDepartement.set(departementId, dep);
        const flux = type === 'ENTRANT' ? 'arrivees' : 'departs';
        un[flux] += n;
        dep[flux] += n;
      }
      mois.push(un);
      // A month at a time: on SQLite a query holds up everybody else.
      await setImmediate();
    }
    const premier = mois.findIndex((un) => un.arrivees + un.departs > 0);
    const noms = new Map((await departements.list()).map(({ id, nom }) => [id, nom]));
    const lignes: ChiffresDepartement[] = [...parDepartement].map(([departementId, compte]) => ({
      departementId,
      nom: departementId === null ? null : (noms.get(departementId) ?? null),
      ...compte,
    }));
    lignes.sort((a, b) => b.arrivees + b.departs - (a.arrivees + a.departs));
    const [debut = '', fin = ''] = [debuts[0], debuts[MOIS]];
    const traites = await repo.traites(actor, STATUT_TRAITE, debut, fin, fuseau, TRAITES);
    const somme = traites.reduce((sum, { debut: d, fin: f }) => sum + Date.parse(f) - Date.parse(d), 0);
    return {
      // Months before the register began say nothing; one or two bars alone would say little.
      mois: premier === -1 ? [] : mois.slice(Math.min(premier, MOIS - 3)),
      departements: lignes,
      delai:
        traites.length === 0 ? null : { jours: somme / traites.length / JOUR_MS, courriers: traites.length },
    };
  }

  /** The figures of what the actor may read, a minute old at most. */
  return async function chiffres(actor: UserActor): Promise<Chiffres> {
    const { fuseauHoraire } = await parametres.get();
    const keys = principals(actor);
    const cle = `${fuseauHoraire} ${keys === 'all' ? 'all' : keys.join(' ')}`;
    const now = clock.now().getTime();
    const known = gardes.get(cle);
    if (known && known.until > now) return known.chiffres;
    const fresh = await compter(actor, fuseauHoraire);
    if (gardes.size >= GARDES) gardes.clear();
    gardes.set(cle, { chiffres: fresh, until: now + FRAICHEUR_MS });
    return fresh;
  };
}
