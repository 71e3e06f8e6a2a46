import { isModalOpen, makeDialog, openModal } from './modal.ts';
import { openPalette } from './palette.ts';
import { closest, isTyping, make, text, type Setup } from './runtime.ts';

const STORE = 'gec-single-keys';

/** Single keys can be switched off (WCAG 2.1.4): someone who dictates would press them without wanting to. */
function singleKeys(): boolean {
  try {
    return localStorage.getItem(STORE) !== 'off';
  } catch {
    return true;
  }
}

function setSingleKeys(on: boolean): void {
  try {
    if (on) localStorage.removeItem(STORE);
    else localStorage.setItem(STORE, 'off');
  } catch {
    // Storage is closed in this browser: the choice holds for this page only.
  }
}

function openHelp(section: HTMLElement): void {
  const copy = [...section.children].map((child) => child.cloneNode(true));
  const close = make('button', 'btn btn-secondary', text('close'));
  close.type = 'button';
  close.autofocus = true;
  const dialog = makeDialog(section.dataset.title ?? '', copy, [close]);
  const box = dialog.querySelector<HTMLInputElement>('[data-single-keys]');
  if (box) {
    box.checked = singleKeys();
    box.addEventListener('change', () => setSingleKeys(box.checked));
  }
  const modal = openModal(dialog);
  close.addEventListener('click', modal.close);
}

/** Moves the focus to the next or previous row of the list; at the ends it stays. */
function moveRow(by: number): boolean {
  const links = [...document.querySelectorAll<HTMLElement>('table[data-rows] .row-link')];
  if (links.length === 0) return false;
  const here = links.findIndex((link) => link.closest('tr')?.contains(document.activeElement));
  const to =
    here === -1 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(here + by, 0), links.length - 1);
  links[to]?.focus();
  links[to]?.closest('tr')?.scrollIntoView({ block: 'nearest' });
  return true;
}

function press(key: string): boolean {
  const named = [...document.querySelectorAll<HTMLElement>('[data-shortcut]')].filter(
    (el) => el.dataset.shortcut === key,
  );
  // What the page itself offers comes before what the program offers everywhere.
  const target = named.find((el) => el.closest('#main')) ?? named[0];
  target?.click();
  return target !== undefined;
}

/** The keys of the interface; none of them acts while one writes in a field or while a dialog is open. */
export const shortcuts: Setup = (section) => {
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || isModalOpen()) return;
    if (
      (event.ctrlKey || event.metaKey) &&
      !event.altKey &&
      !event.shiftKey &&
      event.key.toLowerCase() === 'k'
    ) {
      event.preventDefault();
      openPalette();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event) || !singleKeys()) {
      // The help must stay reachable to switch the keys on again.
      if (event.key !== '?' || isTyping(event)) return;
    }
    if (act(event.key, event)) event.preventDefault();
  };
  const act = (key: string, event: KeyboardEvent): boolean => {
    if (key === '/') {
      const field = document.querySelector<HTMLInputElement>('[data-search]');
      field?.focus();
      field?.select();
      return field !== null;
    }
    if (key === '?') {
      openHelp(section);
      return true;
    }
    if (key === 'j' || key === 'k') return moveRow(key === 'j' ? 1 : -1) || press(key);
    return key.length === 1 && !event.repeat && press(key);
  };
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
};

/** The whole row opens what its link opens, as a link does: new tab with Ctrl or the middle button. */
export function startRows(): void {
  const open = (event: MouseEvent) => {
    const row = closest(event, 'table[data-rows] tbody tr');
    if (!row || closest(event, 'a, button, input, label, select, summary')) return;
    const link = row.querySelector<HTMLAnchorElement>('a.row-link');
    // Selecting the text of a row is not a click on it.
    if (!link || String(window.getSelection() ?? '') !== '') return;
    if (event.button === 1 || event.ctrlKey || event.metaKey) window.open(link.href, '_blank', 'noopener');
    else if (event.button === 0 && !event.shiftKey && !event.altKey) link.click();
  };
  document.addEventListener('click', open);
  document.addEventListener('auxclick', open);

  let timer = 0;
  const preview = (event: Event) => {
    const row = closest(event, 'tr[data-preview]');
    clearTimeout(timer);
    if (!row) return;
    timer = window.setTimeout(() => {
      const picture = document.querySelector<HTMLImageElement>('[data-preview-pane] img');
      const address = row.dataset.preview ?? '';
      // A hidden pane (narrow screen) must not cost a slow link anything.
      if (!picture || !address || picture.parentElement?.offsetParent === null) return;
      if (picture.getAttribute('src') !== address) picture.src = address;
      picture.hidden = false;
    }, 120);
  };
  document.addEventListener('mouseover', preview);
  document.addEventListener('focusin', preview);
}
