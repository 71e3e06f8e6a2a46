import type { ComponentChildren } from 'preact';
import { cx, useTexts } from './context.tsx';
import { Icon, type IconName } from './icons.tsx';

/** What a message means; a colour never says it alone. */
export type Tone = 'info' | 'success' | 'warning' | 'danger';

const ICONS: Record<Tone, IconName> = { info: 'info', success: 'check', warning: 'alert', danger: 'alert' };

function useToneWord(tone: Tone): string {
  const texts = useTexts();
  return { info: texts.info, success: texts.success, warning: texts.warning, danger: texts.error }[tone];
}

export interface AlertProps {
  tone?: Tone;
  title?: ComponentChildren;
  children?: ComponentChildren;
  actions?: ComponentChildren;
  id?: string;
}

/** A lasting message in the page: what happened, what was kept, what to do. */
export function Alert({ tone = 'info', title, children, actions, id }: AlertProps) {
  return (
    <div class={`alert alert-${tone}`} id={id} role={tone === 'danger' ? 'alert' : undefined}>
      <Icon name={ICONS[tone]} label={useToneWord(tone)} />
      <div class="alert-words">
        {title && <p class="alert-title">{title}</p>}
        {children && <div>{children}</div>}
        {actions && <div class="cluster alert-actions">{actions}</div>}
      </div>
    </div>
  );
}

export interface FlashMessage {
  tone: Tone;
  text: string;
  /** What may be done at once: « Ouvrir », « Imprimer l'étiquette ». */
  link?: { href: string; label: string };
}

/**
 * The result of the last action, said once. With script it goes away by itself (not errors, and not while it is
 * pointed at or focused) and can be closed.
 */
export function Flash({ tone, text, link }: FlashMessage) {
  const texts = useTexts();
  return (
    <div
      class={`flash alert alert-${tone}`}
      role={tone === 'danger' ? 'alert' : 'status'}
      data-island="flash"
      data-tone={tone}
    >
      <Icon name={ICONS[tone]} label={useToneWord(tone)} />
      <p class="alert-words">
        {text} {link && <a href={link.href}>{link.label}</a>}
      </p>
      <button type="button" class="btn btn-quiet btn-small btn-icon js-only" data-close title={texts.close}>
        <Icon name="x" />
        <span class="sr-only">{texts.close}</span>
      </button>
    </div>
  );
}

/** A short word in a coloured frame. */
export function Badge({
  tone = 'neutral',
  icon,
  children,
}: {
  tone?: Tone | 'neutral' | 'accent';
  icon?: IconName;
  children: ComponentChildren;
}) {
  return (
    <span class={`badge badge-${tone}`}>
      {icon && <Icon name={icon} size={14} />}
      {children}
    </span>
  );
}

/**
 * A statut: its word beside a dot of its colour. The colour is data (`#RRGGBB` from the référentiels), so it goes
 * into an SVG attribute, which a strict Content-Security-Policy allows where an inline style is not.
 */
export function StatusBadge({ label, couleur }: { label: string; couleur: string }) {
  return (
    <span class="status">
      <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true" focusable="false">
        <circle cx="5" cy="5" r="4" fill={couleur} />
      </svg>
      {label}
    </span>
  );
}

export interface EmptyStateProps {
  icon: IconName;
  title: string;
  text?: ComponentChildren;
  action?: ComponentChildren;
}

/** Says why there is nothing here and what to do first. */
export function EmptyState({ icon, title, text, action }: EmptyStateProps) {
  return (
    <div class="empty">
      <span class="empty-icon">
        <Icon name={icon} size={26} />
      </span>
      <p class="empty-title">{title}</p>
      {text && <p class="muted">{text}</p>}
      {action && <div class="cluster cluster-center">{action}</div>}
    </div>
  );
}

/** Progress of long work; without `value` it is under way without a known end. */
export function Progress({
  label,
  value,
  max = 100,
  text,
}: {
  label: string;
  value?: number;
  max?: number;
  text?: string;
}) {
  return (
    <div class="progress">
      <div class="progress-words">
        <span>{label}</span>
        {text && <span class="num muted">{text}</span>}
      </div>
      <progress value={value} max={max} aria-label={label} />
    </div>
  );
}

export interface DialogProps {
  /** Anchor: a {@link LinkButton} with `href="#id"` and `dialog="id"` opens it. */
  id: string;
  title: string;
  /** Buttons at the foot, beside « Annuler ». */
  actions?: ComponentChildren;
  /** Anchor that « Annuler » leads to without script, the page's main part by default. */
  backHref?: string;
  /** The text of the button that closes, « Annuler » by default. */
  closeLabel?: string;
  tone?: 'normal' | 'danger';
  children: ComponentChildren;
}

/**
 * A question over the page. Without script it is a section shown by its own address (`:target`); the `dialogs` island
 * traps the focus and closes it with Esc. `children` and `actions` may be one Form: put `actions` inside it then.
 */
export function Dialog({
  id,
  title,
  actions,
  backHref = '#main',
  closeLabel,
  tone = 'normal',
  children,
}: DialogProps) {
  const texts = useTexts();
  return (
    <div class="dialog" id={id}>
      <a class="dialog-veil" href={backHref} data-dialog-close tabIndex={-1} aria-hidden="true" />
      <section
        class={cx('dialog-box', tone === 'danger' && 'is-danger')}
        role="dialog"
        aria-modal="true"
        aria-labelledby={`${id}-title`}
        tabIndex={-1}
      >
        <header class="dialog-head">
          <h2 id={`${id}-title`}>{title}</h2>
          <a class="btn btn-quiet btn-small btn-icon" href={backHref} data-dialog-close title={texts.close}>
            <Icon name="x" />
            <span class="sr-only">{texts.close}</span>
          </a>
        </header>
        <div class="dialog-body">{children}</div>
        {actions && (
          <footer class="dialog-foot cluster cluster-end">
            <a class="btn btn-secondary" href={backHref} data-dialog-close>
              {closeLabel ?? texts.cancel}
            </a>
            {actions}
          </footer>
        )}
      </section>
    </div>
  );
}
