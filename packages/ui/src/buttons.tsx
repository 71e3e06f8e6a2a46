import type { ComponentChildren } from 'preact';
import { cx } from './context.tsx';
import { Icon, type IconName } from './icons.tsx';

/** `primary` is the one thing to do next, `danger` cannot be undone, `quiet` lives inside lists and bars. */
export type ButtonVariant = 'primary' | 'secondary' | 'danger' | 'quiet';

interface Look {
  variant?: ButtonVariant;
  size?: 'small' | 'normal' | 'large';
  icon?: IconName;
  /** Icon after the word, for « Suivant ». */
  iconEnd?: IconName;
  /** Shows the icon alone; the word stays as accessible name and tooltip. */
  iconOnly?: boolean;
  /** Takes the whole width: the one button of a narrow card. */
  block?: boolean;
  /** Key that presses this, outside fields (see the `shortcuts` island). */
  shortcut?: string;
  /** Question asked before going on, when script runs; the server still decides. */
  confirm?: string;
  /** Id of the {@link Dialog} that this opens. */
  dialog?: string;
  class?: string;
  children?: ComponentChildren;
}

export interface ButtonProps extends Look {
  type?: 'submit' | 'button' | 'reset';
  id?: string;
  name?: string;
  value?: string;
  form?: string;
  formAction?: string;
  formNoValidate?: boolean;
  disabled?: boolean;
  /** Text copied to the clipboard on press (`copy` island). */
  copy?: string;
  /** Why the button is disabled, or more about what it does. */
  title?: string;
  label?: string;
}

export interface LinkButtonProps extends Look {
  href: string;
  id?: string;
  download?: boolean | string;
  target?: string;
  rel?: string;
  title?: string;
  label?: string;
}

function classes({ variant = 'secondary', size = 'normal', iconOnly, block, class: cls }: Look): string {
  return cx(
    'btn',
    `btn-${variant}`,
    size !== 'normal' && `btn-${size}`,
    iconOnly && 'btn-icon',
    block && 'btn-block',
    cls,
  );
}

function Inside({ icon, iconEnd, iconOnly, children }: Look) {
  return (
    <>
      {icon && <Icon name={icon} />}
      {children !== undefined && <span class={iconOnly ? 'sr-only' : undefined}>{children}</span>}
      {iconEnd && <Icon name={iconEnd} />}
    </>
  );
}

/** A button of a form, or one that an island listens to. The word is a verb. */
export function Button(props: ButtonProps) {
  const {
    type = 'submit',
    id,
    name,
    value,
    form,
    formAction,
    formNoValidate,
    disabled,
    copy,
    title,
    label,
  } = props;
  return (
    <button
      type={type}
      id={id}
      class={classes(props)}
      name={name}
      value={value}
      form={form}
      formAction={formAction}
      formNoValidate={formNoValidate}
      disabled={disabled}
      title={title}
      aria-label={label}
      aria-keyshortcuts={props.shortcut}
      data-shortcut={props.shortcut}
      data-confirm={props.confirm}
      data-dialog={props.dialog}
      data-island={copy === undefined ? undefined : 'copy'}
      data-copy={copy}
    >
      <Inside {...props} />
    </button>
  );
}

/** A link that looks like a button: it goes somewhere and changes nothing. */
export function LinkButton(props: LinkButtonProps) {
  const { href, id, download, target, rel, title, label } = props;
  return (
    <a
      href={href}
      id={id}
      class={classes(props)}
      download={download}
      target={target}
      rel={rel}
      title={title}
      aria-label={label}
      aria-keyshortcuts={props.shortcut}
      data-shortcut={props.shortcut}
      data-confirm={props.confirm}
      data-dialog={props.dialog}
    >
      <Inside {...props} />
    </a>
  );
}

/** Buttons side by side that wrap when there is no room. */
export function Actions({
  align = 'start',
  children,
}: {
  align?: 'start' | 'end' | 'between';
  children: ComponentChildren;
}) {
  return <div class={cx('cluster', align !== 'start' && `cluster-${align}`)}>{children}</div>;
}

/** The end of a form: the button that sends it, and the way back without sending. */
export function FormActions(props: {
  label: ComponentChildren;
  variant?: 'primary' | 'danger';
  icon?: IconName;
  /** Where one goes without sending. */
  back: string;
  backLabel: ComponentChildren;
}) {
  const { label, variant = 'primary', icon, back, backLabel } = props;
  return (
    <Actions>
      <Button variant={variant} icon={icon}>
        {label}
      </Button>
      <LinkButton href={back} variant="quiet">
        {backLabel}
      </LinkButton>
    </Actions>
  );
}
