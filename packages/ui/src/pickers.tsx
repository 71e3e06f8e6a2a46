import { cx, useTexts } from './context.tsx';
import { useFieldAttributes, type ControlProps } from './forms.tsx';
import { Icon } from './icons.tsx';

export interface ComboboxProps extends ControlProps {
  /** JSON address answering `?q=` with `[{value, label?, hint?, id?}]` or an array of strings. */
  source: string;
  /** First proposals, for a browser without script. */
  options?: readonly string[];
  /** Characters before the first question, 1 by default. */
  minChars?: number;
  /** Name of a hidden field that receives the `id` of the proposal taken, and is emptied by typing. */
  idName?: string;
  idValue?: string;
}

/** A line of text completed as one types; free text stays allowed. Follows the WAI-ARIA 1.2 combobox with script. */
export function Combobox(props: ComboboxProps) {
  const {
    name,
    value,
    source,
    options = [],
    minChars,
    idName,
    idValue,
    label,
    placeholder,
    maxLength,
    autofocus,
    disabled,
  } = props;
  const field = useFieldAttributes(props);
  const listId = `${field.id ?? name}-options`;
  return (
    <div class="combo" data-island="combobox" data-source={source} data-min={minChars}>
      <input
        {...field}
        type="text"
        name={name}
        value={value}
        list={options.length > 0 ? listId : undefined}
        placeholder={placeholder}
        maxLength={maxLength}
        autofocus={autofocus}
        disabled={disabled}
        aria-label={label}
        autocomplete="off"
        class={cx('input', props.class)}
      />
      {options.length > 0 && (
        <datalist id={listId}>
          {options.map((option) => (
            <option key={option} value={option} />
          ))}
        </datalist>
      )}
      {idName && <input type="hidden" name={idName} value={idValue} data-combo-id />}
    </div>
  );
}

export interface FileDropProps {
  id: string;
  name: string;
  label: string;
  multiple?: boolean;
  /** As in the `accept` attribute. */
  accept?: string;
  hint?: string;
  error?: string;
  required?: boolean;
  /** Offers the camera of a phone beside the files. */
  capture?: boolean;
  /** Largest file in bytes, said before sending; the server decides. */
  maxBytes?: number;
  autofocus?: boolean;
}

/**
 * A place to drop files onto or choose them. The file input itself covers the area, so dropping works without
 * script; the `file-drop` island lists what was chosen and lets one take a file out again.
 */
export function FileDrop(props: FileDropProps) {
  const { id, name, label, multiple, accept, hint, error, required, capture, maxBytes, autofocus } = props;
  const texts = useTexts();
  const describedBy =
    cx(hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`) || undefined;
  return (
    <div class={cx('field', error !== undefined && 'field-bad')} data-island="file-drop" data-max={maxBytes}>
      <label for={id}>
        {label}
        {required && (
          <span class="req" aria-hidden="true">
            {' *'}
          </span>
        )}
      </label>
      <div class="drop">
        <input
          type="file"
          id={id}
          name={name}
          multiple={multiple}
          accept={accept}
          required={required}
          autofocus={autofocus}
          aria-describedby={describedBy}
          aria-invalid={error !== undefined ? 'true' : undefined}
          data-files
        />
        <div class="drop-words" aria-hidden="true">
          <span class="drop-icon">
            <Icon name="upload" size={22} />
          </span>
          <span>
            {texts.dropHere} <u>{multiple ? texts.chooseFiles : texts.chooseFile}</u>
          </span>
        </div>
      </div>
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {capture && (
        <label class="btn btn-secondary btn-small drop-camera">
          <Icon name="camera" />
          <span>{texts.takePhoto}</span>
          <input type="file" name={name} accept="image/*" capture="environment" class="sr-only" data-camera />
        </label>
      )}
      <ul class="drop-list" data-file-list aria-label={texts.filesChosen} hidden />
      {error !== undefined && (
        <p class="field-error" id={`${id}-error`}>
          <Icon name="alert" size={16} />
          <span>{error}</span>
        </p>
      )}
    </div>
  );
}
