import type { Keyring } from '@gec/crypto';
import type { Database } from '@gec/db';
import type { Via } from '../../cache.ts';
import type { Trx } from '../../context.ts';
import type { GecTables } from '../../db/schema.ts';
import type {
  CommentaireImporte,
  ModificationImportee,
  ObjetImporte,
  TransmissionImportee,
} from './imports.schema.ts';

/** The SQL of letters that are taken over: what stands beside a letter, and what became of what. */
export function createEngineRepo({ kysely, dialect }: Database<GecTables>, { fields }: Keyring) {
  /** Inserts one after the other, each under an id that is taken first: its texts are sealed with it. */
  async function each<T>(
    trx: Trx,
    table: 'courrier_modification' | 'courrier_comment' | 'courrier_forward',
    all: readonly T[],
    insert: (id: number, one: T) => Promise<unknown>,
  ): Promise<void> {
    for (const one of all) await insert(await dialect.nextId(trx, table), one);
  }

  return {
    /** The row of ours that something of elsewhere has become. */
    async element(
      source: string,
      objet: ObjetImporte,
      cle: string,
      via: Via = kysely,
    ): Promise<number | null> {
      const row = await via
        .selectFrom('import_element')
        .select('id_local')
        .where('source', '=', source)
        .where('objet', '=', objet)
        .where('cle', '=', cle)
        .executeTakeFirst();
      return row?.id_local ?? null;
    },

    /** Remembers it; what was remembered before is replaced. */
    async noter(
      trx: Trx,
      element: { source: string; objet: ObjetImporte; cle: string; id: number; date: string },
    ): Promise<void> {
      await trx
        .insertInto('import_element')
        .values({
          source: element.source,
          objet: element.objet,
          cle: element.cle,
          id_local: element.id,
          date_import: element.date,
        })
        .onConflict((conflict) =>
          conflict
            .columns(['source', 'objet', 'cle'])
            .doUpdateSet({ id_local: element.id, date_import: element.date }),
        )
        .execute();
    },

    /** Whether a letter exists, in the corbeille or not. */
    async existe(courrierId: number, via: Via = kysely): Promise<boolean> {
      const row = await via
        .selectFrom('courrier')
        .select('id')
        .where('id', '=', courrierId)
        .executeTakeFirst();
      return row !== undefined;
    },

    /** Blind index keys of the files of a letter, first one first. */
    async empreintes(courrierId: number): Promise<string[]> {
      const rows = await kysely
        .selectFrom('piece')
        .select('empreinte')
        .where('courrier_id', '=', courrierId)
        .orderBy('rang')
        .execute();
      return rows.map(({ empreinte }) => empreinte);
    },

    /** The history of a letter, oldest first. */
    async modifications(trx: Trx, courrierId: number, all: readonly ModificationImportee[]): Promise<void> {
      const table = 'courrier_modification';
      await each(trx, table, all, (id, one) =>
        trx
          .insertInto(table)
          .values({
            id,
            courrier_id: courrierId,
            utilisateur_id: one.utilisateurId,
            champ_modifie: one.champ,
            ancienne_valeur: fields.sealOrNull({ table, column: 'ancienne_valeur', id }, one.ancienne),
            nouvelle_valeur: fields.sealOrNull({ table, column: 'nouvelle_valeur', id }, one.nouvelle),
            date_modification: one.date,
            ip_address: one.ip,
          })
          .execute(),
      );
    },

    /** The texts beside a letter, oldest first. */
    async commentaires(trx: Trx, courrierId: number, all: readonly CommentaireImporte[]): Promise<void> {
      const table = 'courrier_comment';
      await each(trx, table, all, (id, one) =>
        trx
          .insertInto(table)
          .values({
            id,
            courrier_id: courrierId,
            user_id: one.utilisateurId,
            commentaire: fields.seal({ table, column: 'commentaire', id }, one.texte),
            type_comment: one.type,
            date_creation: one.date,
            actif: true,
          })
          .execute(),
      );
    },

    /** The transmissions of a letter, oldest first. */
    async transmissions(trx: Trx, courrierId: number, all: readonly TransmissionImportee[]): Promise<void> {
      const table = 'courrier_forward';
      await each(trx, table, all, (id, one) =>
        trx
          .insertInto(table)
          .values({
            id,
            courrier_id: courrierId,
            forwarded_by_id: one.deId,
            forwarded_to_id: one.aId,
            instruction: one.instruction,
            message: fields.sealOrNull({ table, column: 'message', id }, one.message),
            echeance: one.echeance,
            date_transmission: one.date,
            lu: one.dateLecture !== null,
            date_lecture: one.dateLecture,
            date_traitement: one.dateTraitement,
          })
          .execute(),
      );
    },
  };
}
