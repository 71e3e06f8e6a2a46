import { make, type Setup } from '@gec/ui/islands';

/** Rows of a file that the page takes in itself at most; a larger one goes straight to the disk, by the browser. */
const ROWS_MAX = 200_000;
const MEGABYTE = 1_048_576;

interface Finished {
  text: string;
  href: string;
  label: string;
}

const lang = (): string => document.documentElement.lang || 'fr';
const figures = (n: number): string => n.toLocaleString(lang());

/** A bar in the panel: what is done, of how much, or that something is under way. */
function bar(panel: HTMLElement, label: string) {
  panel.textContent = '';
  const frame = make('div', 'progress');
  const words = make('div', 'progress-words');
  const count = make('span', 'num muted');
  const shown = make('progress');
  shown.setAttribute('aria-label', label);
  words.append(make('span', '', label), count);
  frame.append(words, shown);
  panel.append(frame);
  return (text: string, done?: number, total?: number) => {
    count.textContent = text;
    if (done === undefined || !total) shown.removeAttribute('value');
    else {
      shown.max = total;
      shown.value = done;
    }
  };
}

function say(panel: HTMLElement, tone: 'success' | 'danger', text: string, link?: Finished): void {
  panel.textContent = '';
  const alert = make('div', `alert alert-${tone}`);
  const words = make('p', 'alert-words', `${text} `);
  if (link) {
    const to = make('a', '', link.label);
    to.href = link.href;
    words.append(to);
  }
  alert.append(words);
  panel.append(alert);
  panel.querySelector('a')?.focus();
}

/** The events of an answer, one after the other (`event:` and `data:` lines). */
async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<{ name: string; data: unknown }> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += decoder.decode(value, { stream: true });
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const name = /^event: (.*)$/m.exec(part)?.[1] ?? '';
      yield { name, data: JSON.parse(/^data: (.*)$/m.exec(part)?.[1] ?? 'null') as unknown };
    }
  }
}

/** Sends a form the plain way, as without script: the page that comes says what is wrong. */
function sendPlainly(form: HTMLFormElement, button: HTMLButtonElement | null): void {
  if (button?.name) {
    const pressed = make('input');
    pressed.type = 'hidden';
    pressed.name = button.name;
    pressed.value = button.value;
    form.append(pressed);
  }
  form.submit();
}

async function watch(
  form: HTMLFormElement,
  button: HTMLButtonElement | null,
  panel: HTMLElement,
  words: DOMStringMap,
) {
  const fields = new FormData(form);
  if (button?.name) fields.append(button.name, button.value);
  const plain = new URLSearchParams();
  fields.forEach((value, name) => typeof value === 'string' && plain.append(name, value));
  const show = bar(panel, words['working'] ?? '');
  const response = await fetch(form.action, {
    method: 'POST',
    headers: { Accept: 'text/event-stream' },
    body: form.enctype === 'multipart/form-data' ? fields : plain,
  });
  const isStream = (response.headers.get('content-type') ?? '').startsWith('text/event-stream');
  if (!isStream || !response.body) return sendPlainly(form, button);
  for await (const { name, data } of eventsOf(response.body)) {
    if (name === 'refused') return sendPlainly(form, button);
    if (name === 'done') {
      const finished = data as Finished;
      form.reset();
      return say(panel, 'success', finished.text, finished);
    }
    const { done, total } = data as { done: number; total: number };
    show(`${figures(done)} / ${figures(total)}`, done, total);
  }
  throw new Error('the answer broke off');
}

/** The name that an answer gives its file. */
function nameOf(response: Response): string {
  const header = response.headers.get('content-disposition') ?? '';
  return /filename="([^"]*)"/.exec(header)?.[1] ?? 'export';
}

async function download(link: HTMLAnchorElement, panel: HTMLElement, words: DOMStringMap): Promise<void> {
  const show = bar(panel, words['working'] ?? '');
  const response = await fetch(link.href);
  if (!response.ok || response.redirected || !response.body) return location.assign(link.href);
  const total = Number(response.headers.get('content-length') ?? 0);
  const reader = response.body.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    size += value.length;
    const amount = (size / MEGABYTE).toLocaleString(lang(), { maximumFractionDigits: 1 });
    show((words['received'] ?? '').replace('{n}', amount), size, total);
  }
  const address = URL.createObjectURL(new Blob(parts as BlobPart[]));
  const save = make('a');
  save.href = address;
  save.download = nameOf(response);
  save.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  panel.textContent = '';
}

/** Shows how far long work is: a form that makes or takes many keys, a link to a file that takes time to make. */
export const progress: Setup = (element) => {
  const panel = element.querySelector<HTMLElement>('[data-progress-panel]');
  if (!panel) return;
  const { only, rows } = element.dataset;
  let busy = false;
  const during = (work: Promise<void>): void => {
    busy = true;
    element.setAttribute('aria-busy', 'true');
    void work
      .catch(() => say(panel, 'danger', element.dataset['interrupted'] ?? ''))
      .finally(() => {
        busy = false;
        element.removeAttribute('aria-busy');
      });
  };
  // Before the form's own islands, so that they see that it was taken care of.
  element.addEventListener(
    'submit',
    (event) => {
      const form = event.target;
      if (!(form instanceof HTMLFormElement) || form.method !== 'post') return;
      const button = event.submitter instanceof HTMLButtonElement ? event.submitter : null;
      if (rows !== undefined || (only !== undefined && button?.value !== only)) return;
      event.preventDefault();
      if (!busy) during(watch(form, button, panel, element.dataset));
    },
    true,
  );
  element.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (rows === undefined || !link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0)
      return;
    if (!/\/export\.(csv|xlsx)$/.test(link.pathname) || Number(rows) > ROWS_MAX) return;
    event.preventDefault();
    if (!busy) during(download(link, panel, element.dataset));
  });
};
