import { askConfirm, openModal } from './modal.ts';
import { announce, closest, text, type Setup } from './runtime.ts';

/** Choice of theme, kept for a year in the cookie that the server reads. */
export const theme: Setup = (element) => {
  const root = document.documentElement;
  const show = () => {
    const current = root.dataset.theme ?? 'auto';
    element
      .querySelectorAll('button')
      .forEach((button) => button.setAttribute('aria-pressed', String(button.value === current)));
  };
  element.addEventListener('click', (event) => {
    const button = closest(event, 'button');
    if (!(button instanceof HTMLButtonElement)) return;
    const chosen = button.value;
    if (chosen === 'auto') delete root.dataset.theme;
    else root.dataset.theme = chosen;
    document
      .querySelector('meta[name=color-scheme]')
      ?.setAttribute('content', chosen === 'auto' ? 'light dark' : chosen);
    const secure = location.protocol === 'https:' ? ';secure' : '';
    document.cookie = `theme=${chosen};path=/;max-age=${chosen === 'auto' ? 0 : 31536000};samesite=lax${secure}`;
    show();
  });
  show();
};

const FLASH_MS = 8000;

/** Lets the result of an action go by itself; errors stay, and so does what is pointed at or focused. */
export const flash: Setup = (element) => {
  let timer = 0;
  const pause = () => clearTimeout(timer);
  const run = () => {
    pause();
    if (element.dataset.tone === 'success' || element.dataset.tone === 'info')
      timer = window.setTimeout(() => element.remove(), FLASH_MS);
  };
  element.addEventListener('mouseenter', pause);
  element.addEventListener('mouseleave', run);
  element.addEventListener('focusin', pause);
  element.addEventListener('focusout', run);
  element.querySelector('[data-close]')?.addEventListener('click', () => {
    element.remove();
    document.getElementById('main')?.focus();
  });
  run();
  return pause;
};

/** Copies `data-copy` and says so for a moment. */
export const copy: Setup = (element) => {
  element.addEventListener('click', () => {
    void copyText(element.dataset.copy ?? '').then((done) => {
      if (!done) return;
      element.classList.add('is-done');
      announce(text('copied'));
      setTimeout(() => element.classList.remove('is-done'), 2000);
    });
  });
};

/** The clipboard API exists in secure contexts only; an office's server often is plain http on its own network. */
async function copyText(value: string): Promise<boolean> {
  if (window.isSecureContext) {
    try {
      await navigator.clipboard.writeText(value);
      return true;
    } catch {
      // Refused by the browser: the old way below may still work.
    }
  }
  const area = document.createElement('textarea');
  area.value = value;
  area.className = 'sr-only';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
}

/** Moves the focus to the element when the page opens: the summary of errors. */
export const focus: Setup = (element) => element.focus();

/** Asks before anything that carries `data-confirm`: a link, a button or a whole form. */
export function startConfirm(): void {
  const agreed = new WeakSet<Element>();
  let pressed: HTMLElement | null = null;
  const ask = (question: HTMLElement, act: HTMLElement | null, go: () => void) => {
    const danger = act?.classList.contains('btn-danger') ?? false;
    void askConfirm(question.dataset.confirm ?? '', act?.textContent?.trim() || text('confirm'), danger).then(
      (yes) => {
        if (!yes) return;
        agreed.add(question);
        go();
        agreed.delete(question);
      },
    );
  };
  document.addEventListener(
    'click',
    (event) => {
      pressed = closest(event, 'button, input[type=submit]');
      const target = closest(event, 'a[data-confirm], button[data-confirm]');
      if (!target || agreed.has(target)) return;
      event.preventDefault();
      event.stopPropagation();
      ask(target, target, () => target.click());
    },
    true,
  );
  document.addEventListener(
    'submit',
    (event) => {
      const form = event.target;
      if (!(form instanceof HTMLFormElement) || form.dataset.confirm === undefined || agreed.has(form))
        return;
      event.preventDefault();
      event.stopPropagation();
      const button = pressed instanceof HTMLButtonElement && pressed.form === form ? pressed : null;
      // requestSubmit is missing before Safari 16; pressing the button again sends its name and value too.
      ask(form, button, () => (button ? button.click() : form.submit()));
    },
    true,
  );
}

/** Opens the dialogs of the page, closes menus on Esc and on a click elsewhere. */
export function startMenus(): void {
  document.addEventListener('click', (event) => {
    const opener = closest(event, '[data-dialog]');
    const dialog = opener && document.getElementById(opener.dataset.dialog ?? '');
    if (dialog) {
      event.preventDefault();
      openModal(dialog);
    }
    const inside = closest(event, 'details[data-menu]');
    document.querySelectorAll<HTMLDetailsElement>('details[data-menu][open]').forEach((menu) => {
      if (menu !== inside) menu.open = false;
    });
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    const menu = closest(event, 'details[data-menu][open]');
    if (!(menu instanceof HTMLDetailsElement)) return;
    menu.open = false;
    menu.querySelector('summary')?.focus();
  });
  // A dialog reached by its address (a link without script, a bookmark) opens in the managed way.
  const target = location.hash.length > 1 ? document.getElementById(location.hash.slice(1)) : null;
  if (target?.classList.contains('dialog'))
    openModal(target, () => history.replaceState(history.state, '', location.pathname + location.search));
}
