import { fill, formatNumber, plural, type Lang } from '@gec/core';
import type { ChainReport } from '@gec/db';
import {
  JOURNAL_ACTIONS,
  type JournalAction,
  type JournalDetails,
  type JournalLine,
} from './journal.schema.ts';
import { journalTexts } from './journal.texts.ts';

/** What is needed to write an entry in words. A code whose name is not given is shown as it is. */
export interface JournalNames {
  /** Full names of people by id. */
  readonly personnes: ReadonlyMap<number, string>;
  /** Names of departments by id. */
  readonly departements?: ReadonlyMap<number, string>;
  /** Words of the statuts by code, as the office calls them. */
  readonly statuts?: ReadonlyMap<string, string>;
  /** Names of the roles for people, by code. */
  readonly roles?: ReadonlyMap<string, string>;
}

/** The words of an action; its code when another version wrote it. */
export function actionLabel(lang: Lang, action: string): string {
  const known = JOURNAL_ACTIONS.find((one) => one === action) satisfies JournalAction | undefined;
  return known === undefined ? action : journalTexts(lang)[known];
}

/** The actions with their words, in the order in which a choice shows them. */
export function actionOptions(lang: Lang): { value: JournalAction; label: string }[] {
  const options = JOURNAL_ACTIONS.map((value) => ({ value, label: actionLabel(lang, value) }));
  return options.sort((a, b) => a.label.localeCompare(b.label, lang));
}

function detailLabel(lang: Lang, key: string): string {
  const texts: Readonly<Record<string, string>> = journalTexts(lang);
  return texts[`detail.${key}`] ?? key.replaceAll('_', ' ');
}

/** Whether a fact of an entry names a role by its code. */
function nommeUnRole(action: string, key: string): boolean {
  return key === 'role' || (action === 'utilisateur.role' && (key === 'avant' || key === 'apres'));
}

function detailValue(
  lang: Lang,
  action: string,
  key: string,
  value: JournalDetails[string],
  names: JournalNames,
): string {
  const t = journalTexts(lang);
  if (value === null || value === '') return t.aucun;
  if (typeof value === 'boolean') return value ? t.oui : t.non;
  if (typeof value === 'string') {
    if (key === 'de' || key === 'a') return names.statuts?.get(value) ?? value;
    if (nommeUnRole(action, key)) return names.roles?.get(value) ?? value;
    if (value === 'ENTRANT' || value === 'SORTANT') return t[`valeur.${value}`];
    return value;
  }
  if (key.startsWith('departement')) return names.departements?.get(value) ?? String(value);
  return key === 'annee' ? String(value) : formatNumber(lang, value);
}

/** The facts of an entry as one reads them: `compte : j.mukendi · rôle : admin`. Empty when there are none. */
export function detailsInWords(
  lang: Lang,
  { action, details }: Pick<JournalLine, 'action' | 'details'>,
  names: JournalNames,
): string {
  const colon = lang === 'fr' ? '\u00A0: ' : ': ';
  return Object.entries(details)
    .map(([key, value]) => `${detailLabel(lang, key)}${colon}${detailValue(lang, action, key, value, names)}`)
    .join(' · ');
}

/** Who did it: the full name where the account is known, the user name as it was, or the program and why. */
export function acteurInWords(lang: Lang, line: JournalLine, names: JournalNames): string {
  if (line.acteur.startsWith('system:')) {
    const raison = line.acteur.slice('system:'.length);
    const texts: Readonly<Record<string, string>> = journalTexts(lang);
    return texts[`systeme.${raison}`] ?? fill(journalTexts(lang).systeme, { raison });
  }
  const name = line.utilisateurId === null ? undefined : names.personnes.get(line.utilisateurId);
  return name ?? line.acteur;
}

/** What a verification found, in a sentence. */
export function reportInWords(lang: Lang, report: ChainReport): string {
  const t = journalTexts(lang);
  const { firstBreak } = report;
  if (!firstBreak) return plural(lang, report.chained, t.verifie_un, t.verifie_autre);
  return fill(t.rompu, {
    nature: t[`rupture.${firstBreak.kind}`],
    seq: firstBreak.seq ?? '—',
    id: firstBreak.id ?? '—',
  });
}

/** An entry as JSON clients see it. */
export function presentLine(lang: Lang, line: JournalLine, names: JournalNames) {
  return {
    id: line.id,
    seq: line.seq,
    date: line.date,
    action: line.action,
    libelle: actionLabel(lang, line.action),
    acteur: line.acteur,
    utilisateur_id: line.utilisateurId,
    nom: line.utilisateurId === null ? null : (names.personnes.get(line.utilisateurId) ?? null),
    ip: line.ip,
    courrier_id: line.courrierId,
    numero: line.numero,
    details: line.details,
  };
}
