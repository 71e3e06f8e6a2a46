import { CHAMPS_REGISTRE, type ChoixPartiel, type Plan } from './imports.choix.schema.ts';

type Champs = Readonly<Record<string, unknown>>;
/** Kinds of words that a form maps, with the letter that begins the names of their fields. */
export const SORTES = ['utilisateurs', 'statuts', 'types', 'departements'] as const;
export type Sorte = (typeof SORTES)[number];

/** Name of the field that maps the nth unknown word of a kind. */
export const champDuMot = (sorte: Sorte, at: number): string => `${sorte}_${at}`;

/**
 * Reads the form of choices. Words are named by their place in the plan that the form was made from; what the form does not
 * hold stays as it is.
 */
export function lireChoix(champs: Champs, plan: Plan | null): ChoixPartiel {
  const word = (name: string): string => {
    const value = champs[name];
    return typeof value === 'string' ? value : '';
  };
  const nombre = (value: string): number | undefined =>
    /^\d{1,15}$/.test(value) ? Number(value) : undefined;
  const carte = <T>(sorte: Sorte, lire: (value: string) => T | undefined): Record<string, T> => {
    const found: Record<string, T> = {};
    Object.keys(plan?.inconnus[sorte] ?? {}).forEach((mot, at) => {
      const value = word(champDuMot(sorte, at));
      const read = value === '' ? undefined : lire(value);
      if (read !== undefined) found[mot] = read;
    });
    return found;
  };
  const choix: ChoixPartiel = {
    utilisateurs: carte('utilisateurs', nombre),
    statuts: carte('statuts', (value) => value),
    types: carte('types', nombre),
    departements: carte('departements', nombre),
  };
  const [siPris, sansScan, flux] = [word('si_pris'), word('sans_scan'), word('flux')];
  if (siPris === 'conflit' || siPris === 'suffixe') choix.si_pris = siPris;
  if (sansScan === 'conflit' || sansScan === 'notice') choix.sans_scan = sansScan;
  if (flux === 'ENTRANT' || flux === 'SORTANT') choix.flux = flux;
  const utilisateur = nombre(word('utilisateur'));
  if (utilisateur !== undefined) choix.utilisateur = utilisateur;
  if (word('statut') !== '') choix.statut = word('statut');
  const entetes = plan?.entetes.length ?? 0;
  if (entetes > 0) {
    const colonnes: NonNullable<ChoixPartiel['colonnes']> = {};
    for (const champ of CHAMPS_REGISTRE) {
      const at = nombre(word(`col_${champ}`));
      if (at !== undefined && at < entetes) colonnes[champ] = at;
    }
    choix.colonnes = colonnes;
  }
  return choix;
}
