import { systemActor, systemClock } from '@gec/core';
import { createKeyWatch } from '@gec/db';
import { createLogger } from '@gec/http';
import { readConfig } from '../../config.ts';
import { createContainer } from '../../container.ts';
import { createSecretsService, PURPOSES } from './secrets.service.ts';

// A process of its own that renews keys, for tests that kill it.
const logger = createLogger({ level: 'silent' });
const container = await createContainer(readConfig(process.env), { logger });
const watch = createKeyWatch({
  ...container,
  clock: systemClock,
  goneMs: 300,
  onError: (error) => {
    throw error;
  },
});
const secrets = createSecretsService({ ...container, watch, delays: { known: 0, forget: 0 } });
for (const purpose of PURPOSES) {
  await secrets.renew(systemActor('test'), purpose, ({ phase }) =>
    process.stdout.write(`${purpose} ${phase}\n`),
  );
}
await watch.stop();
await container.close();
