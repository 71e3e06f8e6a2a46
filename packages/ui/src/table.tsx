import { fill, formatNumber } from '@gec/core';
import type { ComponentChildren, JSX } from 'preact';
import { LinkButton } from './buttons.tsx';
import { cx, useLang, useTexts } from './context.tsx';
import { EmptyState } from './feedback.tsx';
import { Icon } from './icons.tsx';
import { SortHeader, SortMenu, type Sort } from './sort.tsx';

export interface Column<Row> {
  id: string;
  header: string;
  cell: (row: Row) => ComponentChildren;
  /** Holds the link of the row; the first column does when none says so. */
  primary?: boolean;
  /** Figures and dates keep to one line in tabular figures; `end` also aligns them right. */
  kind?: 'text' | 'figure' | 'end' | 'icon';
  /** Value of `sort_by` when the list can be sorted by this column. */
  sortKey?: string;
  /** Left out on a screen narrower than this (cards on a phone show all but `wide` ones). */
  from?: 'medium' | 'wide';
}

export interface DataTableProps<Row> {
  /** Said to assistive technology before the table. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string | number;
  /** Address opened by a click anywhere on the row. */
  rowHref?: (row: Row) => string;
  rowClass?: (row: Row) => string | undefined;
  /** Address of a picture shown beside the list while the row is pointed at or focused. */
  rowPreview?: (row: Row) => string | undefined;
  sort?: Sort;
  /** Shown instead of rows when there are none. */
  empty?: ComponentChildren;
  /** The other pages of the list, under the rows. A page past the last one says so and leads to the first. */
  pages?: Omit<PaginationProps, 'fragment'>;
  /** Id of the fragment whose links are followed in place (live search). */
  fragment?: string;
}

/**
 * A dense list. The primary cell is one link that fills its cell, and with script the whole row follows it (a link
 * stretched over a table row is not safe in Safari 14, which positions it against the table). Under 720 px each row
 * becomes a card whose lines carry the column's name, and the order is chosen above them.
 */
