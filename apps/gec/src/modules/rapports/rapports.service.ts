import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import {
  can,
  conflict,
  fill,
  forbidden,
  formatNumber,
  invalid,
  notFound,
  timestamp,
  type UserActor,
} from '@gec/core';
import { randomToken } from '@gec/crypto';
import type { Base } from '../../context.ts';
import { DOCUMENT_TYPES } from '../../documents/types.ts';
import type { FileStore } from '../../storage/file-store.ts';
import type { CourriersService } from '../courriers/courriers.service.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { PiecesService } from '../pieces/pieces.service.ts';
import type { RechercheService } from '../recherche/recherche.service.ts';
import type { RegistresService } from '../registres/registres.service.ts';
import type { Personne } from '../utilisateurs/utilisateurs.schema.ts';
import type { RolesService } from '../roles/roles.service.ts';
import type { UtilisateursService } from '../utilisateurs/utilisateurs.service.ts';
import { createArchive, type ArchiveDeps } from './rapports.archive.ts';
import { createChiffres, type ChiffresDeps } from './rapports.chiffres.ts';
import { lireDemande, lireFiltres, nomsReferentiels, phraseDesFiltres } from './rapports.demande.ts';
import { preparerListe, preparerRegistre, type Preparation } from './rapports.documents.ts';
import { createFiche, type FicheDeps } from './rapports.fiche.ts';
import { phraseDuJournal, preparerJournal, type PreparationCsv } from './rapports.journal.ts';
import { lignesDeListe, lignesDeRegistre } from './rapports.lignes.ts';
import { createRapportsRepo, type Prise } from './rapports.repo.ts';
import { createRunner, type Fait, type Suivi } from './rapports.runner.ts';
import {
  EN_COURS_MAX,
  estJournal,
  LIGNES_MAX,
  type DemandeExport,
  type Export,
  type Genre,
  type GenreJournal,
} from './rapports.schema.ts';
import { rapportsTexts } from './rapports.texts.ts';

/** What exports, record sheets and figures need. */
export type RapportsDeps = Pick<Base, 'database' | 'keyring' | 'clock' | 'logger'> &
  FicheDeps &
  Pick<ArchiveDeps, 'departements' | 'transmissions' | 'commentaires'> &
  Pick<ChiffresDeps, 'departements'> & {
    roles: Pick<RolesService, 'list'>;
    store: FileStore;
    courriers: Pick<CourriersService, 'byIds' | 'history'>;
    pieces: Pick<PiecesService, 'ofCourrier' | 'content' | 'present'>;
    recherche: Pick<RechercheService, 'list' | 'iterate' | 'count'>;
    registres: Pick<RegistresService, 'book'>;
    utilisateurs: Pick<UtilisateursService, 'names' | 'personne' | 'journalises'>;
    journal: Pick<JournalService, 'record' | 'recordAlone' | 'compter' | 'enMots' | 'lireFiltres'>;
  };

/** What is kept of a request until it is worked on: what was asked, and from where. */
interface Parametres {
  demande: DemandeExport;
  ip: string;
}

