import { Readable } from 'node:stream';
import { can, conflict, forbidden, invalid, notFound, timestamp, type Actor } from '@gec/core';
import { randomToken } from '@gec/crypto';
import type { Base } from '../../../context.ts';
import type { FileStore } from '../../../storage/file-store.ts';
import type { JournalService } from '../../journal/journal.service.ts';
import type { UtilisateursService } from '../../utilisateurs/utilisateurs.service.ts';
import { createDepot } from '../imports.depot.ts';
import { auteurDe } from '../imports.rangee.ts';
import type { ImportsRepo } from '../imports.suivi.repo.ts';
import type { EtatImport } from '../imports.suivi.schema.ts';
import { auPlus, parametresDe, sourceDe, verifierSource } from './reprise.demande.ts';
import { createLieu, type Contenu } from './reprise.lieu.ts';
import type { Nature } from './reprise.schema.ts';
import type { RepriseService } from './reprise.service.ts';
import { createTravailReprise } from './reprise.travail.ts';
import { createTravauxRepo } from './reprise.travaux.repo.ts';
import {
  graves,
  parametresShape,
  type DemandeServeur,
  type Parametres,
  type Reglages,
  type RemarqueGardee,
  type Source,
  type Travail,
} from './reprise.travaux.schema.ts';
import { travauxTexts } from './reprise.travaux.texts.ts';
import { BASE_OCTETS_MAX } from './reprise.zip.ts';

/** What takeovers from a page need. */
export interface TravauxDeps extends Pick<Base, 'config' | 'database' | 'keyring' | 'clock' | 'logger'> {
  reprise: Pick<RepriseService, 'executer'>;
  /** The parts of files that were sent, which imports of every kind keep alike. */
  segments: Pick<ImportsRepo, 'segment' | 'segments' | 'dropSegments'>;
  store: FileStore;
  journal: Pick<JournalService, 'record'>;
  utilisateurs: Pick<UtilisateursService, 'personne'>;
}

const LISTE = 50;
/** What nobody began is taken away after this long, its file and its key first. */
const ABANDON_MS = 7 * 86_400_000;

/**
 * Taking an installation of the older program over from a page: rehearsed in the background, then done, as
 * `gec import legacy` does. For super administrators alone: whoever brings accounts along can make an administrator.
 */
