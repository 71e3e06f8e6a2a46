import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { AppError, type Clock } from '@gec/core';
import { sealedFileKid, type Keyring } from '@gec/crypto';
import { enqueue, type Database, type Resealer, type SaveProgress } from '@gec/db';
import { sql } from 'kysely';
import type { GecTables } from '../../db/schema.ts';
import type { FileStore } from '../../storage/file-store.ts';
import { DETRUIRE } from '../pieces/pieces.schema.ts';
import { COLONNES_FICHIERS_SCELLES as COLONNES } from './cles.colonnes.ts';

/** What re-seals files. */
export interface FichiersDeps {
  database: Database<GecTables>;
  clock: Clock;
  keyring: Keyring;
  store: FileStore;
  /** How long a former file stays for whoever reads it at the moment, in milliseconds. */
  sursis: number;
}

/** Files that are looked at together. */
const LOT = 16;

interface Curseur {
  readonly colonne: number;
  readonly apres: readonly (string | number)[] | null;
}

interface Nomme {
  readonly cles: readonly (string | number)[];
  readonly chemin: string;
}

/**
 * Re-seals the files of the store. A path is what a file is sealed under, so that each gets a new one: the file is
 * sealed anew beside, its row is changed if it still names the former, which is destroyed after a while.
 */
export function createFichiersResealer(deps: FichiersDeps): Resealer {
  const { database, clock, keyring, store, sursis } = deps;

  /** Which generation sealed a file; null when there is no such file. */
  async function kidDe(chemin: string): Promise<string | null> {
    let source;
    try {
      source = await store.open(chemin);
    } catch (error) {
      if (error instanceof AppError && error.code === 'FILE_MISSING') return null;
      throw error;
    }
    let debut = Buffer.alloc(0);
    try {
      for await (const part of source) {
        debut = Buffer.concat([debut, part as Buffer]);
        const kid = sealedFileKid(debut);
        if (kid !== null) return kid;
      }
      return null;
    } finally {
      if (!source.destroyed) source.destroy();
      if (!source.closed) await once(source, 'close').catch(() => undefined);
    }
  }

  async function vieux(chemin: string): Promise<boolean> {
    const kid = await kidDe(chemin);
    return kid !== null && kid !== keyring.current('file').kid;
  }

  async function lire({ colonne, apres }: Curseur): Promise<Nomme[]> {
    const { table, colonne: nom, cles } = COLONNES[colonne]!;
    const cle = sql.join(cles.map((name) => sql.ref(name)));
    const suite = apres === null ? sql`` : sql` and (${cle}) > (${sql.join([...apres])})`;
    const { rows } = await sql<Record<string, string | number>>`
      select ${cle}, ${sql.ref(nom)} as chemin_lu from ${sql.table(table)}
      where ${sql.ref(nom)} is not null${suite} order by ${cle} limit ${sql.lit(LOT)}`.execute(
      database.kysely,
    );
    return rows.map((row) => ({ cles: cles.map((name) => row[name]!), chemin: String(row['chemin_lu']) }));
  }

  /** Seals a file anew under another path. @returns that path */
  async function copier(ancien: string): Promise<string> {
    const chemin = store.newPath();
    const seal = keyring.files.sealTransform(chemin);
    const source = await store.open(ancien);
    const [lu, garde] = await Promise.allSettled([
      pipeline(source, keyring.files.openTransform(ancien), seal),
      store.put(chemin, seal),
    ]);
    if (lu.status === 'rejected' || garde.status === 'rejected') {
      if (garde.status === 'fulfilled') await store.remove(chemin);
      throw lu.status === 'rejected' ? lu.reason : (garde as PromiseRejectedResult).reason;
    }
    return chemin;
  }

  /** Puts a row onto the re-sealed file. @returns whether it was still on the former one */
  async function deplacer(colonne: number, { cles: valeurs, chemin: ancien }: Nomme): Promise<boolean> {
    const { table, colonne: nom, cles } = COLONNES[colonne]!;
    const chemin = await copier(ancien);
    const fait = await database.quickTransaction(async (trx) => {
      const ligne = sql.join(
        cles.map((name, at) => sql`${sql.ref(name)} = ${valeurs[at]}`),
        sql` and `,
      );
      const { numAffectedRows } = await sql`update ${sql.table(table)} set ${sql.ref(nom)} = ${chemin}
        where ${ligne} and ${sql.ref(nom)} = ${ancien}`.execute(trx);
      if (numAffectedRows !== 1n) return false;
      if (table === 'piece') {
        // The letter names its first file once more.
        await sql`update courrier set fichier_chemin = ${chemin} where fichier_chemin = ${ancien}
          and id = (select courrier_id from piece where id = ${valeurs[0]})`.execute(trx);
      }
      const apres = new Date(clock.now().getTime() + sursis).toISOString();
      await enqueue(trx, clock, DETRUIRE, { chemins: [ancien] }, apres);
      return true;
    });
    // Its row went away or changed meanwhile.
    if (!fait) await store.remove(chemin);
    return fait;
  }

  return {
    async count() {
      let total = 0;
      for (const colonne of COLONNES.keys()) {
        let apres: Curseur['apres'] = null;
        for (;;) {
          const lot = await lire({ colonne, apres });
          const vieilles = await Promise.all(lot.map(({ chemin }) => vieux(chemin)));
          total += vieilles.filter(Boolean).length;
          if (lot.length < LOT) break;
          apres = lot.at(-1)!.cles;
        }
      }
      return total;
    },

    async step(cursor: string | null, save: SaveProgress) {
      const at = cursor === null ? { colonne: 0, apres: null } : (JSON.parse(cursor) as Curseur);
      if (at.colonne >= COLONNES.length) return { cursor: null, done: 0, unreadable: 0 };
      const lot = await lire(at);
      const faits = await Promise.all(
        lot.map(async (nomme): Promise<'fait' | 'rien' | 'illisible'> => {
          try {
            if (!(await vieux(nomme.chemin))) return 'rien';
            return (await deplacer(at.colonne, nomme)) ? 'fait' : 'rien';
          } catch (error) {
            // A full disk or a store that is away is no fault of the file.
            if (error instanceof AppError) throw error;
            return 'illisible';
          }
        }),
      );
      const suite: Curseur | null =
        lot.length === LOT
          ? { colonne: at.colonne, apres: lot.at(-1)!.cles }
          : at.colonne + 1 < COLONNES.length
            ? { colonne: at.colonne + 1, apres: null }
            : null;
      const step = {
        cursor: suite === null ? null : JSON.stringify(suite),
        done: faits.filter((fait) => fait === 'fait').length,
        unreadable: faits.filter((fait) => fait === 'illisible').length,
      };
      await database.quickTransaction((trx) => save(trx, step));
      return step;
    },
  };
}
