import type { Step } from '@gec/db';

/**
 * The directory of correspondants: what is known of each, other spellings that lead to it, pairs that somebody found
 * to be two, and merges with how far they have come.
 */
export const correspondants: Step = {
  name: '0010_correspondants',
  statements: (t) => [
    `alter table correspondant add column adresse ${t.sealed}`,
    `alter table correspondant add column telephone ${t.sealed}`,
    `alter table correspondant add column email ${t.sealed}`,
    `alter table correspondant add column notes ${t.sealed}`,
    `alter table correspondant add column version integer not null default 1`,
    `create table correspondant_alias (
      id ${t.id}, correspondant_id ${t.bigint} not null references correspondant(id), nom ${t.sealed} not null,
      nom_cle text not null unique)`,
    `create index correspondant_alias_correspondant on correspondant_alias(correspondant_id)`,
    `create table correspondant_distinct (
      premier_id ${t.bigint} not null references correspondant(id),
      second_id ${t.bigint} not null references correspondant(id), primary key (premier_id, second_id))`,
    `create index correspondant_distinct_second on correspondant_distinct(second_id)`,
    `create table correspondant_fusion (
      id ${t.id}, garde_id ${t.bigint} not null references correspondant(id),
      fondu_id ${t.bigint} references correspondant(id), nom_fondu ${t.sealed} not null,
      reecrire ${t.bool} not null, etat text not null, fait integer not null, total integer not null,
      user_id ${t.bigint} not null references "user"(id), ip_address text not null,
      date_creation ${t.timestamp} not null, date_fin ${t.timestamp})`,
    `create index correspondant_fusion_garde on correspondant_fusion(garde_id)`,
    `create unique index correspondant_fusion_fondu on correspondant_fusion(fondu_id) where fondu_id is not null`,
    `create index correspondant_fusion_user on correspondant_fusion(user_id)`,
  ],
};
