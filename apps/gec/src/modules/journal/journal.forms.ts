import { addDays, isDay, startOfDay, type FieldError, type Lang } from '@gec/core';
import { z } from 'zod';
import { JOURNAL_ACTIONS, type JournalFilters } from './journal.schema.ts';
import { journalTexts } from './journal.texts.ts';

/** A word of an address: missing or given twice, it is empty. */
const text = z.preprocess((value) => (typeof value === 'string' ? value.trim() : ''), z.string());

/**
 * The filters as they stand in the address. `avant` is the id of the last entry of the page before; `sort_order=asc`
 * begins with the oldest.
 */
export const journalQuery = z.object({
  action: text,
  utilisateur: text,
  numero: text,
  courrier: text,
  du: text,
  au: text,
  avant: text,
  sort_order: text,
});
export type JournalQuery = z.output<typeof journalQuery>;

const ID = /^[1-9]\d{0,14}$/;
const NUMERO_MAX = 60;

/**
 * Reads the filters. Days are inclusive and begin in the zone of the office.
 *
 * @param users ids of the people whose entries the actor may see
 * @returns what was understood, and a message for each value that was not
 */
export function parseJournalQuery(
  lang: Lang,
  query: JournalQuery,
  options: { users: ReadonlySet<number>; timeZone: string },
): { filters: JournalFilters; before: number | undefined; ordre: 'asc' | 'desc'; errors: FieldError[] } {
  const t = journalTexts(lang);
  const { timeZone, users } = options;
  const filters: JournalFilters = {};
  const errors: FieldError[] = [];
  if (query.action !== '') {
    if (JOURNAL_ACTIONS.some((action) => action === query.action)) filters.action = query.action;
    else errors.push({ field: 'action', message: t.actionInconnue });
  }
  if (query.utilisateur !== '') {
    const id = ID.test(query.utilisateur) ? Number(query.utilisateur) : 0;
    if (users.has(id)) filters.utilisateurId = id;
    else errors.push({ field: 'utilisateur', message: t.utilisateurInconnu });
  }
  const printable = !/\p{Cc}/u.test(query.numero) && query.numero.isWellFormed();
  if (query.numero !== '' && printable) filters.numero = query.numero.slice(0, NUMERO_MAX);
  else if (query.numero !== '') errors.push({ field: 'numero', message: t.numeroInvalide });
  if (ID.test(query.courrier)) filters.courrierId = Number(query.courrier);
  else if (query.courrier !== '') errors.push({ field: 'courrier', message: t.pageInconnue });
  for (const field of ['du', 'au'] as const) {
    if (query[field] !== '' && !isDay(query[field])) errors.push({ field, message: t.dateInvalide });
  }
  if (isDay(query.du) && isDay(query.au) && query.au < query.du) {
    errors.push({ field: 'au', message: t.ordreDates });
  } else {
    if (isDay(query.du)) filters.from = startOfDay(query.du, timeZone);
    if (isDay(query.au)) filters.before = startOfDay(addDays(query.au, 1), timeZone);
  }
  if (query.avant !== '' && !ID.test(query.avant)) errors.push({ field: 'avant', message: t.pageInconnue });
  const { sort_order } = query;
  if (sort_order !== '' && sort_order !== 'asc' && sort_order !== 'desc') {
    errors.push({ field: 'sort_order', message: t.pageInconnue });
  }
  const ordre = sort_order === 'asc' ? 'asc' : 'desc';
  return { filters, ordre, before: ID.test(query.avant) ? Number(query.avant) : undefined, errors };
}
