import { Readable } from 'node:stream';
import { dayOf, fill, formatDate, formatDateTime, formatNumber, formatTime, type Lang } from '@gec/core';
import type { ColonneListe, ColonneXlsx } from '../../documents/types.ts';
import { tableCsv } from '../../tableur/write-table.ts';
import type { JournalEnMots, JournalFilters } from '../journal/journal.schema.ts';
import { JOURNAL_ACTIONS } from '../journal/journal.schema.ts';
import { journalTexts } from '../journal/journal.texts.ts';
import {
  enTeteDe,
  imprime,
  informations,
  instantXlsx,
  type Contexte,
  type Preparation,
} from './rapports.documents.ts';
import type { DemandeExport } from './rapports.schema.ts';
import { rapportsTexts } from './rapports.texts.ts';

type Lots = AsyncIterable<readonly JournalEnMots[]>;

/** A document that is made here rather than in the atelier: text, or an archive. */
export interface PreparationCsv {
  readonly genre: 'csv';
  /** @param onProgress rows done, out of how many */
  contenu(onProgress: (done: number, total: number) => void): Readable;
  /** Media type, where it is not CSV. */
  readonly type?: string;
  readonly nom: string;
}

/** The filters in force as a sentence, such as `Entrées « Connexion », de Aline Mukendi`. */
export function phraseDuJournal(
  lang: Lang,
  filtres: JournalFilters,
  noms: ReadonlyMap<number, string>,
  zone: string,
): string {
  const t = rapportsTexts(lang);
  const parts: string[] = [];
  const action = JOURNAL_ACTIONS.find((one) => one === filtres.action);
  if (action !== undefined) parts.push(fill(t.journalAction, { action: journalTexts(lang)[action] }));
  const { utilisateurId, numero, courrierId, from, before } = filtres;
  if (utilisateurId !== undefined) {
    parts.push(fill(t.journalPar, { nom: noms.get(utilisateurId) ?? String(utilisateurId) }));
  }
  if (numero !== undefined) parts.push(fill(t.journalNumero, { numero }));
  if (courrierId !== undefined) parts.push(fill(t.journalCourrier, { id: courrierId }));
  const du = from === undefined ? null : formatDate(lang, from, zone);
  const last = before === undefined ? null : new Date(Date.parse(before) - 1);
  const au = last && formatDate(lang, last, zone);
  if (du !== null && au !== null) parts.push(fill(du === au ? t.periodeUnJour : t.periode, { du, au }));
  else if (du !== null) parts.push(fill(t.phraseDepuis, { du }));
  else if (au !== null) parts.push(fill(t.phraseJusque, { au }));
  return parts.length === 0 ? t.journalTout : fill(t.journalFiltre, { filtres: parts.join(', ') });
}

function colonnesPdf(lang: Lang): ColonneListe[] {
  const t = rapportsTexts(lang);
  return [
    { label: t.journalQuand, width: 92 },
    { label: t.journalQuoi, width: 140 },
    { label: t.journalQui, width: 120 },
    { label: t.numeroCourt, width: 98 },
    { label: t.journalDetails, width: 250 },
    { label: t.journalAdresse, width: 80 },
    { label: t.journalChaine, width: 50, align: 'right' },
  ];
}

function colonnesXlsx(lang: Lang): ColonneXlsx[] {
  const t = rapportsTexts(lang);
  return [
    { label: t.journalQuand, width: 18, type: 'dateHeure' },
    { label: t.journalQuoi, width: 34, type: 'texte' },
    { label: t.journalQui, width: 28, type: 'texte' },
    { label: t.numero, width: 20, type: 'texte' },
    { label: t.journalDetails, width: 60, type: 'texte' },
    { label: t.journalAdresse, width: 20, type: 'texte' },
    { label: t.journalChaine, width: 14, type: 'nombre' },
  ];
}

/** The journal as a document. @param total entries to come */
export function preparerJournal(
  demande: Extract<DemandeExport, { journal: unknown }>,
  contexte: Contexte,
  lots: Lots,
  { total, phrase }: { total: number; phrase: string },
): Preparation | PreparationCsv {
  const { personne, noms, now } = contexte;
  const { lang } = personne;
  const t = rapportsTexts(lang);
  const zone = noms.reglages.fuseauHoraire;
  const hour = formatTime('en', now, zone).replace(':', 'h');
  const nom = fill(t.fichierJournal, { date: `${dayOf(now, zone)} ${hour}` });
  if (demande.genre === 'journal-pdf') {
    async function* lignes() {
      for await (const lot of lots) {
        for (const one of lot) {
          const { date, action, acteur, numero, details, ip, seq } = one;
          const rang = seq === null ? '' : formatNumber(lang, seq);
          yield [formatDateTime(lang, date, zone), action, acteur, numero, details, ip, rang];
        }
      }
    }
    const data = {
      ...imprime(contexte),
      // The journal bears its own name whatever the settings call other documents.
      enTete: { ...enTeteDe(noms.reglages, t.journal), titre: t.journal },
      filtres: phrase,
      colonnes: colonnesPdf(lang),
      lignes: lignes(),
      total,
      totaux: [{ label: t.totalEntrees, value: formatNumber(lang, total) }],
    };
    return { genre: 'liste-pdf', data, nom: `${nom}.pdf` };
  }
  const colonnes = colonnesXlsx(lang);
  const ligne = (one: JournalEnMots): (string | number | null)[] => {
    const { date, action, acteur, numero, details, ip, seq } = one;
    return [instantXlsx(date, zone), action, acteur, numero, details, ip, seq];
  };
  if (demande.genre === 'journal-csv') {
    async function* texte(onProgress: (done: number, total: number) => void) {
      const lignes: (string | number | null)[][] = [];
      for await (const lot of lots) {
        lignes.push(...lot.map(ligne));
        onProgress(lignes.length, total);
      }
      yield tableCsv({ colonnes, lignes });
    }
    return { genre: 'csv', contenu: (onProgress) => Readable.from(texte(onProgress)), nom: `${nom}.csv` };
  }
  async function* lignes() {
    for await (const lot of lots) for (const one of lot) yield ligne(one);
  }
  const data = {
    lang,
    feuille: t.journal,
    colonnes,
    lignes: lignes(),
    total,
    informations: informations(contexte, t.journal, { label: t.filtresInfo, value: phrase }),
  };
  return { genre: 'liste-xlsx', data, nom: `${nom}.xlsx` };
}
