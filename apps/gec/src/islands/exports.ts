import { loadFragment, type Setup } from '@gec/ui/islands';

/** Pace (ms) at which exports that are under way are looked at, and after an answer that did not come. */
const PACE = 1_000;
const PATIENT_PACE = 5_000;

interface Etat {
  id: string;
  etat: string;
  fait: number;
  total: number;
}

/**
 * Keeps exports that are under way up to date: their progress moves in place, and the whole part of the page is fetched
 * again when one of them ends. Without script a plain reload shows the same.
 */
const exports: Setup = (element) => {
  let timer = 0;
  const rows = () => [...element.querySelectorAll<HTMLElement>('[data-etat]')];

  const words = JSON.parse(element.dataset.words ?? '{}') as { avance?: string; avanceSans?: string };
  const figures = new Intl.NumberFormat(document.documentElement.lang === 'en' ? 'en-GB' : 'fr-FR');

  function show(row: HTMLElement, { fait, total }: Etat): void {
    const bar = row.querySelector('progress');
    const text = row.querySelector('.progress-words .num');
    if (bar && total > 0) {
      bar.max = total;
      bar.value = fait;
    }
    if (!text) return;
    text.textContent = ((total > 0 ? words.avance : words.avanceSans) ?? '')
      .replace('{fait}', figures.format(fait))
      .replace('{total}', figures.format(total));
  }

  async function look(): Promise<void> {
    let pace = PACE;
    try {
      const response = await fetch('/api/v1/exports', { headers: { Accept: 'application/json' } });
      // Signed out, or no longer allowed: the next page that is opened says so.
      if (response.status === 401 || response.status === 403) return;
      if (!response.ok) throw new Error(String(response.status));
      const { exports: list } = (await response.json()) as { exports: Etat[] };
      for (const row of rows()) {
        const one = list.find(({ id }) => id === row.dataset.id);
        if (one && one.etat === row.dataset.etat) show(row, one);
        else {
          await loadFragment(element.id, new URL(element.dataset.page ?? '/rapports', location.href), 'none');
          return;
        }
      }
    } catch {
      pace = PATIENT_PACE;
    }
    timer = window.setTimeout(() => void look(), pace);
  }

  timer = window.setTimeout(() => void look(), PACE);
  return () => clearTimeout(timer);
};

export default exports;
