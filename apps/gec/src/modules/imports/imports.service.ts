import type { Readable } from 'node:stream';
import { can, conflict, forbidden, invalid, notFound, systemActor, timestamp, type Actor } from '@gec/core';
import { randomToken } from '@gec/crypto';
import { enqueue, type OutboxHandler } from '@gec/db';
import { z } from 'zod';
import type { Base, Trx } from '../../context.ts';
import type { FileStore } from '../../storage/file-store.ts';
import type { Atelier } from '../../workers/atelier.ts';
import type { DepartementsService } from '../departements/departements.service.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import type { ReferentielsService } from '../referentiels/referentiels.service.ts';
import type { UtilisateursService } from '../utilisateurs/utilisateurs.service.ts';
import { choixShape, type ChoixPartiel } from './imports.choix.schema.ts';
import { createDepot } from './imports.depot.ts';
import type { ImportEngine } from './imports.engine.ts';
import { auteurDe } from './imports.rangee.ts';
import { createImportsRepo } from './imports.suivi.repo.ts';
import type { GenreImport, Import, LigneRapport } from './imports.suivi.schema.ts';
import { importsTexts } from './imports.texts.ts';
import { createTravail } from './imports.travail.ts';

/** What imports need. */
export interface ImportsDeps extends Pick<Base, 'database' | 'keyring' | 'clock' | 'logger'> {
  engine: ImportEngine;
  store: FileStore;
  atelier: Pick<Atelier, 'table'>;
  journal: Pick<JournalService, 'record'>;
  parametres: Pick<ParametresService, 'get'>;
  referentiels: Pick<ReferentielsService, 'statuts' | 'typesSortants'>;
  departements: Pick<DepartementsService, 'list'>;
  utilisateurs: Pick<UtilisateursService, 'personne'>;
}

const JOB = 'imports.travail';
const payload = z.object({ importId: z.string() });
/** Time (ms) after which a job hands on to another: well below the lease of the outbox. */
const TOUR_MS = 30_000;
const LISTE = 50;
const STATUT_DES_ANCIENS = 'ARCHIVE';
/** Files that nobody imported are taken away after this long. */
const ABANDON_MS = 7 * 86_400_000;

