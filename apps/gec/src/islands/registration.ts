import { debounce, make, type Setup } from '@gec/ui/islands';

/** Words that the server gives in the language of the page. */
type Words = Record<
  'kept' | 'failed' | 'one' | 'many' | 'after' | 'line' | 'reference' | 'objet' | 'fichier',
  string
>;

interface Doublon {
  id: number;
  numero_accuse_reception: string;
  date_enregistrement: string;
  objet: string;
  correspondant: string;
  motif: 'reference' | 'objet' | 'fichier';
}

/** Milliseconds without typing after which the draft is kept. */
const REST = 1_200;

/** A time of the day as the pages write it, in the time zone of the office: `14 h 05`, with no-break spaces. */
function clockTime(lang: string, at: Date, timeZone?: string): string {
  const time = at.toLocaleTimeString(lang, { hour: '2-digit', minute: '2-digit', timeZone });
  return lang === 'fr' ? time.replace(/^0?(\d+):/, '$1\u00A0h\u00A0') : time;
}

/** Fields that belong to the form and not to the letter. */
const OWN = new Set(['_csrf', 'pieces', 'doublons_vus', 'fichiers']);

const fill = (text: string, values: Record<string, string>) =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);

/** The clerk's minute: keeps a draft, shows likely duplicates before saving, shows the first page, moves on to the objet. */
const registration: Setup = (element) => {
  const form = element.querySelector<HTMLFormElement>('form#saisie');
  const state = element.querySelector<HTMLElement>('[data-draft-state]');
  const box = element.querySelector<HTMLElement>('[data-duplicates-box]');
  const seen = element.querySelector<HTMLInputElement>('[data-seen]');
  const page = element.querySelector<HTMLElement>('[data-first-page]');
  if (!form || !state || !box || !seen || !page) return;
  const words = JSON.parse(element.dataset.words ?? '{}') as Words;
  const { draft = '', duplicates = '', timeZone } = element.dataset;
  const lang = document.documentElement.lang || 'fr';

  const read = () => {
    const champs: Record<string, string> = {};
    const pieces: string[] = [];
    new FormData(form).forEach((value, name) => {
      if (typeof value !== 'string') return;
      if (name === 'pieces') pieces.push(value);
      else if (!OWN.has(name) && value !== '') champs[name] = value;
    });
    return { champs, pieces };
  };

  // --- draft ---
  let sent = false;
  let dirty = false;
  let asking: AbortController | undefined;
  const body = () => JSON.stringify(read());
  const keep = async () => {
    if (sent || !dirty) return;
    dirty = false;
    asking?.abort();
    const mine = (asking = new AbortController());
    try {
      const response = await fetch(draft, {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
        body: body(),
        signal: mine.signal,
      });
      const heure = clockTime(lang, new Date(), timeZone);
      state.textContent = response.ok ? fill(words.kept, { heure }) : words.failed;
      dirty = dirty || !response.ok;
    } catch {
      if (mine.signal.aborted) return;
      dirty = true;
      state.textContent = words.failed;
    }
  };
  const later = debounce(REST, () => void keep());
  /** The page goes: a beacon outlives it, a request might not. */
  const leave = () => {
    if (sent || !dirty) return;
    later.cancel();
    dirty = !navigator.sendBeacon(draft, new Blob([body()], { type: 'application/json' }));
  };
  const hidden = () => document.visibilityState === 'hidden' && leave();

  // --- likely duplicates ---
  let asked = '';
  const line = (one: Doublon) => {
    const date = new Date(one.date_enregistrement).toLocaleDateString(lang, {
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      timeZone,
    });
    const { numero_accuse_reception: numero, correspondant, objet, motif, id } = one;
    const item = make('li');
    const link = make('a', '', fill(words.line, { numero, date, correspondant, objet }));
    link.href = `/mail/${id}`;
    link.target = '_blank';
    link.rel = 'noopener';
    item.append(link, ` (${words[motif]})`);
    return item;
  };
  const show = (found: readonly Doublon[]) => {
    // What was shown counts as seen: the server does not ask again.
    seen.value = found.map(({ id }) => id).join(',');
    box.textContent = '';
    if (found.length === 0) return;
    const alert = make('div', 'alert alert-warning');
    const inside = make('div', 'alert-words');
    const list = make('ul');
    list.append(...found.map(line));
    inside.append(make('p', 'alert-title', found.length === 1 ? words.one : words.many), list);
    inside.append(make('p', '', words.after));
    alert.append(inside);
    box.append(alert);
  };
  const look = async () => {
    const { champs, pieces } = read();
    if (!champs['objet'] && !champs['numero_reference'] && pieces.length === 0) return show([]);
    const query = new URLSearchParams({
      objet: champs['objet'] ?? '',
      numero_reference: champs['numero_reference'] ?? '',
      correspondant: champs['expediteur'] ?? champs['destinataire'] ?? '',
      pieces: pieces.join(','),
    }).toString();
    if (query === asked) return;
    asked = query;
    try {
      const response = await fetch(`${duplicates}?${query}`, { headers: { Accept: 'application/json' } });
      if (!response.ok || asked !== query) return;
      show(((await response.json()) as { doublons: Doublon[] }).doublons);
    } catch {
      // Without network nothing can be saved either; the server looks again then.
      asked = '';
    }
  };

  // --- the scan ---
  let files = form.querySelectorAll('[name=pieces]').length;
  const picture = () => {
    const id = form.querySelector<HTMLInputElement>('[name=pieces]')?.value;
    page.hidden = id === undefined;
    if (id === undefined) return page.replaceChildren();
    const src = `/api/v1/televersements/${id}/pages/1.jpg?w=960`;
    if (page.querySelector('img')?.getAttribute('src') === src) return;
    const image = make('img');
    image.src = src;
    const nom = form.querySelector('[data-list] .drop-name')?.textContent ?? '';
    image.alt = fill(page.dataset.alt ?? '', { nom });
    page.replaceChildren(image);
  };

  form.addEventListener('input', () => {
    dirty = true;
    later();
  });
  form.addEventListener('change', (event) => {
    dirty = true;
    later();
    const target = event.target as HTMLElement;
    if (target.matches('[data-list]')) {
      const rows = target.children.length;
      const objet = form.querySelector<HTMLInputElement>('[name=objet]');
      // The file is on its way: one goes on reading the letter.
      if (rows > files && objet?.value === '') objet.focus();
      files = rows;
      picture();
    }
    void look();
  });
  form.addEventListener('submit', (event) => {
    if (event.defaultPrevented) return;
    // What stood outside the window was shown to nobody: then the server asks.
    const { top, bottom } = box.getBoundingClientRect();
    if (bottom < 0 || top > window.innerHeight) seen.value = '';
    sent = true;
    later.cancel();
    asking?.abort();
  });
  const shown = () => (sent = false);
  window.addEventListener('pagehide', leave);
  window.addEventListener('pageshow', shown);
  document.addEventListener('visibilitychange', hidden);
  // A draft that came back is looked at as if it had just been typed.
  if (box.childElementCount === 0) void look();
  return () => {
    leave();
    later.cancel();
    window.removeEventListener('pagehide', leave);
    window.removeEventListener('pageshow', shown);
    document.removeEventListener('visibilitychange', hidden);
  };
};

export default registration;
