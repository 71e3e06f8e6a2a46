import { fill } from '@gec/core';
import type { ComponentChildren } from 'preact';
import { cx, useTexts } from './context.tsx';
import { Icon } from './icons.tsx';

export interface ChoiceGroupProps {
  /** Id of the group; the error summary leads to it. */
  id: string;
  name: string;
  legend: ComponentChildren;
  options: readonly { value: string; label: ComponentChildren; disabled?: boolean }[];
  value?: string;
  hint?: ComponentChildren;
  error?: string;
  required?: boolean;
}

/** A group of choices with its question, its hint and what is wrong with it. */
function Choice(
  props: Omit<ChoiceGroupProps, 'name' | 'options' | 'value'> & { children: ComponentChildren },
) {
  const { id, legend, hint, error, required, children } = props;
  const describedBy =
    cx(hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`) || undefined;
  return (
    <fieldset
      class={cx('field', 'choice', error !== undefined && 'field-bad')}
      id={id}
      aria-describedby={describedBy}
      tabIndex={-1}
    >
      <legend>
        {legend}
        {required && (
          <span class="req" aria-hidden="true">
            {' *'}
          </span>
        )}
      </legend>
      {children}
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
    </fieldset>
  );
}

/** One of two to five choices, side by side like the keys of one switch. */
export function RadioGroup({ name, options, value, ...frame }: ChoiceGroupProps) {
  return (
    <Choice {...frame}>
      <div class="segmented">
        {options.map((option) => (
          <label key={option.value}>
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              disabled={option.disabled}
              required={frame.required}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </Choice>
  );
}

export interface CheckboxProps {
  name: string;
  label: ComponentChildren;
  id?: string;
  value?: string;
  checked?: boolean;
  disabled?: boolean;
  hint?: ComponentChildren;
  form?: string;
}

/** Yes or no. */
export function Checkbox({ name, label, id, value = 'oui', checked, disabled, hint, form }: CheckboxProps) {
  return (
    <label class="check">
      <input
        type="checkbox"
        name={name}
        id={id}
        value={value}
        checked={checked}
        disabled={disabled}
        form={form}
      />
      <span>
        {label}
        {hint !== undefined && <small class="hint">{hint}</small>}
      </span>
    </label>
  );
}

export interface CheckboxGroupProps extends Omit<ChoiceGroupProps, 'value'> {
  values: readonly string[];
}

/**
 * Any number of choices. An empty value is sent along, so that a group without a tick is told from a form without the
 * group.
 */
export function CheckboxGroup({ name, options, values, ...frame }: CheckboxGroupProps) {
  return (
    <Choice {...frame}>
      <input type="hidden" name={name} value="" />
      {options.map((option) => (
        <Checkbox
          key={option.value}
          name={name}
          label={option.label}
          value={option.value}
          checked={values.includes(option.value)}
          disabled={option.disabled}
        />
      ))}
    </Choice>
  );
}

export interface ErrorSummaryProps {
  /** `field` is the id of the control (or group) to go to. */
  errors: readonly { field: string; message: string }[];
  title?: string;
}

/** All errors of a refused form in one place, each a link to its field. Takes the focus when the page opens. */
export function ErrorSummary({ errors, title }: ErrorSummaryProps) {
  const texts = useTexts();
  if (errors.length === 0) return null;
  const heading =
    title ?? fill(errors.length === 1 ? texts.errorsOne : texts.errorsMany, { n: errors.length });
  return (
    <div class="alert alert-danger" role="alert" tabIndex={-1} id="error-summary" data-island="focus">
      <Icon name="alert" />
      <div class="alert-words">
        <p class="alert-title">{heading}</p>
        <ul>
          {errors.map((error) => (
            <li key={`${error.field} ${error.message}`}>
              <a href={`#${error.field}`}>{error.message}</a>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
