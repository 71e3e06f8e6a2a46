import { keptSecrets } from '@gec/crypto';
import { GENERATED, type Config } from '../../config.ts';
import type { Secrets } from './sauvegardes.archive.ts';

/**
 * The secrets that an installation made for itself and works with. They lie in its data folder only, so that a backup
 * without them would be of no use once that is lost.
 *
 * @returns null when they are given by the environment, and kept by whoever gives them
 */
export function secretsPropres(config: Config): Secrets | null {
  const kept = keptSecrets(config.dataDir);
  const inForce = {
    GEC_MASTER_KEY: config.masterKey,
    GEC_PASSWORD_SALT: config.passwordPepper,
    SESSION_SECRET: config.sessionSecret,
  };
  const own = GENERATED.filter((name) => kept[name] === inForce[name]);
  return own.length === 0 ? null : Object.fromEntries(own.map((name) => [name, inForce[name]]));
}
