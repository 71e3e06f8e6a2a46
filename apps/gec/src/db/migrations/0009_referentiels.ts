import type { Step } from '@gec/db';

/**
 * What an office may change of its lists: which statut may follow which, urgency levels with their delay, standard
 * instructions. `version` columns are the optimistic locks of the forms.
 */
export const referentiels: Step = {
  name: '0009_referentiels',
  statements: (t) => [
    `alter table statut_courrier add column version integer not null default 1`,
    `alter table type_courrier_sortant add column version integer not null default 1`,
    `create table statut_suivant (
      statut_id ${t.bigint} not null references statut_courrier(id),
      suivant_id ${t.bigint} not null references statut_courrier(id), primary key (statut_id, suivant_id))`,
    `create index statut_suivant_suivant on statut_suivant(suivant_id)`,
    `create table urgence (
      id ${t.id}, nom text not null unique, description text, couleur text not null, delai integer not null,
      unite text not null, actif ${t.bool} not null, ordre integer not null, version integer not null default 1)`,
    `create table instruction (
      id ${t.id}, code text not null unique, libelle text not null, libelle_en text, actif ${t.bool} not null,
      ordre integer not null, version integer not null default 1)`,
    `alter table courrier add column urgence_id ${t.bigint} references urgence(id)`,
    `alter table courrier add column echeance ${t.timestamp}`,
    `create index courrier_urgence on courrier(urgence_id, ordre) where urgence_id is not null`,
    `create index courrier_forward_instruction on courrier_forward(instruction) where instruction is not null`,
  ],
};
