import { createContext, type ComponentChildren } from 'preact';
import { useContext } from 'preact/hooks';
import { cx, useTexts } from './context.tsx';
import { Icon } from './icons.tsx';

export interface FormProps {
  action: string;
  method?: 'get' | 'post';
  /** Required by every POST; sent as the hidden field `_csrf`. */
  csrfToken?: string;
  encType?: 'application/x-www-form-urlencoded' | 'multipart/form-data';
  id?: string;
  /** Warns before leaving with unsaved changes. */
  guard?: boolean;
  /** Question asked before sending, when script runs. */
  confirm?: string;
  /** Leaves checking to the server, so that messages are ours. On by default. */
  noValidate?: boolean;
  /** Id of the fragment that this GET form refreshes as one types (`live-search` island). */
  liveFragment?: string;
  class?: string;
  children: ComponentChildren;
}

/** A form. A POST is sent once however often it is pressed, and Ctrl+Enter sends it. */
export function Form(props: FormProps) {
  const {
    action,
    method = 'post',
    csrfToken,
    encType,
    id,
    guard,
    confirm,
    noValidate = true,
    liveFragment,
  } = props;
  const islands = cx(
    method === 'post' && 'submit-once',
    guard && 'dirty-guard',
    liveFragment && 'live-search',
  );
  return (
    <form
      action={action}
      method={method}
      encType={encType}
      id={id}
      class={props.class}
      noValidate={noValidate}
      data-island={islands || undefined}
      data-confirm={confirm}
      data-fragment={liveFragment}
    >
      {csrfToken !== undefined && <input type="hidden" name="_csrf" value={csrfToken} />}
      {props.children}
    </form>
  );
}

interface FieldLink {
  id: string;
  describedBy?: string;
  invalid?: boolean;
  required?: boolean;
}

const FieldContext = createContext<FieldLink | null>(null);

/** Attributes that tie a control to its {@link Field}: id, description, error and requirement. */
export function useFieldAttributes(own: { id?: string; required?: boolean }) {
  const field = useContext(FieldContext);
  return {
    id: own.id ?? field?.id,
    required: own.required ?? field?.required,
    'aria-describedby': field?.describedBy,
    'aria-invalid': field?.invalid ? ('true' as const) : undefined,
  };
}

export interface FieldProps {
  /** Id of the control; the control inside takes it by itself. */
  id: string;
  label: ComponentChildren;
  hint?: ComponentChildren;
  error?: string;
  required?: boolean;
  /** Says « facultatif » beside the label. */
  optional?: boolean;
  class?: string;
  children: ComponentChildren;
}

/** Label, control, hint and error of one field, tied together for assistive technology. */
export function Field({ id, label, hint, error, required, optional, class: cls, children }: FieldProps) {
  const texts = useTexts();
  const describedBy =
    cx(hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`) || undefined;
  return (
    <div class={cx('field', error !== undefined && 'field-bad', cls)}>
      <label for={id}>
        {label}
        {required && (
          <span class="req" title={texts.required} aria-hidden="true">
            {' *'}
          </span>
        )}
        {optional && <span class="opt"> {texts.optional}</span>}
      </label>
      <FieldContext.Provider value={{ id, describedBy, invalid: error !== undefined, required }}>
        {children}
      </FieldContext.Provider>
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p class="field-error" id={`${id}-error`}>
          <Icon name="alert" size={16} />
          <span>{error}</span>
        </p>
      )}
    </div>
  );
}

export interface ControlProps {
  name: string;
  id?: string;
  value?: string;
  required?: boolean;
  disabled?: boolean;
  readOnly?: boolean;
  autofocus?: boolean;
  placeholder?: string;
  maxLength?: number;
  autocomplete?: string;
  /** Accessible name of a control that stands without {@link Field}. */
  label?: string;
  /** Id of the form, for a control outside of it. */
  form?: string;
  class?: string;
}

export interface TextInputProps extends ControlProps {
  type?: 'text' | 'email' | 'password' | 'search' | 'tel' | 'url' | 'number';
  inputMode?: 'text' | 'numeric' | 'decimal' | 'email' | 'tel' | 'search' | 'url';
  min?: number;
  max?: number;
  step?: number;
  spellcheck?: boolean;
}

function shared(props: ControlProps) {
  const { name, disabled, readOnly, autofocus, placeholder, maxLength, autocomplete, label, form } = props;
  return {
    name,
    disabled,
    readOnly,
    autofocus,
    placeholder,
    maxLength,
    autocomplete,
    form,
    'aria-label': label,
  };
}

/** A line of text. */
export function TextInput(props: TextInputProps) {
  const { type = 'text', inputMode, min, max, step, spellcheck } = props;
  return (
    <input
      {...useFieldAttributes(props)}
      {...shared(props)}
      // The JSX types want one literal; all of these take the same attributes.
      type={type as 'text'}
      value={props.value}
      inputMode={inputMode}
      min={min}
      max={max}
      step={step}
      spellcheck={spellcheck}
      class={cx('input', props.class)}
    />
  );
}

/** Several lines of text. */
export function TextArea(props: ControlProps & { rows?: number }) {
  return (
    <textarea
      {...useFieldAttributes(props)}
      {...shared(props)}
      rows={props.rows ?? 3}
      class={cx('input', props.class)}
      value={props.value}
    />
  );
}

/** A calendar day as `YYYY-MM-DD`; a browser without a date picker takes it as text. */
export function DateInput(props: ControlProps & { min?: string; max?: string }) {
  return (
    <input
      {...useFieldAttributes(props)}
      {...shared(props)}
      type="date"
      value={props.value}
      min={props.min}
      max={props.max}
      pattern="\d{4}-\d{2}-\d{2}"
      placeholder={props.placeholder ?? 'AAAA-MM-JJ'}
      class={cx('input', 'input-date', props.class)}
    />
  );
}

export interface Option {
  value: string;
  label: string;
  disabled?: boolean;
  /** Heading under which neighbouring options stand together. */
  group?: string;
}

/** A choice in a short list. `empty` is the label of the choice of nothing. */
export function Select(props: ControlProps & { options: readonly Option[]; empty?: string }) {
  const groups: { name: string | undefined; options: Option[] }[] = [];
  for (const option of props.options) {
    const last = groups[groups.length - 1];
    if (last && last.name === option.group) last.options.push(option);
    else groups.push({ name: option.group, options: [option] });
  }
  const one = (option: Option) => (
    <option
      key={option.value}
      value={option.value}
      disabled={option.disabled}
      selected={option.value === props.value}
    >
      {option.label}
    </option>
  );
  return (
    <select {...useFieldAttributes(props)} {...shared(props)} class={cx('input', 'select', props.class)}>
      {props.empty !== undefined && <option value="">{props.empty}</option>}
      {groups.map(({ name, options }) =>
        name === undefined ? (
          options.map(one)
        ) : (
          <optgroup key={name} label={name}>
            {options.map(one)}
          </optgroup>
        ),
      )}
    </select>
  );
}
