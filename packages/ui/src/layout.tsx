import { formatNumber } from '@gec/core';
import type { ComponentChildren } from 'preact';
import { cx, useLang, useTexts } from './context.tsx';
import { Icon, type IconName } from './icons.tsx';

export interface Crumb {
  label: string;
  href?: string;
}

export interface PageHeaderProps {
  title: ComponentChildren;
  subtitle?: ComponentChildren;
  actions?: ComponentChildren;
  crumbs?: readonly Crumb[];
}

/** Title of a page (its only h1), where it stands, and what may be done there. */
export function PageHeader({ title, subtitle, actions, crumbs }: PageHeaderProps) {
  const texts = useTexts();
  return (
    <header class="pagehead">
      <div class="pagehead-words">
        {crumbs && crumbs.length > 0 && (
          <nav aria-label={texts.breadcrumbs}>
            <ol class="crumbs">
              {crumbs.map((crumb) => (
                <li key={crumb.label}>
                  {crumb.href ? <a href={crumb.href}>{crumb.label}</a> : <span>{crumb.label}</span>}
                </li>
              ))}
            </ol>
          </nav>
        )}
        <h1>{title}</h1>
        {subtitle && <p class="muted">{subtitle}</p>}
      </div>
      {actions && <div class="cluster cluster-end">{actions}</div>}
    </header>
  );
}

export interface CardProps {
  title?: ComponentChildren;
  /** Level of the heading, 2 by default. */
  level?: 2 | 3;
  icon?: IconName;
  actions?: ComponentChildren;
  footer?: ComponentChildren;
  /** Without padding, for a table or a scan that touches the border. */
  flush?: boolean;
  id?: string;
  class?: string;
  children?: ComponentChildren;
}

/** A white sheet with an optional title line. */
export function Card({
  title,
  level = 2,
  icon,
  actions,
  footer,
  flush,
  id,
  class: cls,
  children,
}: CardProps) {
  const Heading = level === 2 ? 'h2' : 'h3';
  return (
    <section class={cx('card', flush && 'card-flush', cls)} id={id}>
      {(title || actions) && (
        <header class="card-head">
          <Heading class="card-title">
            {icon && <Icon name={icon} />}
            <span>{title}</span>
          </Heading>
          {actions && <div class="cluster cluster-end">{actions}</div>}
        </header>
      )}
      <div class="card-body">{children}</div>
      {footer && <footer class="card-foot">{footer}</footer>}
    </section>
  );
}

/** A quiet inset area inside a card or a page. */
export function Panel({
  title,
  children,
  class: cls,
}: {
  title?: ComponentChildren;
  class?: string;
  children: ComponentChildren;
}) {
  return (
    <div class={cx('panel', cls)}>
      {title && <p class="panel-title">{title}</p>}
      {children}
    </div>
  );
}

/** Things under each other with one even space between them. */
export function Stack({
  space = 4,
  children,
  class: cls,
}: {
  space?: 2 | 3 | 4 | 5;
  class?: string;
  children: ComponentChildren;
}) {
  return <div class={cx('stack', `stack-${space}`, cls)}>{children}</div>;
}

/** Columns that fold under each other when narrow. `aside` is a wide left and a narrow right column. */
export function Grid({
  columns = 'auto',
  children,
  class: cls,
}: {
  columns?: 'auto' | 'two' | 'aside' | 'letter';
  class?: string;
  children: ComponentChildren;
}) {
  return <div class={cx('grid', `grid-${columns}`, cls)}>{children}</div>;
}

/** A key of the keyboard. */
export function Kbd({ children }: { children: ComponentChildren }) {
  return <kbd>{children}</kbd>;
}

export interface TabItem {
  href: string;
  label: string;
  count?: number;
  current?: boolean;
}

/** Views of the same thing, each with its own address. */
export function Tabs({ items, label }: { items: readonly TabItem[]; label: string }) {
  const lang = useLang();
  return (
    <nav class="tabs" aria-label={label}>
      <ul>
        {items.map((item) => (
          <li key={item.href}>
            <a href={item.href} aria-current={item.current ? 'page' : undefined}>
              {item.label}
              {item.count !== undefined && <span class="count">{formatNumber(lang, item.count)}</span>}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

export interface PagerProps {
  previous?: { href: string; label?: string } | null;
  next?: { href: string; label?: string } | null;
  /** Where one is: « 3 sur 42 ». */
  position?: string;
  /** Address of the list that one came from. */
  up?: { href: string; label: string };
}

/** Previous and next thing of the list that one came from. */
export function Pager({ previous, next, position, up }: PagerProps) {
  const texts = useTexts();
  return (
    <nav class="pager" aria-label={`${texts.previous}, ${texts.next}`}>
      {up && (
        <a class="btn btn-quiet btn-small" href={up.href}>
          <Icon name="chevron-left" />
          <span>{up.label}</span>
        </a>
      )}
      <span class="pager-move">
        {position && <span class="muted num">{position}</span>}
        <PagerLink target={previous} word={texts.previous} icon="chevron-up" keyName="k" />
        <PagerLink target={next} word={texts.next} icon="chevron-down" keyName="j" />
      </span>
    </nav>
  );
}

function PagerLink(props: { target: PagerProps['next']; word: string; icon: IconName; keyName: string }) {
  const { target, word, icon, keyName } = props;
  if (!target) {
    return (
      <span class="btn btn-quiet btn-small btn-icon is-off" aria-hidden="true">
        <Icon name={icon} />
      </span>
    );
  }
  return (
    <a
      class="btn btn-quiet btn-small btn-icon"
      href={target.href}
      title={target.label ?? word}
      data-shortcut={keyName}
      aria-keyshortcuts={keyName}
    >
      <Icon name={icon} />
      <span class="sr-only">{target.label ? `${word}, ${target.label}` : word}</span>
    </a>
  );
}
