import type { Clock } from '@gec/core';
import { LicenceError } from './errors.ts';
import { emptyMemory, openLocal, remember, sealLocal, type Memory } from './local-file.ts';
import { newKeyPair, type KeyPair, type LicenceStatement } from './protocol/index.ts';
import type { LocalProblem } from './states.ts';
import type { LicenceStorage } from './storage.ts';
import { EARLIEST, observe } from './time.ts';

/** What is kept here, opened and verified. */
export interface Held {
  readonly identity: KeyPair;
  readonly memory: Memory;
  /** The certificate in force, verified; null without one, or when it does not count. */
  readonly licence: LicenceStatement | null;
  readonly problem: LocalProblem | null;
  /** What was loaded; null for nothing. */
  readonly content: string | null;
  /** Whether all of it is in the storage; otherwise it is made up for now. */
  readonly kept: boolean;
}

/** What the keeper works with. */
export interface KeeperOptions {
  readonly storage: LicenceStorage;
  readonly secret: Uint8Array;
  readonly clock: Clock;
  readonly installedAt: Date | null;
  readonly refreshMs: number;
  /** The verified certificate of a memory, `refused` when it does not count; null when there is none. */
  verify(memory: Memory, installation: string): Promise<LicenceStatement | 'refused' | null>;
}

const TRIES = 8;

/** Keeps the local file: opens, verifies, changes it in one step at a time, also between processes. */
export function createLocalKeeper({ storage, secret, clock, installedAt, refreshMs, verify }: KeeperOptions) {
  if (secret.length < 32) throw new RangeError('the installation secret needs at least 32 bytes');
  let held: Held | null = null;
  let lookedAt = -Infinity;
  let queue: Promise<unknown> = Promise.resolve();

  /** When the program was installed, as far as that is known: the earliest of what it says and what is kept. */
  function installed(memory: Memory | null, broken: boolean): string | null {
    const known = [memory?.installed_at ?? null, installedAt?.toISOString() ?? null].filter(
      (at) => at !== null,
    );
    const first = known.sort().at(0);
    if (first !== undefined) return first;
    // A file that somebody broke must not begin a new evaluation.
    if (broken) return new Date(0).toISOString();
    const now = clock.now();
    return now.getTime() < EARLIEST ? null : now.toISOString();
  }

  async function examine(content: string | null): Promise<Held> {
    const opened = content === null ? null : await openLocal(secret, content);
    const identity = opened?.identity ?? (await newKeyPair());
    let problem = opened?.problem ?? null;
    let memory: Memory = opened?.memory ?? emptyMemory();
    memory = { ...memory, installed_at: installed(opened?.memory ?? null, problem !== null) };
    if (opened?.memory == null) memory = { ...memory, time: observe(memory.time, clock.now().getTime()) };
    const licence = await verify(memory, identity.kid);
    if (licence === 'refused') problem = 'certificate-refused';
    return {
      identity,
      memory,
      licence: licence === 'refused' ? null : licence,
      problem,
      content,
      kept: opened?.memory != null,
    };
  }

  async function load(): Promise<Held> {
    const content = await storage.load();
    // A made-up identity stays the same until it is kept.
    if (held === null || held.content !== content) held = await examine(content);
    lookedAt = performance.now();
    return held;
  }

  /** One after the other within this process; `save` sees to the other processes. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = queue.then(work, work);
    queue = turn.catch(() => undefined);
    return turn;
  }

  async function attempt(change: (held: Held) => Promise<{ memory: Memory }>): Promise<Held | null> {
    const before = await load();
    const { memory } = await change(before);
    const content = sealLocal(secret, before.identity, memory);
    if (!(await storage.save(content, before.content))) {
      held = null;
      return null;
    }
    held = await examine(content);
    return held;
  }

  /**
   * Changes the memory. When another process was faster, the change is made again from what that one kept.
   *
   * @throws LicenceError BUSY when others were faster every time; whatever `change` throws
   */
  function update(change: (held: Held) => Promise<{ memory: Memory }>): Promise<Held> {
    return inTurn(async () => {
      for (let round = 0; round < TRIES; round++) {
        const done = await attempt(change);
        if (done) return done;
      }
      throw new LicenceError('BUSY', 'other processes are changing the licence');
    });
  }

  /** Sees to it that the identity is in the storage, before anything depends on it. */
  async function keep(): Promise<Held> {
    const now = await inTurn(load);
    if (now.kept) return now;
    return update(async ({ memory, problem, kept }) =>
      kept ? { memory } : { memory: remember(memory, clock.now(), problem ?? 'installed') },
    );
  }

  return {
    /** What is kept, at most `refreshMs` old. */
    async current(): Promise<Held> {
      if (held !== null && performance.now() - lookedAt < refreshMs) return held;
      return inTurn(load);
    },

    update,

    /** As `update`, but null when another process was faster or the storage is away: what could wait anyway. */
    tryUpdate: (change: (held: Held) => Promise<{ memory: Memory }>): Promise<Held | null> =>
      inTurn(() => attempt(change)).catch(() => null),

    /** As `keep`, for the first look: null when the storage is away. */
    begin: (): Promise<Held | null> => keep().catch(() => null),

    keep,
  };
}
