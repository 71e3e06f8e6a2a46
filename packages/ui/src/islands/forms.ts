import { announce, closest, make, text, type Setup } from './runtime.ts';

/** Sends a form once, however often and however fast its button is pressed. */
export const submitOnce: Setup = (element) => {
  if (!(element instanceof HTMLFormElement)) return;
  let sent = false;
  const buttons = () =>
    [...element.elements].filter(
      (el): el is HTMLButtonElement => el instanceof HTMLButtonElement && el.type === 'submit',
    );
  const set = (busy: boolean) => {
    sent = busy;
    element.classList.toggle('is-sending', busy);
    buttons().forEach((button) => button.setAttribute('aria-disabled', String(busy)));
  };
  element.addEventListener('submit', (event) => {
    if (event.defaultPrevented) return;
    if (sent) {
      event.preventDefault();
      return;
    }
    set(true);
    announce(text('sending'));
    // A download answers without leaving the page: the form must not stay closed for ever.
    setTimeout(() => set(false), 10000);
  });
  const back = () => set(false);
  window.addEventListener('pageshow', back);
  return () => window.removeEventListener('pageshow', back);
};

function written(form: HTMLFormElement): string {
  const parts: string[] = [];
  new FormData(form).forEach((value, name) =>
    parts.push(`${name}=${typeof value === 'string' ? value : value.name + value.size}`),
  );
  return parts.join('&');
}

/** Warns before leaving a form whose changes were not sent. */
export const dirtyGuard: Setup = (element) => {
  if (!(element instanceof HTMLFormElement)) return;
  const first = written(element);
  let leaving = false;
  element.addEventListener('submit', (event) => {
    if (!event.defaultPrevented) leaving = true;
  });
  const ask = (event: BeforeUnloadEvent) => {
    if (leaving || written(element) === first) return;
    event.preventDefault();
    event.returnValue = text('unsaved');
  };
  window.addEventListener('beforeunload', ask);
  return () => window.removeEventListener('beforeunload', ask);
};

/** Ctrl+Enter (Cmd+Enter) presses the main button of the form that one writes in. */
export function startQuickSave(): void {
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    const form = closest(event, 'form');
    if (!(form instanceof HTMLFormElement)) return;
    // The main button may stand outside of its form, and say so by its `form` attribute.
    const buttons = [...form.elements].filter(
      (el): el is HTMLButtonElement => el instanceof HTMLButtonElement && el.type === 'submit',
    );
    const button = buttons.find((el) => el.classList.contains('btn-primary')) ?? buttons[0];
    if (!button) return;
    event.preventDefault();
    button.click();
  });
}

function size(bytes: number): string {
  const lang = document.documentElement.lang || 'fr';
  const unit = lang === 'fr' ? ['Ko', 'Mo'] : ['KB', 'MB'];
  const big = bytes >= 1048576;
  const number = (bytes / (big ? 1048576 : 1024)).toLocaleString(lang, {
    maximumFractionDigits: big ? 1 : 0,
  });
  return `${number}\u00a0${unit[big ? 1 : 0]}`;
}

/** Safari before 14.1 cannot make a list of files: there, files are listed but not taken out one by one. */
function listOf(files: readonly File[]): FileList | null {
  try {
    const transfer = new DataTransfer();
    files.forEach((file) => transfer.items.add(file));
    return transfer.files;
  } catch {
    return null;
  }
}

/** Lists the files chosen, adds those dropped or photographed, and takes one out again. */
export const fileDrop: Setup = (element) => {
  const input = element.querySelector<HTMLInputElement>('[data-files]');
  const list = element.querySelector<HTMLElement>('[data-file-list]');
  const camera = element.querySelector<HTMLInputElement>('[data-camera]');
  const area = element.querySelector<HTMLElement>('.drop');
  if (!input || !list || !area) return;
  const max = Number(element.dataset.max ?? 0);
  let kept: File[] = [];

  const put = (files: File[]) => {
    const made = listOf(files);
    if (made) input.files = made;
    kept = files;
    show();
  };
  const show = () => {
    list.textContent = '';
    list.hidden = kept.length === 0;
    kept.forEach((file, i) => {
      const item = make('li');
      const name = make('span', 'drop-name', file.name);
      item.append(name, make('small', 'num', size(file.size)));
      if (max > 0 && file.size > max) {
        const message = text('fileTooBig', { name: file.name, max: size(max) });
        item.classList.add('is-bad');
        name.textContent = message;
        announce(message);
      }
      const remove = make('button', 'btn btn-quiet btn-small', text('remove'));
      remove.type = 'button';
      remove.setAttribute('aria-label', `${text('remove')} ${file.name}`);
      remove.addEventListener('click', () => {
        put(kept.filter((_, other) => other !== i));
        input.dispatchEvent(new Event('change', { bubbles: true }));
        input.focus();
      });
      if (listOf([])) item.append(remove);
      list.append(item);
    });
  };
  input.addEventListener('change', () => {
    const chosen = [...(input.files ?? [])];
    // Choosing again adds to what is there; the same file is not added twice.
    const isOurs = chosen.length === kept.length && chosen.every((file, i) => file === kept[i]);
    const known = kept.filter(
      (old) => !chosen.some((file) => file.name === old.name && file.size === old.size),
    );
    if (!isOurs) put(input.multiple && listOf([]) ? [...known, ...chosen] : chosen);
  });
  camera?.addEventListener('change', () => {
    const shot = [...(camera.files ?? [])];
    if (shot.length === 0 || !listOf([])) return;
    put(input.multiple ? [...kept, ...shot] : shot);
    camera.value = '';
    input.dispatchEvent(new Event('change', { bubbles: true }));
  });
  area.addEventListener('dragover', () => area.classList.add('is-over'));
  for (const end of ['dragleave', 'drop'] as const)
    area.addEventListener(end, () => area.classList.remove('is-over'));
};