export function DataTable<Row>(props: DataTableProps<Row>): JSX.Element {
  const { caption, columns, rows, rowKey, rowHref, rowClass, rowPreview, sort, empty, pages, fragment } =
    props;
  if (rows.length === 0 && pages && pages.total > 0) {
    return <PageGone href={pages.hrefFor(1)} />;
  }
  if (rows.length === 0 && empty !== undefined) return <>{empty}</>;
  const primary = columns.find((column) => column.primary) ?? columns[0];
  const classes = new Map(columns.map((column) => [column.id, cellClass(column)]));
  // Where no row has a link, the keyboard needs another way to reach and scroll a table that is wider than its place.
  const scrollable = rowHref ? {} : { tabIndex: 0, role: 'region' as const, 'aria-label': caption };
  const choices = columns.flatMap(({ header, sortKey }) => (sortKey ? [{ label: header, sortKey }] : []));
  return (
    <>
      {sort && <SortMenu choices={choices} sort={sort} fragment={fragment} />}
      <div class="table-wrap" {...scrollable}>
        <table class="table" data-rows={rowHref ? '' : undefined}>
          <caption class="sr-only">{caption}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <th
                  key={column.id}
                  scope="col"
                  class={classes.get(column.id)}
                  aria-sort={
                    sort && column.sortKey === sort.by
                      ? sort.order === 'asc'
                        ? 'ascending'
                        : 'descending'
                      : undefined
                  }
                >
                  {sort && column.sortKey ? (
                    <SortHeader
                      label={column.header}
                      sortKey={column.sortKey}
                      sort={sort}
                      fragment={fragment}
                    />
                  ) : column.kind === 'icon' ? (
                    <span class="sr-only">{column.header}</span>
                  ) : (
                    column.header
                  )}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={rowKey(row)} class={rowClass?.(row)} data-preview={rowPreview?.(row)}>
                {columns.map((column) => (
                  <td
                    key={column.id}
                    class={cx(classes.get(column.id), column === primary && 'cell-primary')}
                    data-label={column.header}
                  >
                    {rowHref && column === primary ? (
                      <a class="row-link" href={rowHref(row)}>
                        {column.cell(row)}
                      </a>
                    ) : (
                      column.cell(row)
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {pages && <Pagination {...pages} fragment={fragment} />}
    </>
  );
}

/** A page past the end of a list that is not empty: its rows left it, or the address was written by hand. */
function PageGone({ href }: { href: string }) {
  const texts = useTexts();
  return (
    <EmptyState
      icon="search"
      title={texts.pageGone}
      text={texts.pageGoneText}
      action={<LinkButton href={href}>{texts.firstPage}</LinkButton>}
    />
  );
}

function cellClass<Row>(column: Column<Row>): string | undefined {
  return (
    cx(
      column.kind && column.kind !== 'text' && `cell-${column.kind}`,
      column.from && `from-${column.from}`,
    ) || undefined
  );
}

export interface PaginationProps {
  /** From 1. */
  page: number;
  pageSize: number;
  /** Rows in all, or the cap at which counting stopped. */
  total: number;
  totalIsCapped?: boolean;
  hrefFor: (page: number) => string;
  fragment?: string;
}

/**
 * The page numbers to show: first, last, the current one and its neighbours; 0 stands for a gap.
 *
 * @returns ascending page numbers, for example `[1, 0, 6, 7, 8, 0, 40]`
 */
export function pageNumbers(page: number, last: number): number[] {
  const wanted = new Set([1, last, page - 1, page, page + 1].filter((n) => n >= 1 && n <= last));
  if (page <= 3) [2, 3].forEach((n) => n <= last && wanted.add(n));
  if (page >= last - 2) [last - 2, last - 1].forEach((n) => n >= 1 && wanted.add(n));
  const sorted = [...wanted].sort((a, b) => a - b);
  const out: number[] = [];
  for (const n of sorted) {
    const previous = out[out.length - 1];
    if (previous !== undefined && n - previous === 2) out.push(n - 1);
    else if (previous !== undefined && n - previous > 2) out.push(0);
    out.push(n);
  }
  return out;
}

/** Where one is in a list, and the other pages. Shows nothing to press when there is one page. */
export function Pagination({
  page,
  pageSize,
  total,
  totalIsCapped = false,
  hrefFor,
  fragment,
}: PaginationProps) {
  const texts = useTexts();
  const lang = useLang();
  if (total === 0) return null;
  const last = Math.max(1, Math.ceil(total / pageSize));
  const n = (value: number) => formatNumber(lang, value);
  const from = Math.min((page - 1) * pageSize + 1, total);
  const to = totalIsCapped && page >= last ? page * pageSize : Math.min(page * pageSize, total);
  const hasNext = page < last || totalIsCapped;
  return (
    <nav class="pagination" aria-label={texts.pagination}>
      <p class="num muted" data-count>
        {fill(totalIsCapped ? texts.rangeCapped : texts.range, { from: n(from), to: n(to), total: n(total) })}
      </p>
      {(last > 1 || totalIsCapped) && (
        <ul>
          <li>
            <Step
              href={page > 1 ? hrefFor(page - 1) : undefined}
              word={texts.previous}
              icon="chevron-left"
              rel="prev"
              fragment={fragment}
            />
          </li>
          {pageNumbers(page, last).map((number, i) =>
            number === 0 ? (
              <li key={`gap${i}`} class="gap" aria-hidden="true">
                …
              </li>
            ) : (
              <li key={number} class={number === page ? undefined : 'page-other'}>
                <a
                  class="page num"
                  href={hrefFor(number)}
                  aria-label={fill(texts.page, { n: number })}
                  aria-current={number === page ? 'page' : undefined}
                  data-fragment-link={fragment}
                >
                  {n(number)}
                </a>
              </li>
            ),
          )}
          <li>
            <Step
              href={hasNext ? hrefFor(page + 1) : undefined}
              word={texts.next}
              icon="chevron-right"
              rel="next"
              fragment={fragment}
            />
          </li>
        </ul>
      )}
    </nav>
  );
}

function Step(props: {
  href?: string;
  word: string;
  icon: 'chevron-left' | 'chevron-right';
  rel: string;
  fragment?: string;
}) {
  const { href, word, icon, rel, fragment } = props;
  if (href === undefined) {
    return (
      <span class="page is-off" aria-hidden="true">
        <Icon name={icon} />
      </span>
    );
  }
  return (
    <a class="page" href={href} rel={rel} title={word} data-fragment-link={fragment}>
      <Icon name={icon} />
      <span class="sr-only">{word}</span>
    </a>
  );
}
