import { statfs } from 'node:fs/promises';
import {
  AppError,
  can,
  fill,
  forbidden,
  notFound,
  systemActor,
  timestamp,
  type Actor,
  type Lang,
} from '@gec/core';
import { abandonJob, retryJob, type FailedJob, type OutboxWorker } from '@gec/db';
import { diskUsage, type UpkeepTask } from '@gec/http';
import type { Base } from '../../context.ts';
import { VERSION } from '../../version.ts';
import { ENVOI, type CourrielsService } from '../courriels/courriels.service.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { LicenceService } from '../licence/licence.service.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import * as controles from './sante.controles.ts';
import { createSanteRepo } from './sante.repo.ts';
import { pire, type DerniereSauvegarde, type Sante, type TravailEchoue } from './sante.schema.ts';
import { santeTexts } from './sante.texts.ts';

/** What the state of the system is gathered from. */
export interface SanteDeps extends Pick<Base, 'config' | 'database' | 'clock'> {
  journal: Pick<JournalService, 'record' | 'list'>;
  parametres: Pick<ParametresService, 'get'>;
  licence: Pick<LicenceService, 'etat'>;
  courriels: Pick<CourrielsService, 'serveur' | 'certificat' | 'oublier' | 'direErreur'>;
  outbox: Pick<OutboxWorker, 'failed' | 'wake'>;
  /** The last backup, where something makes backups. */
  sauvegarde?: () => Promise<DerniereSauvegarde | null>;
}

/** Upkeep that runs more often than this is not noted: it would write all the time. */
const NOTED_MS = 600_000;
/** The mail server is not asked for its certificate again for this long. */
const CERTIFICATE_MS = 600_000;
const FAILED_MAX = 200;

