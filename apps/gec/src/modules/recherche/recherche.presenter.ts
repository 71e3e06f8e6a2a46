import { addDays, fill, formatDay, type FieldError, type Lang } from '@gec/core';
import type { ChipData } from '@gec/ui';
import { z } from 'zod';
import {
  filtersToQuery,
  type CourrierLigne,
  type Filtres,
  type Lecture,
  type Liste,
} from './recherche.schema.ts';
import { rechercheTexts } from './recherche.texts.ts';

/** One row as it leaves the program, by the names of the specification's columns. */
export const ligneShape = z.object({
  id: z.number(),
  numero_accuse_reception: z.string(),
  numero_reference: z.string().nullable(),
  objet: z.string(),
  type_courrier: z.enum(['ENTRANT', 'SORTANT']),
  expediteur: z.string().nullable(),
  destinataire: z.string().nullable(),
  date_redaction: z.string().nullable(),
  date_enregistrement: z.string(),
  statut: z.string(),
  secretaire_general_copie: z.boolean().nullable(),
  type_courrier_sortant_id: z.number().nullable(),
  urgence_id: z.number().nullable(),
  echeance: z.string().nullable(),
  autres_informations: z.string().nullable(),
  utilisateur_id: z.number(),
  departement_id: z.number().nullable(),
  nombre_pieces: z.number(),
  version: z.number(),
});

/** A page of the list as it leaves the program. */
export const listeShape = z.object({
  courriers: z.array(ligneShape),
  total: z.number().describe('Courriers qui répondent'),
  total_plafonne: z.boolean().describe('Il y en a davantage ; `total=exact` les compte tous'),
  page: z.number(),
  size: z.number(),
  suivant: z.number().nullable().describe('À donner en `apres` pour la page suivante'),
  precedent: z.number().nullable().describe('À donner en `avant` pour la page précédente'),
  ignores: z.array(z.string()).describe('Mots non cherchés, car trop courts ou trop courants'),
});

function presentLigne(ligne: CourrierLigne): z.output<typeof ligneShape> {
  return {
    id: ligne.id,
    numero_accuse_reception: ligne.numero,
    numero_reference: ligne.numeroReference,
    objet: ligne.objet,
    type_courrier: ligne.typeCourrier,
    expediteur: ligne.expediteur,
    destinataire: ligne.destinataire,
    date_redaction: ligne.dateRedaction,
    date_enregistrement: ligne.dateEnregistrement,
    statut: ligne.statut,
    secretaire_general_copie: ligne.secretaireGeneralCopie,
    type_courrier_sortant_id: ligne.typeCourrierSortantId,
    urgence_id: ligne.urgenceId,
    echeance: ligne.echeance,
    autres_informations: ligne.autresInformations,
    utilisateur_id: ligne.utilisateurId,
    departement_id: ligne.departementId,
    nombre_pieces: ligne.nombrePieces,
    version: ligne.version,
  };
}

/** A page of the list as JSON. */
export function presentListe(liste: Liste): z.output<typeof listeShape> {
  return {
    courriers: liste.lignes.map(presentLigne),
    total: liste.total,
    total_plafonne: liste.totalPlafonne,
    page: liste.page,
    size: liste.size,
    suivant: liste.suivant,
    precedent: liste.precedent,
    ignores: [...liste.ignores],
  };
}

/** What the filters are called: words of the référentiels and of the settings. */
export interface MotsDesFiltres {
  readonly statuts: ReadonlyMap<string, string>;
  readonly types: ReadonlyMap<number, string>;
  readonly urgences: ReadonlyMap<number, string>;
  readonly titreResponsable: string;
}

/** Address of the list with some filters, from the first page on. */
export function adresse(
  filtres: Filtres,
  size: number,
  extra: Readonly<Record<string, string>> = {},
): string {
  const params = filtersToQuery(filtres);
  if (size !== 25) params.set('size', String(size));
  for (const [name, value] of Object.entries(extra)) params.set(name, value);
  const query = params.toString();
  return query === '' ? '/view_mail' : `/view_mail?${query}`;
}

/** A period in words, by its ends. */
function periode(
  lang: Lang,
  du: string | null,
  au: string | null,
  mots: { depuis: string; jusque: string; le: string; entre: string },
): string | null {
  const jour = (day: string) => formatDay(lang, day);
  if (du !== null && du === au) return fill(mots.le, { jour: jour(du) });
  if (du !== null && au !== null) return fill(mots.entre, { du: jour(du), au: jour(au) });
  if (du !== null) return fill(mots.depuis, { jour: jour(du) });
  return au === null ? null : fill(mots.jusque, { jour: jour(au) });
}