export function createTravauxService(deps: TravauxDeps) {
  const { database, clock, journal, segments } = deps;
  const repo = createTravauxRepo(database, deps.keyring);
  const depot = createDepot({ store: deps.store, files: deps.keyring.files });
  const lieu = createLieu(deps.config.legacyDir);

  const autorise = (actor: Actor): boolean =>
    can(actor, 'import_courriers') && (actor.kind !== 'user' || actor.role === 'super_admin');

  function enter(actor: Actor): void {
    if (!autorise(actor)) throw forbidden(travauxTexts(actor.lang).refuse);
  }

  async function get(actor: Actor, id: string): Promise<Travail> {
    enter(actor);
    const found = await repo.find(id);
    if (!found) throw notFound(travauxTexts(actor.lang).introuvable);
    return found;
  }

  const { coureur, finir } = createTravailReprise({ ...deps, repo, depot, lieu, autorise });

  async function inserer(
    actor: Actor,
    nom: string,
    etat: EtatImport,
    parametres: Parametres,
  ): Promise<string> {
    const id = randomToken(16);
    await database.transaction((trx) =>
      repo.insert(trx, { id, etat, nom, parametres, ...auteurDe(actor), dateCreation: timestamp(clock) }),
    );
    return id;
  }

  return {
    /** What the operator's folder holds; null when none was named. @throws AppError forbidden */
    async contenu(actor: Actor): Promise<Contenu | null> {
      enter(actor);
      return lieu.lister();
    },

    /**
     * Begins with what lies in the operator's folder. What it would do is found out in the background.
     *
     * @returns id of the takeover
     * @throws AppError forbidden; invalid on `base`, `archive`, `dossier`
     */
    async depuisServeur(
      actor: Actor,
      { base, archive, dossier, ...reglages }: DemandeServeur,
    ): Promise<{ id: string }> {
      enter(actor);
      const source = sourceDe(actor, { base, archive, dossier });
      await verifierSource(lieu, actor, source);
      const nom = source.genre === 'base' ? `${source.base} + ${source.dossier}` : source.archive;
      const id = await inserer(actor, nom, 'DEPOSE', parametresDe(source, reglages));
      coureur.wake();
      return { id };
    },

    /**
     * Receives what the older program was packed into (ZIP), or its SQLite file, sealed as it comes.
     *
     * @returns id of the takeover, whose rehearsal goes on in the background
     * @throws AppError forbidden; invalid on `fichier`, `dossier`
     */
    async deposer(
      actor: Actor,
      file: { nom: string; stream: Readable },
      { dossier = null, ...reglages }: Reglages = {},
    ): Promise<{ id: string }> {
      enter(actor);
      const t = travauxTexts(actor.lang);
      const ending = /\.(zip|db|sqlite3?)$/i.exec(file.nom)?.[1]?.toLowerCase();
      if (ending === undefined) throw invalid([{ field: 'fichier', message: t.fichierGenre }]);
      const forme = ending === 'zip' ? 'archive' : 'base';
      const source: Source = { genre: 'fichier', forme, dossier: forme === 'base' ? dossier : null };
      await verifierSource(lieu, actor, source);
      const id = await inserer(actor, file.nom.slice(0, 200), 'RECEPTION', parametresDe(source, reglages));
      try {
        const max = forme === 'base' ? BASE_OCTETS_MAX : Number.POSITIVE_INFINITY;
        const lourd = () => invalid([{ field: 'fichier', message: t.baseTropGrosse }]);
        const { taille } = await depot.garder(
          Readable.from(auPlus(file.stream, max, lourd)),
          (segment, rang) => database.transaction((trx) => segments.segment(trx, id, rang, segment)),
        );
        if (taille === 0) throw invalid([{ field: 'fichier', message: t.fichierVide }]);
        await database.transaction((trx) => repo.change(trx, id, ['RECEPTION'], { etat: 'DEPOSE', taille }));
      } catch (error) {
        const one = await repo.find(id);
        if (one) await finir(one, ['RECEPTION'], { etat: 'ANNULE' });
        throw error;
      }
      coureur.wake();
      return { id };
    },

    /** The takeovers of the installation, newest first. @throws AppError forbidden */
    async list(actor: Actor, limit = LISTE): Promise<Travail[]> {
      enter(actor);
      return repo.list(limit);
    },

    /** @throws AppError forbidden, not-found */
    get,

    /** What the last report says, of one nature or of all. @throws AppError forbidden, not-found */
    async remarques(
      actor: Actor,
      id: string,
      nature: Nature | null,
      page?: { numero: number; taille: number },
    ): Promise<RemarqueGardee[]> {
      await get(actor, id);
      return repo.remarques(id, nature, page);
    },

    /**
     * Keeps what was decided, and finds out anew what the takeover would do. What is left out stays as it is.
     *
     * @throws AppError forbidden, not-found, invalid; conflict when it is under way or over
     */
    async choisir(actor: Actor, id: string, { dossier, ...reglages }: Reglages): Promise<void> {
      const { parametres } = await get(actor, id);
      const source = { ...parametres.source };
      if (dossier !== undefined && source.genre === 'fichier' && source.forme === 'base')
        source.dossier = dossier;
      if (dossier != null && source.genre === 'base') source.dossier = dossier;
      await verifierSource(lieu, actor, source);
      const given = Object.fromEntries(Object.entries(reglages).filter(([, value]) => value !== undefined));
      const vers = parametresShape.parse({ ...parametres, ...given, source });
      await database.transaction(async (trx) => {
        const open = await repo.change(trx, id, ['PRET'], {
          etat: 'DEPOSE',
          parametres: vers,
          resumes: { essai: null, bilan: null },
          fait: 0,
          total: 0,
          erreur: null,
        });
        if (!open) throw conflict('IMPORT_CLOS', travauxTexts(actor.lang).clos);
        await repo.effacerRemarques(trx, id);
      });
      coureur.wake();
    },

    /**
     * Begins to take over what the rehearsal has shown; it goes on in the background, in the name of whoever begins.
     *
     * @param malgre that values or files are missing which no later takeover would bring is meant
     * @throws AppError forbidden, not-found; conflict when the rehearsal is not over, another takeover is under way, or
     *   what is missing must be confirmed
     */
    async lancer(actor: Actor, id: string, malgre: boolean): Promise<void> {
      const one = await get(actor, id);
      const t = travauxTexts(actor.lang);
      if (one.etat === 'PRET' && graves(one.resumes) > 0 && !malgre) {
        throw conflict('REPRISE_A_CONFIRMER', t.aConfirmer);
      }
      const { userId, acteur, ip } = auteurDe(actor);
      await database.transaction(async (trx) => {
        if (await repo.autreEnCours(trx, id)) throw conflict('REPRISE_EN_COURS', t.autreEnCours);
        const begun =
          one.resumes.essai !== null &&
          (await repo.change(trx, id, ['PRET'], {
            etat: 'EN_COURS',
            user_id: userId,
            acteur,
            ip_address: ip,
            fait: 0,
            erreur: null,
            date_debut: timestamp(clock),
          }));
        if (!begun) throw conflict('IMPORT_CLOS', t.clos);
        await journal.record(trx, actor, {
          action: 'import.lancement',
          details: { import: id, genre: 'ancienne', total: one.total },
        });
      });
      coureur.wake();
    },

    /** Ends a takeover where it stands: what was taken over stays. @throws AppError forbidden, not-found, conflict */
    async annuler(actor: Actor, id: string): Promise<void> {
      const one = await get(actor, id);
      const ended = await finir(
        one,
        ['RECEPTION', 'DEPOSE', 'PRET', 'EN_COURS'],
        { etat: 'ANNULE' },
        {
          aussi: (trx) =>
            journal
              .record(trx, actor, { action: 'import.abandon', details: { import: id } })
              .then(() => undefined),
        },
      );
      if (!ended) throw conflict('IMPORT_CLOS', travauxTexts(actor.lang).clos);
      coureur.annuler(id);
    },

    /** Takes away what was sent, or typed, and never taken over. */
    async sweep(): Promise<void> {
      const before = new Date(clock.now().getTime() - ABANDON_MS).toISOString();
      for (const id of await repo.vieux(before)) {
        const one = await repo.find(id);
        if (one) await finir(one, ['RECEPTION', 'PRET'], { etat: 'ANNULE' });
      }
    },

    start: coureur.start,
    drain: coureur.drain,
    stop: coureur.stop,
  };
}

export type TravauxService = ReturnType<typeof createTravauxService>;
