import { formatNumber, NBSP } from '@gec/core';
import type { ComponentChildren } from 'preact';
import { cx, useLang, useTexts } from './context.tsx';
import { Icon, type IconName } from './icons.tsx';

export interface StatProps {
  label: string;
  /** A number is written with the separators of the language. */
  value: number | string;
  hint?: ComponentChildren;
  icon?: IconName;
  /** The view that this number counts. */
  href?: string;
  tone?: 'neutral' | 'warning' | 'danger' | 'success';
}

/** One figure with its word; the whole card leads to what was counted. */
export function Stat({ label, value, hint, icon, href, tone = 'neutral' }: StatProps) {
  const lang = useLang();
  const shown = typeof value === 'number' ? formatNumber(lang, value) : value;
  return (
    <div class={cx('stat', tone !== 'neutral' && `stat-${tone}`)}>
      <p class="stat-label">
        {icon && <Icon name={icon} />}
        {href ? <a href={href}>{label}</a> : <span>{label}</span>}
      </p>
      <p class="stat-value num">{shown}</p>
      {hint && <p class="stat-hint muted">{hint}</p>}
    </div>
  );
}

export interface Fact {
  term: string;
  value: ComponentChildren;
  /** Takes the whole width: an objet, a note. */
  full?: boolean;
}

/** Facts of one thing; a missing value shows a dash. */
export function DescriptionList({ items, columns = 1 }: { items: readonly Fact[]; columns?: 1 | 2 }) {
  return (
    <dl class={cx('facts', columns === 2 && 'facts-2')}>
      {items.map((item) => (
        <div key={item.term} class={item.full ? 'fact-full' : undefined}>
          <dt>{item.term}</dt>
          <dd>
            {item.value === null || item.value === undefined || item.value === '' ? (
              <span class="muted">—</span>
            ) : (
              item.value
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

export interface TimelineItem {
  id: string;
  /** Readable time. */
  when: string;
  /** RFC 3339, for machines. */
  datetime?: string;
  who?: string;
  title: ComponentChildren;
  icon?: IconName;
  children?: ComponentChildren;
}

/** What happened, in order. */
export function Timeline({ items }: { items: readonly TimelineItem[] }) {
  return (
    <ol class="timeline">
      {items.map((item) => (
        <li key={item.id}>
          <span class="timeline-mark">
            <Icon name={item.icon ?? 'check'} size={14} />
          </span>
          <div>
            <p class="timeline-title">{item.title}</p>
            <p class="timeline-meta">
              {item.who && <span>{item.who}</span>}
              {item.who && ' · '}
              <time dateTime={item.datetime}>{item.when}</time>
            </p>
            {item.children && <div class="timeline-body">{item.children}</div>}
          </div>
        </li>
      ))}
    </ol>
  );
}

/** One field of an edit history: what it was, what it is. */
export function Change({
  field,
  from,
  to,
}: {
  field: string;
  from: ComponentChildren;
  to: ComponentChildren;
}) {
  return (
    <p class="change">
      <span class="muted">{field}</span> <del>{from || '—'}</del> <Icon name="chevron-right" size={12} />{' '}
      <ins>{to || '—'}</ins>
    </p>
  );
}

export interface BarChartProps {
  /** What the bars count; also the accessible name. */
  title: string;
  data: readonly { label: string; value: number; title?: string; current?: boolean }[];
  /** Height of the drawing in CSS pixels, 160 by default. */
  height?: number;
}

/**
 * Columns drawn on the server. Positions are percentages, so the words keep their size at any width; the figures are
 * given to assistive technology as a list.
 */
export function BarChart({ title, data, height = 160 }: BarChartProps) {
  const lang = useLang();
  const texts = useTexts();
  if (data.length === 0) return null;
  const max = Math.max(1, ...data.map((bar) => bar.value));
  const step = 100 / data.length;
  const room = height - 40;
  const every = Math.ceil(data.length / 16);
  // On a telephone there is room for every second one.
  const second = (i: number) => data.length > 8 && i % 2 === 1;
  const colon = lang === 'fr' ? `${NBSP}:` : ':';
  const words = (bar: (typeof data)[number]) =>
    bar.title ?? `${bar.label}${colon} ${formatNumber(lang, bar.value)}`;
  return (
    <figure class="chart">
      <figcaption class="sr-only">{title}</figcaption>
      <svg width="100%" height={height} aria-hidden="true" focusable="false">
        <line class="chart-line" x1="0" x2="100%" y1={height - 20.5} y2={height - 20.5} />
        {data.every(({ value }) => value === 0) && (
          <text class="chart-value" x="50%" y={height / 2}>
            {texts.chartEmpty}
          </text>
        )}
        {data.map((bar, i) => {
          const tall = bar.value === 0 ? 0 : Math.max(2, Math.round((bar.value / max) * room));
          const middle = `${((i + 0.5) * step).toFixed(2)}%`;
          return (
            <g key={bar.label} class={bar.current ? 'chart-bar is-current' : 'chart-bar'}>
              <title>{words(bar)}</title>
              <rect
                x={`${((i + 0.18) * step).toFixed(2)}%`}
                width={`${(step * 0.64).toFixed(2)}%`}
                y={height - 21 - tall}
                height={tall}
                rx="2"
              />
              {data.length <= 16 && bar.value > 0 && (
                <text class="chart-value" x={middle} y={height - 27 - tall}>
                  {formatNumber(lang, bar.value)}
                </text>
              )}
              {i % every === 0 && (
                <text class={cx('chart-label', second(i) && 'not-phone')} x={middle} y={height - 5}>
                  {bar.label}
                </text>
              )}
            </g>
          );
        })}
      </svg>
      <ul class="sr-only">
        {data.map((bar) => (
          <li key={bar.label}>{words(bar)}</li>
        ))}
      </ul>
    </figure>
  );
}
