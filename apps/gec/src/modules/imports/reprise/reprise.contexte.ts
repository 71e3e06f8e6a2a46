import type { Actor } from '@gec/core';
import type { ForeignDatabase, ForeignRow } from '@gec/db';
import type { Choix } from './reprise.schema.ts';
import type { Suivi } from './reprise.suivi.ts';
import { enTexte, texteDe, type TexteLu } from './reprise.valeurs.ts';

/** What every part of a takeover works with. */
export interface Contexte {
  readonly actor: Actor;
  readonly foreign: ForeignDatabase;
  readonly choix: Choix;
  /** Name of the older installation, the same at every run. */
  readonly source: string;
  /** Nothing is written. */
  readonly simulation: boolean;
  readonly suivi: Suivi;
}

/** Rows of one page. */
const PAGE = 500;

/** Every row of a table of the older program, by id; none where it has no such table. */
export async function* lignes(foreign: ForeignDatabase, table: string): AsyncGenerator<ForeignRow> {
  for (let after = -1; ;) {
    const rows = await foreign.page(table, after, PAGE);
    yield* rows;
    const last = Number(rows.at(-1)?.['id']);
    if (rows.length < PAGE || !Number.isSafeInteger(last)) return;
    after = last;
  }
}

/** A text of a row; what cannot be opened, or is there twice in two wordings, is said in the report. */
export function texte(
  ctx: Pick<Contexte, 'choix' | 'suivi'>,
  table: string,
  row: ForeignRow,
  column: string,
): string | null {
  const lu: TexteLu = texteDe(row, column, ctx.choix);
  if (lu.souci !== null) {
    const nature = lu.souci === 'illisible' ? 'valeur_illisible' : 'valeur_divergente';
    ctx.suivi.noter(nature, table, Number(row['id']), column);
  }
  return lu.texte;
}

/** A text without a twin, trimmed and at most so long. */
export const court = (row: ForeignRow, column: string, max: number): string | null =>
  enTexte(row[column])?.trim().slice(0, max) ?? null;
