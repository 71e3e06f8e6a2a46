import type { Plage } from './recherche.moteur.ts';

/** Months of a period up to which the index is asked for them; beyond, the period hardly narrows. */
const MOIS_AU_PLUS = 12;

const PAR_MILLISECONDE = 1024;

/** The month of an instant in UTC, `YYYY-MM`. @param millisecondes since 1970 */
export function moisDe(millisecondes: number): string {
  return new Date(millisecondes).toISOString().slice(0, 7);
}

/** The part of the register that a month is, `YYYY-MM` in UTC. */
export function plageDeMois(mois: string): Plage {
  const debut = new Date(`${mois}-01T00:00:00Z`);
  const fin = Date.UTC(debut.getUTCFullYear(), debut.getUTCMonth() + 1);
  return { min: debut.getTime() * PAR_MILLISECONDE, max: fin * PAR_MILLISECONDE };
}

/** Every month that a part of the register touches, the oldest first. */
export function moisDePlage({ min, max }: Plage): string[] {
  const mois: string[] = [];
  if (max <= min) return mois;
  const debut = new Date(min / PAR_MILLISECONDE);
  const dernier = moisDe((max - 1) / PAR_MILLISECONDE);
  for (let i = 0; mois.at(-1) !== dernier; i++) {
    mois.push(moisDe(Date.UTC(debut.getUTCFullYear(), debut.getUTCMonth() + i)));
  }
  return mois;
}

/** As {@link moisDePlage}, or `null` when they are too many to be asked for. */
export function moisDemandes({ min, max }: Plage): string[] | null {
  const tropLong = max - min > MOIS_AU_PLUS * 31 * 86_400_000 * PAR_MILLISECONDE;
  return tropLong || max <= min ? null : moisDePlage({ min, max });
}
