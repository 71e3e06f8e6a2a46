import type { PublicJwk } from './protocol/index.ts';

/**
 * The editor's root keys that every program trusts, besides those that it names itself. A root is added here when the
 * editor has made it offline (`licences keys init-root`); none is made up for the source.
 */
export const ROOT_KEYS: readonly PublicJwk[] = [];
