import type { Step } from '@gec/db';

/** Second factors of people, their recovery codes, and what waits for an answer (a code, the signature of a key). */
export const secondFacteur: Step = {
  name: '0006_second_facteur',
  statements: (t) => [
    `create table facteur (
      id ${t.id}, user_id ${t.bigint} not null references "user"(id), genre text not null,
      nom ${t.sealed} not null, secret ${t.sealed}, dernier_pas ${t.bigint},
      rp_id text, credential_id text unique, cle_publique text, compteur ${t.bigint}, transports text,
      date_creation ${t.timestamp} not null, derniere_utilisation ${t.timestamp})`,
    `create index facteur_user on facteur(user_id)`,
    `create table code_secours (
      user_id ${t.bigint} not null references "user"(id), empreinte text not null,
      primary key (user_id, empreinte))`,
    `create table facteur_defi (
      id text primary key, user_id ${t.bigint} references "user"(id), genre text not null,
      contenu ${t.sealed} not null, expire_le ${t.timestamp} not null)`,
    `create index facteur_defi_user on facteur_defi(user_id, genre)`,
    `create index facteur_defi_expire on facteur_defi(expire_le)`,
  ],
};
