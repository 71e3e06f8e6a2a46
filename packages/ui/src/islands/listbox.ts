import { make } from './runtime.ts';

/** One proposal of a list: what it is, and a line that tells it from its neighbours. */
export interface Proposal {
  label: string;
  hint?: string;
}

/** The options under a text field, as the WAI-ARIA 1.2 combobox wants them: the focus stays in the field. */
export interface Listbox<T extends Proposal> {
  show: (items: readonly T[], select?: number) => void;
  /** Moves the choice by one, round the ends. */
  move: (by: number) => void;
  current: () => T | undefined;
}

let serial = 0;

/** Ties an input and a list together as a combobox; `take` is called for the option clicked. */
export function makeListbox<T extends Proposal>(
  input: HTMLInputElement,
  list: HTMLElement,
  take: (item: T) => void,
): Listbox<T> {
  const id = list.id || `listbox-${++serial}`;
  list.id = id;
  list.setAttribute('role', 'listbox');
  input.setAttribute('role', 'combobox');
  input.setAttribute('aria-autocomplete', 'list');
  input.setAttribute('aria-controls', id);
  input.setAttribute('aria-expanded', 'false');
  let shown: readonly T[] = [];
  let at = -1;
  const select = (index: number) => {
    at = index;
    [...list.children].forEach((option, i) => {
      option.setAttribute('aria-selected', String(i === index));
      if (i === index) option.scrollIntoView({ block: 'nearest' });
    });
    if (index >= 0) input.setAttribute('aria-activedescendant', `${id}-${index}`);
    else input.removeAttribute('aria-activedescendant');
  };
  // Before the field loses the focus, so that choosing by mouse does not close the list first.
  list.addEventListener('mousedown', (event) => event.preventDefault());
  list.addEventListener('click', (event) => {
    const option = event.target instanceof Element ? event.target.closest('[role=option]') : null;
    const item = option ? shown[[...list.children].indexOf(option)] : undefined;
    if (item) take(item);
  });
  return {
    show(items, first = -1) {
      shown = items;
      list.textContent = '';
      items.forEach((item, i) => {
        const option = make('div', 'option', item.label);
        option.id = `${id}-${i}`;
        option.setAttribute('role', 'option');
        if (item.hint) option.append(make('small', '', item.hint));
        list.append(option);
      });
      input.setAttribute('aria-expanded', String(items.length > 0));
      select(items.length > 0 ? first : -1);
    },
    move(by) {
      if (shown.length === 0) return;
      // From « nothing chosen », down takes the first and up the last.
      select(at === -1 && by < 0 ? shown.length - 1 : (at + by + shown.length) % shown.length);
    },
    current: () => shown[at],
  };
}

/** Asks a JSON address with `?q=`; a newer question makes an older one give up (`null`). Failures give no proposal. */
export function makeAsker(source: string) {
  let controller: AbortController | undefined;
  const abort = () => controller?.abort();
  const ask = async (question: string): Promise<unknown[] | null> => {
    abort();
    const mine = (controller = new AbortController());
    const url = new URL(source, location.href);
    url.searchParams.set('q', question);
    try {
      const response = await fetch(url.href, {
        headers: { Accept: 'application/json' },
        signal: mine.signal,
      });
      const body: unknown = response.ok ? await response.json() : [];
      return Array.isArray(body) ? body : [];
    } catch {
      return mine.signal.aborted ? null : [];
    }
  };
  return { ask, abort };
}
