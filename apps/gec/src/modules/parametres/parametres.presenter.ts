import { z } from 'zod';
import {
  CLES_PARAMETRES,
  MODES_NUMERO,
  type CleParametre,
  type ParametresVersionnes,
} from './parametres.schema.ts';

const texte = z.string();

/** The settings as they leave the program: the logo as its size, its picture is at `/logo`. */
export const parametresReponse = z.object({
  version: z.int(),
  valeurs: z.object({
    nomLogiciel: texte,
    organisme: texte,
    pays: texte,
    adresse: texte,
    telephone: texte,
    email: texte,
    titrePdf: texte,
    sousTitrePdf: texte,
    piedPage: texte,
    titreResponsable: texte,
    appellationDepartement: texte,
    fuseauHoraire: texte,
    modeNumero: z.enum(MODES_NUMERO),
    formatArrivee: texte,
    formatDepart: texte,
    valeurDepartArrivee: z.int(),
    valeurDepartDepart: z.int(),
    tailleMaxFichierMo: z.int(),
    dureeSessionHeures: z.int(),
    secondFacteurRoles: z.array(texte),
    logo: z.object({ largeur: z.int(), hauteur: z.int() }).nullable(),
  }),
  /** By setting: who changed it last (`null`: the program, or an account that is gone) and when. */
  modifications: z.record(texte, z.object({ par: texte.nullable(), le: texte })),
});

export type ParametresReponse = z.output<typeof parametresReponse>;

/** Ids of the people who changed a setting. */
export function auteursDe({ modifications }: ParametresVersionnes): number[] {
  return Object.values(modifications).flatMap(({ parId }) => (parId === null ? [] : [parId]));
}

/** The settings for pages and JSON. @param names full names by user id */
export function presentParametres(
  { valeurs, version, modifications }: ParametresVersionnes,
  names: ReadonlyMap<number, string>,
): ParametresReponse {
  const changed: ParametresReponse['modifications'] = {};
  for (const cle of CLES_PARAMETRES) {
    const one = modifications[cle as CleParametre];
    if (one) changed[cle] = { par: one.parId === null ? null : (names.get(one.parId) ?? null), le: one.le };
  }
  const { logo, ...rest } = valeurs;
  return {
    version,
    valeurs: { ...rest, logo: logo && { largeur: logo.largeur, hauteur: logo.hauteur } },
    modifications: changed,
  };
}
