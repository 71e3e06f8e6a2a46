import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

const SPAN_MS = 1_500;
const LETTER = {
  objet: 'Transmission du rapport trimestriel',
  pieces: Array.from({ length: 40 }, (_, i) => i),
};

/** Does what a server does with small things (objects, texts, hashes) for a while; answers how many. */
function work(): number {
  const end = performance.now() + SPAN_MS;
  let done = 0;
  for (; performance.now() < end; done++) {
    createHash('sha256')
      .update(JSON.stringify(JSON.parse(JSON.stringify(LETTER))))
      .digest();
  }
  return done;
}

/**
 * How many times the work of one thread two threads do together on this machine: nearly 2 where each has a processor to
 * itself, not much more than 1 where they are two halves of one, or shared with other machines. A server, its child and a
 * client that are measured together get no more than that.
 */
export async function twoTogether(): Promise<number> {
  const worker = new Worker(new URL(import.meta.url));
  try {
    await once(worker, 'message');
    const alone = work();
    worker.postMessage('work');
    const own = work();
    const [others] = (await once(worker, 'message')) as [number];
    return (own + others) / alone;
  } finally {
    await worker.terminate();
  }
}

if (!isMainThread && parentPort) {
  const port = parentPort;
  port.on('message', () => port.postMessage(work()));
  port.postMessage('ready');
}
