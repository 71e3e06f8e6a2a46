import { AppError, can, forbidden, timestamp, type Actor, type Lang } from '@gec/core';
import { hkdf, identityName } from '@gec/crypto';
import {
  createLicenceClient,
  explainError,
  explainStatus,
  LicenceError,
  machineId,
  type Evidence,
  type Fetch,
  type LicenceStatus,
  type RequestFile,
} from '@gec/licence-client';
import type { Base } from '../../context.ts';
import { VERSION } from '../../version.ts';
import type { JournalEntry } from '../journal/journal.schema.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import { permisEnLectureSeule } from './licence.policy.ts';
import { createLicenceRepo } from './licence.repo.ts';
import { prochaineSynchronisation, RESERVATION_MS } from './licence.rythme.ts';
import type { Bandeau, GenreDemande, VueLicence } from './licence.schema.ts';
import { licenceTexts } from './licence.texts.ts';

/** What the licence needs. */
export interface LicenceDeps extends Pick<Base, 'config' | 'database' | 'clock' | 'keyring' | 'logger'> {
  journal: Pick<JournalService, 'record'>;
  parametres: Pick<ParametresService, 'get'>;
  /** How the server is asked; the runtime's own unless tests say otherwise. */
  fetch?: Fetch;
}

/** Days before the end of the evaluation from which on those who can act are told. */
const RAPPEL_EVALUATION = 10;
const PRODUCT = `gec-mines ${VERSION}`;

const KINDS: Readonly<Partial<Record<LicenceError['code'], AppError['kind']>>> = {
  UNREACHABLE: 'unavailable',
  BAD_ANSWER: 'unavailable',
  NOT_ACTIVATED: 'conflict',
  NO_SERVER: 'conflict',
  BUSY: 'conflict',
};

