import type { Step } from '@gec/db';

/**
 * Photographs of people, lists of people that wait to be confirmed, and which account an entry of the journal is about
 * (outside of what is chained: it only finds entries, which name the account themselves).
 */
export const utilisateurs: Step = {
  name: '0005_utilisateurs',
  statements: (t) => [
    `alter table "user" add column photo text`,
    `create index user_derniere_connexion on "user"(derniere_connexion)`,
    `create table user_photo (
      user_id ${t.bigint} primary key references "user"(id) on delete cascade, contenu ${t.sealed} not null)`,
    `create table utilisateurs_import (
      id text primary key, user_id ${t.bigint} not null references "user"(id) on delete cascade,
      contenu ${t.sealed} not null, date_creation ${t.timestamp} not null)`,
    `create index utilisateurs_import_user on utilisateurs_import(user_id)`,
    `create index utilisateurs_import_date on utilisateurs_import(date_creation)`,
    `alter table log_activite add column compte_id ${t.bigint}`,
    `create index log_activite_compte on log_activite(compte_id, id)`,
  ],
};
