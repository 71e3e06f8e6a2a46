import { conflict, fill, invalid, type Actor } from '@gec/core';
import type { Base, Trx } from '../../context.ts';
import type { TypeCourrier } from '../../db/schema.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import { COMPTEUR_MAX, formatNumero, normalizeNumero, NUMERO_MAX, placeIn } from './registres.format.ts';
import {
  anneeDe,
  autreFlux,
  fluxMot,
  numeroAt,
  planRegistre,
  reglesDe,
  toRegistre,
} from './registres.plan.ts';
import type { LigneRegistre, NouveauNumero, RegistresRepo } from './registres.repo.ts';
import { registresTexts } from './registres.texts.ts';

/** The field of the specification that a wrong number is refused on. */
const FIELD = 'numero_accuse_reception';

/** What a letter's number is taken for. */
export interface PriseNumero {
  flux: TypeCourrier;
  courrierId: number;
  codeDepartement: string | null;
  at: Date;
  manuel?: string | undefined;
}

/** A number that a letter has already, given elsewhere. */
export interface NumeroDonne {
  flux: TypeCourrier;
  courrierId: number;
  numero: string;
  /** When it was given: decides the year of the register. */
  at: Date;
  utilisateurId: number | null;
}

interface Deps {
  database: Pick<Base['database'], 'dialect'>;
  repo: RegistresRepo;
  parametres: Pick<ParametresService, 'get'>;
}

