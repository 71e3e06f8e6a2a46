import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { systemActor, systemClock } from '@gec/core';
import type { Sealed } from '@gec/crypto';
import { createKeyWatch, type RotationDelays } from '@gec/db';
import { sql } from 'kysely';
import type { Base } from '../../context.ts';
import { empreinte, empreintes } from '../../empreintes.ts';
import { createLocalFileStore } from '../../storage/local-store.ts';
import { createCorrespondantsService } from '../correspondants/correspondants.service.ts';
import { createJournalService } from '../journal/journal.service.ts';
import { SANS_FILTRE } from '../recherche/recherche.schema.ts';
import { createRechercheService } from '../recherche/recherche.service.ts';
import { createClesService } from './cles.service.ts';
import { COLONNES_AVEUGLES } from './cles.aveugles.ts';
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
  const correspondants = createCorrespondantsService(base);
  const recherche = createRechercheService({
    ...base,
    correspondants,
    parametres: { get: () => Promise.resolve({ fuseauHoraire: 'Africa/Kinshasa' }) },
  });
  const cles = createClesService({ ...base, clock: systemClock, journal, store, recherche, watch, delais });
  return { store, journal, watch, correspondants, recherche, cles };
}

export type Ouvert = ReturnType<typeof ouvrirCles>;

/** Puts letters, each with a file, sealed values, a correspondant and its entry in the index, into the database. */
export async function ecrire(
  { database, keyring, clock }: Base,
  { store, recherche, correspondants }: Ouvert,
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
  const { index } = keyring;
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
      const ordre = Date.parse(now) * 1024 + id;
      await trx
        .insertInto('courrier')
        .values({
          id,
          ordre,
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
          objet_cle: empreinte(index, 'objet', texte),
          reference_cle: empreinte(index, 'reference', `R-${texte}`),
          numero_reference: seal('numero_reference', `R-${texte}`),
          correspondant_id: await correspondants.learn(trx, SYSTEME, `de ${texte}`),
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
          sha256: sealPiece('sha256', `abc${pieceId}`),
          empreinte: empreinte(index, 'piece', `abc${pieceId}`),
          pages: 1,
          ajoute_par_id: userId,
          date_ajout: now,
        })
        .execute();
      await recherche.index(trx, {
        id,
        ordre,
        typeCourrier: 'ENTRANT',
        statut: 'RECU',
        departementId: null,
        utilisateurId: userId,
        typeCourrierSortantId: null,
        secretaireGeneralCopie: null,
        dateEnregistrement: now,
        isDeleted: false,
        words: {
          numero: `TEST-${id}`,
          numeroReference: `R-${texte}`,
          objet: texte,
          correspondant: `de ${texte}`,
          autresInformations: null,
        },
      });
    }
  });
}

/** What is wrong with the digests: none may be of a key that nobody knows. */
async function aveugles({ database, keyring }: Base): Promise<string[]> {
  const faux: string[] = [];
  for (const { table, colonnes } of COLONNES_AVEUGLES) {
    for (const { colonne, source, sorte } of colonnes) {
      const { rows } = await sql<{ id: number | string; empreinte: string; scelle: string }>`select id,
        ${sql.ref(colonne)} as empreinte, ${sql.ref(source)} as scelle from ${sql.table(table)}
        where ${sql.ref(colonne)} is not null`.execute(database.kysely);
      for (const { id, empreinte: lue, scelle } of rows) {
        const texte = keyring.fields.open({ table, column: source, id }, scelle);
        if (!empreintes(keyring.index, sorte, texte).includes(lue)) faux.push(`${table}.${colonne} ${id}`);
      }
    }
  }
  return faux;
}

/** Reads letters and their files as the program does, finds each, and compares all that belongs together. @returns how many */
export async function relire(base: Base, { store, recherche, correspondants }: Ouvert): Promise<number> {
  const { database, keyring } = base;
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
  const { incomplets } = await recherche.check();
  const faux = await aveugles(base);
  if (incomplets.length + faux.length > 0) {
    throw new Error(`not found: ${incomplets.join()} ${faux.join(', ')}`);
  }
  const premier = rows[0];
  if (premier) {
    const search = keyring.fields.open({ table: 'courrier', column: 'objet', id: premier.id }, premier.objet);
    const { lignes } = await recherche.list(SYSTEME, { ...SANS_FILTRE, search: `"${search}"` });
    if (!lignes.some(({ id }) => id === premier.id)) throw new Error(`letter ${premier.id} is not found`);
    const noms = await correspondants.suggest(SYSTEME, `de ${search}`, 50);
    if (!noms.some(({ nom }) => nom === `de ${search}`)) throw new Error(`${search} is not proposed`);
  }
  return rows.length;
}

/** Every sealed value and the beginning of every file as they are kept, to look for a key in them. */
export async function vidange({ database }: Base, { store }: Ouvert): Promise<string> {
  const parts: string[] = [];
  const aveugles = [
    ...COLONNES_AVEUGLES.flatMap(({ table, colonnes }) =>
      colonnes.map(({ colonne }) => ({ table, colonne })),
    ),
    { table: 'correspondant_terme', colonne: 'terme' },
  ];
  for (const { table, colonne } of aveugles) {
    const { rows } = await sql<{ empreinte: string }>`select ${sql.ref(colonne)} as empreinte
      from ${sql.table(table)} where ${sql.ref(colonne)} is not null`.execute(database.kysely);
    parts.push(...rows.map(({ empreinte: one }) => `index ${one}`));
  }
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
