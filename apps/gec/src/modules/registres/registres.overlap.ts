import type { TypeCourrier } from '../../db/schema.ts';
import { formatNumero } from './registres.format.ts';

/**
 * Whether two registers of one year could ever write the same number. Both formats are read as small automata (a
 * counter is a run of digits, a department a run of letters and digits) and walked together: they meet if and only if
 * some text is accepted by both. Departments are taken as any code and counters as any count, so what is found
 * disjoint stays so.
 */

interface Step {
  /** Characters that lead on. */
  accepts: (char: string) => boolean;
  /** Whether the step may be taken again. */
  repeats: boolean;
}

const DIGITS = '0123456789';
const WORDS = `${DIGITS}ABCDEFGHIJKLMNOPQRSTUVWXYZ`;

/** Marks that no format can contain stand for the counter and the department in the rendered pattern. */
const COUNTER_MARK = '\u0001';
const DEPT_MARK = '\u0002';

function stepsOf(format: string, annee: number, flux: TypeCourrier): Step[] {
  const fixed = format.replace(/\{counter(?::0([1-9])d)?\}/g, (_, width?: string) =>
    COUNTER_MARK.repeat(Number(width ?? 1)),
  );
  const pattern = fixed
    .replace(/\{dept\}/g, DEPT_MARK)
    // What is left depends on year and flow alone.
    .replace(/\{[^{}]+\}/g, (place) => formatNumero(place, { annee, compteur: 1, dept: null, flux }));
  const chars = [...pattern.toUpperCase()];
  return chars.map((char, index) => {
    if (char === DEPT_MARK) return { accepts: (c) => WORDS.includes(c), repeats: true };
    if (char === COUNTER_MARK) {
      return { accepts: (c) => DIGITS.includes(c), repeats: chars[index + 1] !== COUNTER_MARK };
    }
    return { accepts: (c) => c === char, repeats: false };
  });
}

/** Whether the registers of a year with these formats could write the same number. */
export function formatsMeet(
  annee: number,
  one: { format: string; flux: TypeCourrier },
  other: { format: string; flux: TypeCourrier },
): boolean {
  const a = stepsOf(one.format, annee, one.flux);
  const b = stepsOf(other.format, annee, other.flux);
  const alphabet = new Set(`${WORDS}${one.format.toUpperCase()}${other.format.toUpperCase()}`);
  // A state is how many steps of each were taken; a repeating step may be taken again from where it leads.
  const seen = new Set<string>();
  const todo: [number, number][] = [[0, 0]];
  const nexts = (steps: readonly Step[], at: number, char: string): number[] => {
    const found: number[] = [];
    if (at < steps.length && steps[at]!.accepts(char)) found.push(at + 1);
    if (at > 0 && steps[at - 1]!.repeats && steps[at - 1]!.accepts(char)) found.push(at);
    return found;
  };
  for (let state = todo.pop(); state; state = todo.pop()) {
    const [i, j] = state;
    if (i === a.length && j === b.length) return true;
    const key = `${i} ${j}`;
    if (seen.has(key)) continue;
    seen.add(key);
    for (const char of alphabet) {
      for (const nextI of nexts(a, i, char)) for (const nextJ of nexts(b, j, char)) todo.push([nextI, nextJ]);
    }
  }
  return false;
}
