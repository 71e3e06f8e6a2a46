import { announce, closest, debounce, hydrate, make, release, text, type Setup } from './runtime.ts';

const RESTART = ['page', 'cursor', 'after', 'before', 'apres', 'avant', 'total'];
const requests = new Map<string, AbortController>();
let shown = '';

/** The address of the view that a form describes: what other forms of the page chose stays, paging starts again. */
function viewOf(form: HTMLFormElement): URL {
  const url = new URL(form.getAttribute('action') ?? '', location.href);
  const kept =
    url.pathname === location.pathname ? new URLSearchParams(location.search) : new URLSearchParams();
  for (const control of form.elements) {
    const name = control.getAttribute('name');
    if (name) kept.delete(name);
  }
  RESTART.forEach((name) => kept.delete(name));
  new FormData(form).forEach((value, name) => {
    if (typeof value === 'string' && value.trim() !== '') kept.append(name, value);
  });
  url.search = kept.toString();
  url.hash = '';
  return url;
}

/** Puts the values of an address into the forms of a fragment, after a chip was taken away or on « back ». */
function fillForms(id: string, url: URL): void {
  const active = document.activeElement;
  document.querySelectorAll<HTMLFormElement>('form[data-fragment]').forEach((form) => {
    if (form.dataset.fragment !== id) return;
    for (const control of form.elements) {
      if (control === active) continue;
      const values = url.searchParams.getAll(control.getAttribute('name') ?? '');
      if (control instanceof HTMLInputElement && /^(checkbox|radio)$/.test(control.type))
        control.checked = values.includes(control.value);
      else if (control instanceof HTMLInputElement && control.type === 'hidden') continue;
      else if (control instanceof HTMLInputElement || control instanceof HTMLSelectElement)
        control.value = values[0] ?? '';
    }
  });
}

type History = 'push' | 'replace' | 'none';

/**
 * Fetches a view and puts its fragment in place of the one shown. The same address answers the whole page to a plain
 * request and the fragment to one with `X-Fragment`. An older request under way is given up.
 *
 * @param id id of the element to swap
 * @returns whether the fragment was swapped
 */
export async function loadFragment(id: string, url: URL, how: History): Promise<boolean> {
  requests.get(id)?.abort();
  const controller = new AbortController();
  requests.set(id, controller);
  const old = document.getElementById(id);
  old?.setAttribute('aria-busy', 'true');
  old?.classList.add('is-busy');
  try {
    const response = await fetch(url.href, {
      headers: { 'X-Fragment': id, Accept: 'text/html' },
      signal: controller.signal,
    });
    const html = await response.text();
    const fresh = new DOMParser().parseFromString(html, 'text/html').getElementById(id);
    if (!fresh || response.redirected) {
      // Signed out meanwhile, or an error page: show it as a page.
      location.assign(url.href);
      return false;
    }
    document.getElementById(`${id}-failure`)?.remove();
    swap(id, document.adoptNode(fresh));
    if (how !== 'none')
      history[how === 'push' ? 'pushState' : 'replaceState']({ fragment: id }, '', url.href);
    shown = location.pathname + location.search;
    const now = document.getElementById(id);
    const said = now?.querySelector('[data-count]') ?? now?.querySelector('.empty-title');
    announce(said?.textContent ?? text('noResult'));
    return true;
  } catch {
    if (controller.signal.aborted) return false;
    showFailure(id);
    return false;
  } finally {
    if (requests.get(id) === controller) {
      const now = document.getElementById(id);
      now?.removeAttribute('aria-busy');
      now?.classList.remove('is-busy');
    }
  }
}

/** Says above the view, which stays as it was, that it could not be refreshed. */
function showFailure(id: string): void {
  if (document.getElementById(`${id}-failure`)) return;
  const notice = make('div', 'flash alert alert-danger', text('networkError'));
  notice.id = `${id}-failure`;
  notice.setAttribute('role', 'alert');
  document.getElementById(id)?.before(notice);
}

function swap(id: string, fresh: HTMLElement): void {
  const old = document.getElementById(id);
  if (!old) return;
  const active = document.activeElement;
  const inside = active instanceof HTMLElement && old.contains(active);
  // A link of what opens and closes gives the focus back to what opened it, which is closed in the new view.
  const activeId = inside ? active.id || active.closest('details')?.querySelector('summary')?.id : '';
  release(old);
  old.replaceWith(fresh);
  // What stands with the filters, outside of the view, and tells how many are in force.
  document.querySelectorAll<HTMLElement>('[data-filters-of]').forEach((one) => {
    if (one.dataset.filtersOf === id) one.textContent = fresh.dataset.filters ?? '';
  });
  hydrate(fresh);
  if (!inside) return;
  // The link that was followed is gone: the focus goes to its successor, or to the start of the new view.
  const next = (activeId && document.getElementById(activeId)) || fresh;
  if (next === fresh) fresh.tabIndex = -1;
  next.focus({ preventScroll: true });
  if (fresh.getBoundingClientRect().top < 0) fresh.scrollIntoView();
}

/** A GET form whose view follows as one types, with the address kept in step. */
export const liveSearch: Setup = (element) => {
  if (!(element instanceof HTMLFormElement)) return;
  const id = element.dataset.fragment;
  if (!id || !document.getElementById(id)) return;
  const run = (how: History) => {
    later.cancel();
    const url = viewOf(element);
    if (url.pathname + url.search === shown && how !== 'push') return;
    void loadFragment(id, url, how).then((done) => done && fillForms(id, url));
  };
  const later = debounce(150, () => run('replace'));
  element.addEventListener('input', (event) => {
    if (
      event.target instanceof HTMLInputElement &&
      /^(text|search|tel|email|number|url)$/.test(event.target.type)
    )
      later();
  });
  element.addEventListener('change', (event) => {
    if (event.target instanceof HTMLInputElement && /^(text|search)$/.test(event.target.type)) return;
    run('push');
  });
  element.addEventListener('submit', (event) => {
    event.preventDefault();
    run('push');
  });
  return later.cancel;
};

/** Follows the links of a fragment (pages, sorting, chips) in place, and « back » through them. */
export function startFragmentLinks(): void {
  shown = location.pathname + location.search;
  document.addEventListener('click', (event) => {
    const link = closest(event, 'a[data-fragment-link]');
    const id = link?.dataset.fragmentLink;
    if (!(link instanceof HTMLAnchorElement) || !id || !document.getElementById(id)) return;
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.ctrlKey ||
      event.metaKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    event.preventDefault();
    const url = new URL(link.href);
    void loadFragment(id, url, 'push').then((done) => done && fillForms(id, url));
  });
  window.addEventListener('popstate', () => {
    if (location.pathname + location.search === shown) return;
    const state = history.state as { fragment?: string } | null;
    const id =
      state?.fragment ?? document.querySelector<HTMLFormElement>('form[data-fragment]')?.dataset.fragment;
    const url = new URL(location.href);
    if (id && document.getElementById(id))
      void loadFragment(id, url, 'none').then((done) => done && fillForms(id, url));
  });
}