/** The filters in force as parts of a sentence, each with the address of the view without it; wrong ones say why. */
export function puces(lang: Lang, lecture: Lecture, mots: MotsDesFiltres): ChipData[] {
  const t = rechercheTexts(lang);
  const { filters: f, saisie } = lecture;
  const wrong = new Map(lecture.errors.map(({ field, message }) => [field, message]));
  const chips: ChipData[] = [];
  const sans = (...champs: string[]) => {
    const params = new URLSearchParams(Object.entries(saisie));
    for (const champ of [...champs, 'page', 'apres', 'avant', 'total']) params.delete(champ);
    const query = params.toString();
    return query === '' ? '/view_mail' : `/view_mail?${query}`;
  };
  const add = (label: string | null, ...champs: string[]) => {
    const bad = champs.some((champ) => wrong.has(champ));
    if (label !== null && !bad) chips.push({ id: champs.join(' '), label, removeHref: sans(...champs) });
  };
  add(f.typeCourrier && (f.typeCourrier === 'ENTRANT' ? t.arrives : t.partis), 'type_courrier');
  add(f.search && fill(t.puceMots, { mots: f.search }), 'search');
  add(f.statut && fill(t.puceStatut, { statut: mots.statuts.get(f.statut) ?? f.statut }), 'statut');
  const type = f.typeCourrierSortantId;
  add(
    type === null ? null : fill(t.puceType, { type: mots.types.get(type) ?? type }),
    'type_courrier_sortant_id',
  );
  const urgence = f.urgenceId;
  add(
    urgence === null ? null : fill(t.puceUrgence, { urgence: mots.urgences.get(urgence) ?? urgence }),
    'urgence_id',
  );
  const copie = f.sgCopie ? t.puceCopieOui : t.puceCopieNon;
  add(f.sgCopie === null ? null : fill(copie, { titre: mots.titreResponsable }), 'sg_copie');
  const enregistres = { depuis: t.puceDu, jusque: t.puceAu, le: t.puceLe, entre: t.puceEntre };
  add(periode(lang, f.dateFrom, f.dateTo, enregistres), 'date_from', 'date_to');
  const dates = { depuis: t.puceDateDu, jusque: t.puceDateAu, le: t.puceDateLe, entre: t.puceDateEntre };
  add(
    periode(lang, f.dateRedactionFrom, f.dateRedactionTo, dates),
    'date_redaction_from',
    'date_redaction_to',
  );
  for (const { field, message } of lecture.errors) {
    const champ = nomDuChamp(lang, field, mots.titreResponsable);
    const label = fill(t.puceAutre, { champ, valeur: saisie[field] ?? '' });
    chips.push({ id: `erreur ${field}`, label, error: message, removeHref: sans(field) });
  }
  return chips;
}

/** A parameter as people call it. */
function nomDuChamp(lang: Lang, field: string, titre: string): string {
  const t = rechercheTexts(lang);
  const noms: Readonly<Record<string, string>> = {
    search: t.motsCherches,
    type_courrier: t.sens,
    statut: t.statut,
    type_courrier_sortant_id: t.typeSortant,
    urgence_id: t.urgence,
    sg_copie: fill(t.copie, { titre }),
    date_from: t.enregistreDu,
    date_to: `${t.enregistreDu} … ${t.au}`,
    date_redaction_from: t.courrierDu,
    date_redaction_to: `${t.courrierDu} … ${t.au}`,
    size: t.parPage,
  };
  return noms[field] ?? field;
}

/** Today, this week (from Monday) and this month as periods of registration. */
export function periodesCourantes(
  lang: Lang,
  aujourdhui: string,
): { label: string; from: string; to: string }[] {
  const t = rechercheTexts(lang);
  const jour = (new Date(`${aujourdhui}T00:00:00Z`).getUTCDay() + 6) % 7;
  return [
    { label: t.aujourdhui, from: aujourdhui, to: aujourdhui },
    { label: t.semaine, from: addDays(aujourdhui, -jour), to: aujourdhui },
    { label: t.mois, from: `${aujourdhui.slice(0, 8)}01`, to: aujourdhui },
  ];
}

/** Errors that were found while listing, put beside those of the address. */
export function avecErreurs(lecture: Lecture, errors: readonly FieldError[]): Lecture {
  return { ...lecture, errors: [...lecture.errors, ...errors] };
}
