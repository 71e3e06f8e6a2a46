import { systemActor, timestamp, type Actor } from '@gec/core';
import type { Trx } from '../../../context.ts';
import type { createDepot } from '../imports.depot.ts';
import type { EtatImport } from '../imports.suivi.schema.ts';
import { createCoureur, type Tour } from './reprise.coureur.ts';
import type { Lieu } from './reprise.lieu.ts';
import { ouvrirSource, RefusSource } from './reprise.ouvrir.ts';
import type { Bilan, Nature } from './reprise.schema.ts';
import type { TravauxRepo } from './reprise.travaux.repo.ts';
import type { ErreurTravail, Resume, Travail } from './reprise.travaux.schema.ts';
import type { TravauxDeps } from './reprise.travaux.ts';
import { lireCle } from './reprise.valeurs.ts';

interface TravailDeps extends TravauxDeps {
  repo: TravauxRepo;
  depot: ReturnType<typeof createDepot>;
  lieu: Lieu;
  /** Whether somebody may take an installation over. */
  autorise(actor: Actor): boolean;
}

/** Remarks kept in one transaction: short ones, others write too. */
const LOT = 1_000;

function resumer({ remarques, ...bilan }: Bilan): Resume {
  const natures: Partial<Record<Nature, number>> = {};
  for (const { nature } of remarques) natures[nature] = (natures[nature] ?? 0) + 1;
  return { ...bilan, natures };
}

/** The work of a takeover in the background, and its end. */
export function createTravailReprise(deps: TravailDeps) {
  const { database, clock, segments, repo, depot, lieu, autorise } = deps;

  /** Who a takeover acts as: the person with the rights of this moment. */
  async function auteur(one: Travail): Promise<Actor | null> {
    if (one.userId === null) return one.acteur.startsWith('system:') ? systemActor('reprise') : null;
    const person = await deps.utilisateurs.personne(one.userId, one.ip);
    return person && autorise(person) ? person : null;
  }

  /** The end of the work: the file and the key of the older installation are not needed any more. */
  async function finir(
    one: Travail,
    de: readonly EtatImport[],
    vers: Parameters<typeof repo.change>[3] & { etat: 'TERMINE' | 'ECHOUE' | 'ANNULE' },
    options: { detenteur?: string; aussi?: (trx: Trx) => Promise<void> } = {},
  ): Promise<boolean> {
    const chemins = await database.transaction(async (trx) => {
      const fin = { date_fin: timestamp(clock), bail_detenteur: null, bail_fin: null };
      const parametres = { ...one.parametres, cle: null };
      const done = await repo.change(trx, one.id, de, { ...vers, ...fin, parametres }, options.detenteur);
      if (!done) return null;
      await options.aussi?.(trx);
      return segments.dropSegments(trx, one.id);
    });
    if (chemins) await depot.jeter(chemins);
    return chemins !== null;
  }

  /** Keeps the report in the place of the one before. */
  async function garder(one: Travail, bilan: Bilan, tour: Tour): Promise<void> {
    const { detenteur, signal } = tour;
    const { id } = one;
    await database.transaction((trx) => repo.effacerRemarques(trx, id));
    for (let at = 0; at < bilan.remarques.length; at += LOT) {
      signal.throwIfAborted();
      await database.transaction((trx) =>
        repo.garderRemarques(trx, id, bilan.remarques.slice(at, at + LOT), at + 1),
      );
    }
    const courriers = bilan.tables.find(({ table }) => table === 'courrier');
    const counts = {
      total: courriers?.la ?? 0,
      fait: courriers?.la ?? 0,
      crees: courriers?.repris ?? 0,
      deja: courriers?.deja ?? 0,
      conflits: courriers?.ecartes ?? 0,
      erreur: null,
    };
    const resume = resumer(bilan);
    if (bilan.simulation) {
      const libre = { bail_detenteur: null, bail_fin: null };
      const resumes = { essai: resume, bilan: null };
      await database.transaction((trx) =>
        repo.change(trx, id, ['DEPOSE'], { ...counts, ...libre, etat: 'PRET', resumes }, detenteur),
      );
    } else {
      const resumes = { ...one.resumes, bilan: resume };
      await finir(one, ['EN_COURS'], { ...counts, etat: 'TERMINE', resumes }, { detenteur });
    }
  }

  async function executer(one: Travail, tour: Tour): Promise<void> {
    const echouer = (erreur: ErreurTravail) =>
      finir(one, ['DEPOSE', 'EN_COURS'], { etat: 'ECHOUE', erreur }, { detenteur: tour.detenteur });
    const actor = await auteur(one);
    if (!actor) {
      await echouer('DROITS');
      return;
    }
    const { source, cle, ...choix } = one.parametres;
    try {
      const ouvert = await ouvrirSource(source, lieu, async () =>
        depot.ouvrir(await segments.segments(one.id)),
      );
      try {
        const demande = { ...ouvert, choix: { ...choix, cle: cle === null ? null : lireCle(cle) } };
        const bilan = await deps.reprise.executer(actor, demande, {
          simulation: one.etat === 'DEPOSE',
          progres: tour.avance,
          signal: tour.signal,
        });
        await garder(one, bilan, tour);
      } finally {
        await ouvert.foreign.close();
      }
    } catch (error) {
      if (!(error instanceof RefusSource) || tour.signal.aborted) throw error;
      deps.logger.warn({ err: error, import: one.id }, 'an older installation cannot be taken over');
      await echouer(error.code);
    }
  }

  const coureur = createCoureur({
    repo,
    clock,
    logger: deps.logger,
    executer,
    /** It waits for somebody, who may begin it again: what was taken over is found. */
    async panne(one, detenteur) {
      const libre = { bail_detenteur: null, bail_fin: null };
      await database.transaction((trx) =>
        repo.change(
          trx,
          one.id,
          ['DEPOSE', 'EN_COURS'],
          { ...libre, etat: 'PRET', erreur: 'PANNE' },
          detenteur,
        ),
      );
    },
  });

  return { coureur, finir };
}
