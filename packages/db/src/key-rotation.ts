import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@gec/core';
import type { Kysely, Transaction } from 'kysely';
import type { Database } from './database.ts';
import type { AnyKysely } from './dialect.ts';
import type { KeyRotationTable, KeyWatch } from './key-watch.ts';
import { changeKeys, type DataKeyTable, type StoredKey } from './keys.ts';
import type { ResealStep, SaveProgress } from './table-walk.ts';

interface Tables {
  data_key: DataKeyTable;
  key_rotation: KeyRotationTable;
}

/** What bears the keys of a purpose. */
export interface Resealer {
  /** How much bears another generation than the one in force. */
  count(): Promise<number>;
  /** Re-seals a little. */
  step(cursor: string | null, save: SaveProgress): Promise<ResealStep>;
}

/** What the journal is told. */
export type RotationEvent = 'started' | 'paused' | 'resumed' | 'resealed' | 'finished';

/** How long a rotation waits, in milliseconds. */
export interface RotationDelays {
  /** After a new generation came, before it seals; and after that, before anything is re-sealed. */
  readonly known: number;
  /** After everything was re-sealed, before the former generations are deleted. */
  readonly forget: number;
}

/** Ten seconds are two looks of a watch; an hour is more than any request, export or download takes. */
export const ROTATION_DELAYS: RotationDelays = { known: 10_000, forget: 3_600_000 };

/** What a rotation is doing, for whoever watches. */
export type RotationProgress =
  | { readonly phase: 'waiting'; readonly behind: number }
  | {
      readonly phase: 'preparing' | 'resealing' | 'checking';
      readonly done: number;
      readonly total: number;
    };

/** What a rotation is made from. */
export interface RotationOptions<T, Purpose extends string> {
  database: Database<T>;
  clock: Clock;
  purpose: Purpose;
  watch: Pick<KeyWatch, 'look' | 'behind'>;
  /** Makes the new generation, which only opens so far. @throws when the master key is not the one in force */
  newKey(rows: StoredKey<Purpose>[]): StoredKey<Purpose>;
  /** Null: what was sealed stays as it is, and no generation is ever deleted. */
  resealer: Resealer | null;
  /**
   * What must be there before the new generation comes into force, such as a second index beside the first; whoever
   * writes meanwhile writes for both.
   */
  before?: Resealer;
  record(
    trx: Transaction<T>,
    event: RotationEvent,
    details: { purpose: Purpose; kid: string; done: number },
  ): Promise<void>;
  delays?: RotationDelays;
}

/** A rotation as it stands. */
export type Rotation = KeyRotationTable;

const POLL_MS = 250;

/** Ends a run between two steps: somebody paused the rotation. */
class Paused extends Error {}

/**
 * Renews the data keys of one purpose while the program runs, in any number of processes. The new generation only
 * opens until every process knows it; then it seals; then what others sealed is re-sealed; an hour after nothing bears
 * them any more, former generations are deleted. Every step is kept in the database, so that a run which was cut short
 * is taken up by the next; two at once do no harm.
 */
