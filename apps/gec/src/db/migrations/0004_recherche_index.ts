import type { Step } from '@gec/db';

/**
 * On PostgreSQL the index learns who registered a letter, so that what a person may read is found by the index alone. The
 * number is the one of recherche.postgres.repo.ts; who registered a letter stands in clear in its row.
 */
export const rechercheIndex: Step = {
  name: '0004_recherche_index',
  statements: (_t, engine) =>
    engine === 'sqlite'
      ? []
      : [
          // A million letters take some minutes.
          `set local statement_timeout = 0`,
          `drop index courrier_recherche_termes`,
          `update courrier_recherche i set termes = i.termes || (-1 - c.utilisateur_id % 2147483648)::int4
            from courrier c where c.ordre = i.ordre`,
          `create index courrier_recherche_termes on courrier_recherche using gin (termes) with (fastupdate = off)`,
        ],
};
