import { AppError, can, fill, forbidden, systemActor, type Actor } from '@gec/core';
import {
  fieldLead,
  indexLead,
  masterKeyFingerprint,
  parseMasterKey,
  waitingGeneration,
  WrongMasterKeyError,
  type DataKeyRow,
  type KeyPurpose,
} from '@gec/crypto';
import {
  createFieldResealer,
  createKeyRotation,
  joinResealers,
  keyStore,
  ROTATION_DELAYS,
  type KeyRotation,
  type KeyWatch,
  type Resealer,
  type Rotation,
  type RotationDelays,
  type RotationProgress,
} from '@gec/db';
import type { Base } from '../../context.ts';
import type { GecTables } from '../../db/schema.ts';
import type { FileStore } from '../../storage/file-store.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { RechercheService } from '../recherche/recherche.service.ts';
import { createAveuglesRekeyer, createTermesRekeyer } from './cles.aveugles.ts';
import { COLONNES_SCELLEES } from './cles.colonnes.ts';
import { createFichiersResealer } from './cles.fichiers.ts';
import { changerMaitre, clesQuiOuvrent, type MaitreChangee } from './cles.maitre.ts';
import { BUTS, REMPLACABLES, type But, type EtatCles, type Generation, type VueCles } from './cles.schema.ts';
import { clesTexts } from './cles.texts.ts';

/** What the keys are managed with. */
export interface ClesDeps extends Pick<Base, 'config' | 'database' | 'clock' | 'keyring' | 'logger'> {
  journal: Pick<JournalService, 'record' | 'recentes'>;
  store: FileStore;
  recherche: Pick<RechercheService, 'remplir' | 'nettoyer'>;
  watch: KeyWatch;
  delais?: RotationDelays;
}

/** A renewal whose process said nothing for so long is taken up by another one, in milliseconds. */
const SILENCE_MS = 60_000;
const EVENEMENTS = {
  started: 'cles.debut',
  paused: 'cles.pause',
  resumed: 'cles.reprise',
  resealed: 'cles.rescelle',
  finished: 'cles.oubli',
} as const;

const HISTORIQUE = ['cles.maitre', ...Object.values(EVENEMENTS)] as const;
const DEPUIS_TOUJOURS = '1970-01-01T00:00:00.000Z';
/** Entries of the journal that the screen shows. */
const HISTORIQUE_LONG = 12;

