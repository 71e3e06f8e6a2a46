import { createDepotLocal, type Depot } from './sauvegardes.depot.ts';
import { createDepotS3 } from './sauvegardes.s3.ts';

/** The place that an address names: a folder, or `s3://bucket/prefix`. @throws TypeError */
export function createDepot(destination: string): Depot {
  return destination.startsWith('s3://') ? createDepotS3(destination) : createDepotLocal(destination);
}
