import { setImmediate } from 'node:timers/promises';
import { conflict, fold, forbidden, invalid, notFound, timestamp, type Actor } from '@gec/core';
import type { Base, Trx } from '../../context.ts';
import { empreintes } from '../../empreintes.ts';
import { principals } from '../courriers/courriers.policy.ts';
import type { JournalService } from '../journal/journal.service.ts';
import { createAnnuaireRepo, type LigneAnnuaire } from './correspondants.annuaire.repo.ts';
import { mayChange, mayOpen } from './correspondants.policy.ts';
import { createCorrespondantsRepo } from './correspondants.repo.ts';
import { ressemblances } from './correspondants.ressemblance.ts';
import {
  cleanNom,
  correspond,
  debutsDe,
  motsDe,
  POUR_TOUS,
  type Coordonnees,
  type DemandeDoublons,
  type DoublonCorrespondant,
  type Ecriture,
  type FicheCorrespondant,
  type FiltresCorrespondants,
  type SaisieCorrespondant,
} from './correspondants.schema.ts';
import { correspondantsTexts } from './correspondants.texts.ts';
import { checkCorrespondant } from './correspondants.validation.ts';

/** What the directory needs. */
export interface AnnuaireDeps extends Pick<Base, 'database' | 'keyring' | 'clock'> {
  journal: Pick<JournalService, 'record'>;
}

const RIEN: Coordonnees = { adresse: '', telephone: '', email: '', notes: '' };

