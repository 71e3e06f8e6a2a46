import { forbidden, timestamp, type Actor, type Clock, type FieldError, type UserActor } from '@gec/core';
import type { Keyring } from '@gec/crypto';
import { createJournalSequencer, type ChainReport, type Database } from '@gec/db';
import type { Logger } from 'pino';
import type { Trx } from '../../context.ts';
import type { GecTables } from '../../db/schema.ts';
import { journalScope, type JournalScope } from './journal.policy.ts';
import { createJournalRepo } from './journal.repo.ts';
import { journalQuery, parseJournalQuery } from './journal.forms.ts';
import { createLectures } from './journal.lectures.ts';
import { nomsDuJournal, type NomsDuJournalDeps } from './journal.noms.ts';
import { acteurInWords, actionLabel, detailsInWords } from './journal.presenter.ts';
import type {
  JournalAction,
  JournalEnMots,
  JournalEntry,
  JournalFilters,
  JournalLine,
} from './journal.schema.ts';
import { journalTexts } from './journal.texts.ts';

/** Counted exactly up to here; beyond, a page says « plus de ». */
export const JOURNAL_COUNT_CAP = 10_000;

/** Entries of one busy moment are chained together: one commit for many. */
const SEQUENCER_DELAY_MS = 50;

/** Takes part in what is recorded, in its transaction. */
export type JournalWatcher = (trx: Trx, actor: Actor, entry: JournalEntry) => Promise<void>;

/** Entries of one batch of an export: others get their turn between two. */
const EXPORT_BATCH = 200;

/** What the journal needs. */
export interface JournalDeps {
  database: Database<GecTables>;
  keyring: Keyring;
  clock: Clock;
  logger: Logger;
}

