import { createHash } from 'node:crypto';
import { dayOf, forbidden, type Actor } from '@gec/core';
import type { ForeignDatabase } from '@gec/db';
import type { Base } from '../../../context.ts';
import type { JournalService } from '../../journal/journal.service.ts';
import { createComptes, type ComptesDeps } from './reprise.comptes.ts';
import { lignes, type Contexte } from './reprise.contexte.ts';
import type { Dossier } from './reprise.fichiers.ts';
import { createLettres, type LettresDeps, type Progres } from './reprise.lettres.ts';
import { createOrganisation, type OrganisationDeps } from './reprise.organisation.ts';
import { createReglages, type ReglagesDeps } from './reprise.reglages.ts';
import { createRepriseRepo } from './reprise.repo.ts';
import { TABLES_LUES, type Bilan, type Choix } from './reprise.schema.ts';
import { createSuivi } from './reprise.suivi.ts';
import { repriseTexts } from './reprise.texts.ts';
import { enId, enInstant, enTexte } from './reprise.valeurs.ts';

/** What a takeover is built from. */
export type RepriseDeps = Pick<Base, 'database' | 'keyring' | 'clock'> &
  Omit<OrganisationDeps, 'repo'> &
  Omit<ComptesDeps, 'repo'> &
  Omit<LettresDeps, 'repo'> &
  ReglagesDeps & { journal: Pick<JournalService, 'record' | 'recordAlone'> };

/** An older installation and what was decided of it. */
export interface Demande {
  readonly foreign: ForeignDatabase;
  readonly dossier: Dossier;
  readonly choix: Choix;
}

/** Entries of the old journal kept in one transaction. */
const JOURNAL_LOT = 200;

