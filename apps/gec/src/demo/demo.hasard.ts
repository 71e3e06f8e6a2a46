/** Chance that can be repeated: the same seed tells the same story. */
export interface Hasard {
  /** A number from 0 to below 1. */
  part(): number;
  /** A whole number between two, both included. */
  entier(min: number, max: number): number;
  parmi<T>(choix: readonly T[]): T;
  chance(probabilite: number): boolean;
}

/** Chance from a seed (mulberry32): for invented letters, never for secrets. */
export function createHasard(seed: number): Hasard {
  let state = seed >>> 0;
  const part = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const entier = (min: number, max: number) => min + Math.floor(part() * (max - min + 1));
  return {
    part,
    entier,
    parmi<T>(choix: readonly T[]): T {
      const one = choix[entier(0, choix.length - 1)];
      if (one === undefined) throw new Error('nothing to choose from');
      return one;
    },
    chance: (probabilite) => part() < probabilite,
  };
}
