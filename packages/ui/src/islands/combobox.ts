import { makeAsker, makeListbox, type Proposal } from './listbox.ts';
import { announce, debounce, make, text, type Setup } from './runtime.ts';

interface Completion extends Proposal {
  value: string;
  id: string;
}

function readCompletion(raw: unknown): Completion | null {
  if (typeof raw === 'string') return { value: raw, label: raw, id: '' };
  if (typeof raw !== 'object' || raw === null) return null;
  const { value, label, hint, id } = raw as Record<string, unknown>;
  if (typeof value !== 'string') return null;
  return {
    value,
    label: typeof label === 'string' ? label : value,
    hint: typeof hint === 'string' ? hint : undefined,
    id: typeof id === 'string' || typeof id === 'number' ? String(id) : '',
  };
}

/**
 * Completes a line of text from `data-source?q=`. Enter takes what is chosen (and does not send the form then), Esc
 * closes, free text stays. Taking fires `combobox:take` (detail: the proposal) and `change` on the field.
 */
export const combobox: Setup = (element) => {
  const input = element.querySelector<HTMLInputElement>('input:not([type=hidden])');
  const source = element.dataset.source;
  if (!input || !source) return;
  const hidden = element.querySelector<HTMLInputElement>('[data-combo-id]');
  const least = Number(element.dataset.min ?? 1);
  const list = make('div', 'combo-list');
  list.hidden = true;
  list.setAttribute(
    'aria-label',
    input.labels?.[0]?.textContent?.trim() || input.getAttribute('aria-label') || '',
  );
  element.append(list);
  // The plain completion of the browser would cover ours.
  input.removeAttribute('list');
  const { ask, abort } = makeAsker(source);

  const show = (items: Completion[]) => {
    listbox.show(items);
    list.hidden = items.length === 0;
  };
  const hide = () => {
    later.cancel();
    abort();
    show([]);
  };
  const take = (item: Completion) => {
    input.value = item.value;
    if (hidden) hidden.value = item.id;
    hide();
    input.dispatchEvent(new CustomEvent('combobox:take', { bubbles: true, detail: item }));
    input.dispatchEvent(new Event('change', { bubbles: true }));
  };
  const listbox = makeListbox<Completion>(input, list, take);
  const look = async () => {
    const question = input.value.trim();
    if (question.length < least) return show([]);
    const answer = await ask(question);
    if (answer === null || document.activeElement !== input) return;
    const items = answer.map(readCompletion).filter((item): item is Completion => item !== null);
    show(items);
    announce(
      items.length === 0 ? '' : text(items.length === 1 ? 'resultsOne' : 'resultsMany', { n: items.length }),
    );
  };
  const later = debounce(120, () => void look());

  input.addEventListener('input', () => {
    if (hidden) hidden.value = '';
    later();
  });
  input.addEventListener('blur', hide);
  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (list.hidden) void look();
      else listbox.move(event.key === 'ArrowDown' ? 1 : -1);
    } else if (event.key === 'Escape' && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      hide();
    } else if ((event.key === 'Enter' || event.key === 'Tab') && !event.ctrlKey && !event.metaKey) {
      const item = listbox.current();
      if (!item) return;
      if (event.key === 'Enter') event.preventDefault();
      take(item);
    }
  });
  return hide;
};
