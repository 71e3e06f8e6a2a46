import type { ClientText } from '../ui.texts.ts';

/** Undoes what an island set up: timers, listeners outside its element, requests under way. */
export type Cleanup = () => void;

/** Gives life to one element; what it listens to outside of the element it must undo. */
export type Setup = (element: HTMLElement) => void | Cleanup | Promise<void | Cleanup>;

const setups = new Map<string, Setup>();
const alive = new WeakMap<HTMLElement, Map<string, Cleanup | undefined>>();
let started = false;

/** Declares what elements with `data-island="name"` do. Several names on one element are separated by spaces. */
export function registerIsland(name: string, setup: Setup): void {
  setups.set(name, setup);
  if (started) hydrate(document.body);
}

/** Declares an island whose code is fetched only on a page that has it. */
export function lazyIsland(name: string, load: () => Promise<{ default: Setup }>): void {
  registerIsland(name, async (element) => (await load()).default(element));
}

/** Gives life to the islands in a part of the page that have none yet. */
export function hydrate(root: ParentNode & Node): void {
  const elements = [...root.querySelectorAll<HTMLElement>('[data-island]')];
  if (root instanceof HTMLElement && root.dataset.island) elements.unshift(root);
  for (const element of elements) {
    const running = alive.get(element) ?? new Map<string, Cleanup | undefined>();
    alive.set(element, running);
    for (const name of (element.dataset.island ?? '').split(' ')) {
      const setup = setups.get(name);
      if (!setup || running.has(name)) continue;
      running.set(name, undefined);
      void Promise.resolve(setup(element)).then((cleanup) => {
        if (!cleanup) return;
        // The element may have been swapped away while its code was on the way.
        if (alive.get(element) === running) running.set(name, cleanup);
        else cleanup();
      });
    }
  }
}

/** Ends the islands in a part of the page that is about to go. */
export function release(root: HTMLElement): void {
  for (const element of [root, ...root.querySelectorAll<HTMLElement>('[data-island]')]) {
    alive.get(element)?.forEach((cleanup) => cleanup?.());
    alive.delete(element);
  }
}

/** Starts every declared island once the page is parsed, and shows what needs script. */
export function startIslands(): void {
  const start = () => {
    started = true;
    document.documentElement.classList.add('js');
    hydrate(document.body);
  };
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
  else start();
}

let texts: Partial<Record<ClientText, string>> | undefined;

/** A text of the shared components in the language of the page, with its `{name}` places filled. */
export function text(key: ClientText, values: Record<string, string | number> = {}): string {
  texts ??= JSON.parse(document.body.dataset.texts ?? '{}') as Partial<Record<ClientText, string>>;
  return (texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Says a short text to assistive technology without moving the focus. */
export function announce(message: string): void {
  const live = document.getElementById('live');
  if (!live) return;
  live.textContent = '';
  // A live region speaks when it changes: the same words twice must be two changes.
  setTimeout(() => (live.textContent = message), 50);
}

/** Makes an element with a class and text. Text only: nothing from outside is ever parsed as HTML. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = '',
  content = '',
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (content) element.textContent = content;
  return element;
}

/** Puts off a call until nothing has asked for it again during `ms` milliseconds. */
export function debounce<A extends unknown[]>(ms: number, run: (...args: A) => void) {
  let timer = 0;
  const later = (...args: A) => {
    clearTimeout(timer);
    timer = window.setTimeout(() => run(...args), ms);
  };
  return Object.assign(later, { cancel: () => clearTimeout(timer) });
}

/** The element of the event or its nearest ancestor that matches. */
export function closest(event: Event, selector: string): HTMLElement | null {
  return event.target instanceof Element ? event.target.closest<HTMLElement>(selector) : null;
}

/** Whether the event comes from a place where keys write text. */
export function isTyping(event: Event): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
    return true;
  return (
    target instanceof HTMLInputElement &&
    !/^(checkbox|radio|button|submit|reset|file|range)$/.test(target.type)
  );
}
