import type { Step } from '@gec/db';

/**
 * Notifications and what people prefer; the day on which the échéances were last gone through, by whichever process;
 * when the upkeep last ran.
 */
export const notifications: Step = {
  name: '0012_notifications',
  statements: (t) => [
    `create table notification (
      id ${t.id}, user_id ${t.bigint} not null references "user"(id) on delete cascade, evenement text not null,
      courrier_id ${t.bigint} references courrier(id) on delete cascade, message ${t.sealed} not null,
      cle text, affichee ${t.bool} not null, a_envoyer ${t.bool} not null, date_creation ${t.timestamp} not null,
      date_lecture ${t.timestamp})`,
    `create index notification_user on notification(user_id, affichee, date_lecture, id)`,
    `create index notification_courrier on notification(courrier_id)`,
    `create unique index notification_cle on notification(user_id, cle)`,
    `create table user_preference (
      user_id ${t.bigint} not null references "user"(id) on delete cascade, cle text not null,
      valeur ${t.text} not null, primary key (user_id, cle))`,
    `create table passage (
      nom text primary key, jour ${t.date}, date_fin ${t.timestamp}, reussi ${t.bool} not null, erreur ${t.text})`,
  ],
};
