import { announce, type Setup } from '@gec/ui/islands';

/** Pace (ms) at which a page that is being looked at asks how many notifications wait. */
const PACE = 60_000;

/** Keeps the number on the bell up to date while the page is looked at. Without script the next page shows it. */
const bell: Setup = (element) => {
  const badge = element.querySelector<HTMLElement>('[data-count]');
  const { source = '', label = '', countLabel = '' } = element.dataset;
  let timer = 0;
  let asked = Date.now();

  function show(count: number): void {
    if (!badge) return;
    const before = Number(badge.dataset.count);
    if (count === before) return;
    badge.dataset.count = String(count);
    const shown = count > 99 ? '99+' : String(count);
    badge.textContent = shown;
    badge.hidden = count === 0;
    const words = count > 0 ? countLabel.replace('{n}', shown) : label;
    element.setAttribute('aria-label', words);
    if (count > before) announce(words);
  }

  async function look(): Promise<void> {
    asked = Date.now();
    try {
      const answer = await fetch(source, { headers: { Accept: 'application/json' } });
      // Signed out: the next page that is opened says so.
      if (answer.status === 401) return;
      if (answer.ok) show(((await answer.json()) as { non_lues: number }).non_lues);
    } catch {
      // The line is down for a moment; the number stays as it is.
    }
    plan();
  }

  function plan(): void {
    clearTimeout(timer);
    if (document.visibilityState === 'hidden') return;
    timer = window.setTimeout(() => void look(), Math.max(0, asked + PACE - Date.now()));
  }

  document.addEventListener('visibilitychange', plan);
  plan();
  return () => {
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', plan);
  };
};

export default bell;
