import { Readable } from 'node:stream';
import { readTable, planCopy, type Database, type PortableRow } from '@gec/db';
import type { GecTables } from '../db/schema.ts';
import type { FileStore } from '../storage/file-store.ts';
import type { TestApp } from './harness.ts';
import { TABLES_EXCLUES } from '../modules/sauvegardes/sauvegardes.contenu.ts';

/** Registers a letter with a scan of its own. @param pdf makes a scan of a text */
export async function enregistrer(
  { container, person }: Pick<TestApp, 'container' | 'person'>,
  n: number,
  pdf: (options: { text: string }) => Promise<Uint8Array>,
) {
  const clerk = await person('user');
  const stream = Readable.from([await pdf({ text: `Courrier ${n}` })]);
  const piece = await container.pieces.receive(clerk, { name: `lettre-${n}.pdf`, stream });
  return container.courriers.register(clerk, {
    typeCourrier: 'ENTRANT',
    objet: `Demande n° ${n} de Mbandaka`,
    correspondant: `Société ${n % 5}`,
    secretaireGeneralCopie: false,
    dateRedaction: '2026-11-20',
    pieces: [piece.id],
  });
}

/** What a backup must bring back: every row and every file, as they lie there. */
export async function etat(database: Database<GecTables>, store: Pick<FileStore, 'list' | 'open'>) {
  const rows: Record<string, PortableRow[]> = {};
  const { tables } = await planCopy(database.kysely, database.engine, TABLES_EXCLUES);
  for (const shape of tables) {
    const found: PortableRow[] = [];
    for await (const part of readTable(database.kysely, shape)) found.push(...part);
    rows[shape.name] = found;
  }
  const files: Record<string, string> = {};
  for await (const { path } of store.list()) {
    const chunks: Buffer[] = [];
    for await (const chunk of await store.open(path)) chunks.push(chunk as Buffer);
    files[path] = Buffer.concat(chunks).toString('base64');
  }
  return { rows, files };
}