/** Taking over an installation of the older program: rehearsed first, then done, and done again without doubling. */
export function createRepriseService(deps: RepriseDeps) {
  const { database, keyring, journal } = deps;
  const repo = createRepriseRepo(database, keyring);
  const organisation = createOrganisation({ ...deps, repo });
  const comptes = createComptes({ ...deps, repo });
  const reglages = createReglages(deps);
  const lettres = createLettres({ ...deps, repo });

  /** Whoever takes accounts over, administrators among them, must be above them all. */
  function autoriser(actor: Actor): void {
    const allowed = actor.kind !== 'user' || actor.role === 'super_admin';
    if (!allowed) throw forbidden(repriseTexts(actor.lang).refuse);
  }

  /** A name for an installation, made of its oldest rows: the same at every run, whatever its folder is called. */
  async function nommer(foreign: ForeignDatabase): Promise<string> {
    const [user] = await foreign.page('user', -1, 1);
    const [courrier] = await foreign.page('courrier', -1, 1);
    const faits = [
      user?.['id'],
      user?.['username'],
      courrier?.['id'],
      courrier?.['numero_accuse_reception'],
      courrier?.['date_enregistrement'],
    ].map((fact) => enTexte(fact) ?? '');
    return `ancien-${createHash('sha256').update(JSON.stringify(faits)).digest('hex').slice(0, 20)}`;
  }

  /** Numbers with the year of their letter, by flow. */
  async function numeros({ foreign, choix }: Contexte) {
    const found = { ENTRANT: [], SORTANT: [] } as Record<
      'ENTRANT' | 'SORTANT',
      { numero: string; annee: string }[]
    >;
    for await (const row of lignes(foreign, 'courrier')) {
      const le = enInstant(row['date_enregistrement'], choix.fuseau);
      const numero = enTexte(row['numero_accuse_reception']);
      if (le === null || numero === null) continue;
      const flux = /^(sort|dep)/i.test(enTexte(row['type_courrier']) ?? '') ? 'SORTANT' : 'ENTRANT';
      found[flux].push({ numero, annee: dayOf(new Date(le), choix.fuseau).slice(0, 4) });
    }
    return found;
  }

  /** Keeps the old journal as it was. @returns SHA-256 of its entries, which goes into our own chained journal */
  async function ancienJournal(ctx: Contexte): Promise<string> {
    const { foreign, suivi, choix, source } = ctx;
    const table = 'log_activite';
    suivi.table(table, await foreign.count(table));
    const hash = createHash('sha256');
    let lot: { ancienId: number; date: string | null; contenu: Record<string, unknown> }[] = [];
    const garder = async () => {
      const entries = lot as Parameters<typeof repo.garderJournal>[2];
      const neufs = ctx.simulation
        ? lot.length
        : await database.transaction((trx) => repo.garderJournal(trx, source, entries));
      suivi.compter(table, 'repris', neufs);
      suivi.compter(table, 'deja', lot.length - neufs);
      lot = [];
    };
    for await (const row of lignes(foreign, table)) {
      const contenu = Object.fromEntries(Object.entries(row).map(([name, value]) => [name, enTexte(value)]));
      hash.update(`${JSON.stringify(contenu)}\n`);
      lot.push({ ancienId: Number(row['id']), date: enInstant(row['date_action'], choix.fuseau), contenu });
      if (lot.length >= JOURNAL_LOT) await garder();
    }
    await garder();
    return hash.digest('hex');
  }

  async function departementsDe(
    { foreign }: Contexte,
    parDepartement: ReadonlyMap<number, number>,
  ): Promise<Map<number, number>> {
    const by = new Map<number, number>();
    for await (const row of lignes(foreign, 'user')) {
      const departement = parDepartement.get(enId(row['departement_id']) ?? 0);
      if (departement !== undefined) by.set(Number(row['id']), departement);
    }
    return by;
  }

  return {
    /**
     * Takes an installation over, or says what would come of it.
     *
     * @param options `simulation`: nothing is written anywhere; `progres` is told after each letter; `signal` ends the
     *   work after the letter at hand, and a later run goes on from there
     * @returns the reconciliation: counts by table there and here, sums of files, every row that was not taken or not
     *   as it was
     * @throws AppError forbidden to everybody but a super administrator and the command line
     */
    async executer(
      actor: Actor,
      demande: Demande,
      options: { simulation: boolean; progres?: Progres; signal?: AbortSignal | undefined },
    ): Promise<Bilan> {
      autoriser(actor);
      const { simulation, progres = () => undefined, signal } = options;
      const { foreign, choix } = demande;
      const suivi = createSuivi();
      const source = await nommer(foreign);
      const ctx: Contexte = { actor, foreign, choix, source, simulation, suivi };

      // Before the first letter: registers are opened in the format that the settings say.
      await reglages.formats(ctx, await numeros(ctx));
      await reglages.reglages(ctx);
      const parDepartement = await organisation.departements(ctx);
      const parRole = await organisation.roles(ctx);
      const parCompte = await comptes.comptes(ctx, parRole, parDepartement);
      await comptes.chefs(ctx, parDepartement, parCompte);
      const statut = await organisation.statuts(ctx);
      const types = await organisation.types(ctx);
      const departements = await departementsDe(ctx, parDepartement);
      let inconnu: Promise<number> | null = null;
      const reprise = () => (inconnu ??= comptes.reprise(ctx));
      await lettres(ctx, { comptes: parCompte, departements, types, statut, reprise }, demande.dossier, {
        progres,
        signal,
      });
      await reglages.regles(ctx);
      const empreinteJournal = await ancienJournal(ctx);
      for (const table of [...foreign.tables.keys()].sort()) {
        if (TABLES_LUES.some((lue) => lue === table) || table.startsWith('sqlite_')) continue;
        suivi.table(table, await foreign.count(table));
        suivi.compter(table, 'ecartes', await foreign.count(table));
        suivi.noter('table_non_reprise', table, null, table);
      }
      const bilan = suivi.bilan({ source, simulation, fuseau: choix.fuseau });
      if (!simulation) {
        const courriers = bilan.tables.find(({ table }) => table === 'courrier');
        await journal.recordAlone(actor, {
          action: 'reprise.installation',
          details: {
            source,
            courriers: courriers?.repris ?? 0,
            deja: courriers?.deja ?? 0,
            ecartes: courriers?.ecartes ?? 0,
            journal_sha256: empreinteJournal,
          },
        });
      }
      return bilan;
    },

    /** The journals of installations that were taken over, as they were; one JSON text an entry. @throws AppError forbidden */
    async *journal(actor: Actor): AsyncGenerator<{ source: string; contenu: string }> {
      autoriser(actor);
      await journal.recordAlone(actor, { action: 'journal.consultation', details: { ancien: true } });
      yield* repo.lireJournal();
    },
  };
}

export type RepriseService = ReturnType<typeof createRepriseService>;
