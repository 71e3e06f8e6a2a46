import {
  addDays,
  can,
  fill,
  forbidden,
  invalid,
  notFound,
  startOfDay,
  type Actor,
  type FieldError,
} from '@gec/core';
import type { Base, Trx } from '../../context.ts';
import type { TypeCourrier } from '../../db/schema.ts';
import { principals } from '../courriers/courriers.policy.ts';
import type { DepartementsService } from '../departements/departements.service.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { Parametres } from '../parametres/parametres.schema.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import { createControle } from './registres.controle.ts';
import { createNumerotation } from './registres.numerotation.ts';
import { createConfiguration } from './registres.configuration.ts';
import { anneeDe, autreFlux, checkRegistre, planRegistre, toRegistre } from './registres.plan.ts';
import { createRegistresRepo } from './registres.repo.ts';
import {
  FLUX,
  MOTIF_MAX,
  type ApercuDemande,
  type ConfigurationRegistre,
  type Intervalle,
  type NumeroRegistre,
  type Registre,
  type RegistreResume,
} from './registres.schema.ts';
import { registresTexts } from './registres.texts.ts';

/** What the registers need. */
export interface RegistresDeps extends Pick<Base, 'database' | 'keyring' | 'clock'> {
  journal: Pick<JournalService, 'record'>;
  parametres: Pick<ParametresService, 'get' | 'onChange'>;
  departements: Pick<DepartementsService, 'byId'>;
}

const BOOK_PAGE = 500;

