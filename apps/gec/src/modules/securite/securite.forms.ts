import { invalid, type FieldError, type Lang } from '@gec/core';
import { z } from 'zod';
import { texteForm } from '../../http/liste.ts';
import type { NouvelleRegle, RegleAdresse } from '../auth/adresses.schema.ts';
import { securiteTexts } from './securite.texts.ts';

/** Minutes for which a rule may count, as the form offers them; empty: for ever. */
export const DUREES = ['60', '1440', '10080', '43200'] as const;

/** The form of a new rule. */
export const adresseForm = z.object({
  genre: texteForm,
  cidr: texteForm,
  motif: texteForm,
  duree: texteForm,
  confirme: texteForm,
});
export type SaisieAdresse = z.output<typeof adresseForm>;

export const SAISIE_VIDE: SaisieAdresse = { genre: 'bloquee', cidr: '', motif: '', duree: '', confirme: '' };

/** Reads the form of a new rule. @throws AppError invalid with a message for each field */
export function lireAdresse(
  lang: Lang,
  saisie: SaisieAdresse,
): { genre: RegleAdresse['genre']; regle: NouvelleRegle } {
  const t = securiteTexts(lang);
  const errors: FieldError[] = [];
  const genre = (['bloquee', 'autorisee'] as const).find((one) => one === saisie.genre);
  if (genre === undefined) errors.push({ field: 'genre', message: t.regleInconnue });
  const known = DUREES.some((one) => one === saisie.duree);
  if (saisie.duree !== '' && !known) errors.push({ field: 'duree', message: t.dureeInconnue });
  if (errors.length > 0 || genre === undefined) throw invalid(errors);
  return {
    genre,
    regle: {
      cidr: saisie.cidr,
      motif: saisie.motif,
      minutes: saisie.duree === '' ? undefined : Number(saisie.duree),
      confirme: saisie.confirme !== '',
    },
  };
}

/** The form of the roles that need a second factor; `avant`: what the page showed. */
export const rolesForm = z.object({
  roles: z.preprocess(
    (value) => (Array.isArray(value) ? value : typeof value === 'string' ? [value] : []),
    z.array(z.string().max(60)).max(200),
  ),
  avant: z.string().max(10_000).optional(),
});

export const blocageForm = z.object({ cle: texteForm, adresse: texteForm });
export const confirmeForm = z.object({ confirme: texteForm });
export const regleParam = z.object({
  genre: z.enum(['bloquee', 'autorisee']),
  id: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER),
});
export const sessionParam = z.object({ id: z.string().regex(/^[0-9a-f]{16}$/) });
