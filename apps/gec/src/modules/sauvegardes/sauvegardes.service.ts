import type { Recipient } from '@gec/backup';
import { can, conflict, forbidden, notFound, systemActor, timestamp, type Actor } from '@gec/core';
import type { Readable } from 'node:stream';
import type { Base } from '../../context.ts';
import type { FileStore } from '../../storage/file-store.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { NotificationsService } from '../notifications/notifications.service.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import type { RechercheService } from '../recherche/recherche.service.ts';
import type { DerniereSauvegarde } from '../sante/sante.schema.ts';
import type { Avancee } from './sauvegardes.archive.ts';
import { empreinteDe, erreurDe, fabriquer, type Ecrite } from './sauvegardes.creation.ts';
import { estNomArchive, instantArchive, nomArchive, type Depot } from './sauvegardes.depot.ts';
import { createHistoriqueRepo } from './sauvegardes.historique.ts';
import { createPlanification } from './sauvegardes.planification.ts';
import { createReglageSauvegardes } from './sauvegardes.reglage.ts';
import { sauvegardesRepo } from './sauvegardes.repo.ts';
import type { Origine, Sauvegarde } from './sauvegardes.schema.ts';
import { sauvegardesTexts } from './sauvegardes.texts.ts';

/** What backups need. */
export interface SauvegardesDeps extends Base {
  journal: JournalService;
  parametres: Pick<ParametresService, 'get'>;
  notifications: Pick<NotificationsService, 'sauvegardeEchouee'>;
  recherche: Pick<RechercheService, 'rebuild'>;
  store: Pick<FileStore, 'open' | 'size'>;
  depot: Depot;
}

/** How a backup is made. */
export interface Demande {
  readonly origine: Origine;
  /** Whom it is sealed for; who the settings and the environment name unless given. */
  readonly recipients?: readonly Recipient[];
  /** Whether secrets that the installation made for itself go along; they do unless said otherwise. */
  readonly secrets?: boolean;
  readonly depot?: Depot;
  readonly progress?: Avancee;
}

/** Progress is written at most this often (ms). */
const AVANCE_MS = 1_000;

