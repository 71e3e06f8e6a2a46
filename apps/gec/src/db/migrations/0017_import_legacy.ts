import type { Step } from '@gec/db';

/** The activity journals of installations of the older program that were taken over, as they were. */
export const importLegacy: Step = {
  name: '0017_import_legacy',
  statements: (t) => [
    `create table journal_ancien (
      id ${t.id}, source text not null, ancien_id ${t.bigint} not null, date_action ${t.timestamp},
      contenu ${t.sealed} not null, unique (source, ancien_id))`,
  ],
};
