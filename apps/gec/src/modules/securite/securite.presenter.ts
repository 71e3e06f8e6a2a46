import { z } from 'zod';
import type { RegleAdresse } from '../auth/adresses.schema.ts';
import type { Alerte, Blocage, EchecsConnexion, SessionOuverte, Verification } from './securite.schema.ts';

const texte = z.string();
const tranche = z.object({ debut: texte, nombre: z.number() });

export const echecsShape = z.object({ heures: z.array(tranche), jours: z.array(tranche) });

export const alerteShape = z.object({
  genre: z.enum(['chaine', 'compte', 'reseau', 'adresse', 'facteur']),
  date: texte,
  texte: texte.describe('L’alerte en mots, dans la langue de la personne'),
});

export const regleShape = z.object({
  id: z.number(),
  genre: z.enum(['bloquee', 'autorisee']),
  cidr: texte,
  motif: texte,
  date_creation: texte,
  expire: texte.nullable(),
});

export const blocageShape = z.object({
  cle: texte,
  adresse: texte,
  personne: texte.nullable(),
  compte: texte.nullable(),
  echecs: z.number(),
  fois: z.number(),
  jusqua: texte,
});

export const sessionShape = z.object({
  id: texte,
  utilisateur_id: z.number(),
  personne: texte,
  ip: texte,
  navigateur: texte,
  systeme: texte.nullable(),
  debut: texte,
  derniere_activite: texte,
  courante: z.boolean(),
});

export const verificationShape = z.object({
  etat: z.enum(['EN_COURS', 'TERMINEE', 'ECHOUEE', 'INTERROMPUE']),
  fait: z.number(),
  total: z.number(),
  debut: texte,
  fin: texte.nullable(),
  entrees: z.number().nullable(),
  rupture: z
    .object({
      nature: z.enum(['altered', 'removed', 'inserted', 'head']),
      seq: z.number().nullable(),
      id: z.number().nullable(),
    })
    .nullable(),
});

export function presentEchecs({ heures, jours }: EchecsConnexion): z.output<typeof echecsShape> {
  return { heures: [...heures], jours: [...jours] };
}

/** @param texte the alert in words */
export function presentAlerte({ genre, date }: Alerte, texte: string): z.output<typeof alerteShape> {
  return { genre, date, texte };
}

export function presentRegle(one: RegleAdresse): z.output<typeof regleShape> {
  return {
    id: one.id,
    genre: one.genre,
    cidr: one.cidr,
    motif: one.reason,
    date_creation: one.createdAt,
    expire: one.expiresAt,
  };
}

export function presentBlocage(one: Blocage): z.output<typeof blocageShape> {
  return { ...one };
}

export function presentSession(one: SessionOuverte): z.output<typeof sessionShape> {
  return {
    id: one.id,
    utilisateur_id: one.utilisateurId,
    personne: one.personne,
    ip: one.ip,
    navigateur: one.navigateur,
    systeme: one.systeme,
    debut: one.debut,
    derniere_activite: one.derniereActivite,
    courante: one.courante,
  };
}

export function presentVerification(one: Verification): z.output<typeof verificationShape> {
  const { etat, fait, total, debut, fin, entrees, rupture } = one;
  return { etat, fait, total, debut, fin, entrees, rupture };
}
