import { useLang } from '@gec/ui';
import { createContext, type ComponentChildren } from 'preact';
import { useContext } from 'preact/hooks';
import { APPELLATION_PAR_DEFAUT, motsDepartement, type MotsDepartement } from './departements.texts.ts';

const Appellation = createContext(APPELLATION_PAR_DEFAUT);

/** Gives what is inside the word that the office uses for its departments (setting `appellationDepartement`). */
export function AppellationProvider(props: { appellation: string; children: ComponentChildren }) {
  return <Appellation.Provider value={props.appellation}>{props.children}</Appellation.Provider>;
}

/** The office's word for its departments in its four forms, for texts with `{departement}` and the like. */
export function useMotsDepartement(): MotsDepartement {
  return motsDepartement(useLang(), useContext(Appellation));
}
