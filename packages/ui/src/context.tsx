import type { Lang } from '@gec/core';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { uiTexts } from './ui.texts.ts';

/** Language of the components below; {@link Document} provides it, and {@link renderFragment} for a part of a page. */
export const LangContext = createContext<Lang>('fr');

/** The language of the page being rendered. */
export function useLang(): Lang {
  return useContext(LangContext);
}

/** The shared components' own words in the language of the page. */
export function useTexts() {
  return uiTexts(useContext(LangContext));
}

/** Joins class names, leaving out what is false or missing. */
export function cx(...names: (string | false | null | undefined)[]): string {
  return names.filter(Boolean).join(' ');
}
