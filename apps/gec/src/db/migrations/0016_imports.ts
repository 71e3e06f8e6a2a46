import type { Step } from '@gec/db';

/**
 * Letters that are taken over from elsewhere: each import and how far it has come, the file that was sent for it, what
 * became of each of its lines, and which row of ours each thing of the other installation has become.
 */
export const imports: Step = {
  name: '0016_imports',
  statements: (t) => [
    `create table import (
      id text primary key, genre text not null, etat text not null,
      user_id ${t.bigint} references "user"(id) on delete set null, acteur text not null,
      ip_address text not null, nom ${t.sealed} not null, source text, parametres ${t.sealed} not null,
      plan ${t.sealed}, taille ${t.bigint} not null, fait ${t.bigint} not null, total ${t.bigint} not null,
      crees ${t.bigint} not null, deja ${t.bigint} not null, conflits ${t.bigint} not null, erreur text,
      date_creation ${t.timestamp} not null, date_debut ${t.timestamp}, date_fin ${t.timestamp})`,
    `create index import_user on import(user_id)`,
    `create index import_date on import(date_creation)`,
    `create table import_segment (
      import_id text not null references import(id) on delete cascade, rang integer not null,
      chemin text not null unique, taille ${t.bigint} not null, primary key (import_id, rang))`,
    `create table import_ligne (
      import_id text not null references import(id) on delete cascade, rang ${t.bigint} not null,
      numero text not null, etat text not null, motif text, detail ${t.sealed}, courrier_id ${t.bigint},
      primary key (import_id, rang))`,
    `create table import_element (
      source text not null, objet text not null, cle text not null, id_local ${t.bigint} not null,
      date_import ${t.timestamp} not null, primary key (source, objet, cle))`,
  ],
};
