import type { Step } from '@gec/db';

/**
 * The search index (keyed hashes only), and what keeps long lists short. Those who list letters leave out deleted
 * ones, so indexes that leave them out too answer and count without looking at the letters themselves.
 */
export const recherche: Step = {
  name: '0002_recherche',
  statements: (t, engine) => [
    ...(engine === 'sqlite'
      ? [
          `create virtual table courrier_recherche using fts5(
            termes, content='', contentless_delete=1, detail=none, tokenize='ascii')`,
        ]
      : [
          `create table courrier_recherche (ordre ${t.bigint} primary key, termes int4[] not null)`,
          `alter table courrier_recherche alter column termes set statistics 1000`,
          `create index courrier_recherche_termes on courrier_recherche using gin (termes) with (fastupdate = off)`,
        ]),
    `create index courrier_liste on courrier(ordre) where not is_deleted`,
    `create index courrier_liste_type on courrier(type_courrier, ordre) where not is_deleted`,
    `create index courrier_liste_statut on courrier(statut, ordre) where not is_deleted`,
    `create index courrier_liste_copie on courrier(secretaire_general_copie, ordre) where not is_deleted`,
    `create index courrier_liste_redaction on courrier(date_redaction, ordre) where not is_deleted`,
    `create index courrier_corbeille on courrier(ordre) where is_deleted`,
    `drop index courrier_type`,
    `drop index courrier_statut`,
    `drop index courrier_copie`,
    `drop index courrier_date_redaction`,
  ],
};
