import { closest, make, text } from './runtime.ts';

const FOCUSABLE =
  'a[href]:not([tabindex="-1"]),button:not([disabled]),input:not([disabled]):not([type=hidden]),select:not([disabled]),textarea:not([disabled]),[tabindex="0"]';

interface OpenModal {
  close: () => void;
}

const open: OpenModal[] = [];

/** Whether a dialog is over the page; keys of the page rest meanwhile. */
export function isModalOpen(): boolean {
  return open.length > 0;
}

/**
 * Shows an element over the page: the rest is hidden from assistive technology, Tab stays inside, Esc closes, and the
 * focus goes back to where it was. (Native dialogs are missing in Safari 14 and Firefox 88.)
 *
 * @param container `.dialog` element, in the page or new
 * @param onClose called once when it closes, however it closes
 */
export function openModal(container: HTMLElement, onClose?: () => void): OpenModal {
  const before = document.activeElement;
  const fresh = !container.isConnected;
  // Under the body itself, so that everything beside it can be hidden.
  const home = container.parentElement;
  const place = document.createComment('');
  if (home && home !== document.body) home.replaceChild(place, container);
  document.body.append(container);
  const others = [...document.body.children].filter(
    (child) => child !== container && child.getAttribute('aria-hidden') !== 'true',
  );
  others.forEach((child) => child.setAttribute('aria-hidden', 'true'));
  container.classList.add('is-open');
  document.body.classList.add('is-modal');

  const box = container.querySelector<HTMLElement>('[role=dialog]') ?? container;
  const stops = () =>
    [...box.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((el) => el.offsetParent !== null);
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      modal.close();
    }
    if (event.key !== 'Tab') return;
    const all = stops();
    const first = all[0];
    const last = all[all.length - 1];
    if (!first || !last) event.preventDefault();
    else if (event.shiftKey && (document.activeElement === first || document.activeElement === box)) {
      event.preventDefault();
      last.focus();
    } else if (!event.shiftKey && document.activeElement === last) {
      event.preventDefault();
      first.focus();
    }
  };
  const onClick = (event: MouseEvent) => {
    if (!closest(event, '[data-dialog-close]')) return;
    event.preventDefault();
    modal.close();
  };
  container.addEventListener('keydown', onKey);
  container.addEventListener('click', onClick);

  const modal: OpenModal = {
    close() {
      if (open.indexOf(modal) === -1) return;
      open.splice(open.indexOf(modal), 1);
      container.removeEventListener('keydown', onKey);
      container.removeEventListener('click', onClick);
      container.classList.remove('is-open');
      others.forEach((child) => child.removeAttribute('aria-hidden'));
      if (open.length === 0) document.body.classList.remove('is-modal');
      if (fresh) container.remove();
      else if (place.parentNode) place.parentNode.replaceChild(container, place);
      if (before instanceof HTMLElement) before.focus();
      onClose?.();
    },
  };
  open.push(modal);
  (
    box.querySelector<HTMLElement>('[autofocus]') ??
    box.querySelector<HTMLElement>(
      '.dialog-body input:not([type=hidden]),.dialog-body select,.dialog-body textarea',
    ) ??
    box
  ).focus();
  return modal;
}

let serial = 0;

/** Makes the markup of a dialog as the server component does: veil, box, title, body, foot. */
export function makeDialog(
  title: string,
  body: Node[],
  foot: HTMLElement[] = [],
  className = '',
): HTMLElement {
  const container = make('div', 'dialog');
  const veil = make('div', 'dialog-veil');
  veil.dataset.dialogClose = '';
  const box = make('section', `dialog-box ${className}`);
  const id = `modal-${++serial}`;
  box.setAttribute('role', 'dialog');
  box.setAttribute('aria-modal', 'true');
  box.setAttribute('aria-labelledby', id);
  box.tabIndex = -1;
  const head = make('header', 'dialog-head');
  const heading = make('h2', '', title);
  heading.id = id;
  head.append(heading);
  const content = make('div', 'dialog-body');
  content.append(...body);
  box.append(head, content);
  if (foot.length > 0) {
    const footer = make('footer', 'dialog-foot cluster cluster-end');
    footer.append(...foot);
    box.append(footer);
  }
  container.append(veil, box);
  return container;
}

/** Asks a question and answers whether it was confirmed. The safe answer has the focus. */
export function askConfirm(question: string, verb: string, danger: boolean): Promise<boolean> {
  return new Promise((resolve) => {
    let answer = false;
    const cancel = make('button', 'btn btn-secondary', text('cancel'));
    cancel.type = 'button';
    cancel.autofocus = true;
    const confirm = make('button', danger ? 'btn btn-danger' : 'btn btn-primary', verb);
    confirm.type = 'button';
    const dialog = makeDialog(
      text('confirmTitle'),
      [make('p', '', question)],
      [cancel, confirm],
      danger ? 'is-danger' : '',
    );
    const modal = openModal(dialog, () => resolve(answer));
    cancel.addEventListener('click', modal.close);
    confirm.addEventListener('click', () => {
      answer = true;
      modal.close();
    });
  });
}
