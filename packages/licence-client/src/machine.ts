import { existsSync, readFileSync } from 'node:fs';

/** What tells a container from a machine; a container's id changes with each deployment and says nothing. */
function inContainer(env: Readonly<Record<string, string | undefined>>): boolean {
  if (env['KUBERNETES_SERVICE_HOST'] !== undefined || env['container'] !== undefined) return true;
  return existsSync('/.dockerenv') || existsSync('/run/.containerenv');
}

/**
 * The machine's id (`/etc/machine-id`, see machine-id(5)), as soft evidence; it leaves this program only as a salted
 * HMAC, as that manual page asks.
 *
 * @returns null inside a container and on systems without one
 */
export function machineId(env: Readonly<Record<string, string | undefined>> = process.env): string | null {
  if (inContainer(env)) return null;
  try {
    const id = readFileSync('/etc/machine-id', 'utf8').trim();
    return /^[0-9a-f]{32}$/.test(id) ? id : null;
  } catch {
    return null;
  }
}