/** Exports that are made in the background, record sheets, figures. */
export function createRapportsService(deps: RapportsDeps) {
  const { database, keyring, clock, store, atelier, referentiels, parametres, utilisateurs } = deps;
  const repo = createRapportsRepo(database, keyring);
  const archive = createArchive({ ...deps, repo });

  /** Letters are exported by whoever may export letters, the journal by whoever sees it: what of it, it says itself. */
  function mayExport(actor: UserActor, genre: Genre): void {
    const t = rapportsTexts(actor.lang);
    if (estJournal(genre)) {
      if (!can(actor, 'view_logs')) throw forbidden(t.refuseJournal);
    } else if (!can(actor, 'export_courriers')) throw forbidden(t.refuse);
  }

  async function jeter(chemin: string): Promise<void> {
    await store.destroy(chemin);
  }

  async function compter(actor: UserActor, demande: DemandeExport): Promise<number> {
    const t = rapportsTexts(actor.lang);
    const trop = (words: string) =>
      invalid([{ field: 'filtres', message: fill(words, { n: formatNumber(actor.lang, LIGNES_MAX) }) }]);
    if ('journal' in demande) {
      const entrees = await deps.journal.compter(actor, demande.journal, LIGNES_MAX + 1);
      if (entrees > LIGNES_MAX) throw trop(t.journalTropDeLignes);
      return entrees;
    }
    if ('ids' in demande) return demande.ids.length;
    if (!('filtres' in demande)) return 0;
    const { total, plafonne } = await deps.recherche.count(actor, demande.filtres);
    if (plafonne || total > LIGNES_MAX) throw trop(t.tropDeLignes);
    return total;
  }

  async function preparer(personne: Personne, demande: DemandeExport): Promise<Preparation | PreparationCsv> {
    const noms = await nomsReferentiels(referentiels, parametres);
    const contexte = { personne, noms, now: clock.now() };
    if ('journal' in demande) {
      const { journal: filtres } = demande;
      const lots = deps.journal.enMots(personne, filtres, {
        personnes: (ids) => utilisateurs.names(ids),
        departements: deps.departements,
        referentiels,
        roles: deps.roles,
      });
      const auteurs = await utilisateurs.names(
        filtres.utilisateurId === undefined ? [] : [filtres.utilisateurId],
      );
      const phrase = phraseDuJournal(personne.lang, filtres, auteurs, noms.reglages.fuseauHoraire);
      return preparerJournal(demande, contexte, lots, { total: await compter(personne, demande), phrase });
    }
    if (demande.genre === 'archive') {
      return archive.preparer(personne, demande, contexte, await compter(personne, demande));
    }
    if (!('filtres' in demande)) {
      return preparerRegistre(demande, contexte, lignesDeRegistre(deps, personne, demande, noms));
    }
    const { filtres } = demande;
    const total = await compter(personne, demande);
    const arrivees =
      filtres.typeCourrier === null
        ? (await deps.recherche.count(personne, { ...filtres, typeCourrier: 'ENTRANT' })).total
        : undefined;
    const comptes = arrivees === undefined ? { total } : { total, arrivees, departs: total - arrivees };
    const lots = lignesDeListe(deps.recherche, personne, filtres);
    return preparerListe(demande, contexte, lots, comptes, utilisateurs);
  }

  /** Makes the document of a task and keeps it sealed. What the person may read is decided now, not when they asked. */
  async function executer(prise: Prise, { signal, avance }: Suivi): Promise<Fait> {
    const { demande, ip } = JSON.parse(prise.parametres) as Parametres;
    const personne = await utilisateurs.personne(prise.userId, ip);
    if (!personne) throw forbidden(rapportsTexts('fr').refuse);
    mayExport(personne, demande.genre);
    const prepare = await preparer(personne, demande);
    let lignes = 0;
    const onProgress = (done: number, total: number) => {
      lignes = Math.max(lignes, done);
      avance(done, total);
    };
    const chemin = store.newPath();
    const seal = keyring.files.sealTransform(chemin);
    const document =
      prepare.genre === 'csv'
        ? prepare.contenu(onProgress)
        : atelier.document(prepare.genre, prepare.data, { onProgress, signal });
    const [made, kept] = await Promise.allSettled([pipeline(document, seal), store.put(chemin, seal)]);
    if (made.status === 'rejected' || kept.status === 'rejected') {
      if (kept.status === 'fulfilled') await jeter(chemin);
      throw made.status === 'rejected' ? made.reason : (kept as PromiseRejectedResult).reason;
    }
    const { bytes } = seal.digest();
    const type =
      prepare.genre === 'csv' ? (prepare.type ?? 'text/csv; charset=utf-8') : DOCUMENT_TYPES[prepare.genre];
    return { fichier: { nom: prepare.nom, chemin, type, taille: bytes }, lignes };
  }

  const runner = createRunner({ repo, clock, logger: deps.logger, executer, jeter });

  async function find(actor: UserActor, id: string) {
    const found = await repo.find(actor.userId, id);
    if (!found) throw notFound(rapportsTexts(actor.lang).introuvable);
    return found;
  }

  const visible = ({ chemin: _chemin, userId: _userId, ...rest }: Awaited<ReturnType<typeof find>>): Export =>
    rest;

  return {
    /**
     * Reads a request for an export from the fields of a form or JSON body.
     *
     * @throws AppError invalid with a message for each field
     */
    lireDemande: (actor: UserActor, champs: Readonly<Record<string, unknown>>): Promise<DemandeExport> =>
      lireDemande(referentiels, actor.lang, champs),

    /**
     * Reads a request for an export of the journal, with the filters of its page.
     *
     * @throws AppError invalid with a message for each field
     */
    async lireJournal(
      actor: UserActor,
      genre: GenreJournal,
      champs: Readonly<Record<string, unknown>>,
    ): Promise<DemandeExport> {
      const users = new Set((await utilisateurs.journalises(actor)).map(({ id }) => id));
      const timeZone = (await parametres.get()).fuseauHoraire;
      const { filters, errors } = deps.journal.lireFiltres(actor, champs, { users, timeZone });
      if (errors.length > 0) throw invalid(errors);
      return { genre, journal: filters };
    },

    /** The filters of an address, what is wrong with them, and how they read. */
    async filtres(actor: UserActor, champs: Readonly<Record<string, unknown>>) {
      const { filtres, errors } = await lireFiltres(referentiels, actor.lang, champs);
      const noms = await nomsReferentiels(referentiels, parametres);
      return { filtres, errors, phrase: phraseDesFiltres(actor.lang, filtres, noms) };
    },

    /**
     * Asks for an export; it is made in the background, with what the actor may read then.
     *
     * @throws AppError forbidden without `export_courriers` (`view_logs` for the journal); invalid on `filtres` beyond {@link LIGNES_MAX} letters;
     *   conflict when the actor has too many under way
     */
    async requestExport(actor: UserActor, demande: DemandeExport): Promise<Export> {
      mayExport(actor, demande.genre);
      const total = await compter(actor, demande);
      const id = randomToken(16);
      const kept: Parametres = { demande, ip: actor.ip };
      await database.transaction(async (trx) => {
        if ((await repo.enCours(trx, actor.userId)) >= EN_COURS_MAX) {
          const message = fill(rapportsTexts(actor.lang).tropDEnCours, { n: EN_COURS_MAX });
          throw conflict('TOO_MANY_EXPORTS', message);
        }
        await repo.insert(trx, {
          id,
          userId: actor.userId,
          genre: demande.genre,
          parametres: JSON.stringify(kept),
          total,
          date: timestamp(clock),
        });
        await deps.journal.record(trx, actor, {
          action: 'export.demande',
          details: { export: id, genre: demande.genre },
        });
      });
      runner.wake();
      return visible(await find(actor, id));
    },

    /** The exports of the actor, newest first. */
    async list(actor: UserActor): Promise<Export[]> {
      return (await repo.list(actor.userId)).map(visible);
    },

    /** An export of the actor; another person's does not exist. @throws AppError not-found */
    find: async (actor: UserActor, id: string): Promise<Export> => visible(await find(actor, id)),

    /**
     * The file of a finished export, noted in the journal before its first byte.
     *
     * @throws AppError not-found; forbidden; conflict while it is not ready; `unavailable` when the store has lost it
     */
    async download(actor: UserActor, id: string): Promise<{ export: Export; contenu: Readable }> {
      const found = await find(actor, id);
      mayExport(actor, found.genre);
      if (found.etat !== 'TERMINEE' || found.chemin === null) {
        throw conflict('NOT_READY', rapportsTexts(actor.lang).pasPret);
      }
      const sealed = await store.open(found.chemin);
      await deps.journal.recordAlone(actor, {
        action: 'export.telechargement',
        details: { export: id, genre: found.genre, lignes: found.fait },
      });
      const plain = keyring.files.openTransform(found.chemin);
      // A failure of either end ends the other one; the answer then breaks off, which the client notices.
      void pipeline(sealed, plain).catch(() => undefined);
      return { export: visible(found), contenu: plain };
    },

    /** Cancels an export, or deletes a finished one. @throws AppError not-found */
    async remove(actor: UserActor, id: string): Promise<void> {
      const chemin = await database.transaction((trx) => repo.remove(trx, actor.userId, id));
      if (chemin === undefined) throw notFound(rapportsTexts(actor.lang).introuvable);
      runner.annuler(id);
      if (chemin !== null) await jeter(chemin);
    },

    /** Takes away exports that were kept long enough. */
    async sweep(): Promise<void> {
      const { conservationExportsHeures } = await parametres.get();
      const before = new Date(clock.now().getTime() - conservationExportsHeures * 3_600_000).toISOString();
      for (const chemin of await repo.dropOld(before)) await jeter(chemin);
    },

    /** `fiche` and `apercu`: see `rapports.fiche.ts`. */
    ...createFiche(deps),

    /** See `rapports.chiffres.ts`. */
    chiffres: createChiffres({ ...deps, repo }),

    /** Works on waiting exports in the background. */
    start: runner.start,
    stop: runner.stop,
    drain: runner.drain,
  };
}

export type RapportsService = ReturnType<typeof createRapportsService>;