/** The licence of this installation: its state, what changes it, and what read-only refuses. */
export function createLicenceService(deps: LicenceDeps) {
  const { config, database, clock, keyring, logger, journal, parametres } = deps;
  const { active, serverUrl, trustAnchors } = config.license;
  const repo = createLicenceRepo(database);
  // Made once for a database, it never changes with the other keys; it is wrapped by the master key.
  const identity = keyring.current('identity');
  let evidence: Evidence | null = null;

  async function temoins(): Promise<Evidence> {
    evidence ??= {
      domain: config.publicUrl === null ? null : new URL(config.publicUrl).host,
      database: (await repo.identifiant()) ?? identityName(identity),
      machine: machineId(),
    };
    return evidence;
  }

  const client = createLicenceClient({
    product: PRODUCT,
    storage: repo.storage,
    installationSecret: hkdf(identity.key, 'gec/licence/installation/v1', 32),
    installedAt: new Date(identity.createdAt),
    trustAnchors,
    server: serverUrl,
    clock,
    evidence: temoins,
    fetch: deps.fetch,
  });

  function mayManage(actor: Actor): void {
    if (!can(actor, 'manage_system_settings')) throw forbidden(licenceTexts(actor.lang).refuse);
  }

  /** Runs an operation of the client; its refusals become errors that people can read. */
  async function translated<T>(lang: Lang, champ: string, work: () => Promise<T>): Promise<T> {
    if (!active) throw new AppError('conflict', 'LICENCE_OFF', licenceTexts(lang).nonGeree);
    try {
      return await work();
    } catch (cause) {
      if (!(cause instanceof LicenceError)) throw cause;
      const message = explainError(lang, cause);
      const kind = KINDS[cause.code] ?? 'invalid';
      const fields = kind === 'invalid' ? [{ field: champ, message }] : [];
      throw new AppError(kind, `LICENCE_${cause.serverCode ?? cause.code}`, message, { fields, cause });
    }
  }

  async function noter(actor: Actor, entry: JournalEntry): Promise<void> {
    await database.transaction((trx) => journal.record(trx, actor, entry));
  }

  async function indice(): Promise<string> {
    return (await client.details()).licence?.license_key_hint ?? '';
  }

  /** The next synchronisation at once: what was just activated should be confirmed, and set the clock right. */
  const bientot = (): Promise<void> => repo.prevoir(timestamp(clock), 0);

  const fuseau = async (): Promise<string> => (await parametres.get()).fuseauHoraire;

  const service = {
    /** The state; null when the program needs no licence. */
    async etat(): Promise<LicenceStatus | null> {
      return active ? client.state() : null;
    },

    /**
     * Refuses what read-only does not allow.
     *
     * @param method HTTP method
     * @param route address with its parameters
     * @throws AppError forbidden `LICENCE_READ_ONLY`, with what to do
     */
    async exigerModifiable(actor: Actor, method: string, route: string): Promise<void> {
      if (!permisEnLectureSeule(method, route)) await service.exigerChangement(actor);
    },

    /**
     * Refuses whatever registers or changes letters while the licence allows reading only; for what is no request, such
     * as a command.
     *
     * @throws AppError forbidden `LICENCE_READ_ONLY`, with what to do
     */
    async exigerChangement(actor: Actor): Promise<void> {
      if (!active) return;
      const status = await client.state();
      if (status.mayChange) return;
      const t = licenceTexts(actor.lang);
      const { text } = explainStatus(actor.lang, status, await fuseau());
      const suite = can(actor, 'manage_system_settings') ? t.refusActiver : t.refusDemander;
      throw new AppError('forbidden', 'LICENCE_READ_ONLY', `${text} ${suite}`);
    },

    /** The notice above the pages: for those who can act, and in read-only for those who would register in vain. */
    async bandeau(actor: Actor): Promise<Bandeau | null> {
      if (!active) return null;
      const agit = can(actor, 'manage_system_settings');
      const concerne = agit || can(actor, 'register_mail');
      if (!concerne) return null;
      const status = await client.state();
      if (status.mayChange && !agit) return null;
      const calme =
        status.state === 'active' ||
        (status.state === 'evaluation' && (status.daysLeft ?? Infinity) > RAPPEL_EVALUATION);
      if (calme && status.warnings.length === 0) return null;
      const { text, warnings } = explainStatus(actor.lang, status, await fuseau());
      const t = licenceTexts(actor.lang);
      return {
        texte: [...(calme ? [] : [text]), ...(agit ? warnings : [])].join(' '),
        lien: agit ? { href: '/admin/licence', texte: t.voirLicence } : null,
      };
    },

    /** Everything about the licence. @throws AppError forbidden */
    async consulter(actor: Actor): Promise<VueLicence> {
      mayManage(actor);
      if (!active) return { geree: false, details: null, prochaineSync: null, fuseau: await fuseau() };
      await client.state();
      const { prochaine } = await repo.rythme();
      return {
        geree: true,
        details: await client.details(),
        prochaineSync: prochaine,
        fuseau: await fuseau(),
      };
    },

    /**
     * Activates a key by the network.
     *
     * @throws AppError forbidden; invalid (field `cle`); unavailable; conflict
     */
    async activer(actor: Actor, cle: string): Promise<LicenceStatus> {
      mayManage(actor);
      const status = await translated(actor.lang, 'cle', () => client.activate(cle));
      await noter(actor, { action: 'licence.activation', details: { indice: await indice() } });
      await bientot();
      return status;
    },

    /** Takes a licence file or the lines of its QR codes over. @throws AppError forbidden; invalid (field `fichier`) */
    async appliquer(actor: Actor, contenu: Uint8Array | string): Promise<LicenceStatus> {
      mayManage(actor);
      const status = await translated(actor.lang, 'fichier', () => client.applyFile(contenu));
      await noter(actor, { action: 'licence.fichier', details: { indice: await indice() } });
      return status;
    },

    /** Synchronises now. @throws AppError forbidden; unavailable; conflict; invalid */
    async synchroniser(actor: Actor): Promise<LicenceStatus> {
      mayManage(actor);
      const status = await translated(actor.lang, 'cle', () => client.sync());
      await repo.prevoir(prochaineSynchronisation(clock.now(), 0), 0);
      await noter(actor, { action: 'licence.synchronisation', details: { etat: status.state } });
      return status;
    },

    /** Gives the licence back by the network. @throws AppError forbidden; unavailable; conflict; invalid */
    async rendre(actor: Actor): Promise<LicenceStatus> {
      mayManage(actor);
      const hint = await indice();
      const status = await translated(actor.lang, 'cle', () => client.deactivate());
      await noter(actor, { action: 'licence.restitution', details: { indice: hint } });
      return status;
    },

    /**
     * Makes a request to be carried to the licence server. One of the kind `deactivate` gives the licence back at once.
     *
     * @throws AppError forbidden; invalid (field `cle`); conflict
     */
    async demander(actor: Actor, genre: GenreDemande, cle?: string): Promise<RequestFile> {
      mayManage(actor);
      const file = await translated(actor.lang, 'cle', () => client.requestFile(genre, cle));
      await noter(actor, { action: 'licence.demande', details: { genre } });
      return file;
    },

    /**
     * Synchronises when it is due: about once a day, by one process of many. Called every few minutes; when the server
     * is away, the next attempt is later and later, a day at most.
     *
     * @returns whether a synchronisation was tried
     */
    async battement(): Promise<boolean> {
      if (!active || serverUrl === null) return false;
      await client.state();
      if ((await client.details()).licence === null) return false;
      const now = clock.now();
      const jusqua = new Date(now.getTime() + RESERVATION_MS).toISOString();
      const echecs = await database.transaction((trx) => repo.reserver(trx, now.toISOString(), jusqua));
      if (echecs === null) return false;
      try {
        await client.sync();
        await repo.prevoir(prochaineSynchronisation(now, 0), 0);
      } catch (error) {
        if (!(error instanceof LicenceError)) throw error;
        const code = error.serverCode ?? error.code;
        logger.warn({ code, failures: echecs + 1 }, 'the licence was not synchronised; trying again later');
        await repo.prevoir(prochaineSynchronisation(now, echecs + 1), echecs + 1);
      }
      return true;
    },
  };
  return service;
}

export type LicenceService = ReturnType<typeof createLicenceService>;
