import { formatNumber, NBSP, type Lang } from './texts.ts';

const UNITS: Record<Lang, readonly string[]> = {
  fr: ['o', 'Ko', 'Mo', 'Go', 'To'],
  en: ['B', 'KB', 'MB', 'GB', 'TB'],
};

/** A size in bytes as people read it: `482 Ko`, `1,4 Mo` (powers of 1024). */
export function formatBytes(lang: Lang, bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS[lang].length - 1) {
    value /= 1024;
    unit++;
  }
  const rounded = unit === 0 || value >= 10 ? Math.round(value) : Math.round(value * 10) / 10;
  return `${formatNumber(lang, rounded)}${NBSP}${UNITS[lang][unit] ?? ''}`;
}
