import { fill, type Lang } from '@gec/core';
import { doctorTexts } from './doctor.texts.ts';

/** How bad a finding is: nothing to do, somebody should look, the program cannot work like this. */
export type Gravite = 'ok' | 'attention' | 'panne';

/** One finding: what was looked at, what was found, and what to do when it is not right. */
export interface Constat {
  readonly id: string;
  readonly etat: Gravite;
  readonly constat: string;
  readonly conseil: string | null;
}

/** One thing to look at. May throw: that is a finding too. */
export interface Examen {
  readonly id: string;
  run(): Promise<Constat | null> | Constat | null;
}

/** Makes findings under one name. */
export function findings(id: string) {
  return {
    ok: (constat: string): Constat => ({ id, etat: 'ok', constat, conseil: null }),
    attention: (constat: string, conseil: string): Constat => ({ id, etat: 'attention', constat, conseil }),
    panne: (constat: string, conseil: string): Constat => ({ id, etat: 'panne', constat, conseil }),
  };
}

/** What an error says, whatever was thrown. */
export function errorText(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(errorText).join('; ');
  return error instanceof Error ? error.message : String(error);
}

/**
 * Looks at everything, one after the other: two at once would disturb each other's measures.
 *
 * @returns one finding for each examination that had something to look at
 */
export async function examine(lang: Lang, examens: readonly Examen[]): Promise<Constat[]> {
  const t = doctorTexts(lang);
  const found: Constat[] = [];
  for (const { id, run } of examens) {
    try {
      const constat = await run();
      if (constat) found.push(constat);
    } catch (error) {
      found.push(findings(id).panne(fill(t.examenImpossible, { message: errorText(error) }), t.examenVoir));
    }
  }
  return found;
}

/** The worst of all findings. */
export function worst(constats: readonly Constat[]): Gravite {
  for (const etat of ['panne', 'attention'] as const) {
    if (constats.some((one) => one.etat === etat)) return etat;
  }
  return 'ok';
}

/** The findings as a person reads them, one block each, with a last line that sums up. */
export function reportText(lang: Lang, constats: readonly Constat[]): string {
  const t = doctorTexts(lang);
  const marks: Record<Gravite, string> = {
    ok: t.marqueOk,
    attention: t.marqueAttention,
    panne: t.marquePanne,
  };
  const width = Math.max(...Object.values(marks).map((mark) => mark.length));
  const names = Math.max(...constats.map(({ id }) => id.length));
  const lines = constats.flatMap(({ id, etat, constat, conseil }) => {
    const line = `${marks[etat].padEnd(width)}  ${id.padEnd(names)}  ${constat}`;
    return conseil === null ? [line] : [line, `${' '.repeat(width + names + 4)}→ ${conseil}`];
  });
  const count = (etat: Gravite): number => constats.filter((one) => one.etat === etat).length;
  const sum = fill(t.bilan, { ok: count('ok'), attention: count('attention'), panne: count('panne') });
  return `${[...lines, '', sum].join('\n')}\n`;
}
