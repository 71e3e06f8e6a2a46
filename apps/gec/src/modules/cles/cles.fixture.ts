import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { systemActor, systemClock } from '@gec/core';
import type { Sealed } from '@gec/crypto';
import { createKeyWatch, type RotationDelays } from '@gec/db';
import { sql } from 'kysely';
import type { Base } from '../../context.ts';
import { createLocalFileStore } from '../../storage/local-store.ts';
import { createJournalService } from '../journal/journal.service.ts';
import { createClesService } from './cles.service.ts';
import { COLONNES_FICHIERS_SCELLES, COLONNES_SCELLEES } from './cles.colonnes.ts';

/** Nobody else is at work in these tests, so that nothing needs to be waited for. */
export const SANS_DELAI: RotationDelays = { known: 0, forget: 0 };
export const SYSTEME = systemActor('test');

/** The keys' service on a database, with its own watch and file store. */
export function ouvrirCles(base: Base, delais = SANS_DELAI, goneMs = 60_000) {
  const store = createLocalFileStore({ dir: join(base.config.dataDir, 'files') });
  const journal = createJournalService(base);
  const watch = createKeyWatch({
    database: base.database,
    keyring: base.keyring,
    clock: systemClock,
    goneMs,
    onError: (error) => {
      throw error;
    },
  });
  const cles = createClesService({ ...base, clock: systemClock, journal, store, watch, delais });
  return { store, journal, watch, cles };
}

/** Puts letters, each with a file and sealed values, into the database. */
export async function ecrire(
  { database, keyring, clock }: Base,
  store: ReturnType<typeof ouvrirCles>['store'],
  userId: number,
  textes: readonly string[],
): Promise<void> {
  const chemins = await Promise.all(
    textes.map(async (texte) => {
      const chemin = store.newPath();
      await store.put(chemin, [keyring.files.sealBuffer(chemin, Buffer.from(`fichier ${texte}`))]);
      return chemin;
    }),
  );
  await database.transaction(async (trx) => {
    for (const [at, texte] of textes.entries()) {
      const chemin = chemins[at]!;
      const id = await database.dialect.nextId(trx, 'courrier');
      const pieceId = await database.dialect.nextId(trx, 'piece');
      const seal = (column: string, text: string) =>
        keyring.fields.seal({ table: 'courrier', column, id }, text);
      const sealPiece = (column: string, text: string) =>
        keyring.fields.seal({ table: 'piece', column, id: pieceId }, text);
      const now = clock.now().toISOString();
      await trx
        .insertInto('courrier')
        .values({
          id,
          ordre: id,
          numero_accuse_reception: `TEST-${id}`,
          objet: seal('objet', texte),
          expediteur: seal('expediteur', `de ${texte}`),
          type_courrier: 'ENTRANT',
          date_enregistrement: now,
          statut: 'RECU',
          fichier_nom: seal('fichier_nom', 'x.pdf'),
          fichier_chemin: chemin,
          fichier_type: 'application/pdf',
          utilisateur_id: userId,
          objet_cle: '',
          nombre_pieces: 1,
          is_deleted: false,
          version: 1,
        })
        .execute();
      await trx
        .insertInto('piece')
        .values({
          id: pieceId,
          courrier_id: id,
          rang: 1,
          nom: sealPiece('nom', 'x.pdf'),
          chemin,
          type_mime: 'application/pdf',
          taille: 1,
          sha256: sealPiece('sha256', 'abc'),
          empreinte: String(pieceId),
          pages: 1,
          ajoute_par_id: userId,
          date_ajout: now,
        })
        .execute();
    }
  });
}

/** Reads letters and their files as the program does, and compares all that belongs together. @returns how many */
export async function relire(
  { database, keyring }: Base,
  store: ReturnType<typeof ouvrirCles>['store'],
): Promise<number> {
  const rows = await database.kysely
    .selectFrom('courrier')
    .innerJoin('piece', 'piece.courrier_id', 'courrier.id')
    .select(['courrier.id', 'objet', 'expediteur', 'fichier_chemin', 'piece.chemin'])
    .execute();
  const open = (column: string, id: number, sealed: Sealed | null) =>
    keyring.fields.openOrNull({ table: 'courrier', column, id }, sealed);
  for (const row of rows) {
    const objet = open('objet', row.id, row.objet);
    const expediteur = open('expediteur', row.id, row.expediteur);
    const fichier = keyring.files.openBuffer(row.chemin, await buffer(await store.open(row.chemin)));
    if (expediteur !== `de ${objet}` || fichier.toString() !== `fichier ${objet}`) {
      throw new Error(`letter ${row.id} reads wrong`);
    }
    if (row.fichier_chemin !== row.chemin) throw new Error(`letter ${row.id} names another file`);
  }
  return rows.length;
}

/** Every sealed value and the beginning of every file as they are kept, to look for a key in them. */
export async function vidange(
  { database }: Base,
  store: ReturnType<typeof ouvrirCles>['store'],
): Promise<string> {
  const parts: string[] = [];
  for (const { table, columns } of COLONNES_SCELLEES) {
    const { rows } = await sql<Record<string, string | null>>`
      select ${sql.join(columns.map((name) => sql.ref(name)))} from ${sql.table(table)}`.execute(
      database.kysely,
    );
    for (const row of rows) parts.push(...Object.values(row).map((value) => String(value)));
  }
  for (const { table, colonne } of COLONNES_FICHIERS_SCELLES) {
    const { rows } = await sql<{ chemin: string }>`
      select ${sql.ref(colonne)} as chemin from ${sql.table(table)} where ${sql.ref(colonne)} is not null`.execute(
      database.kysely,
    );
    for (const { chemin } of rows) {
      parts.push((await buffer(await store.open(chemin))).subarray(0, 64).toString('latin1'));
    }
  }
  return parts.join('\n');
}
