import type { ColumnTypes } from '@gec/db';

/** The table of the sessions, as Kysely sees it. */
export interface SessionTables {
  session: {
    /** SHA-256 of the cookie's token: who reads the database cannot sign in with it. */
    id: string;
    user_id: number;
    created_at: string;
    last_seen_at: string;
    expires_at: string;
    ip: string;
    user_agent: string;
  };
}

/**
 * The statements that make the table of sessions.
 *
 * @param types column types of the engine
 * @param users table whose `id` a session refers to, quoted if need be (`"user"`); none: no foreign key
 */
export function sessionTables(types: ColumnTypes, users?: string): string[] {
  const reference = users === undefined ? '' : ` references ${users} (id) on delete cascade`;
  return [
    `create table session (
      id ${types.text} primary key,
      user_id ${types.bigint} not null${reference},
      created_at ${types.timestamp} not null,
      last_seen_at ${types.timestamp} not null,
      expires_at ${types.timestamp} not null,
      ip ${types.text} not null,
      user_agent ${types.text} not null
    )`,
    'create index session_user_id on session (user_id)',
    'create index session_expires on session (expires_at)',
  ];
}
