import { z } from 'zod';
import type { Import, LigneRapport } from './imports.suivi.schema.ts';

const comptes = z.record(z.string(), z.number());

/** An import in JSON. */
export const importShape = z.object({
  id: z.string(),
  genre: z.enum(['archive', 'registre']),
  etat: z
    .enum(['RECEPTION', 'DEPOSE', 'PRET', 'EN_COURS', 'TERMINE', 'ECHOUE', 'ANNULE'])
    .describe('DEPOSE : en vérification ; PRET : vérifié, à lancer'),
  fichier: z.string(),
  taille: z.number().describe('Octets'),
  fait: z.number(),
  total: z.number(),
  crees: z.number(),
  deja: z.number(),
  conflits: z.number(),
  erreur: z.string().nullable(),
  date_creation: z.string(),
  date_fin: z.string().nullable(),
  choix: z.record(z.string(), z.unknown()).describe('Ce qui a été choisi'),
  plan: z
    .object({
      total: z.number(),
      crees: z.number().describe('Courriers qui seraient repris'),
      deja: z.number().describe('Courriers déjà présents'),
      conflits: comptes.describe('Courriers écartés, par motif'),
      notices: z.number().describe('Courriers sans scan, qui reçoivent une page en tenant lieu'),
      pieces: z.number(),
      du: z.string().nullable(),
      au: z.string().nullable(),
      inconnus: z.object({
        utilisateurs: comptes,
        statuts: comptes,
        types: comptes,
        departements: comptes,
      }),
      entetes: z.array(z.string()),
      exemples: z.array(z.array(z.string())),
    })
    .nullable(),
});

/** An import as it leaves the program. */
export function presentImport(one: Import): z.output<typeof importShape> {
  const { plan } = one;
  return {
    id: one.id,
    genre: one.genre,
    etat: one.etat,
    fichier: one.nom,
    taille: one.taille,
    fait: one.fait,
    total: one.total,
    crees: one.crees,
    deja: one.deja,
    conflits: one.conflits,
    erreur: one.erreur,
    date_creation: one.dateCreation,
    date_fin: one.dateFin,
    choix: one.choix,
    plan: plan && {
      total: plan.total,
      crees: plan.crees,
      deja: plan.deja,
      conflits: plan.conflits,
      notices: plan.notices,
      pieces: plan.pieces,
      du: plan.du,
      au: plan.au,
      inconnus: plan.inconnus,
      entetes: [...plan.entetes],
      exemples: plan.exemples.map((row) => [...row]),
    },
  };
}

/** What became of a line, in JSON. */
export const ligneShape = z.object({
  ligne: z.number(),
  numero: z.string(),
  etat: z.enum(['cree', 'deja', 'conflit']),
  motif: z.string().nullable(),
  detail: z.string().nullable(),
  courrier_id: z.number().nullable(),
});

/** What became of a line, as it leaves the program. */
export function presentLigne(one: LigneRapport): z.output<typeof ligneShape> {
  return {
    ligne: one.rang,
    numero: one.numero,
    etat: one.etat,
    motif: one.motif,
    detail: one.detail,
    courrier_id: one.courrierId,
  };
}
