import { systemActor, timestamp, type Clock } from '@gec/core';
import { hashPassword, randomPassword } from '@gec/crypto';
import type { Database } from '@gec/db';
import type { Config } from '../../config.ts';
import type { GecTables } from '../../db/schema.ts';
import type { DepartementsService } from '../departements/departements.service.ts';
import type { JournalService } from '../journal/journal.service.ts';
import { SUPER_ADMIN } from '../roles/roles.schema.ts';
import type { UtilisateursRepo } from './utilisateurs.repo.ts';

/** What the first start needs. */
export interface FirstAdminDeps {
  database: Database<GecTables>;
  repo: UtilisateursRepo;
  clock: Clock;
  departements: Pick<DepartementsService, 'byCode'>;
  journal: Pick<JournalService, 'record'>;
}

/** The account that a new installation begins with. */
export function createFirstAdmin({ database, repo, clock, departements, journal }: FirstAdminDeps) {
  return {
    /**
     * Makes the first administrator (`admin`, `admin@gecmines.cd`) if there is no account at all. However many
     * processes start at once, one of them makes it.
     *
     * @returns `password` only when it was made up: it is to be shown once, and changed at the first sign-in. One that
     *   `GEC_ADMIN_PASSWORD` gives is known already and need not be changed.
     */
    async ensureFirstAdmin(
      config: Pick<Config, 'adminPassword' | 'passwordPepper' | 'bcryptCost'>,
    ): Promise<{ created: true; password?: string } | { created: false }> {
      if (await repo.any()) return { created: false };
      const given = config.adminPassword;
      const password = given ?? randomPassword();
      const passwordHash = await hashPassword(password, config.passwordPepper, config.bcryptCost);
      const created = await database.transaction(async (trx) => {
        await repo.takeTurn(trx, SUPER_ADMIN);
        if (await repo.any(trx)) return false;
        const now = timestamp(clock);
        const departement = await departements.byCode('SG', trx);
        await repo.insert(
          trx,
          {
            username: 'admin',
            email: 'admin@gecmines.cd',
            nomComplet: 'Administrateur',
            role: SUPER_ADMIN,
            departementId: departement?.id ?? null,
            doitChangerMotDePasse: given === null,
            passwordHash,
          },
          now,
        );
        await journal.record(trx, systemActor('premier-demarrage'), {
          action: 'utilisateur.ajout',
          details: { compte: 'admin', role: SUPER_ADMIN },
        });
        return true;
      });
      if (!created) return { created: false };
      return given === null ? { created: true, password } : { created: true };
    },
  };
}
