import type { Lang } from '@gec/core';
import type { ChipData } from '@gec/ui';
import { LICENSE_STATUSES, licenseTypeOf, type LicenseFilters } from './licenses.schema.ts';
import { licensesTexts } from './licenses.texts.ts';
import { listHref, type ListQuery } from './licenses.views.tsx';

/** The query of the list as it was asked for: single words, cut to a sensible length. */
export function readListQuery(query: unknown): ListQuery & { before: number | undefined } {
  const values = (query ?? {}) as Record<string, unknown>;
  const word = (name: string): string => {
    const value = values[name];
    return typeof value === 'string' ? value.trim().slice(0, 200) : '';
  };
  const before = Number(word('before'));
  return {
    search: word('search'),
    type: word('type'),
    status: word('status'),
    batch: word('batch'),
    published: word('published') === 'oui',
    before: Number.isSafeInteger(before) && before > 0 ? before : undefined,
  };
}

/** The filters that a query means, and the sentence that they read as; a bad value is shown, never ignored in silence. */
export function interpret(query: ListQuery, lang: Lang): { filters: LicenseFilters; chips: ChipData[] } {
  const t = licensesTexts(lang);
  const chips: ChipData[] = [];
  const chip = (id: keyof ListQuery, label: string, error?: string): void => {
    const removeHref = listHref(query, { [id]: id === 'published' ? false : '' });
    chips.push({ id, label, removeHref, ...(error === undefined ? {} : { error }) });
  };
  if (query.search) chip('search', `« ${query.search} »`);
  const type = query.type ? licenseTypeOf(query.type) : undefined;
  if (query.type) chip('type', type?.label ?? query.type, type ? undefined : t.badFilter);
  const status = LICENSE_STATUSES.find((known) => known === query.status);
  if (query.status)
    chip('status', status ? t[`status.${status}`] : query.status, status ? undefined : t.badFilter);
  const batchId = /^\d{1,9}$/.test(query.batch) ? Number(query.batch) : undefined;
  if (query.batch)
    chip('batch', `${t.batch} ${query.batch}`, batchId === undefined ? t.badFilter : undefined);
  if (query.published) chip('published', t.published);
  return {
    chips,
    filters: {
      search: query.search || undefined,
      label: type?.label,
      status,
      batchId,
      published: query.published || undefined,
    },
  };
}
