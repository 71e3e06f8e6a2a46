import { Readable } from 'node:stream';
import { systemClock, type UserActor } from '@gec/core';
import { createOutboxWorker } from '@gec/db';
import { createTestBase } from '../../test/harness.ts';
import type { Atelier } from '../../workers/atelier.ts';
import { createTestPieces, type TestPiecesOptions } from './pieces.harness.ts';

/** A stream in pieces, as a network gives it. */
export function stream(content: Buffer): Readable {
  return Readable.from(
    (function* () {
      for (let at = 0; at < content.length; at += 10_000) yield content.subarray(at, at + 10_000);
    })(),
    { objectMode: false },
  );
}

/** The files' service with two people on one database, and what its tests do with it. */
export async function createPoste(url: string, atelier: Atelier, clock = systemClock) {
  const base = await createTestBase(url, clock);
  const agent = await base.person('user', 'ADM', 'agent');
  const autre = await base.person('user', 'JUR', 'autre');

  /** The service set otherwise, on the same database. */
  function avec(options: TestPiecesOptions = {}) {
    const made = createTestPieces(base, atelier, options);
    const { pieces } = made;
    return {
      ...made,
      send: (name: string, content: Buffer, actor: UserActor = agent) =>
        pieces.receive(actor, { name, stream: stream(content) }),
      attach: (courrier: number, ids: readonly string[], actor: UserActor = agent) =>
        base.database.transaction((trx) => pieces.attach(trx, actor, courrier, [...ids])),
      /** How many files wait for their letter. */
      rows: async () => (await base.database.kysely.selectFrom('televersement').selectAll().execute()).length,
      /** Does the work that was put down for later. */
      drain: () =>
        createOutboxWorker({
          database: base.database,
          clock,
          handlers: pieces.jobs,
          onError: (error) => {
            throw error;
          },
        }).drain(),
    };
  }

  return {
    base,
    agent,
    autre,
    avec,
    ...avec(),
  };
}

export type Poste = Awaited<ReturnType<typeof createPoste>>;