/** The state of the system for whoever manages it, and what failed for good. */
export function createSanteService(deps: SanteDeps) {
  const { config, database, clock, journal, parametres, licence, courriels, outbox } = deps;
  const repo = createSanteRepo(database);
  let asked: { key: string; until: number; answer: ReturnType<typeof askCertificate> } | null = null;

  function mayManage(actor: Actor): void {
    if (!can(actor, 'manage_system_settings')) throw forbidden(santeTexts(actor.lang).refuse);
  }

  async function askCertificate(actor: Actor) {
    try {
      return { certificat: await courriels.certificat(actor), message: null };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { certificat: null, message: error.message };
    }
  }

  async function mail(actor: Actor) {
    const reglage = await courriels.serveur();
    if (!reglage) return { reglage, found: { certificat: null, message: null } };
    const { hote, port, securite } = reglage;
    const key = JSON.stringify([hote, port, securite, actor.lang]);
    const now = clock.now().getTime();
    if (asked?.key !== key || asked.until <= now) {
      asked = { key, until: now + CERTIFICATE_MS, answer: askCertificate(actor) };
    }
    return { reglage, found: await asked.answer };
  }

  async function room(): Promise<{ pour: number; libre: number } | null> {
    try {
      const [pour, { bavail, bsize }] = await Promise.all([
        diskUsage(config.dataDir),
        statfs(config.dataDir),
      ]);
      return { pour, libre: bavail * bsize };
    } catch {
      return null;
    }
  }

  async function lastVerification(): Promise<{ le: string; intact: boolean } | null> {
    const reader = systemActor('sante');
    const { lignes } = await journal.list(reader, { action: 'journal.verification' }, { size: 1 });
    const [line] = lignes;
    return line ? { le: line.date, intact: line.details['intact'] === true } : null;
  }

  function inWords(lang: Lang, job: FailedJob): TravailEchoue {
    const texts: Readonly<Record<string, string>> = santeTexts(lang);
    const { id, kind, attempts, lastError, createdAt } = job;
    return {
      id,
      genre: kind,
      libelle: texts[`genre_${kind}`] ?? fill(santeTexts(lang).genre_autre, { genre: kind }),
      essais: attempts,
      erreur: kind === ENVOI ? courriels.direErreur(lang, lastError ?? '') : (lastError ?? ''),
      cree: createdAt,
    };
  }

  /** Does something with a failed job, and notes it. */
  async function treat(
    actor: Actor,
    action: 'travail.relance' | 'travail.abandon',
    id: number,
    work: Parameters<typeof database.transaction<string | null>>[0],
  ): Promise<void> {
    mayManage(actor);
    await database.transaction(async (trx) => {
      const genre = Number.isSafeInteger(id) && id > 0 ? await work(trx) : null;
      if (genre === null) throw notFound(santeTexts(actor.lang).travailInconnu);
      await journal.record(trx, actor, { action, details: { travail: id, genre } });
    });
    outbox.wake();
  }

  return {
    /** Looks at everything. The mail server is asked at most every ten minutes. @throws AppError forbidden */
    async consulter(actor: Actor): Promise<Sante> {
      mayManage(actor);
      const begun = performance.now();
      const facts = await repo.facts();
      const ms = performance.now() - begun;
      const maintenant = clock.now();
      const [
        settings,
        schema,
        waiting,
        unchained,
        passages,
        verification,
        status,
        backup,
        disk,
        post,
        failed,
        standbys,
      ] = await Promise.all([
        parametres.get(),
        repo.schema(),
        repo.outbox(maintenant.toISOString()),
        repo.unchainedSince(),
        repo.passages(),
        lastVerification(),
        licence.etat(),
        deps.sauvegarde?.() ?? null,
        room(),
        mail(actor),
        outbox.failed(FAILED_MAX),
        repo.standbys(),
      ]);
      const lecture = { lang: actor.lang, fuseau: settings.fuseauHoraire, maintenant };
      const found = [
        controles.versions(lecture, {
          programme: VERSION,
          node: process.versions.node,
          moteur: repo.engine,
          base: facts.version,
          schema,
        }),
        controles.base(lecture, { bytes: facts.bytes, ms }),
        controles.replique(lecture, standbys),
        controles.disque(lecture, disk),
        controles.travaux(lecture, waiting),
        controles.sauvegarde(lecture, backup),
        controles.licence(lecture, status),
        controles.horloge(lecture, maintenant.getTime() - Date.parse(facts.now)),
        controles.courriel(lecture, post.reglage, post.found),
        controles.entretien(lecture, passages),
        controles.journal(lecture, { attendDepuis: unchained, verification }),
      ].filter((one) => one !== null);
      return {
        etat: pire(found.map(({ etat }) => etat)),
        controles: found,
        echecs: failed.map((job) => inWords(actor.lang, job)),
        le: maintenant.toISOString(),
      };
    },

    /** Gives a job that failed for good another series of attempts. @throws AppError forbidden, not-found */
    relancer: (actor: Actor, id: number): Promise<void> =>
      treat(actor, 'travail.relance', id, async (trx) => (await retryJob(trx, clock, id))?.kind ?? null),

    /** Gives such a job up, with what it was to send. @throws AppError forbidden, not-found */
    abandonner: (actor: Actor, id: number): Promise<void> =>
      treat(actor, 'travail.abandon', id, async (trx) => {
        const job = await abandonJob(trx, id);
        if (job?.kind === ENVOI) await courriels.oublier(trx, job.payload);
        return job?.kind ?? null;
      }),

    /** Notes how a part of the upkeep ended; its error by name and code only. */
    async noter(task: UpkeepTask, error: unknown): Promise<void> {
      if (task.everyMs < NOTED_MS) return;
      const code = error instanceof Error && 'code' in error ? ` ${String(error.code)}` : '';
      await repo.notePassage({
        nom: task.name,
        fin: timestamp(clock),
        reussi: error === null,
        erreur:
          error === null ? null : `${error instanceof Error ? error.name : 'Error'}${code}`.slice(0, 100),
      });
    },
  };
}

export type SanteService = ReturnType<typeof createSanteService>;
