import { announce, make, type Setup } from '@gec/ui/islands';
import { fill, parse, type Kept, type Words } from './upload-words.ts';

/** A file of the list, from choice to letter. */
interface Item {
  nom: string;
  file: File | null;
  state: 'waiting' | 'sending' | 'kept' | 'refused' | 'cut';
  kept: Kept | null;
  message: string;
  xhr: XMLHttpRequest | null;
  row: HTMLLIElement;
  bar: HTMLProgressElement;
  note: HTMLElement;
}

const URL_ENVOI = '/api/v1/televersements';
/** Files sent at once: more would only share the same slow link. */
const AT_ONCE = 2;
const SCANS = /\.(pdf|png|jpe?g|jpe|jfif|tiff?)$/i;

/** Sends each file as soon as it is chosen, and lists them with what may be done. */
const upload: Setup = (element) => {
  const input = element.querySelector<HTMLInputElement>('[data-files]');
  const camera = element.querySelector<HTMLInputElement>('[data-camera]');
  const list = element.querySelector<HTMLUListElement>('[data-list]');
  const area = element.querySelector<HTMLElement>('.drop');
  const form = element.closest('form');
  if (!input || !list || !area) return;
  const words = JSON.parse(element.dataset.words ?? '{}') as Words;
  const max = Number(element.dataset.max ?? 0);
  let items: Item[] = [];

  const button = (sign: string, label: string, act: () => void) => {
    const made = make('button', 'btn btn-quiet btn-small', sign);
    made.type = 'button';
    made.setAttribute('aria-label', label);
    made.title = label;
    made.addEventListener('click', act);
    return made;
  };

  /** Other islands (the draft, the search for duplicates) learn of files as of any field. */
  const changed = () => {
    list.hidden = items.length === 0;
    list.dispatchEvent(new Event('change', { bubbles: true }));
  };

  function add(nom: string, file: File | null): Item {
    const row = make('li');
    const item: Item = {
      nom,
      file,
      state: 'waiting',
      kept: null,
      message: '',
      xhr: null,
      row,
      bar: make('progress'),
      note: make('small'),
    };
    items.push(item);
    list!.append(row);
    return item;
  }

  /** Draws a line anew, keeping the focus on the button that bore it. */
  function draw(item: Item): void {
    const { row, nom, state, kept } = item;
    const focused = row.contains(document.activeElement)
      ? [...row.querySelectorAll('button')].indexOf(document.activeElement as HTMLButtonElement)
      : -1;
    row.textContent = '';
    row.className = state === 'refused' || state === 'cut' ? 'is-bad' : '';
    if (kept) {
      const image = make('img', 'upload-thumb');
      image.alt = '';
      image.width = 40;
      image.height = 52;
      image.src = `${URL_ENVOI}/${kept.id}/pages/1.jpg?w=480`;
      const id = make('input');
      id.type = 'hidden';
      id.name = 'pieces';
      id.value = kept.id;
      row.append(image, id);
    }
    const about = make('div', 'upload-about');
    about.append(make('span', 'drop-name', nom));
    if (state === 'sending' || state === 'waiting') about.append(item.bar);
    item.note.textContent = item.message;
    about.append(item.note);
    row.append(about);
    if (state === 'cut') row.append(button('↻', fill(words.reessayer, { nom }), () => again(item)));
    if (kept && items.length > 1) {
      row.append(button('↑', fill(words.monter, { nom }), () => move(item, -1)));
      row.append(button('↓', fill(words.descendre, { nom }), () => move(item, 1)));
    }
    const busy = state === 'sending' || state === 'waiting';
    row.append(button('✕', fill(busy ? words.annuler : words.retirer, { nom }), () => remove(item)));
    if (focused >= 0) (row.querySelectorAll('button')[focused] ?? row.querySelector('button'))?.focus();
  }

  function say(item: Item, state: Item['state'], message: string, aloud = true): void {
    item.state = state;
    item.message = message;
    draw(item);
    if (aloud) announce(message);
  }

  function move(item: Item, by: number): void {
    const from = items.indexOf(item);
    const to = from + by;
    if (to < 0 || to >= items.length) return;
    const pressed = document.activeElement as HTMLElement | null;
    items.splice(from, 1);
    items.splice(to, 0, item);
    items.forEach(({ row }) => list!.append(row));
    pressed?.focus();
    announce(fill(words.deplace, { nom: item.nom, n: to + 1 }));
    changed();
  }

  function remove(item: Item): void {
    const at = items.indexOf(item);
    item.xhr?.abort();
    items = items.filter((other) => other !== item);
    item.row.remove();
    // What is not taken back here is swept by the server after some days.
    if (item.kept) void fetch(`${URL_ENVOI}/${item.kept.id}`, { method: 'DELETE' }).catch(() => undefined);
    items.forEach(draw);
    const neighbour = items[Math.min(at, items.length - 1)];
    (neighbour?.row.querySelector<HTMLElement>('button:last-child') ?? input!).focus();
    announce(fill(words.retire, { nom: item.nom }));
    changed();
    next();
  }

  function keep(item: Item, kept: Kept): void {
    item.kept = kept;
    item.nom = kept.nom;
    item.file = null;
    const pages = fill(kept.pages === 1 ? words.pages1 : words.pagesN, { n: kept.pages });
    say(item, 'kept', kept.connue ? `${pages} · ${words.dejaConnu}` : pages, false);
    announce(fill(words.pret, { nom: kept.nom, pages }));
    items.forEach((other) => other !== item && other.kept && draw(other));
    changed();
  }

  function again(item: Item): void {
    say(item, 'waiting', '', false);
    next();
  }

  /** Sends the files that wait, a few at once. */
  function next(): void {
    let free = AT_ONCE - items.filter(({ state }) => state === 'sending').length;
    for (const item of items) {
      if (free > 0 && item.state === 'waiting' && item.file) {
        free -= 1;
        send(item, item.file);
      }
    }
  }

  function send(item: Item, file: File): void {
    const xhr = new XMLHttpRequest();
    item.xhr = xhr;
    item.bar.removeAttribute('value');
    item.bar.max = 100;
    item.bar.setAttribute('aria-label', item.nom);
    say(item, 'sending', fill(words.envoi, { nom: item.nom, pct: 0 }), false);
    xhr.upload.addEventListener('progress', ({ loaded, total }) => {
      const pct = total > 0 ? Math.floor((loaded / total) * 100) : 0;
      item.bar.value = pct;
      item.note.textContent = pct < 100 ? fill(words.envoi, { nom: item.nom, pct }) : words.verification;
    });
    xhr.addEventListener('load', () => {
      const body = parse(xhr.responseText);
      const one = body?.fichiers?.[0];
      if (one) keep(item, { id: one.id, nom: one.nom, pages: one.pages, connue: one.deja_enregistre });
      else if (xhr.status >= 500 || !body) cut(item, body?.error?.message);
      else
        say(
          item,
          'refused',
          body.error?.message ?? body.erreurs?.[0]?.message ?? fill(words.coupure, { nom: item.nom }),
        );
      next();
    });
    xhr.addEventListener('error', () => {
      cut(item);
      next();
    });
    xhr.open('POST', URL_ENVOI);
    xhr.setRequestHeader('accept', 'application/json');
    const data = new FormData();
    data.append('pieces', file, file.name);
    xhr.send(data);
  }

  const cut = (item: Item, message?: string) =>
    say(item, 'cut', message ?? fill(words.coupure, { nom: item.nom }));

  function take(files: readonly File[]): void {
    // What was refused gives way to the next attempt.
    items.filter(({ state }) => state === 'refused').forEach(({ row }) => row.remove());
    items = items.filter(({ state }) => state !== 'refused');
    for (const file of files) {
      const item = add(file.name, file);
      if (max > 0 && file.size > max) say(item, 'refused', fill(words.tropGros, { nom: file.name }));
      else if (!SCANS.test(file.name) && !/^(application\/pdf|image\/(png|jpeg|tiff))$/.test(file.type))
        say(item, 'refused', fill(words.typeRefuse, { nom: file.name }));
      else draw(item);
    }
    changed();
    next();
  }

  // The files travel on their own: the form carries their ids only.
  const chosen = (field: HTMLInputElement) => {
    const files = [...(field.files ?? [])];
    field.value = '';
    element.querySelector('[data-errors]')?.remove();
    take(files);
  };
  for (const field of [input, camera]) {
    field?.removeAttribute('name');
    field?.addEventListener('change', (event) => {
      event.stopPropagation();
      chosen(field);
    });
  }

  // The whole page takes files: one that is dropped beside the field would replace the page in the browser.
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
  const over = (event: DragEvent) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    area.classList.add('is-over');
  };
  const leave = (event: DragEvent) => {
    if (event.relatedTarget === null) area.classList.remove('is-over');
  };
  const drop = (event: DragEvent) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    area.classList.remove('is-over');
    take([...(event.dataTransfer?.files ?? [])]);
  };
  const online = () => items.filter(({ state }) => state === 'cut').forEach(again);
  /** Before every other listener: a form must not go while a file is on its way. */
  const hold = (event: Event) => {
    const busy = items.find(({ state }) => state === 'sending' || state === 'waiting');
    if (event.target !== form || !busy) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    announce(words.envoisEnCours);
    busy.note.textContent = words.envoisEnCours;
    busy.row.scrollIntoView({ block: 'nearest' });
  };
  document.addEventListener('dragover', over);
  document.addEventListener('dragleave', leave);
  document.addEventListener('drop', drop);
  document.addEventListener('submit', hold, true);
  window.addEventListener('online', online);

  list.textContent = '';
  for (const file of JSON.parse(element.dataset.recues ?? '[]') as {
    id: string;
    nom: string;
    pages: number;
    empreinteConnue: boolean;
  }[]) {
    const item = add(file.nom, null);
    item.kept = { id: file.id, nom: file.nom, pages: file.pages, connue: file.empreinteConnue };
    item.state = 'kept';
    const pages = fill(file.pages === 1 ? words.pages1 : words.pagesN, { n: file.pages });
    item.message = file.empreinteConnue ? `${pages} · ${words.dejaConnu}` : pages;
  }
  items.forEach(draw);
  list.hidden = items.length === 0;
  // On a slow link a file may have been chosen before this script came: it is not to be lost.
  for (const field of [input, camera]) if (field?.files?.length) chosen(field);

  return () => {
    items.forEach(({ xhr }) => xhr?.abort());
    document.removeEventListener('dragover', over);
    document.removeEventListener('dragleave', leave);
    document.removeEventListener('drop', drop);
    document.removeEventListener('submit', hold, true);
    window.removeEventListener('online', online);
  };
};

export default upload;