/** The registers: numbers without double and without gap (DESIGN.md § 7). */
export function createRegistresService(deps: RegistresDeps) {
  const { database, keyring, clock, journal, parametres, departements } = deps;
  const { kysely } = database;
  const repo = createRegistresRepo(database, keyring);
  const { nextFree, gapsOf } = createControle({ kysely, repo });
  const numerotation = createNumerotation({ database, repo, parametres });
  const configuration = createConfiguration({ repo, parametres, clock, open: numerotation.open });

  parametres.onChange(async (trx, actor, change) => {
    const changed = await configuration.followSettings(trx, actor, change);
    for (const registre of changed) await recordConfiguration(trx, actor, registre);
  });

  function recordConfiguration(
    trx: Trx,
    actor: Actor,
    { flux, annee, format, mode, valeurDepart }: Registre,
  ) {
    return journal.record(trx, actor, {
      action: 'registre.configuration',
      details: { flux, annee, format, mode, valeurDepart },
    });
  }

  function checkMotif(actor: Actor, motif: string): string {
    const texts = registresTexts(actor.lang);
    const words = motif.trim();
    const errors: FieldError[] = [];
    if (words === '') errors.push({ field: 'motif', message: texts.motifRequis });
    if (words.length > MOTIF_MAX) {
      errors.push({ field: 'motif', message: fill(texts.motifTropLong, { n: MOTIF_MAX }) });
    }
    if (errors.length > 0) throw invalid(errors);
    return words;
  }

  async function codeOf(actor: Actor, trx?: Trx): Promise<string | null> {
    if (actor.kind !== 'user' || actor.departementId === null) return null;
    return (await departements.byId(actor.departementId, trx))?.code ?? null;
  }

  /** The register of a year, or what it will be. */
  async function current(flux: TypeCourrier, annee: number, settings: Parametres): Promise<Registre> {
    const row = await repo.find(kysely, flux, annee);
    return toRegistre(row ?? (await planRegistre(repo, kysely, settings, flux, annee, null)));
  }

  async function setEtat(
    trx: Trx,
    actor: Actor,
    courrierId: number,
    etat: 'ANNULE' | 'DETRUIT',
    motif: string,
  ): Promise<{ numero: string }> {
    const words = checkMotif(actor, motif);
    const date = clock.now().toISOString();
    const numero = await repo.setEtat(trx, courrierId, { etat, motif: words, date });
    if (numero === undefined) throw notFound(registresTexts(actor.lang).numeroInconnu);
    return { numero };
  }

  return {
    /**
     * Gives a letter its number, in the transaction that stores it. The register stays locked until that transaction
     * ends: call it as late in the transaction as can be.
     *
     * Automatic: the next place. A number that was typed by hand before is passed over, and takes that place in its
     * register. Manual: `manuel`, whose place is the one it says when it follows the format; what follows goes on
     * from there.
     *
     * @param input `at` decides the year, in the zone of the office; `codeDepartement` fills `{dept}`
     * @throws AppError invalid on `numero_accuse_reception`; conflict when another transaction was faster
     */
    take: numerotation.take,

    /**
     * Writes a number into its register that a letter was given elsewhere, exactly as it is, whatever the mode; the
     * register goes on behind it when it follows the format. The register stays locked until the transaction ends.
     *
     * @returns `pris` when the number exists already; nothing is written then
     */
    inscrire: numerotation.inscrire,

    /** Whether a number was ever given out, in any register. */
    existe: async (numero: string, trx?: Trx): Promise<boolean> =>
      (await repo.findNumero(trx ?? kysely, numero)) !== undefined,

    /**
     * The mode of this year's register and its next number, without taking it.
     *
     * @param codeDepartement fills `{dept}` where the format has it
     */
    async proposed(
      flux: TypeCourrier,
      codeDepartement: string | null = null,
    ): Promise<{ mode: 'automatique' | 'manuel'; numero: string }> {
      const settings = await parametres.get();
      const registre = await current(flux, anneeDe(clock.now(), settings), settings);
      return { mode: registre.mode, numero: await nextFree(registre, codeDepartement) };
    },

    /**
     * Takes the next number without a letter: a number that was written on paper and spoilt.
     *
     * @param input `attendu` is the number that the person saw as the next one: when it is taken meanwhile, by another
     *   clerk or by the same form sent twice, no other is cancelled in its place
     * @throws AppError forbidden; invalid on `motif`, and on `flux` when the next number is not `attendu`; conflict when
     *   the format has no counter
     */
    async cancelNext(
      actor: Actor,
      { flux, motif, attendu }: { flux: TypeCourrier; motif: string; attendu?: string | undefined },
    ): Promise<{ numero: string }> {
      if (!can(actor, 'register_mail')) throw forbidden(registresTexts(actor.lang).refuseAnnuler);
      const words = checkMotif(actor, motif);
      return database.transaction(async (trx) => {
        const dept = await codeOf(actor, trx);
        const numero = await numerotation.cancel(trx, actor, { flux, at: clock.now(), dept, motif: words });
        if (attendu !== undefined && attendu !== numero) {
          const message = fill(registresTexts(actor.lang).prochainChange, { attendu, numero });
          throw invalid([{ field: 'flux', message }]);
        }
        await journal.record(trx, actor, { action: 'numero.annulation', numero, details: { flux } });
        return { numero };
      });
    },

    /** Marks the number of a letter as cancelled, with the reason; the number stays. The caller journals. */
    cancelOf: (trx: Trx, actor: Actor, courrierId: number, motif: string): Promise<{ numero: string }> =>
      setEtat(trx, actor, courrierId, 'ANNULE', motif),

    /** Makes a cancelled number its letter's again, when the letter comes out of the corbeille. The caller journals. */
    async restoreOf(trx: Trx, _actor: Actor, courrierId: number): Promise<void> {
      const date = clock.now().toISOString();
      await repo.setEtat(trx, courrierId, { etat: 'ATTRIBUE', motif: null, date });
    },

    /** Marks the number of a destroyed letter; the number stays. The caller journals. */
    destroyOf: (trx: Trx, actor: Actor, courrierId: number, motif: string): Promise<{ numero: string }> =>
      setEtat(trx, actor, courrierId, 'DETRUIT', motif),

    /**
     * Configures the register of a flow and a year, this one's or one to come; the settings (see `parametres`) say
     * how registers begin that nobody configured.
     *
     * @throws AppError forbidden; invalid on `format`, `valeurDepart`, `annee`
     */
    async configure(actor: Actor, wish: ConfigurationRegistre): Promise<Registre> {
      if (!can(actor, 'manage_system_settings')) {
        throw forbidden(registresTexts(actor.lang).refuseConfigurer);
      }
      return database.transaction(async (trx) => {
        const registre = await configuration.configure(trx, actor, wish);
        await recordConfiguration(trx, actor, registre);
        return registre;
      });
    },

    /**
     * The number that this year's register would give next if it were as wished, without changing anything.
     *
     * @param wish the flow's format, mode and starting value, and the other flow's format beside it
     * @returns the number (empty without a counter), or why the format is refused
     */
    async preview(
      actor: Actor,
      wish: ApercuDemande,
    ): Promise<{ ok: true; numero: string } | { ok: false; message: string }> {
      const settings = await parametres.get();
      const annee = anneeDe(clock.now(), settings);
      const present = await current(wish.flux, annee, settings);
      const row = await repo.find(kysely, wish.flux, annee);
      const used = row !== undefined && (await repo.hasNumbers(kysely, row.id));
      const place = used ? present.prochain : wish.valeurDepart;
      const autre = { flux: autreFlux(wish.flux), format: wish.autreFormat };
      const [error] = checkRegistre(actor.lang, { ...wish, annee, continues: place > 1 }, autre);
      if (error) return { ok: false, message: error.message };
      const wished = { ...present, format: wish.format, prochain: place };
      return { ok: true, numero: await nextFree(wished, await codeOf(actor)) };
    },

    /** Every register, newest year first, with this year's two even before their first number. */
    async list(actor: Actor): Promise<RegistreResume[]> {
      if (!can(actor, 'register_mail') && !can(actor, 'manage_system_settings')) {
        throw forbidden(registresTexts(actor.lang).refuseLire);
      }
      const settings = await parametres.get();
      const annee = anneeDe(clock.now(), settings);
      const dept = await codeOf(actor);
      const rows = await repo.all(kysely);
      const counts = await repo.counts(kysely);
      const count = (id: number, etat: string): number =>
        counts.find((one) => one.registreId === id && one.etat === etat)?.n ?? 0;
      const opened = await Promise.all(
        rows.map(async (row): Promise<RegistreResume> => {
          const registre = toRegistre(row);
          return {
            ...registre,
            ouvert: true,
            courant: row.annee === annee,
            prochainNumero: await nextFree(registre, dept),
            attribues: count(row.id, 'ATTRIBUE'),
            annules: count(row.id, 'ANNULE'),
            detruits: count(row.id, 'DETRUIT'),
            manquants: await gapsOf(row),
          };
        }),
      );
      const unopened: RegistreResume[] = [];
      for (const flux of FLUX) {
        if (rows.some((row) => row.flux === flux && row.annee === annee)) continue;
        const registre = await current(flux, annee, settings);
        const prochainNumero = await nextFree(registre, dept);
        const none = { attribues: 0, annules: 0, detruits: 0, manquants: [] };
        unopened.push({ ...registre, ouvert: false, courant: true, prochainNumero, ...none });
      }
      return [...unopened, ...opened].sort(
        (a, b) => b.annee - a.annee || FLUX.indexOf(a.flux) - FLUX.indexOf(b.flux),
      );
    },

    /**
     * The numbers given out in a period, in the order in which they were, cancelled and destroyed ones included, as
     * far as the actor may know of them.
     *
     * @param range days (`YYYY-MM-DD`), both included, in the zone of the office
     * @throws AppError forbidden without `export_courriers`
     */
    async *book(
      actor: Actor,
      { flux, from, to }: { flux: TypeCourrier; from: string; to: string },
    ): AsyncGenerator<NumeroRegistre, void, undefined> {
      if (!can(actor, 'export_courriers')) throw forbidden(registresTexts(actor.lang).refuseExporter);
      const { fuseauHoraire } = await parametres.get();
      const where = {
        flux,
        from: startOfDay(from, fuseauHoraire),
        before: startOfDay(addDays(to, 1), fuseauHoraire),
        vue: { principals: principals(actor), utilisateurId: actor.kind === 'user' ? actor.userId : null },
      };
      let after = 0;
      for (;;) {
        const page = await repo.book(kysely, { ...where, after }, BOOK_PAGE);
        yield* page;
        if (page.length < BOOK_PAGE) return;
        after = page.at(-1)!.id;
      }
    },

    /**
     * The self-check: places that no number has. Empty for a register that was always automatic; where numbers are
     * typed by hand, what was left out. At most 100 ranges.
     */
    async gaps(flux: TypeCourrier, annee: number): Promise<Intervalle[]> {
      const registre = await repo.find(kysely, flux, annee);
      return registre ? gapsOf(registre) : [];
    },
  };
}

export type RegistresService = ReturnType<typeof createRegistresService>;
