import { PassThrough } from 'node:stream';
import { AppError } from '@gec/core';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** How long work ended: a sentence, and where its result is. */
export interface Finished {
  readonly text: string;
  readonly href: string;
  readonly label: string;
}

/** Between two messages at least, in milliseconds: a bar that moves more often is not read better. */
const EVERY_MS = 80;

/** Whether whoever sent a form wants to be told how the work goes on (the `progress` island does). */
export function wantsProgress(request: FastifyRequest): boolean {
  return (request.headers.accept ?? '').includes('text/event-stream');
}

/**
 * Answers a form with server-sent events (WHATWG HTML § 9.2) while its work goes on: `progress` with `done` and `total`,
 * then `done` with the result, or `refused` when the form is to be sent again the plain way, which shows why. A client
 * that goes away ends nothing: the work is finished all the same.
 *
 * @param work does what was asked for, and tells how far it is
 */
export function sendProgress(
  request: FastifyRequest,
  reply: FastifyReply,
  work: (tell: (done: number, total: number) => void) => Promise<Finished>,
): FastifyReply {
  const events = new PassThrough();
  const send = (event: string, data: object): void => {
    if (!events.destroyed) events.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  let told = -EVERY_MS;
  const tell = (done: number, total: number): void => {
    const now = performance.now();
    if (now - told < EVERY_MS && done < total) return;
    told = now;
    send('progress', { done, total });
  };
  // A broken connection shows here; the work does not depend on it.
  events.on('error', (error) => request.log.debug({ err: error }, 'nobody watches the progress any more'));
  void work(tell)
    .then(
      (finished) => send('done', finished),
      (error: unknown) => {
        if (!(error instanceof AppError)) request.log.error({ err: error }, 'long work failed');
        send('refused', {});
      },
    )
    .finally(() => events.end());
  return reply
    .header('cache-control', 'no-store')
    .header('x-accel-buffering', 'no')
    .type('text/event-stream; charset=utf-8')
    .send(events);
}
