import type { Step } from '@gec/db';

/** Verifications of the journal that were asked for on the screen, and quick counts of one action over time. */
export const securite: Step = {
  name: '0007_securite',
  statements: (t) => [
    `create table verification_journal (
      id ${t.id}, user_id ${t.bigint} not null references "user"(id), etat text not null,
      fait ${t.bigint} not null, total ${t.bigint} not null, date_debut ${t.timestamp} not null,
      signe_de_vie ${t.timestamp} not null, date_fin ${t.timestamp},
      entrees ${t.bigint}, rupture_nature text, rupture_seq ${t.bigint}, rupture_id ${t.bigint})`,
    `create index verification_journal_user on verification_journal(user_id)`,
    `create index log_activite_action_date on log_activite(action, date_action)`,
  ],
};
