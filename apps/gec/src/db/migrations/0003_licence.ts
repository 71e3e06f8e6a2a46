import type { Step } from '@gec/db';

/** What the licence client remembers, sealed by the client, and when it asks the server next. One row. */
export const licence: Step = {
  name: '0003_licence',
  statements: (t) => [
    `create table licence_local (
      cle text primary key, contenu ${t.text} not null, sync_prochaine ${t.timestamp}, sync_echecs integer not null)`,
  ],
};
