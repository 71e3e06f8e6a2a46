/** What `reprise.travaux.test.ts` kills: a takeover in the background, right after one of its letters was written. */
import { createContainer } from '../../../container.ts';
import { readConfig } from '../../../config.ts';
import { atelierOf } from '../../../workers/atelier.ts';

const LETTRES = 6;
const container = await createContainer(readConfig({ ...process.env, LOG_LEVEL: 'silent' }), {
  openAtelier: atelierOf(new URL('../../../workers/atelier-child.ts', import.meta.url)),
});
const { courriers, travaux } = container;
const { get } = courriers;
let ecrites = 0;
// Each letter is compared with what was read, once it is written.
courriers.get = (...args: Parameters<typeof get>) => {
  if (++ecrites === LETTRES) process.kill(process.pid, 'SIGKILL');
  return get(...args);
};
await travaux.drain();
