import { keyRotationPause, keyRotationTables, type Step } from '@gec/db';

/** How far a renewal of keys has come, and what was derived from a former secret and has to outlive it. */
export const secrets: Step = {
  name: '0002_secrets',
  statements: (t) => [
    ...keyRotationTables(t),
    ...keyRotationPause(t),
    `create table kept_secret (name text primary key, value ${t.sealed} not null)`,
  ],
};
