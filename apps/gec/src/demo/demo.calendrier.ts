import { addDays, dayOf, startOfDay } from '@gec/core';
import type { Hasard } from './demo.hasard.ts';

/** The office is open from 7 h 30 to 15 h 30, Monday to Friday. */
const OUVERTURE_MS = 7.5 * 3_600_000;
const FERMETURE_MS = 15.5 * 3_600_000;
const MINUTE_MS = 60_000;
/** Letters of one day at most. */
const PAR_JOUR_MAX = 86;

const estOuvre = (jour: string): boolean => {
  const day = new Date(`${jour}T00:00:00Z`).getUTCDay();
  return day >= 1 && day <= 5;
};

/**
 * The moment that so many minutes of office time after another one come to (ms since 1970).
 *
 * @param minutes of office time; nights and weekends do not count
 */
export function apresOuvrees(depuis: number, minutes: number): number {
  let left = minutes * MINUTE_MS;
  let at = depuis;
  for (;;) {
    const jour = dayOf(new Date(at));
    const minuit = Date.parse(startOfDay(jour));
    const [ouverture, fermeture] = [minuit + OUVERTURE_MS, minuit + FERMETURE_MS];
    if (estOuvre(jour) && at < fermeture) {
      at = Math.max(at, ouverture);
      if (at + left < fermeture) return at + left;
      left -= fermeture - at;
    }
    at = Date.parse(startOfDay(addDays(jour, 1)));
  }
}

/** How many letters come on each working day; Mondays bring what the weekend left, and one day is the busiest of all. */
function repartir(jours: readonly string[], total: number, hasard: Hasard, now: number): number[] {
  const poids = jours.map((jour) => {
    const lundi = new Date(`${jour}T00:00:00Z`).getUTCDay() === 1;
    const minuit = Date.parse(startOfDay(jour));
    const ouvert = (now - minuit - OUVERTURE_MS) / (FERMETURE_MS - OUVERTURE_MS);
    return (0.6 + hasard.part() * 0.7 + (lundi ? 0.3 : 0)) * Math.min(1, Math.max(0, ouvert));
  });
  const somme = poids.reduce((sum, one) => sum + one, 0);
  const nombres = poids.map((one) => Math.min(PAR_JOUR_MAX, Math.floor((one / somme) * total)));
  const plein = poids.indexOf(Math.max(...poids));
  if (total > jours.length * (PAR_JOUR_MAX / 2)) nombres[plein] = PAR_JOUR_MAX;
  let reste = total - nombres.reduce((sum, one) => sum + one, 0);
  for (let at = 0; reste !== 0; at = (at + 1) % jours.length) {
    const n = nombres[at] ?? 0;
    const libre = (poids[at] ?? 0) > 0 && at !== plein;
    if (reste > 0 && libre && n < PAR_JOUR_MAX) {
      nombres[at] = n + 1;
      reste -= 1;
    } else if (reste < 0 && n > 0 && at !== plein) {
      nombres[at] = n - 1;
      reste += 1;
    }
  }
  return nombres;
}

/**
 * When letters are registered over five weeks up to now: on working days, in office hours, fewer around noon.
 *
 * @param total letters; at most 86 come on one day
 * @returns instants (ms since 1970), ascending, each at least a second after the one before
 */
export function momentsDArrivee(total: number, hasard: Hasard, now: Date): number[] {
  const aujourdhui = dayOf(now);
  const jours = Array.from({ length: 36 }, (_, at) => addDays(aujourdhui, at - 35)).filter(estOuvre);
  const nombres = repartir(jours, total, hasard, now.getTime());
  const moments: number[] = [];
  jours.forEach((jour, at) => {
    const minuit = Date.parse(startOfDay(jour));
    const debut = minuit + OUVERTURE_MS;
    const fin = Math.min(minuit + FERMETURE_MS, now.getTime() - 5 * MINUTE_MS);
    const span = Math.max(0, fin - debut - MINUTE_MS);
    for (let n = nombres[at] ?? 0; n > 0; n--) {
      const part = hasard.part();
      // The office thins out between noon and half past one.
      const midi = part > 0.56 && part < 0.75 && hasard.chance(0.7);
      moments.push(debut + Math.floor((midi ? part * 0.7 : part) * span));
    }
  });
  moments.sort((a, b) => a - b);
  for (let at = 1; at < moments.length; at++) {
    moments[at] = Math.max(moments[at] ?? 0, (moments[at - 1] ?? 0) + 1_000);
  }
  return moments;
}
