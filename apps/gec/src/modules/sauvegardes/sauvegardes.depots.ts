import { createDepotLocal, type Depot } from './sauvegardes.depot.ts';

/** The place that an address names: a folder, or `s3://bucket/prefix`. @throws TypeError */
export async function createDepot(destination: string): Promise<Depot> {
  if (!destination.startsWith('s3://')) return createDepotLocal(destination);
  // Loaded only where it is needed: the SDK takes longer to load than the rest of the program.
  const { createDepotS3 } = await import('./sauvegardes.s3.ts');
  return createDepotS3(destination);
}