/** Encrypted copies of the whole installation: made, kept, looked after. */
export function createSauvegardesService(deps: SauvegardesDeps) {
  const { config, database, clock, logger, journal, notifications, recherche, store } = deps;
  const repo = createHistoriqueRepo(database);
  const arret = new AbortController();
  let running: Promise<unknown> | null = null;

  function mayManage(actor: Actor): void {
    if (!can(actor, 'manage_backups')) throw forbidden(sauvegardesTexts(actor.lang).refuse);
  }

  async function destinataires(): Promise<Recipient[]> {
    const { clePublique } = await repo.reglage();
    const keys = new Set([clePublique, config.backup.publicKey ?? ''].filter((key) => key !== ''));
    const phrase = config.backup.passphrase;
    return [...[...keys].map((publicKey) => ({ publicKey })), ...(phrase === null ? [] : [{ phrase }])];
  }

  /** Writes how far a backup is, now and then, one write after the other. */
  function suivi(nom: string, progress?: Avancee) {
    let written = performance.now();
    let writing: Promise<unknown> = Promise.resolve();
    const onProgress: Avancee = (done) => {
      progress?.(done);
      if (performance.now() - written < AVANCE_MS) return;
      written = performance.now();
      const compte = { lignes: done.rows, fichiers: done.files, octets: done.bytes };
      writing = writing
        .then(() => repo.avancer(nom, compte, timestamp(clock)))
        .catch((error: unknown) => logger.warn({ err: error }, 'progress of a backup was not written'));
    };
    return { onProgress, end: () => writing };
  }

  async function echec(nom: string, origine: Origine, error: unknown): Promise<void> {
    const code = erreurDe(error);
    if (code !== 'ARRETEE') logger.error({ err: error, backup: nom }, 'a backup failed');
    await database.transaction(async (trx) => {
      await repo.echouer(trx, nom, code, timestamp(clock));
      if (code === 'ARRETEE' && origine === 'PLANIFIEE') await repo.rendreJour(trx);
      if (code === 'ARRETEE') return;
      await journal.record(trx, systemActor('sauvegarde'), {
        action: 'sauvegarde.echec',
        details: { nom, cause: code },
      });
      await notifications.sauvegardeEchouee(trx, sauvegardesTexts('fr')[`erreur_${code}`], nom);
    });
  }

  async function faire(actor: Actor, nom: string, demande: Demande): Promise<Ecrite> {
    const { origine, depot = deps.depot, secrets = true } = demande;
    const shown = suivi(nom, demande.progress);
    try {
      await journal.chainNow();
      const made = await fabriquer(deps, {
        nom,
        store,
        depot,
        recipients: demande.recipients ?? (await destinataires()),
        secrets,
        progress: shown.onProgress,
        signal: arret.signal,
      });
      await shown.end();
      const { summary, taille, empreinte } = made;
      const lignes = Object.values(summary.tables).reduce((sum, n) => sum + n, 0);
      const { fichiers, octets, absents } = summary;
      await database.transaction(async (trx) => {
        const compte = { lignes, fichiers, octets, absents: absents.length, taille, empreinte };
        await repo.reussir(trx, nom, compte, timestamp(clock));
        const details = { nom, lignes, fichiers, taille };
        await journal.record(trx, actor, { action: 'sauvegarde.creation', details });
      });
      return made;
    } catch (error) {
      await shown.end();
      await echec(nom, origine, error);
      throw error;
    }
  }

  async function commencer(actor: Actor, origine: Origine): Promise<string> {
    const nom = nomArchive(timestamp(clock), origine === 'SECURITE');
    const user_id = actor.kind === 'user' ? actor.userId : null;
    await repo.commencer({ nom, origine, user_id }, timestamp(clock));
    return nom;
  }

  async function creer(actor: Actor, demande: Demande): Promise<Ecrite & { nom: string }> {
    mayManage(actor);
    const nom = await commencer(actor, demande.origine);
    return { nom, ...(await faire(actor, nom, demande)) };
  }

  async function lister(actor: Actor): Promise<Sauvegarde[]> {
    mayManage(actor);
    const [known, present] = [await repo.toutes(), await deps.depot.lister()];
    const size = new Map(present.map(({ nom, taille }) => [nom, taille]));
    const others = present.filter(({ nom }) => !known.some((one) => one.nom === nom));
    const strangers = others.map(({ nom, taille }): Sauvegarde => {
      const debut = instantArchive(nom) ?? instantArchive(nom.replace('avant-restauration-', '')) ?? '';
      const counts = { lignes: 0, fichiers: 0, absents: 0 };
      const unknown = { origine: null, parId: null, intacte: null, controleLe: null, erreur: null };
      return { nom, etat: 'REUSSIE', taille, presente: true, debut, fin: null, ...counts, ...unknown };
    });
    return [
      ...known.map((one) => ({
        ...one,
        presente: size.has(one.nom),
        taille: size.get(one.nom) ?? one.taille,
      })),
      ...strangers,
    ].sort((a, b) => (a.debut < b.debut ? 1 : -1));
  }

  async function presente(actor: Actor, nom: string): Promise<void> {
    mayManage(actor);
    const there = estNomArchive(nom) && (await deps.depot.lister()).some((one) => one.nom === nom);
    if (!there) throw notFound(sauvegardesTexts(actor.lang).inconnue);
  }

  const planification = createPlanification({
    ...deps,
    repo,
    pret: async () => (await destinataires()).length > 0,
    creer(actor, demande) {
      const making = creer(actor, demande);
      running = making.catch(() => undefined);
      return making;
    },
  });

  return {
    /** Makes a backup and waits for it. @throws AppError forbidden; what went wrong */
    creer,

    /** Every backup, newest first. @throws AppError forbidden */
    lister,

    /** Where they are kept, for people. */
    destination: config.backup.destination,

    /** Whether there is anybody to seal a backup for. */
    pret: async (): Promise<boolean> => (await destinataires()).length > 0,

    /** The one that is being made, by whichever process. */
    enCours: async (actor: Actor): Promise<Sauvegarde | null> => {
      mayManage(actor);
      return repo.enCours();
    },

    /**
     * Begins a backup in the background; the one that is under way is enough.
     *
     * @throws AppError forbidden; conflict `NO_BACKUP_KEY`
     */
    async lancer(actor: Actor): Promise<string> {
      mayManage(actor);
      const under = await repo.enCours();
      if (under) return under.nom;
      if ((await destinataires()).length === 0) {
        throw conflict('NO_BACKUP_KEY', sauvegardesTexts(actor.lang).sansCle);
      }
      const nom = await commencer(actor, 'MANUELLE');
      const mine = faire(actor, nom, { origine: 'MANUELLE' })
        .catch((error: unknown) => logger.warn({ err: error, backup: nom }, 'a backup was not made'))
        .finally(() => {
          if (running === mine) running = null;
        });
      running = mine;
      return nom;
    },

    /**
     * Reads an archive again and compares it with what was written.
     *
     * @returns null for one that this installation did not make: only who has its key can tell (`gec backup verify`)
     * @throws AppError forbidden, not-found
     */
    async controler(actor: Actor, nom: string): Promise<boolean | null> {
      await presente(actor, nom);
      const expected = await repo.empreinte(nom);
      if (expected === null) return null;
      const intacte = (await empreinteDe(deps.depot, nom)) === expected;
      await database.transaction(async (trx) => {
        await repo.controler(trx, nom, intacte, timestamp(clock));
        await journal.record(trx, actor, { action: 'sauvegarde.controle', details: { nom, intacte } });
      });
      return intacte;
    },

    /** The sealed bytes of an archive, for a download. @throws AppError forbidden, not-found */
    async ouvrir(actor: Actor, nom: string): Promise<Readable> {
      await presente(actor, nom);
      await journal.recordAlone(actor, { action: 'sauvegarde.telechargement', details: { nom } });
      return deps.depot.lire(nom);
    },

    /** Takes an archive away for good. @throws AppError forbidden, not-found; conflict `LAST_BACKUP` */
    async supprimer(actor: Actor, nom: string): Promise<void> {
      await presente(actor, nom);
      const good = (await lister(actor)).filter(
        (one) => one.presente && one.etat === 'REUSSIE' && one.intacte !== false,
      );
      if (good.length === 1 && good[0]?.nom === nom) {
        throw conflict('LAST_BACKUP', sauvegardesTexts(actor.lang).derniere);
      }
      await deps.depot.supprimer(nom);
      await database.transaction(async (trx) => {
        await repo.oublier(trx, nom);
        await journal.record(trx, actor, { action: 'sauvegarde.suppression', details: { nom } });
      });
    },

    ...createReglageSauvegardes({ database, clock, journal, repo, mayManage }),
    ...planification,

    /** The last one, for the state of the system. */
    async derniere(): Promise<DerniereSauvegarde | null> {
      const last = await repo.derniere();
      return (
        last && { le: last.fin ?? last.debut, reussie: last.etat === 'REUSSIE' && last.intacte !== false }
      );
    },

    /** Builds the search index anew where a restore still waits for it. @returns whether it did */
    async terminerRestauration(onProgress?: (done: number, total: number) => void): Promise<boolean> {
      if (!(await sauvegardesRepo.indexARefaire(database))) return false;
      await recherche.rebuild(onProgress);
      await sauvegardesRepo.indexRefait(database);
      return true;
    },

    /** Waits for the backup that this process makes. */
    fin: async (): Promise<void> => {
      await running;
    },

    /** Stops the backup that this process makes. */
    async stop(): Promise<void> {
      arret.abort();
      await running;
      deps.depot.close();
    },
  };
}

export type SauvegardesService = ReturnType<typeof createSauvegardesService>;
