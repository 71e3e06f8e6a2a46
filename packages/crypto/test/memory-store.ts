import type { DataKeyRow, KeyStore } from '../src/index.ts';

/** A key table in memory that keeps the promises of KeyStore, with a hook to let another process act in between. */
export class MemoryKeyStore implements KeyStore {
  rows: DataKeyRow[] = [];
  inserts = 0;
  beforeInsert: () => Promise<void> = () => Promise.resolve();

  load(): Promise<DataKeyRow[]> {
    return Promise.resolve(this.rows.map((row) => ({ ...row })));
  }

  async insertMissing(rows: DataKeyRow[]): Promise<void> {
    this.inserts++;
    await this.beforeInsert();
    for (const row of rows) {
      if (!this.rows.some((known) => known.purpose === row.purpose)) this.rows.push({ ...row });
    }
  }
}
