import { invalid, type Lang } from '@gec/core';
import { z } from 'zod';
import { texteForm } from '../../http/liste.ts';
import type { Departement, SaisieDepartement } from './departements.schema.ts';
import { departementsTexts } from './departements.texts.ts';

/** The orders of the list. */
export const TRIS_DEPARTEMENTS = ['arbre', 'nom', 'code', 'personnes'] as const;
export type TriDepartements = (typeof TRIS_DEPARTEMENTS)[number];

/** A department in an address. */
export const idParams = z.object({ id: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER) });

/** The form of a department. */
export const departementForm = z.object({
  code: texteForm,
  nom: texteForm,
  description: texteForm,
  parentId: texteForm,
  chefId: texteForm,
  version: texteForm,
  avant: texteForm,
});

/** What somebody typed, as text. */
export const CHAMPS_FORM = ['code', 'nom', 'description', 'parentId', 'chefId'] as const;
export type ValeursForm = Record<(typeof CHAMPS_FORM)[number], string>;

export const activationForm = z.object({ actif: z.enum(['oui', 'non']), version: texteForm });
export const suppressionForm = z.object({ version: texteForm });

/** A department as its form shows it. */
export function valeursDe(departement: Omit<Departement, 'id' | 'actif' | 'version'>): ValeursForm {
  const { code, nom, description, parentId, chefId } = departement;
  return {
    code,
    nom,
    description: description ?? '',
    parentId: parentId === null ? '' : String(parentId),
    chefId: chefId === null ? '' : String(chefId),
  };
}

/** A version as a form sends it back; one that was tampered with fits no row. */
export const versionDe = (text: string): number => (/^\d{1,9}$/.test(text) ? Number(text) : 0);

/** The facts of the form. @throws AppError invalid (`parentId`, `chefId`) */
export function readForm(lang: Lang, form: ValeursForm): SaisieDepartement {
  const t = departementsTexts(lang);
  const id = (field: 'parentId' | 'chefId', message: string): number | null => {
    if (form[field] === '') return null;
    if (/^\d{1,9}$/.test(form[field])) return Number(form[field]);
    throw invalid([{ field, message }]);
  };
  return {
    code: form.code,
    nom: form.nom,
    description: form.description,
    parentId: id('parentId', t.parentInconnu),
    chefId: id('chefId', t.chefInconnu),
  };
}

/** What stood in the form when it was opened; what stands there now where that was not sent along. */
export function readAvant(text: string, sinon: ValeursForm): ValeursForm {
  const shape = z.object(Object.fromEntries(CHAMPS_FORM.map((champ) => [champ, z.string()])));
  try {
    return shape.parse(JSON.parse(text)) as ValeursForm;
  } catch {
    return sinon;
  }
}
