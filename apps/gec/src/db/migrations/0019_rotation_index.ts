import { keyRotationPause, type Step } from '@gec/db';

/** The second side of the search index, which is filled while its key is renewed; and a renewal can be paused. */
export const rotationIndex: Step = {
  name: '0019_rotation_index',
  statements: (t, engine) => [
    ...keyRotationPause(t),
    ...(engine === 'sqlite'
      ? [
          `create virtual table courrier_recherche_b using fts5(
            termes, content='', contentless_delete=1, detail=none, tokenize='ascii')`,
        ]
      : [
          `create table courrier_recherche_b (ordre ${t.bigint} primary key, termes int4[] not null)`,
          `alter table courrier_recherche_b alter column termes set statistics 1000`,
          `create index courrier_recherche_b_termes on courrier_recherche_b
            using gin (termes) with (fastupdate = off)`,
        ]),
  ],
};