/** How numbers are taken, inside the transaction of whoever takes them. */
export function createNumerotation({ database, repo, parametres }: Deps) {
  /** Opens the register of a year from the settings unless it is open; whoever comes first does it, others wait. */
  async function open(trx: Trx, flux: TypeCourrier, annee: number): Promise<void> {
    if (await repo.find(trx, flux, annee)) return;
    const settings = await parametres.get(trx);
    await repo.open(trx, await planRegistre(repo, trx, settings, flux, annee, trx));
  }

  async function advance(trx: Trx, flux: TypeCourrier, annee: number, force = false): Promise<LigneRegistre> {
    const first = await repo.advance(trx, flux, annee, force);
    if (first) return first;
    await open(trx, flux, annee);
    const row = await repo.advance(trx, flux, annee, force);
    if (!row) throw new Error(`the register ${flux} ${annee} could not be opened`);
    return row;
  }

  async function insert(trx: Trx, actor: Actor, numero: NouveauNumero): Promise<void> {
    try {
      await repo.insert(trx, numero);
    } catch (error) {
      // Only another register can be meant: this one is locked. The transaction is lost, so the person tries again.
      if (!database.dialect.isUniqueViolation(error, 'numero')) throw error;
      throw conflict('NUMBER_TAKEN', registresTexts(actor.lang).numeroConcurrent);
    }
  }

  /**
   * The next free place of a register that was just moved on. A number that exists already, typed by hand before, is
   * passed over; where it stood outside the count of this register it takes the place, so that no place is empty.
   */
  async function freePlace(
    trx: Trx,
    actor: Actor,
    moved: LigneRegistre,
    dept: string | null,
  ): Promise<{ compteur: number; numero: string }> {
    for (let row = moved; ; row = await advance(trx, row.flux, row.annee, true)) {
      const compteur = row.prochain - 1;
      if (compteur >= COMPTEUR_MAX) throw conflict('REGISTER_FULL', registresTexts(actor.lang).registrePlein);
      const { flux, annee } = row;
      const numero = formatNumero(row.format, { annee, flux, compteur, dept });
      const clashes = await repo.clashes(trx, { registreId: row.id, compteur, numero });
      if (clashes.length === 0) return { compteur, numero };
      const [known] = clashes;
      // Found by its number alone: nothing stands at the place yet.
      if (known && clashes.length === 1 && known.numero === numero && known.compteur === null) {
        if (known.registre_id === row.id) await repo.setPlace(trx, known.id, compteur);
      }
    }
  }

  /** Checks a typed number and says its place. */
  async function typedPlace(
    trx: Trx,
    actor: Actor,
    row: LigneRegistre,
    typed: string,
    dept: string | null,
  ): Promise<{ compteur: number | null; numero: string }> {
    const texts = registresTexts(actor.lang);
    const refuse = (message: string) => invalid([{ field: FIELD, message }]);
    if (typed.trim() === '') throw refuse(texts.numeroRequis);
    let numero = normalizeNumero(typed);
    if (numero === null) throw refuse(fill(texts.numeroRefuse, { n: NUMERO_MAX }));

    const place = placeIn(row, numero);
    if (place) {
      // As the format writes it: `gec-2026-00012` is the same number in small letters.
      numero = formatNumero(row.format, { ...row, compteur: place.compteur, dept: place.dept });
    } else {
      const flux = autreFlux(row.flux);
      const other = (await repo.find(trx, flux, row.annee)) ?? {
        ...reglesDe(await parametres.get(trx), flux),
        flux,
        annee: row.annee,
      };
      if (placeIn(other, numero)) {
        throw refuse(fill(texts.numeroAutreRegistre, { numero, autre: fluxMot(actor.lang, flux) }));
      }
    }
    const clashes = await repo.clashes(trx, { registreId: row.id, compteur: place?.compteur ?? 0, numero });
    if (clashes.some((one) => one.numero === numero)) {
      const prochain = numeroAt(toRegistre(row), row.prochain, dept);
      throw refuse(
        prochain === '' || prochain === numero
          ? fill(texts.numeroPrisSimple, { numero })
          : fill(texts.numeroPris, { numero, prochain }),
      );
    }
    // Two departments may share a place by hand; the second number stands beside the count.
    if (!place || clashes.length > 0) return { compteur: null, numero };
    return { compteur: place.compteur, numero };
  }

  return {
    open,

    /** See `take` of the service. */
    async take(trx: Trx, actor: Actor, input: PriseNumero): Promise<{ numero: string }> {
      const { flux, codeDepartement: dept, manuel } = input;
      const row = await advance(trx, flux, anneeDe(input.at, await parametres.get(trx)));
      if (row.mode === 'automatique' && manuel !== undefined && manuel.trim() !== '') {
        throw invalid([{ field: FIELD, message: registresTexts(actor.lang).numeroAutomatique }]);
      }
      const { compteur, numero } =
        row.mode === 'automatique'
          ? await freePlace(trx, actor, row, dept)
          : await typedPlace(trx, actor, row, manuel ?? '', dept);
      if (row.mode === 'manuel' && compteur !== null && compteur >= row.prochain) {
        await repo.update(trx, row.id, { prochain: compteur + 1 });
      }
      await insert(trx, actor, {
        registreId: row.id,
        compteur,
        numero,
        etat: 'ATTRIBUE',
        courrierId: input.courrierId,
        motif: null,
        utilisateurId: actor.kind === 'user' ? actor.userId : null,
        date: input.at.toISOString(),
      });
      return { numero };
    },

    /** See `inscrire` of the service. */
    async inscrire(
      trx: Trx,
      { flux, courrierId, numero, at, utilisateurId }: NumeroDonne,
    ): Promise<'inscrit' | 'pris'> {
      const annee = anneeDe(at, await parametres.get(trx));
      await open(trx, flux, annee);
      const { id } = (await repo.find(trx, flux, annee))!;
      const row = await repo.lock(trx, id);
      const place = placeIn(row, numero);
      const clashes = await repo.clashes(trx, { registreId: id, compteur: place?.compteur ?? 0, numero });
      if (clashes.some((one) => one.numero === numero)) return 'pris';
      // Another number may stand at the place (two departments, two ways of writing): this one stands beside the count.
      const compteur = place && clashes.length === 0 ? place.compteur : null;
      if (compteur !== null && compteur >= row.prochain) {
        await repo.update(trx, id, { prochain: compteur + 1 });
      }
      await repo.insert(trx, {
        registreId: id,
        compteur,
        numero,
        etat: 'ATTRIBUE',
        courrierId,
        motif: null,
        utilisateurId,
        date: at.toISOString(),
      });
      return 'inscrit';
    },

    /** Takes the next number and cancels it at once, in either mode. */
    async cancel(
      trx: Trx,
      actor: Actor,
      input: { flux: TypeCourrier; at: Date; dept: string | null; motif: string },
    ): Promise<string> {
      const row = await advance(trx, input.flux, anneeDe(input.at, await parametres.get(trx)), true);
      if (!/\{counter/.test(row.format)) {
        throw conflict('NO_COUNTER', registresTexts(actor.lang).sansCompteur);
      }
      const { compteur, numero } = await freePlace(trx, actor, row, input.dept);
      await insert(trx, actor, {
        registreId: row.id,
        compteur,
        numero,
        etat: 'ANNULE',
        courrierId: null,
        motif: input.motif,
        utilisateurId: actor.kind === 'user' ? actor.userId : null,
        date: input.at.toISOString(),
      });
      return numero;
    },
  };
}
