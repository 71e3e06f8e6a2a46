import { makeAsker, makeListbox, type Proposal } from './listbox.ts';
import { makeDialog, openModal } from './modal.ts';
import { debounce, make, text } from './runtime.ts';

interface Target extends Proposal {
  href: string;
}

function pages(): Target[] {
  const seen = new Set<string>();
  const out: Target[] = [];
  document
    .querySelectorAll<HTMLAnchorElement>('.rail-list a[href], #shortcut-help a[href], .usermenu a[href]')
    .forEach((link) => {
      const label = (link.querySelector('.rail-word') ?? link).textContent?.trim() ?? '';
      if (!label || seen.has(link.href)) return;
      seen.add(link.href);
      out.push({ href: link.href, label });
    });
  return out;
}

function fold(value: string): string {
  return value
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase();
}

function readTarget(raw: unknown): Target | null {
  if (typeof raw !== 'object' || raw === null) return null;
  const { href, title, subtitle } = raw as Record<string, unknown>;
  if (typeof href !== 'string' || typeof title !== 'string') return null;
  const url = new URL(href, location.href);
  // Only a page of this site: an answer must not be able to run script or lead away.
  if (url.origin !== location.origin) return null;
  return { href: url.href, label: title, hint: typeof subtitle === 'string' ? subtitle : undefined };
}

/** Ctrl+K: goes to a page of the rail, or to a letter found while typing (`data-palette-source`). */
export function openPalette(): void {
  const input = make('input', 'palette-input');
  input.type = 'text';
  input.autocomplete = 'off';
  input.autofocus = true;
  input.placeholder = text('palettePlaceholder');
  input.setAttribute('aria-label', text('palette'));
  const list = make('div', 'palette-list');
  list.dataset.empty = text('noResult');
  list.setAttribute('aria-label', text('palette'));
  const dialog = makeDialog(text('palette'), [input, list], [], 'palette');
  dialog.querySelector('.dialog-head')?.classList.add('sr-only');
  dialog.querySelector('.dialog-body')?.classList.add('palette-body');

  const all = pages();
  const source = document.querySelector<HTMLElement>('[data-palette-source]')?.dataset.paletteSource;
  const asker = source ? makeAsker(source) : null;
  const go = (target: Target) => location.assign(target.href);
  const listbox = makeListbox<Target>(input, list, go);
  const matching = () => {
    const words = fold(input.value).split(/\s+/);
    return all.filter(({ label }) => words.every((word) => fold(label).includes(word)));
  };
  const search = debounce(120, () => {
    const question = input.value.trim();
    if (!asker || question.length < 2) return;
    void asker.ask(question).then((answer) => {
      if (answer === null || input.value.trim() !== question) return;
      const found = answer.map(readTarget).filter((target): target is Target => target !== null);
      listbox.show([...matching(), ...found], 0);
    });
  });
  input.addEventListener('input', () => {
    listbox.show(matching(), 0);
    search();
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      listbox.move(event.key === 'ArrowDown' ? 1 : -1);
    } else if (event.key === 'Enter' && !event.isComposing) {
      event.preventDefault();
      const target = listbox.current();
      if (target) go(target);
    }
  });
  openModal(dialog, () => {
    search.cancel();
    asker?.abort();
  });
  listbox.show(all, 0);
}
