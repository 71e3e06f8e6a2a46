import type { Texts } from '@gec/core';
import { useLang } from '@gec/ui';
import { createContext, type ComponentChildren } from 'preact';
import { useContext } from 'preact/hooks';
import {
  avecMots,
  APPELLATION_PAR_DEFAUT,
  motsDepartement,
  type MotsDepartement,
} from './departements.texts.ts';

const Appellation = createContext(APPELLATION_PAR_DEFAUT);

/** Gives what is inside the word that the office uses for its departments (setting `appellationDepartement`). */
export function AppellationProvider(props: { appellation: string; children: ComponentChildren }) {
  return <Appellation.Provider value={props.appellation}>{props.children}</Appellation.Provider>;
}

/** The office's word for its departments in its four forms, for texts with `{departement}` and the like. */
export function useMotsDepartement(): MotsDepartement {
  return motsDepartement(useLang(), useContext(Appellation));
}

/** The texts of a module in the language of the page, with the office's word for its departments in them. */
export function useTextes<K extends string>(texts: Texts<Record<K, string>>): Record<K, string> {
  return avecMots(texts, useLang(), useContext(Appellation));
}
