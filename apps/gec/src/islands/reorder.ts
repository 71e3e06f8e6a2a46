import type { Setup } from '@gec/ui/islands';

/**
 * Rows that are dragged by their handle into another order, with mouse, pen or finger. On release the form that the
 * element names is sent with the new order; the arrows beside the handle do the same step by step without this.
 */
const reorder: Setup = (element) => {
  const form = document.getElementById(element.dataset.form ?? '') as HTMLFormElement | null;
  const field = form?.elements.namedItem('ordre');
  const body = element.querySelector('tbody');
  if (!form || !(field instanceof HTMLInputElement) || !body) return;

  const handles = () => [...body.querySelectorAll<HTMLElement>('[data-drag]')];
  const order = () => handles().map((handle) => handle.dataset.drag ?? '');
  let dragged: { row: HTMLElement; before: string } | null = null;

  const move = (event: PointerEvent) => {
    if (!dragged) return;
    event.preventDefault();
    const { row } = dragged;
    for (const other of [...body.children] as HTMLElement[]) {
      if (other === row) continue;
      const { top, height } = other.getBoundingClientRect();
      const above = event.clientY < top + height / 2;
      const isBefore = Boolean(other.compareDocumentPosition(row) & Node.DOCUMENT_POSITION_FOLLOWING);
      if (isBefore && above) {
        body.insertBefore(row, other);
        return;
      }
      if (!isBefore && !above) body.insertBefore(row, other.nextSibling);
    }
  };

  const end = (event: PointerEvent) => {
    document.removeEventListener('pointermove', move);
    document.removeEventListener('pointerup', end);
    document.removeEventListener('pointercancel', end);
    if (!dragged) return;
    const { row, before } = dragged;
    dragged = null;
    row.classList.remove('is-dragged');
    const after = order().join(',');
    if (after === before) return;
    if (event.type === 'pointercancel') {
      // The browser took the gesture for scrolling: everything as it was.
      for (const id of before.split(',')) {
        const back = handles()
          .find((handle) => handle.dataset.drag === id)
          ?.closest('tr');
        if (back) body.append(back);
      }
      return;
    }
    field.value = after;
    // Safari 14 has no requestSubmit.
    if ('requestSubmit' in form) form.requestSubmit();
    else (form as HTMLFormElement).submit();
  };

  const start = (event: PointerEvent) => {
    const handle = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-drag]') : null;
    const row = handle?.closest('tr');
    if (!row || event.button !== 0) return;
    event.preventDefault();
    dragged = { row, before: order().join(',') };
    row.classList.add('is-dragged');
    document.addEventListener('pointermove', move);
    document.addEventListener('pointerup', end);
    document.addEventListener('pointercancel', end);
  };

  body.addEventListener('pointerdown', start);
};

export default reorder;
