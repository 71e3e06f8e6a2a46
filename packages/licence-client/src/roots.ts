import { parseTrustAnchor, type PublicJwk } from './protocol/index.ts';

/**
 * The trust anchor that a build puts in the place of this name (`LICENSE_ROOT_KEYS` of `npm run build`, esbuild's
 * `define`): what `licences keys anchor` prints. Unset in the source, since a root belongs to an editor.
 */
declare const __LICENCE_ROOT_KEYS__: string | undefined;

/**
 * The editor's root keys that are part of the code of this build. A program that has some trusts no others: neither its
 * settings nor any file can add one.
 *
 * @throws ProtocolError MALFORMED when the program starts, if the build was given something else
 */
export const ROOT_KEYS: readonly PublicJwk[] =
  typeof __LICENCE_ROOT_KEYS__ === 'string' && __LICENCE_ROOT_KEYS__ !== ''
    ? parseTrustAnchor(__LICENCE_ROOT_KEYS__)
    : [];

/**
 * The roots that count in this build.
 *
 * @param given roots that the program names itself
 */
export function trustedRoots(given: readonly PublicJwk[]): readonly PublicJwk[] {
  return ROOT_KEYS.length > 0 ? ROOT_KEYS : given;
}
