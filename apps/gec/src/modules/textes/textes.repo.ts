import type { Lang } from '@gec/core';
import type { Via } from '../../cache.ts';
import type { Trx } from '../../context.ts';

const TABLE = 'texte_remplace';

/** Words of our own for one text. */
export interface Remplacement {
  module: string;
  cle: string;
  mots: Readonly<Record<Lang, string | null>>;
  version: number;
  parId: number | null;
  le: string;
}

/** The SQL of texts that were worded otherwise. */
export const textesRepo = {
  /** Every text that was ever changed. */
  async all(via: Via): Promise<Remplacement[]> {
    const rows = await via.selectFrom(TABLE).selectAll().execute();
    return rows.map((row) => ({
      module: row.module,
      cle: row.cle,
      mots: { fr: row.texte_fr, en: row.texte_en },
      version: row.version,
      parId: row.modifie_par_id,
      le: row.date_modification,
    }));
  },

  /**
   * Keeps words over those of `expected` (0: nobody ever changed the text).
   *
   * @returns false when somebody was faster
   */
  async put(trx: Trx, words: Omit<Remplacement, 'version'>, expected: number): Promise<boolean> {
    const columns = {
      texte_fr: words.mots.fr,
      texte_en: words.mots.en,
      version: expected + 1,
      modifie_par_id: words.parId,
      date_modification: words.le,
    };
    const { module, cle } = words;
    if (expected === 0) {
      const { numInsertedOrUpdatedRows } = await trx
        .insertInto(TABLE)
        .values({ module, cle, ...columns })
        .onConflict((conflict) => conflict.columns(['module', 'cle']).doNothing())
        .executeTakeFirst();
      return numInsertedOrUpdatedRows === 1n;
    }
    const { numUpdatedRows } = await trx
      .updateTable(TABLE)
      .set(columns)
      .where('module', '=', module)
      .where('cle', '=', cle)
      .where('version', '=', expected)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  },
};
