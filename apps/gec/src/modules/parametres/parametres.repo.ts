import type { Keyring } from '@gec/crypto';
import type { Via } from '../../cache.ts';
import type { Trx } from '../../context.ts';

/** A stored setting, opened; its value is still JSON text. */
export interface LigneParametre {
  cle: string;
  json: string;
  parId: number | null;
  le: string;
}

const TABLE = 'parametre';

/** The SQL of the settings. */
export function createParametresRepo(keyring: Keyring) {
  const context = (cle: string) => ({ table: TABLE, column: 'valeur', id: cle });
  return {
    /** Every setting that was ever set. */
    async all(via: Via): Promise<LigneParametre[]> {
      const rows = await via.selectFrom(TABLE).selectAll().execute();
      return rows.map((row) => ({
        cle: row.cle,
        json: keyring.fields.open(context(row.cle), row.valeur),
        parId: row.modifie_par_id,
        le: row.date_modification,
      }));
    },

    /** Sets one setting, whether it was set before or not. */
    async put(trx: Trx, ligne: LigneParametre): Promise<void> {
      const change = {
        valeur: keyring.fields.seal(context(ligne.cle), ligne.json),
        modifie_par_id: ligne.parId,
        date_modification: ligne.le,
      };
      await trx
        .insertInto(TABLE)
        .values({ cle: ligne.cle, ...change })
        .onConflict((conflict) => conflict.column('cle').doUpdateSet(change))
        .execute();
    },
  };
}
