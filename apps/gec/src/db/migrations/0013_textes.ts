import type { Step } from '@gec/db';

/** Texts of the program that an administrator worded otherwise; null: as the program has it. */
export const textes: Step = {
  name: '0013_textes',
  statements: (t) => [
    `create table texte_remplace (
      module text not null, cle text not null, texte_fr text, texte_en text, version integer not null,
      modifie_par_id ${t.bigint} references "user"(id), date_modification ${t.timestamp} not null,
      primary key (module, cle))`,
    `create index texte_remplace_modifie_par on texte_remplace(modifie_par_id)`,
  ],
};