/** The keys of the installation: their state, a new master key, new data keys. */
export function createClesService(deps: ClesDeps) {
  const { config, database, clock, keyring, journal, store, recherche, watch, logger } = deps;
  const delais = deps.delais ?? ROTATION_DELAYS;
  const arret = new AbortController();
  const indexEnVigueur = () => indexLead(keyring.current('index').kid);
  /** What this process was told to renew, one kind after the other. */
  let auTravail: Promise<void> | null = null;

  const resealers: Readonly<Record<But, Resealer | null>> = {
    field: createFieldResealer<GecTables>(database, COLONNES_SCELLEES, {
      lead: () => fieldLead(keyring.current('field').kid),
      reseal: (place, sealed) => keyring.fields.seal(place, keyring.fields.open(place, sealed)),
    }),
    index: joinResealers([
      createAveuglesRekeyer(database, keyring, indexEnVigueur),
      createTermesRekeyer(database, keyring, indexEnVigueur),
    ]),
    file: createFichiersResealer({ database, clock, keyring, store, sursis: delais.forget }),
    // What the journal says was sealed once and for all: its former keys stay, to verify it.
    audit: null,
  };

  function rotationDe(actor: Actor, but: But): KeyRotation {
    return createKeyRotation<GecTables, KeyPurpose>({
      database,
      clock,
      purpose: but,
      watch,
      resealer: resealers[but],
      // The new index stands beside the one in force before it takes its place.
      ...(but === 'index' ? { before: recherche.remplir } : {}),
      delays: delais,
      newKey: (rows: DataKeyRow[]) =>
        waitingGeneration(parseMasterKey(config.masterKey, 'GEC_MASTER_KEY'), rows, but, clock),
      record: (trx, event, { kid, done }) =>
        journal.record(trx, actor, { action: EVENEMENTS[event], details: { but, kid, fait: done } }),
    });
  }

  function verifier(actor: Actor): void {
    if (!can(actor, 'manage_system_settings')) throw forbidden(clesTexts(actor.lang).refuse);
  }

  const empreinteMaitre = () => masterKeyFingerprint(parseMasterKey(config.masterKey, 'GEC_MASTER_KEY'));
  const presenter = (rows: readonly DataKeyRow[]): Generation[] =>
    rows.map(({ kid, purpose, createdAt, retiredAt }) => ({
      kid,
      but: purpose,
      depuis: createdAt,
      retiree: retiredAt,
    }));

  async function lireRenouvellements(actor: Actor): Promise<EtatCles['renouvellements']> {
    const renouvellements = [];
    for (const but of BUTS) {
      const rotation = rotationDe(actor, but);
      const state = await rotation.state();
      if (state) renouvellements.push({ rotation: state, oubliDes: rotation.forgetFrom(state) });
    }
    return renouvellements;
  }

  /** Begins a renewal where none is under way, and lets a paused one go on. */
  async function commencer(rotation: KeyRotation, but: But): Promise<void> {
    if (but === 'index') {
      const state = await rotation.state();
      if (!state || state.state === 'finished') await recherche.nettoyer();
    }
    await rotation.begin();
  }

  async function avancer(
    rotation: KeyRotation,
    but: But,
    onProgress?: (progress: RotationProgress) => void,
  ): Promise<Rotation | undefined> {
    const state = await rotation.run({ onProgress, signal: arret.signal });
    if (but === 'index' && state?.state === 'finished') await retirer();
    return state;
  }

  /** Takes the former index out, once nobody writes it any more. */
  async function retirer(): Promise<void> {
    await watch.look();
    if ((await watch.behind()) === 0) await recherche.nettoyer();
  }

  return {
    /**
     * The state of the keys. Where there are several generations it reads everything that may bear them.
     *
     * @param nouvelle a key of the environment that may be the new master key
     * @throws AppError forbidden
     */
    async etat(actor: Actor, nouvelle: string | null = null): Promise<EtatCles> {
      verifier(actor);
      await watch.look();
      const rows = await keyStore<KeyPurpose, GecTables>(database).load();
      const restants = { field: 0, file: 0, index: 0 };
      for (const but of REMPLACABLES) {
        // One generation alone: nothing can bear another.
        if (rows.filter(({ purpose }) => purpose === but).length > 1) {
          restants[but] = (await resealers[but]?.count()) ?? 0;
        }
      }
      restants.index += await recherche.remplir.count();
      return {
        maitre: empreinteMaitre(),
        ouvrent: await clesQuiOuvrent(config, database, nouvelle),
        generations: presenter(rows),
        restants,
        renouvellements: await lireRenouvellements(actor),
        enRetard: await watch.behind(),
      };
    },

    /** What the screen shows. @throws AppError forbidden */
    async consulter(actor: Actor): Promise<VueCles> {
      verifier(actor);
      return {
        maitre: empreinteMaitre(),
        generations: presenter(await keyStore<KeyPurpose, GecTables>(database).load()),
        renouvellements: await lireRenouvellements(actor),
        enRetard: await watch.behind(),
        // Who may manage the keys may see what was done with them, whatever else of the journal is closed to them.
        historique: await journal.recentes(systemActor('cles'), HISTORIQUE, DEPUIS_TOUJOURS, HISTORIQUE_LONG),
      };
    },

    /**
     * Changes the master key.
     *
     * @param nouvelle where the environment gives the key in force; null where the secrets file keeps it
     * @throws AppError forbidden, invalid, conflict
     */
    async changerMaitre(actor: Actor, nouvelle: string | null): Promise<MaitreChangee> {
      verifier(actor);
      return changerMaitre({
        config,
        database,
        clock,
        lang: actor.lang,
        nouvelle,
        noter: (trx, details) => journal.record(trx, actor, { action: 'cles.maitre', details }),
      });
    },

    /**
     * Renews the data keys of a purpose, or takes up the renewal that is under way, as far as that can go now.
     *
     * @throws AppError forbidden
     * @throws WrongMasterKeyError when this process was started with a former master key
     */
    async renouveler(
      actor: Actor,
      but: But,
      onProgress?: (progress: RotationProgress) => void,
    ): Promise<{ rotation: Rotation; oubliDes: string | null }> {
      verifier(actor);
      const rotation = rotationDe(actor, but);
      await commencer(rotation, but);
      const state = await avancer(rotation, but, onProgress);
      if (!state) throw new Error(`no rotation of ${but} after it was begun`);
      return { rotation: state, oubliDes: rotation.forgetFrom(state) };
    },

    /**
     * Begins or takes up the renewal of some kinds of keys, one after the other, in the background of this process.
     * Every one is announced at once, so that another process takes up what this one does not come to.
     *
     * @throws AppError forbidden; conflict when this process was started with a former master key
     */
    async lancer(actor: Actor, buts: readonly But[]): Promise<void> {
      verifier(actor);
      try {
        for (const but of buts) await commencer(rotationDe(actor, but), but);
      } catch (error) {
        if (!(error instanceof WrongMasterKeyError)) throw error;
        const message = fill(clesTexts(actor.lang).maitreAutre, { empreinte: empreinteMaitre() });
        throw new AppError('conflict', 'MASTER_KEY', message);
      }
      const avant = auTravail ?? Promise.resolve();
      const suite = avant.then(async () => {
        for (const but of buts) await avancer(rotationDe(actor, but), but);
      });
      auTravail = suite
        .catch((error: unknown) => {
          if (!arret.signal.aborted) logger.error({ err: error }, 'keys could not be renewed');
        })
        .finally(() => {
          auTravail = null;
        });
    },

    /**
     * Lets a renewal rest until somebody starts it again, in whichever process it goes on.
     *
     * @returns false when there was nothing to pause
     * @throws AppError forbidden
     */
    async suspendre(actor: Actor, but: But): Promise<boolean> {
      verifier(actor);
      return rotationDe(actor, but).pause();
    },

    /** Takes up what another process left, and deletes former keys when it is time. For the upkeep. */
    async reprendre(): Promise<void> {
      for (const but of BUTS) {
        const rotation = rotationDe(systemActor('cles'), but);
        const state = await rotation.state();
        if (but === 'index' && state?.state === 'finished') await retirer();
        if (!state || state.state === 'finished' || state.paused_at !== null) continue;
        const silence = clock.now().getTime() - Date.parse(state.seen_at);
        const due = rotation.forgetFrom(state);
        const left = auTravail === null && silence > SILENCE_MS;
        const wanted = due === null ? left : due <= clock.now().toISOString();
        if (!wanted) continue;
        const after = await avancer(rotation, but).catch((error: unknown) => {
          if (!arret.signal.aborted) throw error;
          return undefined;
        });
        if (after) logger.info({ purpose: but, state: after.state, done: after.done }, 'keys renewed');
      }
    },

    /** Ends what is under way between two steps; the next process takes it up. */
    async stop(): Promise<void> {
      arret.abort();
      await auTravail;
    },
  };
}

export type ClesService = ReturnType<typeof createClesService>;
