import { systemActor, type Actor } from '@gec/core';
import { fieldLead, indexLead, masterKeyFingerprint, waitingGeneration, type KeyPurpose } from '@gec/crypto';
import {
  createBlindRekeyer,
  createFieldResealer,
  createKeyRotation,
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
import type { LicenceTables } from '../../db/schema.ts';
import type { JournalService } from '../journal/journal.service.ts';
import { blindColumns, SEALED_COLUMNS } from './secrets.columns.ts';
import { changeSecret, type SecretChanged } from './secrets.master.ts';

/** What can be renewed while the server runs. It keeps no files, and its identity stays. */
export const PURPOSES = ['field', 'index', 'audit'] as const satisfies readonly KeyPurpose[];
export type Purpose = (typeof PURPOSES)[number];

/** The state of the secrets. */
export interface SecretsStatus {
  /** Fingerprint of the secret that this process was started with. */
  readonly master: string;
  readonly generations: readonly {
    kid: string;
    purpose: KeyPurpose;
    since: string;
    retired: string | null;
  }[];
  /** Rows that still bear a former generation. */
  readonly left: Readonly<Record<'field' | 'index', number>>;
  readonly renewals: readonly { rotation: Rotation; forgetFrom: string | null }[];
  /** Processes at work that do not know the keys as they stand. */
  readonly behind: number;
}

/** What the secrets are managed with. */
export interface SecretsDeps extends Pick<Base, 'config' | 'database' | 'clock' | 'keyring' | 'logger'> {
  journal: Pick<JournalService, 'record'>;
  watch: KeyWatch;
  delays?: RotationDelays;
}

/** A renewal whose process said nothing for so long is taken up by another one, in milliseconds. */
const SILENCE_MS = 60_000;

/** The secret of the server and the data keys under it: their state, a new secret, new data keys. */
export function createSecretsService(deps: SecretsDeps) {
  const { config, database, clock, keyring, journal, watch, logger } = deps;
  const delays = deps.delays ?? ROTATION_DELAYS;
  const end = new AbortController();

  const resealers: Readonly<Record<Purpose, Resealer | null>> = {
    field: createFieldResealer<LicenceTables>(database, SEALED_COLUMNS, {
      lead: () => fieldLead(keyring.current('field').kid),
      reseal: (place, sealed) => keyring.fields.seal(place, keyring.fields.open(place, sealed)),
    }),
    index: createBlindRekeyer<LicenceTables>(database, blindColumns(keyring), {
      lead: () => indexLead(keyring.current('index').kid),
      open: (place, sealed) => keyring.fields.open(place, sealed),
    }),
    // What the journal says was sealed once and for all: its former keys stay, to verify it.
    audit: null,
  };

  const rotationOf = (actor: Actor, purpose: Purpose): KeyRotation =>
    createKeyRotation<LicenceTables, KeyPurpose>({
      database,
      clock,
      purpose,
      watch,
      resealer: resealers[purpose],
      delays,
      newKey: (rows) => waitingGeneration(config.masterKey, rows, purpose, clock),
      record: (trx, event, { kid, done }) =>
        journal.record(trx, actor, { action: 'secret.renewal', details: { event, purpose, kid, done } }),
    });

  return {
    /** The state of the secrets. Where there are several generations it reads everything that may bear them. */
    async status(): Promise<SecretsStatus> {
      await watch.look();
      const rows = await keyStore<KeyPurpose, LicenceTables>(database).load();
      const left = { field: 0, index: 0 };
      for (const purpose of ['field', 'index'] as const) {
        if (rows.filter((row) => row.purpose === purpose).length > 1) {
          left[purpose] = (await resealers[purpose]?.count()) ?? 0;
        }
      }
      const renewals = [];
      for (const purpose of PURPOSES) {
        const rotation = rotationOf(systemActor('secrets'), purpose);
        const state = await rotation.state();
        if (state) renewals.push({ rotation: state, forgetFrom: rotation.forgetFrom(state) });
      }
      return {
        master: masterKeyFingerprint(config.masterKey),
        generations: rows.map(({ kid, purpose, createdAt, retiredAt }) => ({
          kid,
          purpose,
          since: createdAt,
          retired: retiredAt,
        })),
        left,
        renewals,
        behind: await watch.behind(),
      };
    },

    /**
     * Changes the secret of the server.
     *
     * @param next where the environment gives the secret in force; null where the secrets file keeps it
     * @throws ConfigError when it is missing, too short or the same
     */
    changeSecret: (actor: Actor, next: string | null): Promise<SecretChanged> =>
      changeSecret({
        config,
        database,
        clock,
        next,
        record: (trx) => journal.record(trx, actor, { action: 'secret.change' }),
      }),

    /** Renews the data keys of a purpose, or takes up the renewal that is under way, as far as that can go now. */
    async renew(
      actor: Actor,
      purpose: Purpose,
      onProgress?: (progress: RotationProgress) => void,
    ): Promise<{ rotation: Rotation; forgetFrom: string | null }> {
      const rotation = rotationOf(actor, purpose);
      await rotation.begin();
      const state = await rotation.run({ ...(onProgress && { onProgress }), signal: end.signal });
      if (!state) throw new Error(`no rotation of ${purpose} after it was begun`);
      return { rotation: state, forgetFrom: rotation.forgetFrom(state) };
    },

    /** Takes up what another process left, and deletes former keys when it is time. For the upkeep. */
    async resume(): Promise<void> {
      for (const purpose of PURPOSES) {
        const rotation = rotationOf(systemActor('secrets'), purpose);
        const state = await rotation.state();
        if (!state || state.state === 'finished') continue;
        const due = rotation.forgetFrom(state);
        const silent = clock.now().getTime() - Date.parse(state.seen_at) > SILENCE_MS;
        if (due === null ? !silent : due > clock.now().toISOString()) continue;
        const after = await rotation.run({ signal: end.signal }).catch((error: unknown) => {
          if (!end.signal.aborted) throw error;
          return undefined;
        });
        if (after) logger.info({ purpose, state: after.state, done: after.done }, 'keys renewed');
      }
    },

    /** Ends what is under way between two steps; the next process takes it up. */
    stop(): void {
      end.abort();
    },
  };
}
