import type { Setup } from '@gec/ui/islands';

/** Says of a date field that its day is to come: mostly a slip, sometimes a letter dated ahead, so it is not refused. */
const dayToCome: Setup = (element) => {
  const field = element.closest('.field')?.querySelector<HTMLInputElement>('input[type=date]');
  if (!field) return;
  const { words = '', timeZone } = element.dataset;
  const check = () => {
    // The Swedes write dates as ISO 8601 does.
    const today = new Date().toLocaleDateString('sv', { timeZone });
    element.textContent = field.value > today ? words : '';
  };
  field.addEventListener('input', check);
  check();
};

export default dayToCome;