export function createKeyRotation<T, Purpose extends string>(options: RotationOptions<T, Purpose>) {
  const { database, clock, purpose, watch, resealer, before, record, delays = ROTATION_DELAYS } = options;
  const kysely = database.kysely as unknown as Kysely<Tables>;
  const now = () => clock.now().toISOString();
  const via = (trx: AnyKysely) => trx as unknown as Kysely<Tables>;

  const read = (db: Kysely<Tables> = kysely): Promise<Rotation | undefined> =>
    db.selectFrom('key_rotation').selectAll().where('purpose', '=', purpose).executeTakeFirst();

  const write = (trx: AnyKysely, change: Partial<Rotation>) =>
    via(trx)
      .updateTable('key_rotation')
      .set({ ...change, seen_at: now() })
      .where('purpose', '=', purpose)
      .execute();

  async function begin(): Promise<void> {
    await changeKeys<Purpose, T, void>(database, async (trx, rows) => {
      const running = await read(via(trx));
      if (running && running.state !== 'finished') {
        if (running.paused_at !== null) {
          await write(trx, { paused_at: null });
          await record(trx, 'resumed', { purpose, kid: running.kid, done: running.done });
        }
        return { result: undefined };
      }
      const key = options.newKey(rows);
      const fresh = {
        kid: key.kid,
        state: 'prepared' as const,
        cursor: null,
        done: 0,
        total: 0,
        unreadable: 0,
        started_at: now(),
        switched_at: null,
        resealed_at: null,
        finished_at: null,
        seen_at: now(),
        paused_at: null,
      };
      await via(trx)
        .insertInto('key_rotation')
        .values({ purpose, ...fresh })
        .onConflict((conflict) => conflict.column('purpose').doUpdateSet(fresh))
        .execute();
      await record(trx, 'started', { purpose, kid: key.kid, done: 0 });
      return { put: [key], result: undefined };
    });
  }

  /** From now on the new generation seals, and the others only open. */
  async function change(): Promise<void> {
    await changeKeys<Purpose, T, void>(database, async (trx, rows) => {
      const running = await read(via(trx));
      if (running?.state !== 'prepared') return { result: undefined };
      const at = now();
      await write(trx, {
        state: resealer ? 'sealing' : 'finished',
        switched_at: at,
        finished_at: resealer ? null : at,
        cursor: null,
        done: 0,
        unreadable: 0,
        total: 0,
      });
      if (!resealer) await record(trx, 'finished', { purpose, kid: running.kid, done: 0 });
      const ours = rows.filter((row) => row.purpose === purpose);
      return {
        put: ours.map((row) =>
          row.kid === running.kid ? { ...row, retiredAt: null } : { ...row, retiredAt: row.retiredAt ?? at },
        ),
        result: undefined,
      };
    });
  }

  /** Waits for the delay to be over and for every process to know the keys. */
  async function everybodyKnows(
    since: string,
    onProgress: (progress: RotationProgress) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const until = Date.parse(since) + delays.known;
    for (;;) {
      await watch.look();
      if ((await read())?.paused_at != null) throw new Paused();
      const behind = await watch.behind();
      if (behind === 0 && clock.now().getTime() >= until) return;
      onProgress({ phase: 'waiting', behind });
      await sleep(POLL_MS, undefined, { signal });
    }
  }

  async function round(
    state: 'prepared' | 'sealing',
    work: Resealer,
    onProgress: (progress: RotationProgress) => void,
    signal: AbortSignal,
  ): Promise<number> {
    let touched = 0;
    for (;;) {
      signal.throwIfAborted();
      const running = await read();
      if (running?.state !== state) return touched;
      if (running.paused_at !== null) throw new Paused();
      const { cursor } = running;
      const step = await work.step(cursor, (trx, { cursor: next, done, unreadable }) =>
        via(trx)
          .updateTable('key_rotation')
          .set((eb) => ({
            cursor: next,
            done: eb('done', '+', done),
            unreadable: eb('unreadable', '+', unreadable),
            seen_at: now(),
          }))
          .where('purpose', '=', purpose)
          .execute()
          .then(() => undefined),
      );
      touched += step.done;
      const phase = state === 'prepared' ? 'preparing' : 'resealing';
      onProgress({ phase, done: running.done + step.done, total: running.total });
      // Others get their turn: on SQLite there is one connection.
      await sleep(1, undefined, { signal });
      if (step.cursor === null) return touched;
    }
  }

  /** Counts what there is to do, once: after a change of generation everything bears another one. */
  async function measure(work: Resealer): Promise<void> {
    if ((await read())?.total !== 0) return;
    const total = await work.count();
    await database.transaction((trx) => write(trx, { total }));
  }

  /** Does what must be there before the change, until nothing of it is missing. */
  async function prepare(
    work: Resealer,
    onProgress: (progress: RotationProgress) => void,
    signal: AbortSignal,
  ): Promise<void> {
    await measure(work);
    for (;;) {
      const known = await read();
      // A former run had come to the end.
      if (known?.cursor === null && known.done > 0 && (await work.count()) === 0) break;
      await database.transaction((trx) => write(trx, { unreadable: 0 }));
      const touched = await round('prepared', work, onProgress, signal);
      const running = await read();
      if (running?.state !== 'prepared') return;
      const left = await work.count();
      // What nobody can open cannot be prepared either, and is missed by nobody who could not read it before.
      if (left === 0 || (touched === 0 && running.unreadable >= left)) break;
      if (touched === 0) await sleep(POLL_MS, undefined, { signal });
    }
    // A standby that is read from gets time to follow.
    await sleep(delays.known, undefined, { signal });
  }

  /** Re-seals until nothing bears a former generation. @returns whether that is so; not, when something does not open */
  async function reseal(
    work: Resealer,
    onProgress: (progress: RotationProgress) => void,
    signal: AbortSignal,
  ): Promise<boolean> {
    await measure(work);
    for (;;) {
      await database.transaction((trx) => write(trx, { unreadable: 0 }));
      const touched = await round('sealing', work, onProgress, signal);
      const left = await work.count();
      if (left === 0) break;
      const running = await read();
      if (running?.state !== 'sealing') return true;
      // What nobody can open stays, and so does its key.
      if (touched === 0 && running.unreadable >= left) return false;
      if (touched === 0) await sleep(POLL_MS, undefined, { signal });
    }
    await database.transaction(async (trx) => {
      const running = await read(via(trx));
      if (running?.state !== 'sealing') return;
      await write(trx, { state: 'resealed', resealed_at: now(), cursor: null });
      await record(trx, 'resealed', { purpose, kid: running.kid, done: running.done });
    });
    return true;
  }

  async function forget(): Promise<void> {
    await changeKeys<Purpose, T, void>(database, async (trx, rows) => {
      const running = await read(via(trx));
      if (running?.state !== 'resealed') return { result: undefined };
      await write(trx, { state: 'finished', finished_at: now() });
      await record(trx, 'finished', { purpose, kid: running.kid, done: running.done });
      const gone = rows.filter((row) => row.purpose === purpose && row.kid !== running.kid);
      return { forget: gone.map((row) => row.kid), result: undefined };
    });
    await watch.look();
  }

  /** Instant from which the former generations may be deleted; null before everything is re-sealed. */
  const forgetFrom = (rotation: Rotation): string | null =>
    rotation.state === 'resealed' && rotation.resealed_at !== null
      ? new Date(Date.parse(rotation.resealed_at) + delays.forget).toISOString()
      : null;

  async function advance(
    onProgress: (progress: RotationProgress) => void,
    signal: AbortSignal,
  ): Promise<Rotation | undefined> {
    let rotation = await read();
    if (rotation?.paused_at != null) return rotation;
    if (rotation?.state === 'prepared') {
      await everybodyKnows(rotation.started_at, onProgress, signal);
      if (before) await prepare(before, onProgress, signal);
      await change();
      rotation = await read();
    }
    await watch.look();
    if (!resealer || !rotation || rotation.state === 'finished') return rotation;
    if (rotation.state === 'resealed') {
      const due = forgetFrom(rotation);
      if (due !== null && now() < due) return rotation;
      onProgress({ phase: 'checking', done: 0, total: 1 });
      // Whoever slept through the change may have sealed with a former key: then the work goes on.
      if ((await resealer.count()) > 0) {
        await database.transaction((trx) => write(trx, { state: 'sealing', cursor: null }));
      }
    }
    rotation = (await read())!;
    if (rotation.state === 'sealing') {
      await everybodyKnows(rotation.switched_at ?? rotation.started_at, onProgress, signal);
      if (!(await reseal(resealer, onProgress, signal))) return read();
    }
    rotation = (await read())!;
    const due = forgetFrom(rotation);
    if (due !== null && now() >= due && (await watch.behind()) === 0) await forget();
    return read();
  }

  return {
    purpose,
    forgetFrom,
    /** Begins a rotation where none is under way, and lets a paused one go on. @throws what `newKey` throws */
    begin,
    /** The running rotation, or the last one. */
    state: (): Promise<Rotation | undefined> => read(),

    /**
     * Stops the work between two steps, in whichever process it goes on, until it is begun again.
     *
     * @returns false when there is nothing to pause
     */
    async pause(): Promise<boolean> {
      return database.transaction(async (trx) => {
        const running = await read(via(trx));
        const idle = !running || running.state === 'finished' || running.state === 'resealed';
        if (idle || running.paused_at !== null) return false;
        await write(trx, { paused_at: now() });
        await record(trx, 'paused', { purpose, kid: running.kid, done: running.done });
        return true;
      });
    },

    /**
     * Takes up the rotation that was begun, unless it is paused, and goes as far as can be gone now.
     *
     * @param options `signal` ends between two steps
     * @returns how it stands; undefined when there is nothing to take up
     * @throws the reason of `signal`
     */
    async run({
      onProgress = () => undefined,
      signal = new AbortController().signal,
    }: {
      onProgress?: (progress: RotationProgress) => void;
      signal?: AbortSignal;
    } = {}): Promise<Rotation | undefined> {
      try {
        return await advance(onProgress, signal);
      } catch (error) {
        if (error instanceof Paused) return read();
        throw error;
      }
    },
  };
}

export type KeyRotation = ReturnType<typeof createKeyRotation>;
