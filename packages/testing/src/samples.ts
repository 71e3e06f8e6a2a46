import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A real typewritten scan and what it says. */
export interface SampleScan {
  /** File name without extension. */
  readonly name: string;
  /** Absolute path of the JPEG. */
  readonly path: string;
  /** What is typed on it; the signs are explained in samples/README.md. */
  readonly text: string;
}

/**
 * The real scans of packages/testing/samples, in alphabetical order (CC BY 4.0: their notice is in the README there).
 */
export function sampleScans(): SampleScan[] {
  const directory = join(import.meta.dirname, '..', 'samples');
  return readdirSync(directory)
    .filter((file) => file.endsWith('.jpg'))
    .sort()
    .map((file) => {
      const name = file.slice(0, -'.jpg'.length);
      const text = readFileSync(join(directory, `${name}.txt`), 'utf8');
      return { name, path: join(directory, file), text };
    });
}
