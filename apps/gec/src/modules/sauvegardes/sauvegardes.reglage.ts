import { generateBackupKey } from '@gec/backup';
import { conflict, invalid, timestamp, type Actor } from '@gec/core';
import type { Base } from '../../context.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { HistoriqueRepo } from './sauvegardes.historique.ts';
import { reglageShape, type Reglage, type ReglageVu } from './sauvegardes.schema.ts';
import { sauvegardesTexts } from './sauvegardes.texts.ts';

/** When backups are made, how long they are kept, and for which key. */
export function createReglageSauvegardes(
  deps: Pick<Base, 'database' | 'clock'> & {
    journal: Pick<JournalService, 'record'>;
    repo: HistoriqueRepo;
    /** @throws AppError forbidden */
    mayManage(actor: Actor): void;
  },
) {
  const { database, clock, journal, repo, mayManage } = deps;

  /**
   * Changes that.
   *
   * @param reglage what is not given stays
   * @param expectedVersion the version that the person saw
   * @throws AppError forbidden; invalid by field; conflict `VERSION_CONFLICT`
   */
  async function regler(
    actor: Actor,
    reglage: Readonly<Partial<Record<keyof Reglage, unknown>>>,
    expectedVersion?: number,
  ): Promise<ReglageVu> {
    mayManage(actor);
    const t = sauvegardesTexts(actor.lang);
    const { version, ...before } = await repo.reglage();
    const parsed = reglageShape.safeParse({ ...before, ...reglage });
    if (!parsed.success) {
      throw invalid(
        parsed.error.issues.map(({ path }) => {
          const field = String(path[0]);
          return { field, message: field === 'clePublique' ? t.cleRefusee : t.valeurRefusee };
        }),
      );
    }
    await database.transaction(async (trx) => {
      const by = { parId: actor.kind === 'user' ? actor.userId : null, le: timestamp(clock) };
      const kept =
        (expectedVersion ?? version) === version && (await repo.regler(trx, { ...parsed.data, version }, by));
      if (!kept) throw conflict('VERSION_CONFLICT', t.versionPerimee);
      const { actif, heure, retention, clePublique } = parsed.data;
      const details = { actif, heure, retention, cle: clePublique !== before.clePublique };
      await journal.record(trx, actor, { action: 'sauvegarde.reglage', details });
    });
    return { ...parsed.data, version: version + 1 };
  }

  return {
    /** When backups are made and for which key. @throws AppError forbidden */
    async reglage(actor: Actor): Promise<ReglageVu> {
      mayManage(actor);
      return repo.reglage();
    },

    regler,

    /**
     * Makes a key pair and keeps its public half: backups are sealed for it from now on.
     *
     * @returns the secret half, which is kept nowhere
     * @throws AppError forbidden; conflict `VERSION_CONFLICT`
     */
    async nouvelleCle(
      actor: Actor,
      expectedVersion?: number,
    ): Promise<{ publicKey: string; secretKey: string }> {
      const pair = generateBackupKey();
      await regler(actor, { clePublique: pair.publicKey }, expectedVersion);
      return pair;
    },
  };
}
