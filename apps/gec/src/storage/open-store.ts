import type { FileStore } from './file-store.ts';
import { createMovingStore } from './former-store.ts';
import { createLocalFileStore } from './local-store.ts';

/** Where files are kept: a folder, or `s3://bucket/prefix`. */
export interface FilesConfig {
  readonly store: string;
  /** Where they were kept before, as long as some may still be there. */
  readonly former: string | null;
}

/** The store of an address. */
export async function openStore(address: string): Promise<FileStore> {
  if (!address.startsWith('s3://')) return createLocalFileStore({ dir: address });
  // Loaded only where it is needed: the SDK takes longer to load than the rest of the program.
  const { createS3FileStore } = await import('./s3-store.ts');
  return createS3FileStore(address);
}

/** The store that the settings name, which also reads from the former one where there is one. */
export async function openFiles({ store, former }: FilesConfig): Promise<FileStore> {
  const present = await openStore(store);
  return former === null ? present : createMovingStore(present, await openStore(former));
}
