import { debounce, type Setup } from '@gec/ui/islands';

/** Fields that the number of the next letter depends on. */
const NUMBERING = [
  'modeNumero',
  'formatArrivee',
  'formatDepart',
  'valeurDepartArrivee',
  'valeurDepartDepart',
] as const;

/** What the form holds in some of its fields. */
function query(form: HTMLFormElement, names: readonly string[]): string {
  const data = new FormData(form);
  const params = new URLSearchParams();
  for (const name of names) {
    const value = data.get(name);
    if (typeof value === 'string') params.set(name, value);
  }
  return params.toString();
}

/** Makes the previews of the settings follow the typing: the record sheet and the next numbers. */
const setup: Setup = (element) => {
  const form = element.closest('form');
  const sheet = document.getElementById('apercu-fiche');
  const numbers = document.getElementById('apercus');
  if (!form || !(sheet instanceof HTMLImageElement) || !numbers) return;
  const fields = (sheet.dataset.fields ?? '').split(' ');
  let shown = { sheet: query(form, fields), numbers: query(form, NUMBERING) };

  const refresh = debounce(500, () => {
    const next = { sheet: query(form, fields), numbers: query(form, NUMBERING) };
    if (next.sheet !== shown.sheet) sheet.src = `/settings/apercu.png?${next.sheet}`;
    if (next.numbers !== shown.numbers) {
      fetch(`/settings/numeros?${next.numbers}`, { headers: { Accept: 'application/json' } })
        .then((answer) => (answer.ok ? (answer.json() as Promise<{ apercus: string[] }>) : null))
        .then((answer) => {
          answer?.apercus.forEach((words, at) => {
            const line = numbers.children[at];
            if (line) line.textContent = words;
          });
        })
        // A preview that does not come leaves the one before; saving says what is wrong.
        .catch(() => undefined);
    }
    shown = next;
  });
  form.addEventListener('input', refresh);
  return () => refresh.cancel();
};

export default setup;
