import { fill } from '@gec/core';
import { cx, useTexts } from './context.tsx';
import { Icon } from './icons.tsx';

export type SortOrder = 'asc' | 'desc';

export interface Sort {
  by: string;
  order: SortOrder;
  hrefFor: (by: string, order: SortOrder) => string;
}

interface SortHeaderProps {
  label: string;
  sortKey: string;
  sort: Sort;
  fragment?: string;
}

/** Header of a column that sorts: pressing again turns the order round. */
export function SortHeader({ label, sortKey, sort, fragment }: SortHeaderProps) {
  const texts = useTexts();
  const active = sort.by === sortKey;
  const next: SortOrder = active && sort.order === 'asc' ? 'desc' : 'asc';
  return (
    <a
      // Where the list is changed in place, the focus finds the same header again.
      id={fragment && `${fragment}-tri-${sortKey}`}
      class={cx('sort', active && 'is-active')}
      href={sort.hrefFor(sortKey, next)}
      title={fill(texts.sortBy, { label })}
      data-fragment-link={fragment}
    >
      {label}
      {active ? (
        <Icon
          name={sort.order === 'asc' ? 'sort-asc' : 'sort-desc'}
          size={14}
          label={sort.order === 'asc' ? texts.sortedAsc : texts.sortedDesc}
        />
      ) : (
        <Icon name="sort-asc" size={14} class="sort-hint" />
      )}
    </a>
  );
}

export interface SortMenuProps {
  /** The columns that can be sorted, as `SortHeader` takes them. */
  choices: readonly { readonly label: string; readonly sortKey: string }[];
  sort: Sort;
  fragment?: string;
}

/**
 * The order of a list where its heads are not shown, on a phone: what it is now, and links to turn it round or to
 * sort by something else. Opens without script. The style sheet hides it where the heads are.
 */
export function SortMenu({ choices, sort, fragment }: SortMenuProps) {
  const texts = useTexts();
  const now = choices.find(({ sortKey }) => sortKey === sort.by);
  const turned: SortOrder = sort.order === 'asc' ? 'desc' : 'asc';
  const words = { asc: texts.sortedAsc, desc: texts.sortedDesc };
  const icons = { asc: 'sort-asc', desc: 'sort-desc' } as const;
  return (
    <details class="sortmenu no-print">
      <summary id={fragment && `${fragment}-tri`}>
        <Icon name={now ? icons[sort.order] : 'menu'} />
        <span>
          {texts.sortMenu}{' '}
          <strong>
            {now ? fill(texts.sortNow, { label: now.label, order: words[sort.order] }) : texts.sortUsual}
          </strong>
        </span>
        <Icon name="chevron-down" size={16} />
      </summary>
      <ul>
        {now && (
          <li>
            <a class="menu-item" href={sort.hrefFor(sort.by, turned)} data-fragment-link={fragment}>
              <Icon name={icons[turned]} />
              <span>{fill(texts.sortTurn, { order: words[turned] })}</span>
            </a>
          </li>
        )}
        {choices
          .filter((choice) => choice !== now)
          .map(({ label, sortKey }) => (
            <li key={sortKey}>
              <a class="menu-item" href={sort.hrefFor(sortKey, 'asc')} data-fragment-link={fragment}>
                <span>{fill(texts.sortBy, { label })}</span>
              </a>
            </li>
          ))}
      </ul>
    </details>
  );
}
