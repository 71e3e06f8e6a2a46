import { fold, isDay } from '@gec/core';

const MOIS = [
  ['janvier', 'janv', 'jan', 'january'],
  ['fevrier', 'fevr', 'fev', 'february', 'feb'],
  ['mars', 'march', 'mar'],
  ['avril', 'avr', 'april', 'apr'],
  ['mai', 'may'],
  ['juin', 'june', 'jun'],
  ['juillet', 'juil', 'july', 'jul'],
  ['aout', 'august', 'aug'],
  ['septembre', 'sept', 'sep', 'september'],
  ['octobre', 'oct', 'october'],
  ['novembre', 'nov', 'november'],
  ['decembre', 'dec', 'december'],
];

/** Days of spreadsheets that can be dates of letters: 1954 to 2119. */
const JOUR_TABLEUR = { min: 20_000, max: 80_000 };
/** Two figures of a year above this mean the last century. */
const PIVOT = 69;

function jour(annee: number, mois: number, jourDuMois: number): string | null {
  const year = annee < 100 ? annee + (annee > PIVOT ? 1900 : 2000) : annee;
  const pad = (n: number, width: number) => String(n).padStart(width, '0');
  const day = `${pad(year, 4)}-${pad(mois, 2)}-${pad(jourDuMois, 2)}`;
  return isDay(day) ? day : null;
}

/**
 * A date as registers write it: `04/03/2025`, `4-3-25`, `04.03.2025`, `2025-03-04`, `2025-03-04T10:00`, `4 mars 2025`,
 * `1er avril 2025`, or the number of a day in a spreadsheet. The day comes before the month.
 *
 * @returns the day (`YYYY-MM-DD`), or null when it is none
 */
export function lireDate(texte: string): string | null {
  const word = fold(texte).trim();
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[t ].*)?$/.exec(word);
  if (iso) return jour(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const usual = /^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?:[t ,].*)?$/.exec(word);
  if (usual) return jour(Number(usual[3]), Number(usual[2]), Number(usual[1]));
  const named = /^(\d{1,2})(?:er)?[ -]([a-z]+)\.?[ -](\d{4}|\d{2})$/.exec(word);
  if (named) {
    const mois = MOIS.findIndex((names) => names.includes(named[2]!)) + 1;
    return mois === 0 ? null : jour(Number(named[3]), mois, Number(named[1]));
  }
  if (/^\d{5}(?:[.,]\d+)?$/.test(word)) {
    const days = Math.floor(Number(word.replace(',', '.')));
    if (days < JOUR_TABLEUR.min || days > JOUR_TABLEUR.max) return null;
    // Day 1 of spreadsheets is 1900-01-01, with a 29 February 1900 that never was.
    return new Date(Date.UTC(1899, 11, 30) + days * 86_400_000).toISOString().slice(0, 10);
  }
  return null;
}
