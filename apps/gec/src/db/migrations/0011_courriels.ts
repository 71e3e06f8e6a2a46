import type { Step } from '@gec/db';

/**
 * E-mail: settings (one sealed JSON object each), templates that an administrator changed, and messages that wait to
 * be sent. A message is sealed whole, since it bears names, addresses and first passwords.
 */
export const courriels: Step = {
  name: '0011_courriels',
  statements: (t) => [
    `create table courriel_reglage (
      cle text primary key, valeur ${t.sealed} not null, version integer not null,
      modifie_par_id ${t.bigint} references "user"(id), date_modification ${t.timestamp} not null)`,
    `create table courriel_modele (
      evenement text not null, langue text not null, sujet ${t.text} not null, texte ${t.text} not null,
      html ${t.text} not null, version integer not null, modifie_par_id ${t.bigint} references "user"(id),
      date_modification ${t.timestamp} not null, primary key (evenement, langue))`,
    `create table courriel (
      id ${t.id}, evenement text not null, langue text not null, contenu ${t.sealed} not null,
      date_creation ${t.timestamp} not null)`,
  ],
};