/** Taking letters over from an archive of another installation or from an old register. */
export function createImportsService(deps: ImportsDeps) {
  const { database, clock, journal } = deps;
  const repo = createImportsRepo(database, deps.keyring);
  const depot = createDepot({ store: deps.store, files: deps.keyring.files });
  const travail = createTravail({ ...deps, repo, depot });

  function enter(actor: Actor): void {
    if (!can(actor, 'import_courriers')) throw forbidden(importsTexts(actor.lang).refuse);
  }

  async function get(actor: Actor, id: string): Promise<Import> {
    enter(actor);
    const found = await repo.find(id);
    if (!found) throw notFound(importsTexts(actor.lang).introuvable);
    return found;
  }

  /** Who an import acts as: the person with the rights of this moment, or the command line. */
  async function auteur(one: Import): Promise<Actor | null> {
    if (one.userId === null) return one.acteur === 'system:cli' ? systemActor('cli') : null;
    const person = await deps.utilisateurs.personne(one.userId, one.ip);
    return person && can(person, 'import_courriers') ? person : null;
  }

  /** Works on an import until it waits for somebody, ends, or the time is over. @returns whether there is more to do */
  async function travailler(
    id: string,
    until = Number.POSITIVE_INFINITY,
    avance: (fait: number, total: number) => void = () => undefined,
  ): Promise<boolean> {
    const one = await repo.find(id);
    if (!one || (one.etat !== 'DEPOSE' && one.etat !== 'EN_COURS')) return false;
    const actor = await auteur(one);
    if (!actor) {
      await terminer(id, 'ECHOUE', 'DROITS');
      return false;
    }
    return travail.travailler(actor, one, until, avance, terminer);
  }

  async function terminer(id: string, etat: 'TERMINE' | 'ECHOUE', erreur: string | null): Promise<void> {
    const chemins = await database.transaction(async (trx) => {
      const done = await repo.change(trx, id, ['DEPOSE', 'EN_COURS'], {
        etat,
        erreur,
        date_fin: timestamp(clock),
      });
      // The file is needed until the end: it is the letters themselves.
      return done ? repo.dropSegments(trx, id) : [];
    });
    await depot.jeter(chemins);
  }

  const handler: OutboxHandler = async ({ payload: raw }) => {
    const { importId } = payload.parse(raw);
    const more = await travailler(importId, performance.now() + TOUR_MS);
    if (more) await database.transaction((trx) => enqueue(trx, clock, JOB, { importId }));
  };

  /** Has the work done in the background. The command line does its own, and says how far it is. */
  async function confier(trx: Trx, actor: Actor, importId: string): Promise<void> {
    if (actor.kind === 'user') await enqueue(trx, clock, JOB, { importId });
  }

  async function jeter(id: string): Promise<boolean> {
    const chemins = await database.transaction(async (trx) => {
      const mine = ['RECEPTION', 'DEPOSE', 'PRET', 'EN_COURS'] as const;
      const done = await repo.change(trx, id, mine, { etat: 'ANNULE', date_fin: timestamp(clock) });
      return done ? repo.dropSegments(trx, id) : null;
    });
    if (chemins) await depot.jeter(chemins);
    return chemins !== null;
  }

  return {
    /**
     * Receives a file of any size: an archive of letters (ZIP) or an old register (CSV, XLSX), told apart by the name.
     * What it would do is found out in the background, or by `travailler`.
     *
     * @param parDefaut id of the account that stands for people who have none here; the actor by default
     * @returns id of the import
     * @throws AppError forbidden; invalid on `fichier` and `utilisateur`
     */
    async deposer(
      actor: Actor,
      file: { nom: string; stream: Readable },
      parDefaut?: number,
    ): Promise<{ id: string }> {
      enter(actor);
      const t = importsTexts(actor.lang);
      const ending = /\.(zip|csv|xlsx)$/i.exec(file.nom)?.[1]?.toLowerCase();
      if (ending === undefined) throw invalid([{ field: 'fichier', message: t.fichierGenre }]);
      const genre: GenreImport = ending === 'zip' ? 'archive' : 'registre';
      const utilisateur = parDefaut ?? (actor.kind === 'user' ? actor.userId : undefined);
      if (utilisateur === undefined) throw invalid([{ field: 'utilisateur', message: t.utilisateurRequis }]);
      const statuts = (await deps.referentiels.statuts()).map(({ nom }) => nom);
      const statut = statuts.includes(STATUT_DES_ANCIENS) ? STATUT_DES_ANCIENS : (statuts[0] ?? '');
      const id = randomToken(16);
      await database.transaction((trx) =>
        repo.insert(trx, {
          id,
          genre,
          ...auteurDe(actor),
          nom: file.nom.slice(0, 200),
          choix: choixShape.parse({ utilisateur, statut }),
          dateCreation: timestamp(clock),
        }),
      );
      try {
        const { taille } = await depot.garder(file.stream, (segment, rang) =>
          database.transaction((trx) => repo.segment(trx, id, rang, segment)),
        );
        if (taille === 0) throw invalid([{ field: 'fichier', message: t.fichierVide }]);
        await database.transaction(async (trx) => {
          await repo.change(trx, id, ['RECEPTION'], { etat: 'DEPOSE', taille });
          await confier(trx, actor, id);
        });
      } catch (error) {
        await jeter(id);
        throw error;
      }
      return { id };
    },

    /** The imports of the installation, newest first. @throws AppError forbidden */
    async list(actor: Actor, limit = LISTE): Promise<Import[]> {
      enter(actor);
      return repo.list(limit);
    },

    /** @throws AppError forbidden, not-found */
    get,

    /** What became, or would become, of the lines. @throws AppError forbidden, not-found */
    async rapport(
      actor: Actor,
      id: string,
      options: { etat?: LigneRapport['etat']; limit?: number } = {},
    ): Promise<LigneRapport[]> {
      await get(actor, id);
      return repo.rapport(id, options);
    },

    /** Accounts that people of elsewhere can be mapped to. @throws AppError forbidden */
    async comptes(actor: Actor): Promise<{ id: number; username: string }[]> {
      enter(actor);
      return repo.comptes();
    },

    /**
     * Keeps what was decided, and finds out anew what the import would do.
     *
     * @throws AppError forbidden, not-found, invalid; conflict when it is under way or over
     */
    async choisir(actor: Actor, id: string, partiel: ChoixPartiel): Promise<void> {
      const one = await get(actor, id);
      const choix = choixShape.parse({ ...one.choix, ...partiel });
      const comptes = new Set((await repo.comptes()).map((compte) => compte.id));
      const t = importsTexts(actor.lang);
      if (!comptes.has(choix.utilisateur)) {
        throw invalid([{ field: 'utilisateur', message: t.utilisateurRequis }]);
      }
      if (!(await deps.referentiels.statuts()).some(({ nom }) => nom === choix.statut)) {
        throw invalid([{ field: 'statut', message: t.statutInconnu }]);
      }
      await database.transaction(async (trx) => {
        const open = await repo.change(trx, id, ['PRET'], {
          etat: 'DEPOSE',
          choix,
          plan: null,
          fait: 0,
        });
        if (!open) throw conflict('IMPORT_CLOS', t.clos);
        await repo.effacerLignes(trx, id);
        await confier(trx, actor, id);
      });
    },

    /**
     * Begins to take the letters over, as the dry run has shown; it goes on in the background.
     *
     * @throws AppError forbidden, not-found; conflict when the dry run is not over, or nothing is to be taken over
     */
    async lancer(actor: Actor, id: string): Promise<void> {
      const one = await get(actor, id);
      const t = importsTexts(actor.lang);
      if (one.plan && one.plan.crees === 0) throw conflict('RIEN_A_IMPORTER', t.rien);
      await database.transaction(async (trx) => {
        const begun = await repo.change(trx, id, ['PRET'], {
          etat: 'EN_COURS',
          fait: 0,
          crees: 0,
          deja: 0,
          conflits: 0,
          date_debut: timestamp(clock),
        });
        if (!begun) throw conflict('IMPORT_CLOS', t.clos);
        await repo.effacerLignes(trx, id);
        await journal.record(trx, actor, {
          action: 'import.lancement',
          details: { import: id, genre: one.genre, total: one.total },
        });
        await confier(trx, actor, id);
      });
    },

    /** Ends an import where it stands: letters that were taken over stay. @throws AppError forbidden, not-found, conflict */
    async annuler(actor: Actor, id: string): Promise<void> {
      await get(actor, id);
      if (!(await jeter(id))) throw conflict('IMPORT_CLOS', importsTexts(actor.lang).clos);
      await database.transaction((trx) =>
        journal.record(trx, actor, { action: 'import.abandon', details: { import: id } }),
      );
    },

    travailler,

    /** Takes away files that were sent and never imported. */
    async sweep(): Promise<void> {
      const before = new Date(clock.now().getTime() - ABANDON_MS).toISOString();
      for (const id of await repo.vieux(before)) await jeter(id);
    },

    /** What the outbox runs. */
    jobs: { [JOB]: handler } satisfies Record<string, OutboxHandler>,
  };
}

export type ImportsService = ReturnType<typeof createImportsService>;
