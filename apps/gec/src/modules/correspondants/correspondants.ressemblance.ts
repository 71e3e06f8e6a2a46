import { foldName } from '@gec/core';
import { MOTIFS_RESSEMBLANCE, type MotifRessemblance } from './correspondants.schema.ts';

/** Two names that are likely one. */
export interface Paire {
  readonly a: number;
  readonly b: number;
  readonly motif: MotifRessemblance;
}

/** Words that tell no two correspondants apart. */
const VIDES = new Set('a au aux d de des du en et l la le les s the of and'.split(' '));
/** Names that share a key beyond which they are no longer compared with each other: the key says too little. */
const SEAU_MAX = 400;
/** Steps between which other requests get their turn. */
const PAS = 2_000;

interface Nom {
  id: number;
  mots: string[];
  colle: string;
}

function analyser(id: number, nom: string): Nom {
  const all = foldName(nom)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((mot) => mot !== '');
  const telling = all.filter((mot) => !VIDES.has(mot));
  const mots = [...new Set(telling.length > 0 ? telling : all)].sort();
  return { id, mots, colle: all.filter((mot) => !VIDES.has(mot)).join('') || all.join('') };
}

/**
 * The edit distance (insertions, deletions, substitutions, swaps of neighbours) of two words, up to a limit.
 *
 * @returns the distance, or `max + 1` when it is larger
 */
export function distance(a: string, b: string, max: number): number {
  if (Math.abs(a.length - b.length) > max) return max + 1;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      }
      row.push(cost);
      least = Math.min(least, cost);
    }
    if (least > max) return max + 1;
    before = last;
    last = row;
  }
  return Math.min(last[b.length] ?? 0, max + 1);
}

/** Whether two words may be one with a slip of the pen: figures never are, and short words bear none. */
function memeMot(a: string, b: string): boolean {
  if (/\p{N}/u.test(a) || /\p{N}/u.test(b)) return false;
  const shorter = Math.min(a.length, b.length);
  const max = shorter >= 9 ? 2 : shorter >= 5 ? 1 : 0;
  return max > 0 && distance(a, b, max) <= max;
}

function comparer(a: Nom, b: Nom): MotifRessemblance | null {
  if (a.colle === b.colle) return a.mots.length === b.mots.length ? 'mots' : 'lettres';
  const only = (from: Nom, other: Nom) => from.mots.filter((mot) => !other.mots.includes(mot));
  const [left, right] = [only(a, b), only(b, a)];
  if (left.length === 0 && right.length === 0) return 'mots';
  if (left.length === 1 && right.length === 1) return memeMot(left[0] ?? '', right[0] ?? '') ? 'faute' : null;
  // One word more tells little unless the rest is long; a word more of figures is another thing.
  const more = left.length + right.length === 1 ? (left[0] ?? right[0] ?? '') : null;
  if (more !== null && !/\p{N}/u.test(more) && Math.min(a.mots.length, b.mots.length) >= 2) return 'ajout';
  return null;
}

/** Keys of which two likely doubles share at least one: all letters, all words, and the words but one. */
function clesDe({ mots, colle }: Nom): string[] {
  const keys = [`=${colle}`, mots.join(' ')];
  if (mots.length > 1) for (const mot of mots) keys.push(mots.filter((one) => one !== mot).join(' '));
  else {
    const [mot = ''] = mots;
    // A slip may be at either end of a name of one word.
    keys.push(`^${mot.slice(0, 3)}`, `$${mot.slice(-3)}`);
  }
  return keys;
}

/**
 * Finds names that are likely the same, the surest first. The work grows with the number of names, not with its
 * square: only names that share all words but one are compared.
 *
 * @param souffler awaited now and then, so that other requests get their turn
 */
export async function ressemblances(
  noms: readonly { id: number; nom: string }[],
  souffler: () => Promise<void> = async () => {},
): Promise<Paire[]> {
  const analysed = noms.map(({ id, nom }) => analyser(id, nom));
  const seaux = new Map<string, Nom[]>();
  for (const nom of analysed) {
    for (const cle of new Set(clesDe(nom))) {
      const seau = seaux.get(cle);
      if (seau) seau.push(nom);
      else seaux.set(cle, [nom]);
    }
  }
  const found = new Map<string, Paire>();
  let steps = 0;
  for (const seau of seaux.values()) {
    if (seau.length > SEAU_MAX) continue;
    for (const [at, one] of seau.entries()) {
      for (const other of seau.slice(at + 1)) {
        if (++steps % PAS === 0) await souffler();
        const [a, b] = one.id < other.id ? [one, other] : [other, one];
        const key = `${a.id} ${b.id}`;
        if (found.has(key)) continue;
        const motif = comparer(a, b);
        if (motif !== null) found.set(key, { a: a.id, b: b.id, motif });
      }
    }
  }
  const order: readonly MotifRessemblance[] = MOTIFS_RESSEMBLANCE;
  return [...found.values()].sort((x, y) => order.indexOf(x.motif) - order.indexOf(y.motif) || x.a - y.a);
}
