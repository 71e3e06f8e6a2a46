import { can, conflict, forbidden, invalid, timestamp, type Actor } from '@gec/core';
import { createVersionedCache, type Via } from '../../cache.ts';
import type { Base, Trx } from '../../context.ts';
import type { JournalService } from '../journal/journal.service.ts';
import { readImage } from './parametres.image.ts';
import { createParametresRepo } from './parametres.repo.ts';
import {
  checkPatch,
  CLES_PARAMETRES,
  PARAMETRES_PAR_DEFAUT,
  parametresShape,
  type CleImage,
  type CleParametre,
  type Parametres,
  type ParametresVersionnes,
  type PatchParametres,
} from './parametres.schema.ts';
import { parametresTexts } from './parametres.texts.ts';

/** Takes part in a change of settings, in its transaction; throws an AppError to refuse it. */
export type ParametresWatcher = (
  trx: Trx,
  actor: Actor,
  change: { avant: Parametres; apres: Parametres; cles: readonly CleParametre[] },
) => Promise<void>;

/** What the settings need. */
export interface ParametresDeps extends Pick<Base, 'database' | 'keyring' | 'clock' | 'logger'> {
  journal: Pick<JournalService, 'record'>;
}

/** The settings of the office, sealed in the database and cached for at most a second. */
export function createParametresService({ database, keyring, clock, logger, journal }: ParametresDeps) {
  const repo = createParametresRepo(keyring);
  const watchers: ParametresWatcher[] = [];

  async function load(via: Via): Promise<Omit<ParametresVersionnes, 'version'>> {
    const valeurs: Record<string, unknown> = { ...PARAMETRES_PAR_DEFAUT };
    const modifications: ParametresVersionnes['modifications'] = {};
    for (const { cle, json, parId, le } of await repo.all(via)) {
      const key = CLES_PARAMETRES.find((known) => known === cle);
      if (key === undefined) continue;
      const parsed = parametresShape.shape[key].safeParse(JSON.parse(json));
      if (!parsed.success) {
        // An older program may have allowed what this one does not; the office must be able to open the settings.
        logger.warn({ parametre: key }, 'a stored setting is no longer valid; its default is used');
        continue;
      }
      valeurs[key] = parsed.data;
      modifications[key] = { parId, le };
    }
    return { valeurs: valeurs as Parametres, modifications };
  }

  const cache = createVersionedCache({ database, name: 'parametres', load });

  async function change(
    actor: Actor,
    patch: Partial<Parametres>,
    expectedVersion: number | undefined,
  ): Promise<ParametresVersionnes> {
    const texts = parametresTexts(actor.lang);
    try {
      return await database.transaction(async (trx) => {
        const version = await cache.bump(trx);
        if (expectedVersion !== undefined && version !== expectedVersion + 1) {
          throw conflict('VERSION_CONFLICT', texts.versionPerimee);
        }
        const { valeurs: avant, modifications } = await load(trx);
        const apres: Parametres = { ...avant, ...patch };
        const cles = CLES_PARAMETRES.filter(
          (cle) => JSON.stringify(avant[cle]) !== JSON.stringify(apres[cle]),
        );
        const by = { parId: actor.kind === 'user' ? actor.userId : null, le: timestamp(clock) };
        for (const cle of cles) {
          await repo.put(trx, { cle, json: JSON.stringify(apres[cle]), ...by });
          modifications[cle] = by;
        }
        if (cles.length > 0) {
          for (const watcher of watchers) await watcher(trx, actor, { avant, apres, cles });
          await journal.record(trx, actor, {
            action: 'parametres.modification',
            details: { cles: cles.join(', ') },
          });
        }
        return { valeurs: apres, version, modifications };
      });
    } finally {
      cache.invalidate();
    }
  }

  function mayManage(actor: Actor): void {
    if (!can(actor, 'manage_system_settings')) throw forbidden(parametresTexts(actor.lang).refuse);
  }

  return {
    /**
     * The settings, at most a second old.
     *
     * @param trx must be given inside a transaction: without it, SQLite's one connection would be waited for for ever
     */
    get: async (trx?: Trx): Promise<Parametres> => (await cache.get(trx)).valeurs,

    /** The settings with their version and who changed which. @throws AppError forbidden */
    async versioned(actor: Actor): Promise<ParametresVersionnes> {
      mayManage(actor);
      cache.invalidate();
      const { value, version } = await cache.getVersioned();
      return { ...value, version };
    },

    /**
     * Changes some settings, all or none. The journal says which, not what they are.
     *
     * @param patch settings as they are or as text; unknown keys are refused
     * @param options `expectedVersion`: the version that the person saw; another one meanwhile is a conflict
     * @throws AppError forbidden; invalid with one message for each field; conflict `VERSION_CONFLICT`
     */
    async update(
      actor: Actor,
      patch: PatchParametres,
      options: { expectedVersion?: number } = {},
    ): Promise<ParametresVersionnes> {
      mayManage(actor);
      const { values, errors } = checkPatch(actor.lang, patch);
      if (errors.length > 0) throw invalid(errors);
      return change(actor, values, options.expectedVersion);
    },

    /**
     * What some settings would be, without keeping anything: for previews.
     *
     * @returns all settings, with the values of `patch` that are valid
     * @throws AppError forbidden
     */
    async imagine(actor: Actor, patch: PatchParametres): Promise<Parametres> {
      mayManage(actor);
      return { ...(await cache.get()).valeurs, ...checkPatch(actor.lang, patch).values };
    },

    /**
     * Sets or removes (`null`) a picture: the logo of the letterhead, the signature under record sheets.
     *
     * @param bytes a PNG of at most 300 KB, checked by its content and rewritten without anything but the image
     * @throws AppError forbidden, invalid (field `cle`)
     */
    async setImage(actor: Actor, cle: CleImage, bytes: Uint8Array | null): Promise<ParametresVersionnes> {
      mayManage(actor);
      return change(actor, { [cle]: bytes === null ? null : readImage(actor.lang, cle, bytes) }, undefined);
    },

    /**
     * Lets another module take part in changes: it may refuse them, and does what follows from them in the same
     * transaction.
     */
    onChange(watcher: ParametresWatcher): void {
      watchers.push(watcher);
    },
  };
}

export type ParametresService = ReturnType<typeof createParametresService>;
