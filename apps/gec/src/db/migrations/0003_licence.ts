import type { Step } from '@gec/db';

/**
 * What the licence client remembers, sealed by the client and again as every secret here, and when it asks the server
 * next. One row; its digest lets several processes change it without overwriting each other.
 */
export const licence: Step = {
  name: '0003_licence',
  statements: (t) => [
    `create table licence_local (
      cle text primary key, contenu ${t.sealed} not null, empreinte text not null,
      sync_prochaine ${t.timestamp}, sync_echecs integer not null)`,
  ],
};
