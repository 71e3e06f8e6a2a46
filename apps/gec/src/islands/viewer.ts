import type { Setup } from '@gec/ui/islands';

/** Classes of the zoom steps, from the whole width on. */
const ZOOMS = ['', 'zoom-1', 'zoom-2'];
/** How wide a page is shown at each step: tells the browser which of the pictures to fetch. */
const SIZES = ['(min-width: 1000px) 50vw, 100vw', '100vw', '1440px'];

/** Zoom, moving from page to page and the page counter of a letter's scans. */
const viewer: Setup = (element) => {
  const pane = element.querySelector<HTMLElement>('[data-pages]');
  const count = element.querySelector<HTMLElement>('[data-count]');
  const pages = [...element.querySelectorAll<HTMLImageElement>('[data-page]')];
  if (!pane || !count || pages.length === 0) return;
  const words = JSON.parse(element.dataset.words ?? '{}') as { compteur?: string };
  let zoom = 0;
  let shown = -1;

  const button = (name: string) => element.querySelector<HTMLButtonElement>(`button[name=${name}]`);
  // The top of a page within the pane, whatever it is positioned in.
  const topOf = (page: Element) =>
    page.getBoundingClientRect().top - pane.getBoundingClientRect().top + pane.scrollTop;

  /** The page at the upper third of the pane: the one that is being read. */
  const current = () => {
    const line = pane.scrollTop + pane.clientHeight / 3;
    let low = 0;
    let high = pages.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (topOf(pages[middle]!) <= line) low = middle;
      else high = middle - 1;
    }
    return low;
  };

  const show = () => {
    const page = current();
    if (page === shown) return;
    shown = page;
    count.textContent = (words.compteur ?? '')
      .replace('{n}', String(page + 1))
      .replace('{total}', String(pages.length));
    button('prev')?.setAttribute('aria-disabled', String(page === 0));
    button('next')?.setAttribute('aria-disabled', String(page === pages.length - 1));
  };

  const go = (page: number) => {
    const target = pages[Math.min(Math.max(page, 0), pages.length - 1)]!;
    pane.scrollTop = topOf(target) - 8;
    show();
  };

  const setZoom = (step: number) => {
    const next = Math.min(Math.max(step, 0), ZOOMS.length - 1);
    if (next === zoom) return;
    // What was being read stays in view.
    const page = current();
    const within = (pane.scrollTop - topOf(pages[page]!)) / (pages[page]!.offsetHeight || 1);
    ZOOMS.forEach((name, i) => name && pane.classList.toggle(name, i === next));
    pages.forEach((image) => (image.sizes = SIZES[next]!));
    zoom = next;
    pane.scrollTop = topOf(pages[page]!) + within * pages[page]!.offsetHeight;
    button('out')?.setAttribute('aria-disabled', String(zoom === 0));
    button('in')?.setAttribute('aria-disabled', String(zoom === ZOOMS.length - 1));
  };

  const actions: Record<string, () => void> = {
    prev: () => go(current() - 1),
    next: () => go(current() + 1),
    in: () => setZoom(zoom + 1),
    out: () => setZoom(zoom - 1),
    fit: () => setZoom(0),
  };
  const KEYS: Record<string, string> = {
    PageUp: 'prev',
    PageDown: 'next',
    '+': 'in',
    '=': 'in',
    '-': 'out',
    '0': 'fit',
  };

  element.addEventListener('click', (event) => {
    const pressed = event.target instanceof Element ? event.target.closest('button') : null;
    if (pressed) actions[pressed.name]?.();
  });
  element.addEventListener('keydown', (event) => {
    const action = KEYS[event.key];
    if (action === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    actions[action]?.();
  });
  let waiting = false;
  pane.addEventListener('scroll', () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      show();
    });
  });
  button('out')?.setAttribute('aria-disabled', 'true');
  show();
};

export default viewer;
