import { dayOf, type Lang } from '@gec/core';
import { z } from 'zod';
import type { ColonneXlsx } from '../../documents/types.ts';
import { colonneTexte, type ContenuTable } from '../../tableur/write-table.ts';
import { EFFETS_LIGNE, type PlanImportCorrespondants } from './correspondants.import.schema.ts';
import type { DoublonCorrespondant, FicheCorrespondant } from './correspondants.schema.ts';
import { correspondantsTexts } from './correspondants.texts.ts';

const instant = z.string().describe('Instant, RFC 3339, UTC');

/** A correspondant as JSON clients see it. */
export const ficheShape = z.object({
  id: z.int(),
  nom: z.string(),
  adresse: z.string(),
  telephone: z.string(),
  email: z.string(),
  notes: z.string(),
  actif: z.boolean(),
  version: z.int(),
  courriers: z.int().describe('Parmi ceux que l’on peut lire'),
  dernier_courrier: instant.nullable(),
});

/** A correspondant as it leaves the program. */
export function presentFiche({ dernier, ...fiche }: FicheCorrespondant): z.output<typeof ficheShape> {
  return {
    id: fiche.id,
    nom: fiche.nom,
    adresse: fiche.adresse,
    telephone: fiche.telephone,
    email: fiche.email,
    notes: fiche.notes,
    actif: fiche.actif,
    version: fiche.version,
    courriers: fiche.courriers,
    dernier_courrier: dernier,
  };
}

/** What an import does, line by line. */
export const planShape = z.object({
  comptes: z.record(z.enum(EFFETS_LIGNE), z.int()),
  colonnes_ignorees: z.array(z.string()),
  lignes: z.array(
    z.object({
      ligne: z.int(),
      nom: z.string(),
      effet: z.enum(EFFETS_LIGNE),
      erreurs: z.array(z.object({ field: z.string(), message: z.string() })),
    }),
  ),
});

/** What an import does, as it leaves the program. */
export function presentPlan(plan: PlanImportCorrespondants): z.output<typeof planShape> {
  return {
    comptes: { ...plan.comptes },
    colonnes_ignorees: [...plan.ignorees],
    lignes: plan.lignes.map(({ ligne, saisie, effet, erreurs }) => ({
      ligne,
      nom: saisie.nom,
      effet,
      erreurs: [...erreurs],
    })),
  };
}

/** The directory as a table to be exported; its columns are those that an import reads. */
export function exportDe(lang: Lang, fiches: readonly FicheCorrespondant[], fuseau: string): ContenuTable {
  const t = correspondantsTexts(lang);
  return {
    colonnes: [
      { label: t.nom, width: 48, type: 'texte' },
      { label: t.adresse, width: 40, type: 'texte' },
      { label: t.telephone, width: 20, type: 'texte' },
      { label: t.email, width: 28, type: 'texte' },
      { label: t.notes, width: 40, type: 'texte' },
      { label: t.courriers, width: 10, type: 'nombre' },
      { label: t.dernier, width: 14, type: 'date' },
      { label: t.etat, width: 14, type: 'texte' },
    ],
    lignes: fiches.map((one) => [
      one.nom,
      one.adresse,
      one.telephone,
      one.email,
      one.notes,
      one.courriers,
      one.dernier && dayOf(new Date(one.dernier), fuseau),
      one.actif ? t.actif : t.inactif,
    ]),
  };
}

/** Likely doubles as a table to be saved. */
export function exportDoublons(lang: Lang, paires: readonly DoublonCorrespondant[]) {
  const t = correspondantsTexts(lang);
  const nombre: ColonneXlsx = { label: t.courriers, width: 10, type: 'nombre' };
  return {
    colonnes: [
      colonneTexte(t.premier, 48),
      nombre,
      colonneTexte(t.second, 48),
      nombre,
      colonneTexte(t.raison, 28),
    ],
    lignes: paires.map(({ a, b, motif }) => [a.nom, a.courriers, b.nom, b.courriers, t[`motif_${motif}`]]),
  };
}
