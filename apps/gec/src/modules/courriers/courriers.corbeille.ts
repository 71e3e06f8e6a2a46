import { can, fold, forbidden, type Actor } from '@gec/core';
import type { Database } from '@gec/db';
import { sql } from 'kysely';
import type { GecTables } from '../../db/schema.ts';
import { visibleTo } from './courriers.acces.repo.ts';
import type { CourriersDeps } from './courriers.deps.ts';
import { avecDroits } from './courriers.read.ts';
import type { CourrierLu, CourriersRepo } from './courriers.repo.ts';
import type { CourrierSupprime, DemandeCorbeille, TriCorbeille } from './courriers.schema.ts';
import { courriersTexts } from './courriers.texts.ts';

/** Letters that are opened at once. */
const TRANCHE = 500;

/** The SQL that chooses and orders what lies in the corbeille. Texts are sealed: those who deleted come by rank. */
function createCorbeilleRepo({ kysely }: Database<GecTables>) {
  const dedans = (actor: Actor) =>
    kysely
      .selectFrom('courrier')
      .where('courrier.deleted_at', 'is not', null)
      .where('courrier.is_deleted', '=', true)
      .where(visibleTo(actor));

  return {
    /** How many letters the actor sees there. */
    async count(actor: Actor): Promise<number> {
      const row = await dedans(actor)
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .executeTakeFirstOrThrow();
      return Number(row.n);
    },

    /** Those who deleted what the actor sees there. */
    async auteurs(actor: Actor): Promise<number[]> {
      const rows = await dedans(actor)
        .select('courrier.deleted_by_id as id')
        .distinct()
        .where('courrier.deleted_by_id', 'is not', null)
        .execute();
      return rows.flatMap(({ id }) => id ?? []);
    },

    /** The ids, in order. @param auteurs those who deleted, by name */
    async ids(
      actor: Actor,
      { tri, ordre, auteurs }: { tri: TriCorbeille; ordre: 'asc' | 'desc'; auteurs: readonly number[] },
      page?: { limit: number; offset: number },
    ): Promise<number[]> {
      let query = dedans(actor).select('courrier.id');
      if (tri === 'numero') query = query.orderBy('courrier.numero_accuse_reception', ordre);
      if (tri === 'par' && auteurs.length > 0) {
        const rangs = auteurs.map((id, rang) => sql`when ${sql.lit(id)} then ${sql.lit(rang)}`);
        const rang = sql`case courrier.deleted_by_id ${sql.join(rangs, sql` `)}
          else ${sql.lit(auteurs.length)} end`;
        query = query.orderBy(rang, ordre);
      }
      const sens = tri === 'supprime' ? ordre : 'desc';
      query = query.orderBy('courrier.deleted_at', sens).orderBy('courrier.id', sens);
      if (page) query = query.limit(page.limit).offset(page.offset);
      return (await query.execute()).map(({ id }) => id);
    },
  };
}

/** Looking into the corbeille. */
export function createCorbeille(deps: CourriersDeps, courriers: Pick<CourriersRepo, 'deleted'>) {
  const repo = createCorbeilleRepo(deps.database);

  /** The letters of some ids, in their order; those that left meanwhile are left out. */
  async function ouvrir(actor: Actor, ids: readonly number[]): Promise<CourrierLu[]> {
    const found = new Map((await courriers.deleted(actor, ids)).map((one) => [one.id, one]));
    return ids.flatMap((id) => found.get(id) ?? []);
  }

  async function* parTranches(actor: Actor, ids: readonly number[]): AsyncGenerator<CourrierLu> {
    for (let at = 0; at < ids.length; at += TRANCHE) {
      yield* await ouvrir(actor, ids.slice(at, at + TRANCHE));
    }
  }

  async function lire(actor: Actor, demande: DemandeCorbeille, page?: { limit: number; offset: number }) {
    if (!can(actor, 'view_trash')) throw forbidden(courriersTexts(actor.lang).refusCorbeille);
    const { tri = 'supprime', ordre = 'desc' } = demande;
    const auteurs = await repo.auteurs(actor);
    const names = await deps.utilisateurs.names(auteurs);
    const nom = (id: number) => names.get(id) ?? '';
    auteurs.sort((a, b) => nom(a).localeCompare(nom(b), 'fr') || a - b);
    const order = { tri, ordre, auteurs };
    const words = fold(demande.q ?? '')
      .split(/\s+/)
      .filter(Boolean);

    let found: CourrierLu[] = [];
    let total: number;
    if (words.length === 0 && page) {
      found = await ouvrir(actor, await repo.ids(actor, order, page));
      total = await repo.count(actor);
    } else {
      total = 0;
      const { limit, offset } = page ?? { limit: Number.POSITIVE_INFINITY, offset: 0 };
      // The search index knows no deleted letter, and the corbeille is small: it is read through.
      for await (const one of parTranches(actor, await repo.ids(actor, order))) {
        const par = one.deletedById === null ? '' : nom(one.deletedById);
        const bears = fold([one.numero, one.objet, one.correspondant, one.numeroReference, par].join(' '));
        if (!words.every((word) => bears.includes(word))) continue;
        if (total >= offset && found.length < limit) found.push(one);
        total += 1;
      }
    }
    const clerks = await deps.utilisateurs.names(found.map(({ utilisateurId }) => utilisateurId));
    return {
      courriers: found.map((one): CourrierSupprime => ({
        ...avecDroits(actor, one, clerks),
        supprimePar: one.deletedById === null ? null : (names.get(one.deletedById) ?? null),
      })),
      total,
    };
  }

  return {
    /** A page of the corbeille, as far as the actor may see it. @throws AppError forbidden without `view_trash` */
    trash: (
      actor: Actor,
      { limit, offset, ...demande }: DemandeCorbeille & { limit: number; offset: number },
    ): Promise<{ courriers: CourrierSupprime[]; total: number }> => lire(actor, demande, { limit, offset }),

    /**
     * All of the corbeille that the words let through, for a file; it is in the journal.
     *
     * @throws AppError forbidden without `view_trash` and `export_courriers`
     */
    async exporterCorbeille(
      actor: Actor,
      demande: DemandeCorbeille,
      format: string,
    ): Promise<CourrierSupprime[]> {
      if (!can(actor, 'export_courriers')) throw forbidden(courriersTexts(actor.lang).refusExporter);
      const { courriers: found, total } = await lire(actor, demande);
      await deps.database.transaction((trx) =>
        deps.journal.record(trx, actor, {
          action: 'export.demande',
          details: { liste: 'corbeille', format, nombre: total },
        }),
      );
      return found;
    },
  };
}
