import { loadFragment, type Setup } from '@gec/ui/islands';

/** Pace (ms) at which a verification under way is looked at, and after an answer that did not come. */
const PACE = 1_000;
const PATIENT_PACE = 5_000;

interface Etat {
  verification: { etat: string; fait: number; total: number } | null;
}

/** Follows a verification of the journal: its progress moves in place, its result is fetched when it ends. */
const verification: Setup = (element) => {
  let timer = 0;
  const figures = new Intl.NumberFormat(document.documentElement.lang === 'en' ? 'en-GB' : 'fr-FR');

  function show({ fait, total }: { fait: number; total: number }): void {
    const bar = element.querySelector('progress');
    const text = element.querySelector('.progress-words .num');
    if (!bar || total === 0) return;
    bar.max = total;
    bar.value = fait;
    if (!text) return;
    text.textContent = (element.dataset.words ?? '')
      .replace('{fait}', figures.format(fait))
      .replace('{total}', figures.format(total));
  }

  async function look(): Promise<void> {
    let pace = PACE;
    try {
      const response = await fetch('/api/v1/securite/verification', {
        headers: { Accept: 'application/json' },
      });
      if (response.status === 401 || response.status === 403) return;
      if (!response.ok) throw new Error(String(response.status));
      const found = ((await response.json()) as Etat).verification;
      if (found?.etat !== 'EN_COURS') {
        await loadFragment(element.id, new URL(location.href), 'none');
        return;
      }
      show(found);
    } catch {
      pace = PATIENT_PACE;
    }
    timer = window.setTimeout(() => void look(), pace);
  }

  timer = window.setTimeout(() => void look(), PACE);
  return () => clearTimeout(timer);
};

export default verification;
