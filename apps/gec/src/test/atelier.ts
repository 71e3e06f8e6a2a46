import { atelierOf, type Atelier } from '../workers/atelier.ts';

/** Sets up an atelier that runs from the source of its child. */
export const openAtelier = atelierOf(new URL('../workers/atelier-child.ts', import.meta.url));

let shared: Atelier | undefined;

/**
 * The atelier that the tests of a process share: a child takes half a second of processor time to start, a job a few
 * milliseconds. Closing it does nothing; its children leave with the process. Tests of children themselves have their own.
 */
export function sharedAtelier(): Atelier {
  shared ??= openAtelier();
  return { ...shared, close: async () => undefined };
}
