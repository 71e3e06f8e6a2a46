import type { Base } from '../../context.ts';
import { numeroAt, toRegistre } from './registres.plan.ts';
import type { LigneRegistre, RegistresRepo } from './registres.repo.ts';
import type { Intervalle, Registre } from './registres.schema.ts';

const GAPS_SHOWN = 100;
/** Places looked at one by one to explain a gap. */
const PLACES_EXPLAINED = 500;
/** Numbers looked at to find the next free one to propose. */
const PROPOSALS = 1_000;

/** What looks at a register without changing it: its next number, and its self-check. */
export function createControle({
  kysely,
  repo,
}: {
  kysely: Base['database']['kysely'];
  repo: RegistresRepo;
}) {
  /** The number that the register would give next; empty when its format has no counter. */
  async function nextFree(registre: Registre, dept: string | null): Promise<string> {
    for (let place = registre.prochain; place < registre.prochain + PROPOSALS; place++) {
      const numero = numeroAt(registre, place, dept);
      if (numero === '' || !(await repo.findNumero(kysely, numero))) return numero;
    }
    return '';
  }

  /** Takes out of a gap the places whose number exists elsewhere: they were passed over, not lost. */
  async function unexplained(registre: LigneRegistre, gaps: readonly Intervalle[]): Promise<Intervalle[]> {
    if (/\{dept\}/.test(registre.format)) return [...gaps];
    const left: Intervalle[] = [];
    let looked = 0;
    for (const gap of gaps) {
      if ((looked += gap.a - gap.de + 1) > PLACES_EXPLAINED) {
        left.push(gap);
        continue;
      }
      let from: number | null = null;
      for (let place = gap.de; place <= gap.a + 1; place++) {
        const numero = numeroAt(toRegistre(registre), place, null);
        const missing = place <= gap.a && !(await repo.findNumero(kysely, numero));
        if (missing) from ??= place;
        else if (from !== null) {
          left.push({ de: from, a: place - 1 });
          from = null;
        }
      }
    }
    return left;
  }

  /** The places that no number has and that nothing explains. */
  async function gapsOf(registre: LigneRegistre): Promise<Intervalle[]> {
    return unexplained(registre, await repo.gaps(kysely, registre, GAPS_SHOWN));
  }

  return { nextFree, gapsOf };
}