/** The activity journal: append-only, hash-chained (DESIGN.md § 8). */
export function createJournalService({ database, keyring, clock, logger }: JournalDeps) {
  const repo = createJournalRepo(database, keyring);
  const watchers: JournalWatcher[] = [];
  const lectures = createLectures(clock);
  const sequencer = createJournalSequencer({
    chain: repo.chain,
    delayMs: SEQUENCER_DELAY_MS,
    onError: (error) => logger.error({ err: error }, 'the journal could not be chained; trying again'),
  });
  const { chainAll } = sequencer;

  function scopeOf(actor: Actor): JournalScope {
    const scope = journalScope(actor);
    if (scope === null) throw forbidden(journalTexts(actor.lang).refuse);
    return scope;
  }

  function wholeOf(actor: Actor): void {
    if (scopeOf(actor) !== 'tous') throw forbidden(journalTexts(actor.lang).refuse);
  }

  return {
    /** Writes an entry in the transaction of what it records: neither exists without the other. */
    async record(trx: Trx, actor: Actor, entry: JournalEntry): Promise<void> {
      await repo.insert(trx, {
        action: entry.action,
        date: timestamp(clock),
        ip: actor.ip,
        utilisateurId: actor.kind === 'user' ? actor.userId : null,
        acteur: actor.kind === 'user' ? actor.username : `system:${actor.reason}`,
        courrierId: entry.courrierId ?? null,
        numero: entry.numero ?? null,
        compteId: entry.compteId ?? null,
        details: entry.details ?? null,
      });
      for (const watcher of watchers) await watcher(trx, actor, entry);
      sequencer.wake();
    },

    /** Lets another module do what follows from some entries, in the transaction that records them. */
    onRecord(watcher: JournalWatcher): void {
      watchers.push(watcher);
    },

    /** Writes an entry of its own, for reads and refusals that change nothing else. */
    async recordAlone(actor: Actor, entry: JournalEntry): Promise<void> {
      await database.transaction((trx) => this.record(trx, actor, entry));
    },

    /**
     * Notes that somebody reads a letter. With `apercu` it is seen without being opened (a page of its scan beside the
     * list, its facts in a form), which the reading that was noted a moment before covers.
     */
    async recordReading(
      actor: UserActor,
      courrier: { id: number; numero: string },
      { apercu = false } = {},
    ): Promise<void> {
      const { id, numero } = courrier;
      // The pages of one letter are asked for all at once: none is shown before the entry is there.
      const couverte = apercu ? lectures.couverte(actor.userId, id) : undefined;
      if (couverte) return couverte;
      const ecrite = this.recordAlone(actor, {
        action: 'courrier.consultation',
        courrierId: id,
        numero,
        ...(apercu ? { details: { apercu } } : {}),
      });
      lectures.noter(actor.userId, id, ecrite);
      return ecrite;
    },

    /**
     * A page of the entries that the actor may see, newest first unless `ordre` says otherwise.
     *
     * @param page `size` entries, those that come after `before` if it is given: the `suivant` of the page before
     * @returns `total` counted up to {@link JOURNAL_COUNT_CAP}, beyond which `totalPlafonne` is true
     * @throws AppError forbidden without `view_logs`
     */
    async list(
      actor: Actor,
      filters: JournalFilters,
      page: { size: number; before?: number; ordre?: 'asc' | 'desc' },
    ): Promise<{ lignes: JournalLine[]; total: number; totalPlafonne: boolean; suivant: number | null }> {
      const scope = scopeOf(actor);
      const lignes = await repo.page(filters, scope, page.size + 1, page.before, page.ordre);
      const more = lignes.length > page.size;
      if (more) lignes.pop();
      const total = await repo.count(filters, scope, JOURNAL_COUNT_CAP + 1);
      return {
        lignes,
        total: Math.min(total, JOURNAL_COUNT_CAP),
        totalPlafonne: total > JOURNAL_COUNT_CAP,
        suivant: more ? (lignes.at(-1)?.id ?? null) : null,
      };
    },

    /** The entries of a letter, oldest first. Whoever calls has checked that the actor may read the letter. */
    ofCourrier: (courrierId: number): Promise<JournalLine[]> => repo.ofCourrier(courrierId),

    /** The newest entries about an account. Whoever calls has checked that the actor may see the account. */
    ofCompte: (compteId: number, size: number): Promise<JournalLine[]> => repo.ofCompte(compteId, size),

    /** Notes that the actor looked into the journal, and by which filters; once for each search, not for each page. */
    async recordConsultation(actor: Actor, filters: JournalFilters): Promise<void> {
      const used = Object.entries(filters)
        .filter(([, value]) => value !== undefined)
        .map(([name]) => name);
      await this.recordAlone(actor, {
        action: 'journal.consultation',
        details: used.length === 0 ? {} : { filtres: used.join(', ') },
      });
    },

    /**
     * Reads the whole journal and proves that nothing was altered, removed or put in; the verification is itself an
     * entry.
     *
     * @param onProgress entries compared so far, and in all
     * @throws AppError forbidden for whoever may not see all of it
     */
    async verify(actor: Actor, onProgress?: (done: number, total: number) => void): Promise<ChainReport> {
      if (scopeOf(actor) !== 'tous') throw forbidden(journalTexts(actor.lang).refuseVerification);
      await chainAll();
      const report = await repo.chain.verify(onProgress);
      const place = report.firstBreak?.seq ?? report.firstBreak?.id ?? null;
      await this.recordAlone(actor, {
        action: 'journal.verification',
        details: { intact: report.ok, entrees: report.chained, ...(report.ok ? {} : { rupture: place }) },
      });
      return report;
    },

    /**
     * How many entries of an action fall between each instant and the next.
     *
     * @throws AppError forbidden for whoever may not see all of the journal
     */
    async parTranche(actor: Actor, action: JournalAction, bornes: readonly string[]): Promise<number[]> {
      wholeOf(actor);
      return repo.counts(action, bornes);
    },

    /** The newest entries of some actions since an instant. @throws AppError forbidden unless all may be seen */
    async recentes(
      actor: Actor,
      actions: readonly JournalAction[],
      depuis: string,
      limite: number,
    ): Promise<JournalLine[]> {
      wholeOf(actor);
      return repo.recent(actions, depuis, limite);
    },

    /** From which addresses people signed in since an instant. @throws AppError forbidden unless all may be seen */
    async adressesDe(actor: Actor, userIds: readonly number[], depuis: string) {
      wholeOf(actor);
      return repo.addresses('auth.connexion', userIds, depuis);
    },

    /**
     * Reads filters as an address or a form carries them.
     *
     * @param options ids of the people whose entries the actor may see, and the zone in which days begin
     * @returns what was understood, and a message for each value that was not
     */
    lireFiltres(
      actor: Actor,
      champs: Readonly<Record<string, unknown>>,
      options: { users: ReadonlySet<number>; timeZone: string },
    ): { filters: JournalFilters; errors: FieldError[] } {
      return parseJournalQuery(actor.lang, journalQuery.parse(champs), options);
    },

    /**
     * Every entry that the actor may see and that the filters let through, in words, newest first, in batches.
     *
     * @param noms who knows full names of people by id, and what the codes in entries are called
     * @throws AppError forbidden without `view_logs`
     */
    async *enMots(
      actor: Actor,
      filters: JournalFilters,
      noms: NomsDuJournalDeps & {
        personnes(ids: readonly number[]): Promise<ReadonlyMap<number, string>>;
      },
    ): AsyncGenerator<readonly JournalEnMots[]> {
      const { lang } = actor;
      const codes = await nomsDuJournal(noms);
      for await (const lines of repo.batches(filters, scopeOf(actor), EXPORT_BATCH)) {
        const personnes = await noms.personnes(lines.flatMap(({ utilisateurId }) => utilisateurId ?? []));
        const names = { ...codes, personnes };
        yield lines.map((line) => ({
          date: line.date,
          action: actionLabel(lang, line.action),
          acteur: acteurInWords(lang, line, names),
          numero: line.numero ?? '',
          details: detailsInWords(lang, line, names),
          ip: line.ip,
          seq: line.seq,
        }));
      }
    },

    /** How many entries the actor may see and the filters let through, counted up to `plafond`. */
    compter: async (actor: Actor, filters: JournalFilters, plafond: number): Promise<number> =>
      repo.count(filters, scopeOf(actor), plafond),

    /** Chains what waits, now. */
    chainNow: chainAll,

    /** Starts chaining what is written, within moments of its commit. */
    start: sequencer.start,

    /** Chains what is left and stops. */
    stop: sequencer.stop,
  };
}

export type JournalService = ReturnType<typeof createJournalService>;
