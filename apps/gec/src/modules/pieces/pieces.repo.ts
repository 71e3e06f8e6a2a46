import type { Actor } from '@gec/core';
import type { Keyring } from '@gec/crypto';
import type { Database } from '@gec/db';
import { sql, type Selectable } from 'kysely';
import type { Trx } from '../../context.ts';
import type { GecTables, PieceTable, TeleversementTable } from '../../db/schema.ts';
import { empreinte } from '../../empreintes.ts';
import type { ScanType } from '../../workers/atelier.ts';
import { principals } from '../courriers/courriers.policy.ts';
import type { Piece } from './pieces.schema.ts';

/** A file that waits for its letter, opened. */
export interface Televersement {
  id: string;
  userId: number;
  nom: string;
  chemin: string;
  typeMime: ScanType;
  taille: number;
  sha256: string;
  empreinte: string;
  pages: number;
  dateAjout: string;
}

const PIECE = 'piece';
const TELEVERSEMENT = 'televersement';
/** Rows in one statement, so that the number of parameters stays below what the engines take. */
const LOT = 400;
/** An id as `receive` makes them. Nothing else is asked for: PostgreSQL refuses, as a fault, text that has a NUL. */
const ID_TELEVERSEMENT = /^[\w-]{22}$/;

/** The SQL of files. */
export function createPiecesRepo(database: Database<GecTables>, keyring: Keyring) {
  const { fields } = keyring;
  const place = (table: string, column: 'nom' | 'sha256', id: number | string) => ({ table, column, id });

  function openPiece(row: Selectable<PieceTable>): Piece {
    return {
      id: row.id,
      courrierId: row.courrier_id,
      rang: row.rang,
      nom: fields.open(place(PIECE, 'nom', row.id), row.nom),
      chemin: row.chemin,
      typeMime: row.type_mime as ScanType,
      taille: row.taille,
      pages: row.pages,
      sha256: fields.open(place(PIECE, 'sha256', row.id), row.sha256),
      dateAjout: row.date_ajout,
    };
  }

  function openTeleversement(row: Selectable<TeleversementTable>): Televersement {
    return {
      id: row.id,
      userId: row.user_id,
      nom: fields.open(place(TELEVERSEMENT, 'nom', row.id), row.nom),
      chemin: row.chemin,
      typeMime: row.type_mime as ScanType,
      taille: row.taille,
      sha256: fields.open(place(TELEVERSEMENT, 'sha256', row.id), row.sha256),
      empreinte: row.empreinte,
      pages: row.pages,
      dateAjout: row.date_ajout,
    };
  }

  return {
    async insertTeleversement(trx: Trx, file: Televersement): Promise<void> {
      await trx
        .insertInto('televersement')
        .values({
          id: file.id,
          user_id: file.userId,
          nom: fields.seal(place(TELEVERSEMENT, 'nom', file.id), file.nom),
          chemin: file.chemin,
          type_mime: file.typeMime,
          taille: file.taille,
          sha256: fields.seal(place(TELEVERSEMENT, 'sha256', file.id), file.sha256),
          empreinte: file.empreinte,
          pages: file.pages,
          date_ajout: file.dateAjout,
        })
        .execute();
    },

    /** Files of a person that wait, in the order of the ids; ids of others and unknown ones are left out. */
    async televersements(userId: number, given: readonly string[]): Promise<Televersement[]> {
      const ids = given.filter((id) => ID_TELEVERSEMENT.test(id));
      if (ids.length === 0) return [];
      const rows = await database.kysely
        .selectFrom('televersement')
        .selectAll()
        .where('user_id', '=', userId)
        .where('id', 'in', ids)
        .execute();
      const byId = new Map(rows.map((row) => [row.id, row]));
      return ids.flatMap((id) => {
        const row = byId.get(id);
        return row ? [openTeleversement(row)] : [];
      });
    },

    /** Takes waiting files of a person out of the table. Of two that want the same one, a single one gets it. */
    async takeTeleversements(trx: Trx, userId: number, given: readonly string[]): Promise<Televersement[]> {
      const ids = given.filter((id) => ID_TELEVERSEMENT.test(id));
      if (ids.length === 0) return [];
      const rows = await trx
        .deleteFrom('televersement')
        .where('user_id', '=', userId)
        .where('id', 'in', ids)
        .returningAll()
        .execute();
      return rows.map(openTeleversement);
    },

    /** Waiting files that came before an instant. */
    async staleTeleversements(before: string, limit: number, after = ''): Promise<string[]> {
      const rows = await database.kysely
        .selectFrom('televersement')
        .select('id')
        .where('date_ajout', '<', before)
        .where('id', '>', after)
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(({ id }) => id);
    },

    /** Takes waiting files out of the table, whoever's they are; answers their paths. */
    async dropTeleversements(trx: Trx, ids: readonly string[]): Promise<string[]> {
      if (ids.length === 0) return [];
      const rows = await trx.deleteFrom('televersement').where('id', 'in', ids).returning('chemin').execute();
      return rows.map(({ chemin }) => chemin);
    },

    /** Adds files to a letter. */
    async insertPieces(
      trx: Trx,
      userId: number,
      courrierId: number,
      fromRang: number,
      files: readonly Televersement[],
      now: string,
    ): Promise<Piece[]> {
      const ids = await database.dialect.nextIds(trx, PIECE, files.length);
      const pieces = files.map((file, index): Piece & { empreinte: string } => ({
        id: ids[index]!,
        courrierId,
        rang: fromRang + index,
        nom: file.nom,
        chemin: file.chemin,
        typeMime: file.typeMime,
        taille: file.taille,
        pages: file.pages,
        sha256: file.sha256,
        dateAjout: now,
        // Under the key in force, which may not be the one that the file came under.
        empreinte: empreinte(keyring.index, 'piece', file.sha256),
      }));
      await trx
        .insertInto('piece')
        .values(
          pieces.map((piece) => ({
            id: piece.id,
            courrier_id: courrierId,
            rang: piece.rang,
            nom: fields.seal(place(PIECE, 'nom', piece.id), piece.nom),
            chemin: piece.chemin,
            type_mime: piece.typeMime,
            taille: piece.taille,
            sha256: fields.seal(place(PIECE, 'sha256', piece.id), piece.sha256),
            empreinte: piece.empreinte,
            pages: piece.pages,
            ajoute_par_id: userId,
            date_ajout: now,
          })),
        )
        .execute();
      return pieces.map(({ empreinte: _, ...piece }) => piece);
    },

    /** The files of a letter, first one first. */
    async ofCourrier(courrierId: number, trx?: Trx): Promise<Piece[]> {
      const rows = await (trx ?? database.kysely)
        .selectFrom('piece')
        .selectAll()
        .where('courrier_id', '=', courrierId)
        .orderBy('rang')
        .execute();
      return rows.map(openPiece);
    },

    /** Takes the files of a letter out of the table; answers their paths. */
    async dropPieces(trx: Trx, courrierId: number): Promise<string[]> {
      const rows = await trx
        .deleteFrom('piece')
        .where('courrier_id', '=', courrierId)
        .returning('chemin')
        .execute();
      return rows.map(({ chemin }) => chemin);
    },

    /** Which of some files a letter has already that the actor may see (the corbeille does not count). */
    async empreintesConnues(actor: Actor, empreintes: readonly string[]): Promise<Set<string>> {
      if (empreintes.length === 0) return new Set();
      const keys = principals(actor);
      const rows = await database.kysely
        .selectFrom('piece')
        .innerJoin('courrier', 'courrier.id', 'piece.courrier_id')
        .select('piece.empreinte')
        .distinct()
        .where('piece.empreinte', 'in', empreintes)
        .where('courrier.is_deleted', '=', false)
        .$if(keys !== 'all', (query) =>
          query.where(
            sql<boolean>`exists (select 1 from courrier_acces
              where courrier_acces.courrier_id = courrier.id
                and courrier_acces.principal in (${sql.join([...keys])}))`,
          ),
        )
        .execute();
      return new Set(rows.map(({ empreinte }) => empreinte));
    },

    /** Which of some paths a row names. */
    async cheminsConnus(chemins: readonly string[]): Promise<Set<string>> {
      const connus = new Set<string>();
      for (let from = 0; from < chemins.length; from += LOT) {
        const lot = chemins.slice(from, from + LOT);
        const rows = await database.kysely
          .selectFrom('piece')
          .select('chemin')
          .where('chemin', 'in', lot)
          .unionAll(database.kysely.selectFrom('televersement').select('chemin').where('chemin', 'in', lot))
          .unionAll(database.kysely.selectFrom('import_segment').select('chemin').where('chemin', 'in', lot))
          // Finished exports lie in the same store.
          .unionAll(
            database.kysely
              .selectFrom('tache')
              .select((eb) => eb.ref('fichier_chemin').$notNull().as('chemin'))
              .where('fichier_chemin', 'in', lot),
          )
          .execute();
        for (const { chemin } of rows) connus.add(chemin);
      }
      return connus;
    },
  };
}
