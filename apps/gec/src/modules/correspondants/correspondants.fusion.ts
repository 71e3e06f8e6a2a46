import { conflict, forbidden, invalid, timestamp, type UserActor } from '@gec/core';
import { enqueue, type OutboxHandler } from '@gec/db';
import { z } from 'zod';
import type { Base } from '../../context.ts';
import type { CourriersService } from '../courriers/courriers.service.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { AnnuaireService } from './correspondants.annuaire.ts';
import { createFusionRepo } from './correspondants.fusion.repo.ts';
import { mayRewrite } from './correspondants.policy.ts';
import {
  debutsDe,
  LONGUEURS_CORRESPONDANT,
  type ApercuFusion,
  type Fusion,
  type SaisieCorrespondant,
} from './correspondants.schema.ts';
import { correspondantsTexts } from './correspondants.texts.ts';

/** What merging needs. */
export interface FusionDeps extends Pick<Base, 'database' | 'keyring' | 'clock'> {
  journal: Pick<JournalService, 'record'>;
  annuaire: AnnuaireService;
  courriers: Pick<CourriersService, 'rattacher'>;
}

/** Letters that one transaction takes over: others who write must not wait for long. */
const LOT = 100;
/** Letters up to which a merge is finished before its page answers. */
const SUR_LE_CHAMP = 300;
/** Time (ms) after which a job hands on to another: well below the lease of the outbox. */
const TOUR_MS = 60_000;

const JOB = 'correspondants.fusionner';
const payload = z.object({ fusionId: z.int() });

/** What the kept correspondant is afterwards: what it says itself, else what the merged one said; notes of both. */
export function resultatDe(garde: SaisieCorrespondant, fondu: SaisieCorrespondant): SaisieCorrespondant {
  const notes = [...new Set([garde.notes, fondu.notes].filter((one) => one !== ''))].join('\n');
  return {
    nom: garde.nom,
    adresse: garde.adresse || fondu.adresse,
    telephone: garde.telephone || fondu.telephone,
    email: garde.email || fondu.email,
    notes: notes.slice(0, LONGUEURS_CORRESPONDANT.notes),
  };
}

/** Merging two correspondants that are one. */
export function createFusionService({ database, keyring, clock, journal, annuaire, courriers }: FusionDeps) {
  const repo = createFusionRepo(database, keyring);

  /** Takes one lot of letters over. @returns whether letters are left */
  async function lot(fusionId: number): Promise<boolean> {
    return database.transaction(async (trx) => {
      const fusion = await repo.hold(trx, fusionId);
      if (!fusion || fusion.terminee || fusion.fonduId === null) return false;
      const nom = fusion.reecrire ? await annuaire.nomDe(trx, fusion.gardeId) : null;
      const done = await courriers.rattacher(trx, {
        de: fusion.fonduId,
        vers: fusion.gardeId,
        nom,
        limite: LOT,
        par: { userId: fusion.userId, ip: fusion.ip },
        raison: 'fusion de correspondants',
      });
      await repo.avancer(trx, fusionId, done);
      if (done === LOT) return true;
      await repo.terminer(trx, fusion, timestamp(clock));
      return false;
    });
  }

  async function work(fusionId: number, until: number): Promise<boolean> {
    while (await lot(fusionId)) if (performance.now() >= until) return true;
    return false;
  }

  const handler: OutboxHandler = async ({ payload: raw }) => {
    const { fusionId } = payload.parse(raw);
    const left = await work(fusionId, performance.now() + TOUR_MS);
    if (left) await database.transaction((trx) => enqueue(trx, clock, JOB, { fusionId }));
  };

  async function preview(actor: UserActor, gardeId: number, fonduId: number): Promise<ApercuFusion> {
    annuaire.enterToChange(actor);
    if (gardeId === fonduId) {
      throw invalid([{ field: 'fondu', message: correspondantsTexts(actor.lang).memeDeux }]);
    }
    const garde = await annuaire.get(actor, gardeId);
    const fondu = await annuaire.get(actor, fonduId);
    return {
      garde,
      fondu,
      resultat: resultatDe(garde, fondu),
      lettres: await repo.lettres(fonduId),
      reecriturePermise: mayRewrite(actor),
    };
  }

  return {
    /** What a merge would do, before it is done. @throws AppError forbidden, not-found, invalid */
    preview,

    /**
     * Merges one correspondant into another. What is known of both and the spellings go over at once; the letters
     * follow, a few hundred before this returns, more in the background.
     *
     * @param input `versions`: those that the person saw; `reecrire`: whether the letters take the kept name, each
     *   with an entry in its history
     * @returns the merge's id, and whether it is finished
     * @throws AppError forbidden, not-found, invalid; conflict `VERSION_CONFLICT` or `FUSION_EN_COURS`
     */
    async merge(
      actor: UserActor,
      input: {
        garde: number;
        fondu: number;
        versions: { garde: number; fondu: number };
        reecrire: boolean;
      },
    ): Promise<{ id: number; terminee: boolean }> {
      const t = correspondantsTexts(actor.lang);
      const { garde, fondu, resultat, lettres } = await preview(actor, input.garde, input.fondu);
      if (input.reecrire && !mayRewrite(actor)) throw forbidden(t.refuseReecrire);
      const id = await database.transaction(async (trx) => {
        if ((await repo.enCours(trx, garde.id)) || (await repo.enCours(trx, fondu.id))) {
          throw conflict('FUSION_EN_COURS', t.fusionEnCours);
        }
        const done = await repo.handOver(
          trx,
          { id: garde.id, version: input.versions.garde },
          { id: fondu.id, version: input.versions.fondu },
        );
        if (!done) throw conflict('VERSION_CONFLICT', t.versionPerimee);
        await annuaire.repo.ajouterEcriture(trx, garde.id, fondu.nom, annuaire.clesDe(fondu.nom));
        await annuaire.repo.update(trx, { id: garde.id, version: input.versions.garde }, resultat, {
          cle: annuaire.cleDe(garde.nom),
          termes: debutsDe(garde.nom).map((start) => keyring.index.term('c', start)),
        });
        const made = await repo.insert(trx, {
          gardeId: garde.id,
          fonduId: fondu.id,
          nomFondu: fondu.nom,
          reecrire: input.reecrire,
          total: lettres,
          userId: actor.userId,
          ip: actor.ip,
          date: timestamp(clock),
        });
        await journal.record(trx, actor, {
          action: 'correspondant.fusion',
          details: { garde: garde.id, fondu: fondu.id, lettres, reecrire: input.reecrire },
        });
        await enqueue(trx, clock, JOB, { fusionId: made });
        return made;
      });
      // A crash from here on costs nothing: the job in the outbox goes on where this stops.
      if (lettres > SUR_LE_CHAMP) return { id, terminee: false };
      return { id, terminee: !(await work(id, performance.now() + TOUR_MS)) };
    },

    /** The merges into a correspondant, newest first. @throws AppError forbidden */
    async fusions(actor: UserActor, id: number): Promise<Fusion[]> {
      return annuaire.mayChange(actor) ? repo.de(id) : [];
    },

    /** What the outbox runs. */
    jobs: { [JOB]: handler },
  };
}

export type FusionService = ReturnType<typeof createFusionService>;
