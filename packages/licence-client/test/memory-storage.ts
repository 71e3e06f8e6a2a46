import type { LicenceStorage } from '../src/index.ts';

/** A storage in memory; several clients on one are several processes on one database. */
export function memoryStorage(content: string | null = null): LicenceStorage & { content: string | null } {
  const storage = {
    content,
    load: async () => storage.content,
    async save(next: string, previous: string | null) {
      if (storage.content !== previous) return false;
      storage.content = next;
      return true;
    },
  };
  return storage;
}
