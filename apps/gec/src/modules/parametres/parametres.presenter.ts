import { z } from 'zod';
import {
  CLES_PARAMETRES,
  MODES_NUMERO,
  TYPES_FICHIERS,
  type CleParametre,
  type ImagePng,
  type ParametresVersionnes,
} from './parametres.schema.ts';

const texte = z.string();
const image = z.object({ largeur: z.int(), hauteur: z.int() }).nullable();

/** The settings as they leave the program: pictures as their sizes; they are at `/logo` and `/settings/signature`. */
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
    typesFichiers: z.array(z.enum(TYPES_FICHIERS)),
    dureeSessionHeures: z.int(),
    motDePasseLongueurMin: z.int(),
    motDePasseValiditeJours: z.int(),
    verrouillageEchecs: z.int(),
    verrouillageMinutes: z.int(),
    conservationExportsHeures: z.int(),
    secondFacteurRoles: z.array(texte),
    logo: image,
    signature: image,
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
  const { logo, signature, ...rest } = valeurs;
  const size = (picture: ImagePng | null) =>
    picture && { largeur: picture.largeur, hauteur: picture.hauteur };
  return {
    version,
    valeurs: { ...rest, logo: size(logo), signature: size(signature) },
    modifications: changed,
  };
}
