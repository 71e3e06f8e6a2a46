/**
 * What `sauvegardes.kill.test.ts` kills: a backup that has written a part of its archive, or a restore that has put files
 * and rows back and has not committed.
 */
import { readFileSync } from 'node:fs';
import { systemActor } from '@gec/core';
import { createContainer } from '../../container.ts';
import { readConfig } from '../../config.ts';
import { atelierOf } from '../../workers/atelier.ts';
import { createDepot } from './sauvegardes.depots.ts';
import { restaurer } from './sauvegardes.restauration.ts';

const [, , what, archive = '', keyFile = ''] = process.argv;

/** Stays where it is, for the one who kills. */
function stay(): never {
  process.stdout.write('ready\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  throw new Error('nobody killed this');
}

const config = readConfig({ ...process.env, LOG_LEVEL: 'silent' });
if (what === 'backup') {
  const container = await createContainer(config, {
    openAtelier: atelierOf(new URL('../../workers/atelier-child.ts', import.meta.url)),
  });
  await container.sauvegardes.creer(systemActor('test'), {
    origine: 'COMMANDE',
    progress: ({ files }) => {
      if (files > 1) stay();
    },
  });
} else {
  await restaurer({
    env: process.env,
    source: async () => (await createDepot(config.backup.destination)).lire(archive),
    opener: { secretKey: readFileSync(keyFile, 'utf8') },
    replace: true,
    progress: (etape) => (done) => {
      if (etape === 'remise' && done.files > 1) stay();
    },
  });
}
