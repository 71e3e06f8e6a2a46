import type { Step } from '@gec/db';

/** The backups that were made and how they ended; when they are made, and for which key. */
export const sauvegardes: Step = {
  name: '0014_sauvegardes',
  statements: (t) => [
    `create table sauvegarde (
      id ${t.id}, nom text not null unique, origine text not null, etat text not null,
      user_id ${t.bigint} references "user"(id) on delete set null, lignes ${t.bigint} not null,
      fichiers ${t.bigint} not null, octets ${t.bigint} not null, absents ${t.bigint} not null,
      taille ${t.bigint}, empreinte text, intacte ${t.bool}, controle_le ${t.timestamp}, erreur text,
      date_debut ${t.timestamp} not null, signe_de_vie ${t.timestamp} not null, date_fin ${t.timestamp})`,
    `create index sauvegarde_date on sauvegarde(date_debut)`,
    `create index sauvegarde_user on sauvegarde(user_id)`,
    `create table sauvegarde_reglage (
      cle text primary key, valeur ${t.text} not null, version integer not null,
      modifie_par_id ${t.bigint} references "user"(id), date_modification ${t.timestamp} not null)`,
    `create index sauvegarde_reglage_modifie_par on sauvegarde_reglage(modifie_par_id)`,
  ],
};