/** The directory of correspondants: read by those who keep the lists, changed by those who also read every letter. */
export function createAnnuaireService({ database, keyring, clock, journal }: AnnuaireDeps) {
  const repo = createAnnuaireRepo(database, keyring);
  const { grant } = createCorrespondantsRepo(database, keyring);
  const clesDe = (nom: string) => empreintes(keyring.index, 'correspondant', nom);
  const cleDe = (nom: string) => clesDe(nom)[0]!;
  const termesDe = (nom: string) => debutsDe(nom).map((start) => keyring.index.term('c', start));

  function enter(actor: Actor): void {
    if (!mayOpen(actor)) throw forbidden(correspondantsTexts(actor.lang).refuse);
  }

  function enterToChange(actor: Actor): void {
    enter(actor);
    if (!mayChange(actor)) throw forbidden(correspondantsTexts(actor.lang).refuseChanger);
  }

  function lisibles(actor: Actor): readonly string[] | 'all' {
    const keys = principals(actor);
    return keys === 'all' ? keys : [...keys, POUR_TOUS];
  }

  const perimee = (actor: Actor) =>
    conflict('VERSION_CONFLICT', correspondantsTexts(actor.lang).versionPerimee);

  function fiche(
    row: LigneAnnuaire,
    facts: Coordonnees,
    usage: { courriers: number; dernier: string | null } | undefined,
  ): FicheCorrespondant {
    const { id, nom, actif, version } = row;
    return {
      id,
      nom,
      actif,
      version,
      ...facts,
      courriers: usage?.courriers ?? 0,
      dernier: usage?.dernier ?? null,
    };
  }

  /** Rows as the reader sees them, with counts of the letters that they may read and nothing else. */
  async function fiches(actor: Actor, rows: readonly LigneAnnuaire[]): Promise<FicheCorrespondant[]> {
    const ids = rows.map(({ id }) => id);
    const [facts, usages] = await Promise.all([
      repo.coordonnees(database.kysely, ids),
      repo.usages(principals(actor), ids),
    ]);
    return rows.map((row) => fiche(row, facts.get(row.id) ?? RIEN, usages.get(row.id)));
  }

  async function find(actor: Actor, id: number): Promise<LigneAnnuaire> {
    enter(actor);
    const [row] = await repo.toutes(lisibles(actor), id);
    if (!row) throw notFound(correspondantsTexts(actor.lang).introuvable);
    return row;
  }

  /** Every row that the filters let through, in order. */
  async function filtered(actor: Actor, filters: FiltresCorrespondants): Promise<LigneAnnuaire[]> {
    enter(actor);
    const words = motsDe(filters.q);
    const rows = (await repo.toutes(lisibles(actor))).filter(
      ({ nom, actif }) =>
        (filters.actif === null || actif === filters.actif) &&
        (filters.q.trim() === '' || (words.length > 0 && correspond(nom, words))),
    );
    const sign = filters.ordre === 'asc' ? 1 : -1;
    const names = new Map(rows.map(({ id, nom }) => [id, fold(nom)]));
    const byName = (x: LigneAnnuaire, y: LigneAnnuaire) => {
      const [a = '', b = ''] = [names.get(x.id), names.get(y.id)];
      return a < b ? -1 : a > b ? 1 : x.id - y.id;
    };
    if (filters.tri === 'nom') return rows.sort((x, y) => sign * byName(x, y));
    const usages = await repo.usages(principals(actor), null);
    const key = ({ id }: LigneAnnuaire): number => {
      const usage = usages.get(id);
      if (filters.tri === 'courriers') return usage?.courriers ?? 0;
      return usage?.dernier ? Date.parse(usage.dernier) : 0;
    };
    return rows.sort((x, y) => sign * (key(x) - key(y)) || byName(x, y));
  }

  /** Says beside the name that another correspondant has it already. */
  async function checkName(trx: Trx, actor: Actor, nom: string, own: number | null): Promise<string> {
    const cle = cleDe(nom);
    const known = await repo.parCles(trx, clesDe(nom));
    if (known !== null && known !== own) {
      throw invalid([{ field: 'nom', message: correspondantsTexts(actor.lang).nomPris }]);
    }
    return cle;
  }

  function checked(actor: Actor, input: SaisieCorrespondant): SaisieCorrespondant {
    const { saisie, errors } = checkCorrespondant(actor.lang, input);
    if (errors.length > 0) throw invalid(errors);
    return saisie;
  }

  /** Adds a correspondant within a transaction; everybody is offered it. */
  async function insert(trx: Trx, saisie: SaisieCorrespondant, cle: string): Promise<number> {
    const date = timestamp(clock);
    const id = await repo.insert(trx, saisie, { cle, termes: termesDe(saisie.nom), date });
    await grant(trx, [POUR_TOUS], id);
    return id;
  }

  return {
    repo,
    cleDe,
    clesDe,
    insert,

    /** The name of a correspondant as a transaction sees it; null when it is gone. */
    nomDe: (trx: Trx, id: number): Promise<string | null> => repo.nom(trx, id),

    /** Whether the actor may change correspondants, or only read them. */
    mayChange: (actor: Actor): boolean => mayChange(actor),

    /** Refuses those who may not change correspondants. @throws AppError forbidden */
    enterToChange,

    /**
     * A page of the directory. Those who read part of the letters see the correspondants of these, with counts of
     * these.
     *
     * @throws AppError forbidden
     */
    async list(
      actor: Actor,
      filters: FiltresCorrespondants,
      { page, size }: { page: number; size: number },
    ): Promise<{ correspondants: FicheCorrespondant[]; total: number }> {
      const rows = await filtered(actor, filters);
      const start = (page - 1) * size;
      return { correspondants: await fiches(actor, rows.slice(start, start + size)), total: rows.length };
    },

    /** Everything that the filters let through, for an export; it is in the journal. @throws AppError forbidden */
    async export(actor: Actor, filters: FiltresCorrespondants): Promise<FicheCorrespondant[]> {
      const rows = await filtered(actor, filters);
      await database.transaction((trx) =>
        journal.record(trx, actor, { action: 'correspondant.export', details: { nombre: rows.length } }),
      );
      const [facts, usages] = await Promise.all([
        repo.coordonnees(
          database.kysely,
          rows.map(({ id }) => id),
        ),
        repo.usages(principals(actor), null),
      ]);
      return rows.map((row) => fiche(row, facts.get(row.id) ?? RIEN, usages.get(row.id)));
    },

    /** One correspondant with its other spellings. @throws AppError forbidden, not-found */
    async get(actor: Actor, id: number): Promise<FicheCorrespondant & { ecritures: Ecriture[] }> {
      const row = await find(actor, id);
      const [found] = await fiches(actor, [row]);
      if (!found) throw notFound(correspondantsTexts(actor.lang).introuvable);
      // What others wrote on letters that one may not read is none of one's business.
      const ecritures = mayChange(actor) ? await repo.ecritures(database.kysely, id) : [];
      return { ...found, ecritures };
    },

    /** The correspondant of a name or of another spelling of it; null when there is none. @throws AppError forbidden */
    async parNom(actor: Actor, nom: string): Promise<number | null> {
      enterToChange(actor);
      return repo.parCles(database.kysely, clesDe(cleanNom(nom)));
    },

    /** Adds a correspondant. @returns its id @throws AppError forbidden, invalid */
    async add(actor: Actor, input: SaisieCorrespondant): Promise<number> {
      enterToChange(actor);
      const saisie = checked(actor, input);
      return database.transaction(async (trx) => {
        const id = await insert(trx, saisie, await checkName(trx, actor, saisie.nom, null));
        await journal.record(trx, actor, { action: 'correspondant.ajout', details: { correspondant: id } });
        return id;
      });
    },

    /**
     * Changes a correspondant. Letters keep the name as it is written on them; the old name leads to this one from
     * now on.
     *
     * @param version the version that the person saw
     * @throws AppError forbidden, not-found, invalid; conflict `VERSION_CONFLICT`
     */
    async update(actor: Actor, id: number, input: SaisieCorrespondant, version: number): Promise<void> {
      enterToChange(actor);
      const before = await find(actor, id);
      if (before.version !== version) throw perimee(actor);
      const saisie = checked(actor, input);
      await database.transaction(async (trx) => {
        const cle = await checkName(trx, actor, saisie.nom, id);
        await repo.oublierEcriture(trx, clesDe(saisie.nom));
        const done = await repo.update(trx, { id, version }, saisie, { cle, termes: termesDe(saisie.nom) });
        if (!done) throw perimee(actor);
        const old = cleDe(before.nom);
        if (old !== cle) await repo.ajouterEcriture(trx, id, before.nom, clesDe(before.nom));
        await journal.record(trx, actor, {
          action: 'correspondant.modification',
          details: { correspondant: id },
        });
      });
    },

    /** Offers a correspondant as one types, or no longer does. @throws AppError like `update` */
    async setActif(actor: Actor, id: number, actif: boolean, version: number): Promise<void> {
      enterToChange(actor);
      await find(actor, id);
      await database.transaction(async (trx) => {
        if (!(await repo.setActif(trx, { id, version }, actif))) throw perimee(actor);
        await journal.record(trx, actor, {
          action: 'correspondant.activation',
          details: { correspondant: id, actif },
        });
      });
    },

    /** Forgets another spelling: typed again, it will be a correspondant of its own. @throws AppError */
    async retirerEcriture(actor: Actor, id: number, ecritureId: number): Promise<void> {
      enterToChange(actor);
      await database.transaction(async (trx) => {
        if (!(await repo.retirerEcriture(trx, id, ecritureId))) {
          throw notFound(correspondantsTexts(actor.lang).introuvable);
        }
        await journal.record(trx, actor, {
          action: 'correspondant.ecriture',
          details: { correspondant: id },
        });
      });
    },

    /**
     * The pairs that are likely one correspondant, the surest first unless it is said.
     *
     * @param at which page; all of them without one
     * @throws AppError forbidden
     */
    async doublons(
      actor: Actor,
      { q = '', tri = 'raison', ordre = 'asc' }: DemandeDoublons = {},
      at?: { page: number; size: number },
    ): Promise<{ paires: DoublonCorrespondant[]; total: number }> {
      enterToChange(actor);
      const rows = await repo.toutes('all');
      const distincts = await repo.distincts();
      const byId = new Map(rows.map((row) => [row.id, row]));
      const typed = motsDe(q);
      const nom = (id: number) => byId.get(id)?.nom ?? '';
      const paires = (await ressemblances(rows, () => setImmediate())).filter(
        ({ a, b }) =>
          !distincts.has(`${a} ${b}`) &&
          (q.trim() === '' || (typed.length > 0 && [a, b].some((id) => correspond(nom(id), typed)))),
      );
      if (tri === 'nom') paires.sort((x, y) => nom(x.a).localeCompare(nom(y.a), 'fr'));
      if (ordre === 'desc') paires.reverse();
      const shown = at ? paires.slice((at.page - 1) * at.size, at.page * at.size) : paires;
      const wanted = [...new Set(shown.flatMap(({ a, b }) => [a, b]))].flatMap((id) => byId.get(id) ?? []);
      const known = new Map((await fiches(actor, wanted)).map((one) => [one.id, one]));
      return {
        total: paires.length,
        paires: shown.flatMap(({ a, b, motif }) => {
          const [first, second] = [known.get(a), known.get(b)];
          return first && second ? [{ a: first, b: second, motif }] : [];
        }),
      };
    },

    /** All likely doubles that are asked for, for a file; it is in the journal. @throws AppError forbidden */
    async exporterDoublons(actor: Actor, demande: DemandeDoublons): Promise<DoublonCorrespondant[]> {
      const { paires } = await this.doublons(actor, demande);
      await database.transaction((trx) =>
        journal.record(trx, actor, {
          action: 'correspondant.export',
          details: { liste: 'doublons', nombre: paires.length },
        }),
      );
      return paires;
    },

    /** Keeps that two correspondants are two: they are no longer shown as doubles. @throws AppError */
    async distinguer(actor: Actor, a: number, b: number): Promise<void> {
      enterToChange(actor);
      await Promise.all([find(actor, a), find(actor, b)]);
      if (a === b) throw invalid([{ field: 'b', message: correspondantsTexts(actor.lang).memeDeux }]);
      await database.transaction(async (trx) => {
        await repo.distinguer(trx, a, b);
        await journal.record(trx, actor, {
          action: 'correspondant.distinction',
          details: { correspondant: a, a: b },
        });
      });
    },
  };
}

export type AnnuaireService = ReturnType<typeof createAnnuaireService>;
