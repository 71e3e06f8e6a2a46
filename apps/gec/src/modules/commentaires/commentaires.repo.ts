import type { Keyring } from '@gec/crypto';
import type { Database } from '@gec/db';
import type { Trx } from '../../context.ts';
import type { GecTables } from '../../db/schema.ts';
import type { Commentaire, TypeCommentaire } from './commentaires.schema.ts';

const TABLE = 'courrier_comment';

/** A new text, still plain. */
export interface NouveauCommentaire {
  courrierId: number;
  utilisateurId: number;
  type: TypeCommentaire;
  texte: string;
  date: string;
}

/** The SQL of texts beside letters. */
export function createCommentairesRepo({ kysely, dialect }: Database<GecTables>, { fields }: Keyring) {
  const context = (id: number) => ({ table: TABLE, column: 'commentaire', id });

  return {
    /** Keeps a text, sealed. @returns its id */
    async insert(
      trx: Trx,
      { courrierId, utilisateurId, type, texte, date }: NouveauCommentaire,
    ): Promise<number> {
      const id = await dialect.nextId(trx, TABLE);
      await trx
        .insertInto(TABLE)
        .values({
          id,
          courrier_id: courrierId,
          user_id: utilisateurId,
          commentaire: fields.seal(context(id), texte),
          type_comment: type,
          date_creation: date,
          actif: true,
        })
        .execute();
      return id;
    },

    /** What a person wrote beside a letter since an instant. */
    async recent(
      trx: Trx,
      { courrierId, utilisateurId, since }: { courrierId: number; utilisateurId: number; since: string },
    ): Promise<Pick<Commentaire, 'id' | 'type' | 'texte'>[]> {
      const rows = await trx
        .selectFrom(TABLE)
        .select(['id', 'type_comment', 'commentaire'])
        .where('courrier_id', '=', courrierId)
        .where('user_id', '=', utilisateurId)
        .where('date_creation', '>=', since)
        .where('actif', '=', true)
        .execute();
      return rows.map((row) => ({
        id: row.id,
        type: row.type_comment,
        texte: fields.open(context(row.id), row.commentaire),
      }));
    },

    /** The texts beside a letter, newest first. */
    async ofCourrier(courrierId: number): Promise<Omit<Commentaire, 'utilisateurNom'>[]> {
      const rows = await kysely
        .selectFrom(TABLE)
        .selectAll()
        .where('courrier_id', '=', courrierId)
        .where('actif', '=', true)
        .orderBy('id', 'desc')
        .execute();
      return rows.map((row) => ({
        id: row.id,
        courrierId: row.courrier_id,
        utilisateurId: row.user_id,
        type: row.type_comment,
        texte: fields.open(context(row.id), row.commentaire),
        date: row.date_creation,
      }));
    },
  };
}
