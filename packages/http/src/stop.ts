import type { FastifyBaseLogger } from 'fastify';
import type { HttpServer } from './types.ts';

/** The part of `process` that stopping needs. */
export interface StoppableProcess {
  on(signal: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
  off(signal: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
  exit(code: number): void;
}

/**
 * Makes SIGTERM and SIGINT stop the program well: no new connections, requests under way are finished, then
 * `onClose`, then exit 0. What is still open after the time limit is cut off. A second signal exits at once.
 *
 * @param options.timeoutMs how long requests may take to finish, 10 s by default
 * @param options.onClose closes what the server used: jobs, database
 * @returns a function that takes the handlers away again
 */
export function gracefulStop(
  app: Pick<HttpServer, 'server' | 'close' | 'log'>,
  options: { timeoutMs?: number; onClose?: () => Promise<void>; process?: StoppableProcess } = {},
): () => void {
  const { timeoutMs = 10_000, onClose, process: target = process } = options;
  let stopping = false;

  const stop = async (): Promise<void> => {
    // A connection whose request ends after we began to stop would stay open for its keep-alive time.
    const idle = setInterval(() => app.server.closeIdleConnections(), 50);
    const cutOff = setTimeout(() => app.server.closeAllConnections(), timeoutMs);
    let code = 0;
    try {
      await app.close();
      await onClose?.();
    } catch (error) {
      code = 1;
      app.log.error({ err: error }, 'the program did not stop well');
    } finally {
      clearInterval(idle);
      clearTimeout(cutOff);
    }
    target.exit(code);
  };
  const onSignal = (): void => {
    if (stopping) target.exit(1);
    stopping = true;
    void stop();
  };
  const release = (): void => {
    target.off('SIGTERM', onSignal);
    target.off('SIGINT', onSignal);
  };
  target.on('SIGTERM', onSignal);
  target.on('SIGINT', onSignal);
  return release;
}

/** Time (ms) in which requests under way are still told that the program is not available. */
const LEAVE_MS = 1_000;

/**
 * Ends the program with code 1 after a moment, because it can no longer keep what it promises: whoever supervises it
 * starts it again, and it finds out what was kept.
 *
 * @param log told why
 * @param target only tests give their own
 */
export function leaveSoon(
  log: Pick<FastifyBaseLogger, 'fatal'>,
  error: Error,
  target: Pick<StoppableProcess, 'exit'> = process,
): void {
  log.fatal({ err: error }, 'the program ends: what it wrote last could not be made durable');
  setTimeout(() => target.exit(1), LEAVE_MS);
}
