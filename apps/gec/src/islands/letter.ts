import { announce, type Setup } from '@gec/ui/islands';

/** Prints the page. */
export const print: Setup = (element) => {
  element.addEventListener('click', () => {
    const menu = element.closest('details');
    if (menu) menu.open = false;
    window.print();
  });
};

/** Without accents and case, so that « helene » finds Hélène. */
const fold = (text: string) =>
  text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase();

type Words = Record<'zero' | 'one' | 'many' | 'none', string>;

/** Narrows the list of people as one types, and says how many are chosen. Enter takes the only one left. */
export const people: Setup = (element) => {
  const filter = element.querySelector<HTMLInputElement>('[data-filter]');
  const status = element.querySelector<HTMLElement>('[data-chosen]');
  if (!filter || !status) return;
  const words = JSON.parse(element.dataset.words ?? '{}') as Words;
  const rows = [...element.querySelectorAll<HTMLElement>('[data-person]')].map((row) => ({
    row,
    text: fold(row.dataset.person ?? ''),
    box: row.querySelector<HTMLInputElement>('input[type=checkbox]'),
  }));
  const groups = [...element.querySelectorAll<HTMLElement>('.people-group')];

  const shown = () => rows.filter(({ row }) => !row.hidden);
  const count = () => {
    const n = rows.filter(({ box }) => box?.checked).length;
    const text = n === 0 ? words.zero : n === 1 ? words.one : words.many.replace('{n}', String(n));
    status.textContent = shown().length === 0 ? `${words.none} ${text}` : text;
  };
  const narrow = () => {
    const wanted = fold(filter.value).split(/\s+/);
    for (const { row, text, box } of rows) {
      // Who is chosen stays in sight.
      row.hidden = !box?.checked && !wanted.every((word) => text.includes(word));
    }
    for (const group of groups) {
      group.hidden = ![...group.querySelectorAll<HTMLElement>('[data-person]')].some((row) => !row.hidden);
    }
    count();
  };

  filter.addEventListener('input', narrow);
  filter.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    if (event.key === 'Escape' && filter.value !== '') {
      event.preventDefault();
      filter.value = '';
      narrow();
    } else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
      // Enter in this line must not send the form.
      event.preventDefault();
      const open = shown().filter(({ box }) => box && !box.checked);
      const only = open.length === 1 ? open[0] : undefined;
      if (!only?.box || filter.value.trim() === '') return;
      only.box.checked = true;
      only.box.dispatchEvent(new Event('change', { bubbles: true }));
      announce(only.row.textContent?.trim() ?? '');
      filter.value = '';
      narrow();
    }
  });
  element.addEventListener('change', count);
  // After the browser has put back what was chosen before (back button).
  narrow();
};
