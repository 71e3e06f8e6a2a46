import { fill } from '@gec/core';
import { cx } from './context.tsx';
import { Icon, type IconName } from './icons.tsx';

export interface ToolLinkProps {
  href: string;
  icon: IconName;
  /** What it is, when nothing waits. */
  label: string;
  /** The same with the number that waits, as `{n}`. */
  countLabel: string;
  count: number;
  current?: boolean;
  /** Island that keeps the number up to date, and the JSON address it asks. */
  island?: string;
  source?: string;
}

/** An icon of the top bar with the number that waits behind it. Its name says the number too. */
export function ToolLink(props: ToolLinkProps) {
  const { href, icon, label, countLabel, count, current, island, source } = props;
  // The name holds what is seen, so that whoever speaks to the machine can name it (WCAG 2.5.3).
  const shown = count > 99 ? '99+' : String(count);
  return (
    <a
      href={href}
      class={cx('btn', 'btn-quiet', 'btn-icon', 'tool')}
      aria-label={count > 0 ? fill(countLabel, { n: shown }) : label}
      aria-current={current ? 'page' : undefined}
      title={label}
      data-island={island}
      data-source={source}
      data-label={label}
      data-count-label={countLabel}
    >
      <Icon name={icon} size={20} />
      <span class="tool-count" aria-hidden="true" data-count={String(count)} hidden={count === 0}>
        {shown}
      </span>
    </a>
  );
}
