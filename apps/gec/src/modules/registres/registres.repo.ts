import type { Keyring } from '@gec/crypto';
import type { Database } from '@gec/db';
import { sql, type Selectable } from 'kysely';
import type { Via } from '../../cache.ts';
import type { Trx } from '../../context.ts';
import type { GecTables, NumeroTable, RegistreTable, TypeCourrier } from '../../db/schema.ts';
import type { Intervalle, NumeroRegistre } from './registres.schema.ts';

/** A register as it is stored. */
export type LigneRegistre = Selectable<RegistreTable>;
type LigneNumero = Selectable<NumeroTable>;

/** A number to be written. */
export interface NouveauNumero {
  registreId: number;
  compteur: number | null;
  numero: string;
  etat: NumeroTable['etat'];
  courrierId: number | null;
  motif: string | null;
  utilisateurId: number | null;
  date: string;
}

/** Whose numbers are shown. */
export interface Vue {
  principals: readonly string[] | 'all';
  utilisateurId: number | null;
}

/** The SQL of registers and numbers. */
export function createRegistresRepo({ dialect }: Database<GecTables>, keyring: Keyring) {
  const motif = (id: number) => ({ table: 'numero', column: 'motif', id });

  return {
    find(via: Via, flux: TypeCourrier, annee: number): Promise<LigneRegistre | undefined> {
      return via
        .selectFrom('registre')
        .selectAll()
        .where('flux', '=', flux)
        .where('annee', '=', annee)
        .executeTakeFirst();
    },

    all(via: Via): Promise<LigneRegistre[]> {
      return via.selectFrom('registre').selectAll().orderBy('annee', 'desc').orderBy('flux').execute();
    },

    /** The register of the nearest earlier year. */
    before(via: Via, flux: TypeCourrier, annee: number): Promise<LigneRegistre | undefined> {
      return via
        .selectFrom('registre')
        .selectAll()
        .where('flux', '=', flux)
        .where('annee', '<', annee)
        .orderBy('annee', 'desc')
        .limit(1)
        .executeTakeFirst();
    },

    /** Opens a register unless somebody else has; waits for whoever is doing so. */
    async open(trx: Trx, registre: Omit<LigneRegistre, 'id'>): Promise<void> {
      await trx
        .insertInto('registre')
        .values({ id: await dialect.nextId(trx, 'registre'), ...registre })
        .onConflict((conflict) => conflict.columns(['flux', 'annee']).doNothing())
        .execute();
    },

    /**
     * Locks a register until the transaction ends, and moves it on by one where numbering is automatic (or `force`).
     * This one statement is what makes numbers unique and without gaps: others wait here, and a transaction that
     * fails takes its step back with it.
     */
    advance(trx: Trx, flux: TypeCourrier, annee: number, force: boolean): Promise<LigneRegistre | undefined> {
      const step = force ? sql<number>`1` : sql<number>`case when mode = 'automatique' then 1 else 0 end`;
      return trx
        .updateTable('registre')
        .set({ prochain: sql<number>`prochain + ${step}` })
        .where('flux', '=', flux)
        .where('annee', '=', annee)
        .returningAll()
        .executeTakeFirst();
    },

    /** Locks a register without moving it. */
    lock(trx: Trx, id: number): Promise<LigneRegistre> {
      return trx
        .updateTable('registre')
        .set({ prochain: sql<number>`prochain` })
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow();
    },

    async update(trx: Trx, id: number, change: Partial<Omit<LigneRegistre, 'id'>>): Promise<void> {
      await trx.updateTable('registre').set(change).where('id', '=', id).execute();
    },

    findNumero(via: Via, numero: string): Promise<LigneNumero | undefined> {
      return via.selectFrom('numero').selectAll().where('numero', '=', numero).executeTakeFirst();
    },

    /** What stands in the way of a number at a place: the number itself, or another one at that place. */
    clashes(
      trx: Trx,
      at: { registreId: number; compteur: number; numero: string },
    ): Promise<Pick<LigneNumero, 'id' | 'registre_id' | 'compteur' | 'numero'>[]> {
      return trx
        .selectFrom('numero')
        .select(['id', 'registre_id', 'compteur', 'numero'])
        .where((eb) =>
          eb.or([
            eb('numero', '=', at.numero),
            eb.and([eb('registre_id', '=', at.registreId), eb('compteur', '=', at.compteur)]),
          ]),
        )
        .execute();
    },

    async hasNumbers(via: Via, registreId: number): Promise<boolean> {
      const row = await via
        .selectFrom('numero')
        .select('id')
        .where('registre_id', '=', registreId)
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },

    async insert(trx: Trx, n: NouveauNumero): Promise<void> {
      const id = await dialect.nextId(trx, 'numero');
      await trx
        .insertInto('numero')
        .values({
          id,
          registre_id: n.registreId,
          compteur: n.compteur,
          numero: n.numero,
          etat: n.etat,
          courrier_id: n.courrierId,
          motif: keyring.fields.sealOrNull(motif(id), n.motif),
          utilisateur_id: n.utilisateurId,
          date_attribution: n.date,
          date_etat: n.date,
        })
        .execute();
    },

    /** Gives a number that was typed by hand its place in its register. */
    async setPlace(trx: Trx, id: number, compteur: number): Promise<void> {
      await trx.updateTable('numero').set({ compteur }).where('id', '=', id).execute();
    },

    /** Says what became of the number of a letter. @returns the number, or undefined when the letter has none */
    async setEtat(
      trx: Trx,
      courrierId: number,
      change: { etat: NumeroTable['etat']; motif: string | null; date: string },
    ): Promise<string | undefined> {
      const row = await trx
        .selectFrom('numero')
        .select(['id', 'numero'])
        .where('courrier_id', '=', courrierId)
        .executeTakeFirst();
      if (!row) return undefined;
      await trx
        .updateTable('numero')
        .set({
          etat: change.etat,
          motif: keyring.fields.sealOrNull(motif(row.id), change.motif),
          date_etat: change.date,
        })
        .where('id', '=', row.id)
        .execute();
      return row.numero;
    },

    /** How many numbers of each register are in each state. */
    async counts(via: Via): Promise<{ registreId: number; etat: NumeroTable['etat']; n: number }[]> {
      const rows = await via
        .selectFrom('numero')
        .select((eb) => ['registre_id', 'etat', eb.fn.countAll<number>().as('n')])
        .groupBy(['registre_id', 'etat'])
        .execute();
      return rows.map((row) => ({ registreId: row.registre_id, etat: row.etat, n: row.n }));
    },

    /** Places from the starting value to before the next number that no number has. */
    async gaps(via: Via, registre: LigneRegistre, limit: number): Promise<Intervalle[]> {
      // The starting value and the next number stand as fences before the first and after the last place.
      const { rows } = await sql<{ de: number; a: number }>`
        select place + 1 as de, suivante - 1 as a from (
          select place, lead(place) over (order by place) as suivante from (
            select compteur as place from numero
              where registre_id = ${registre.id} and compteur >= ${registre.valeur_depart}
                and compteur < ${registre.prochain}
            union all select cast(${registre.valeur_depart - 1} as integer)
            union all select cast(${registre.prochain} as integer)
          ) as places
        ) as voisines where suivante > place + 1 order by place limit ${limit}`.execute(via);
      return rows.map(({ de, a }) => ({ de, a }));
    },

    /** A page of the book of a flow, in the order in which the numbers were given out. */
    async book(
      via: Via,
      where: { flux: TypeCourrier; from: string; before: string; after: number; vue: Vue },
      size: number,
    ): Promise<NumeroRegistre[]> {
      const { vue } = where;
      let query = via
        .selectFrom('numero')
        .innerJoin('registre', 'registre.id', 'numero.registre_id')
        .selectAll('numero')
        .select(['registre.annee', 'registre.flux'])
        .where('registre.flux', '=', where.flux)
        .where('numero.date_attribution', '>=', where.from)
        .where('numero.date_attribution', '<', where.before)
        .where('numero.id', '>', where.after)
        .orderBy('numero.id')
        .limit(size);
      if (vue.principals !== 'all') {
        const keys = vue.principals;
        query = query.where((eb) =>
          eb.or([
            eb.exists(
              eb
                .selectFrom('courrier_acces')
                .select('courrier_acces.principal')
                .whereRef('courrier_acces.courrier_id', '=', 'numero.courrier_id')
                .where('courrier_acces.principal', 'in', keys),
            ),
            // A number without a letter is known to whoever cancelled it.
            eb.and([
              eb('numero.courrier_id', 'is', null),
              eb('numero.utilisateur_id', '=', vue.utilisateurId),
            ]),
          ]),
        );
      }
      return (await query.execute()).map((row) => ({
        id: row.id,
        annee: row.annee,
        flux: row.flux,
        numero: row.numero,
        compteur: row.compteur,
        etat: row.etat,
        courrierId: row.courrier_id,
        motif: keyring.fields.openOrNull(motif(row.id), row.motif),
        utilisateurId: row.utilisateur_id,
        dateAttribution: row.date_attribution,
        dateEtat: row.date_etat,
      }));
    },
  };
}

export type RegistresRepo = ReturnType<typeof createRegistresRepo>;
