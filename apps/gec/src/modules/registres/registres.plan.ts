import { dayOf, fill, type FieldError, type Lang } from '@gec/core';
import type { Via } from '../../cache.ts';
import type { Trx } from '../../context.ts';
import type { TypeCourrier } from '../../db/schema.ts';
import type { Parametres } from '../parametres/parametres.schema.ts';
import { checkFormat, formatNumero, hasYear, NUMERO_MAX } from './registres.format.ts';
import { formatsMeet } from './registres.overlap.ts';
import type { LigneRegistre, RegistresRepo } from './registres.repo.ts';
import type { Registre } from './registres.schema.ts';
import { registresTexts } from './registres.texts.ts';

/** What the settings say of the numbers of a flow. */
export function reglesDe(parametres: Parametres, flux: TypeCourrier) {
  return {
    mode: parametres.modeNumero,
    format: flux === 'ENTRANT' ? parametres.formatArrivee : parametres.formatDepart,
    valeurDepart: flux === 'ENTRANT' ? parametres.valeurDepartArrivee : parametres.valeurDepartDepart,
  };
}

/** The year of the register that a letter belongs to: that of its registration, where the office is. */
export function anneeDe(instant: Date, parametres: Parametres): number {
  return Number(dayOf(instant, parametres.fuseauHoraire).slice(0, 4));
}

/** The other flow. */
export function autreFlux(flux: TypeCourrier): TypeCourrier {
  return flux === 'ENTRANT' ? 'SORTANT' : 'ENTRANT';
}

/** The flow as a word within a sentence. */
export function fluxMot(lang: Lang, flux: TypeCourrier): string {
  const texts = registresTexts(lang);
  return flux === 'ENTRANT' ? texts.arrivees : texts.departs;
}

export function toRegistre(row: Omit<LigneRegistre, 'id'>): Registre {
  const { flux, annee, format, mode, valeur_depart: valeurDepart, prochain } = row;
  return { flux, annee, format, mode, valeurDepart, prochain };
}

/** The number at a place of a register; empty when its format has no counter. */
export function numeroAt(registre: Registre, compteur: number, dept: string | null): string {
  if (!/\{counter/.test(registre.format)) return '';
  return formatNumero(registre.format, { annee: registre.annee, flux: registre.flux, compteur, dept });
}

/**
 * The register of a year as it will be opened. The first register of a flow begins at the starting value of the
 * settings, so that it continues the paper register. A later year begins at 1 again when its numbers say their year;
 * else it goes on where the year before stopped.
 *
 * @param lockBefore locks the register of the year before, so that nobody takes a number there meanwhile
 */
export async function planRegistre(
  repo: RegistresRepo,
  via: Via,
  parametres: Parametres,
  flux: TypeCourrier,
  annee: number,
  lockBefore: Trx | null,
): Promise<Omit<LigneRegistre, 'id'>> {
  const { mode, format, valeurDepart } = reglesDe(parametres, flux);
  let start = valeurDepart;
  let previous = await repo.before(via, flux, annee);
  if (previous) {
    if (hasYear(format)) start = 1;
    else if (!hasYear(previous.format)) {
      if (lockBefore) previous = await repo.lock(lockBefore, previous.id);
      start = previous.prochain;
    }
  }
  return { flux, annee, format, mode, valeur_depart: start, prochain: start };
}

/**
 * Why a register cannot be as wished.
 *
 * @param wish the register; `continues` when its count goes on from a paper register or from the year before
 * @param other format of the other flow's register in the same year
 * @returns one message at most for each of `format` and `valeurDepart`
 */
export function checkRegistre(
  lang: Lang,
  wish: {
    flux: TypeCourrier;
    annee: number;
    format: string;
    mode: 'automatique' | 'manuel';
    continues: boolean;
  },
  other: { flux: TypeCourrier; format: string },
): FieldError[] {
  const texts = registresTexts(lang);
  const wrong = checkFormat(wish.format, wish.mode, wish.continues);
  if (wrong) return [{ field: 'format', message: fill(texts[wrong], { n: NUMERO_MAX }) }];
  if (checkFormat(other.format, 'manuel', true) === null && formatsMeet(wish.annee, wish, other)) {
    const message = fill(texts.formatsSeRencontrent, { autre: fluxMot(lang, other.flux) });
    return [{ field: 'format', message }];
  }
  return [];
}
