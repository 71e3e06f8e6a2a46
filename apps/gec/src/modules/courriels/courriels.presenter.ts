import { LANGS } from '@gec/core';
import { z } from 'zod';
import {
  EVENEMENTS_COURRIEL,
  SECURITES,
  VARIABLES,
  type EssaiSmtp,
  type ModeleCourriel,
  type SaisieSmtp,
  type SmtpVu,
} from './courriels.schema.ts';

const instant = z.iso.datetime().nullable();

/** The mail server as JSON clients see it: never its password. */
export const smtpShape = z.object({
  source: z.enum(['base', 'environnement', 'aucun']),
  hote: z.string().nullable(),
  port: z.int().nullable(),
  securite: z.enum(SECURITES).nullable(),
  utilisateur: z.string().nullable(),
  mot_de_passe_present: z.boolean(),
  expediteur: z.string().nullable(),
  nom_expediteur: z.string().nullable(),
  verifier_certificat: z.boolean().nullable(),
  version: z.int(),
  modifie_par_id: z.int().nullable(),
  date_modification: instant,
});

/** What JSON clients send for the mail server. Without `mot_de_passe` the one that is there stays. */
export const smtpEntree = z.strictObject({
  hote: z.string().max(300),
  port: z.int(),
  securite: z.string().max(20),
  utilisateur: z.string().max(300).default(''),
  mot_de_passe: z.string().max(600).default(''),
  expediteur: z.string().max(300),
  nom_expediteur: z.string().max(300).default(''),
  verifier_certificat: z.boolean().default(true),
});

/** @returns the mail server as {@link smtpShape} */
export function presentSmtp({ reglage, ...vu }: SmtpVu): z.input<typeof smtpShape> {
  return {
    source: vu.source,
    hote: reglage?.hote ?? null,
    port: reglage?.port ?? null,
    securite: reglage?.securite ?? null,
    utilisateur: reglage?.utilisateur ?? null,
    mot_de_passe_present: vu.motDePassePresent,
    expediteur: reglage?.expediteur ?? null,
    nom_expediteur: reglage?.nomExpediteur ?? null,
    verifier_certificat: reglage?.verifierCertificat ?? null,
    version: vu.version,
    modifie_par_id: vu.parId,
    date_modification: vu.le,
  };
}

/** What a JSON client sent, as the form would have it. */
export function saisieDe(entree: z.output<typeof smtpEntree>): SaisieSmtp {
  return {
    hote: entree.hote,
    port: String(entree.port),
    securite: entree.securite,
    utilisateur: entree.utilisateur,
    motDePasse: entree.mot_de_passe,
    expediteur: entree.expediteur,
    nomExpediteur: entree.nom_expediteur,
    verifierCertificat: entree.verifier_certificat,
  };
}

/** How a test ended. */
export const essaiShape = z.object({
  reussi: z.boolean(),
  message: z.string().nullable(),
  conversation: z.array(z.object({ de: z.enum(['client', 'serveur']), texte: z.string() })),
});

/** @returns the test as {@link essaiShape} */
export function presentEssai({ reussi, message, conversation }: EssaiSmtp): z.input<typeof essaiShape> {
  return { reussi, message, conversation: conversation.map(({ de, texte }) => ({ de, texte })) };
}

/** A template as JSON clients see it. */
export const modeleShape = z.object({
  evenement: z.enum(EVENEMENTS_COURRIEL),
  langue: z.enum(LANGS as ['fr', 'en']),
  sujet: z.string(),
  texte: z.string(),
  html: z.string(),
  variables: z.array(z.string()),
  par_defaut: z.boolean(),
  version: z.int(),
  modifie_par_id: z.int().nullable(),
  date_modification: instant,
});

/** @returns the template as {@link modeleShape} */
export function presentModele(modele: ModeleCourriel): z.input<typeof modeleShape> {
  const { evenement, langue, sujet, texte, html, version } = modele;
  return {
    evenement,
    langue,
    sujet,
    texte,
    html,
    variables: [...VARIABLES[evenement]],
    par_defaut: version === 0,
    version,
    modifie_par_id: modele.parId,
    date_modification: modele.le,
  };
}
