import type { Readable } from 'node:stream';
import { fill, formatDateTime, timestamp, type Actor, type Lang } from '@gec/core';
import { writeCsv } from '../../tableur/write-csv.ts';
import type { Atelier } from '../../workers/atelier.ts';
import type { PageUtilisateurs, UtilisateursDeps } from './utilisateurs.service.ts';
import type { FiltresUtilisateurs, PageDemandee, UtilisateurGere } from './utilisateurs.schema.ts';
import { utilisateursTexts } from './utilisateurs.texts.ts';

/** Formats of an exported list. */
export const FORMATS_EXPORT = ['csv', 'xlsx'] as const;
export type FormatExport = (typeof FORMATS_EXPORT)[number];

/** A file to send. */
export interface FichierExporte {
  readonly nom: string;
  readonly type: string;
  readonly contenu: Readable | string;
}

/** What exporting people needs. */
export interface ExportDeps extends Pick<UtilisateursDeps, 'clock' | 'journal'> {
  atelier: Pick<Atelier, 'document'>;
  list(actor: Actor, filters: FiltresUtilisateurs, page: PageDemandee): Promise<PageUtilisateurs>;
}

const TYPES: Readonly<Record<FormatExport, string>> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** Columns that a list can be imported with again, under the names that the import knows. */
function importable(lang: Lang) {
  const t = utilisateursTexts(lang);
  return [
    { label: t.nomComplet, width: 32, of: (user: UtilisateurGere) => user.nomComplet },
    { label: t.email, width: 32, of: (user: UtilisateurGere) => user.email },
    { label: t.identifiant, width: 22, of: (user: UtilisateurGere) => user.username },
    { label: t.matricule, width: 14, of: (user: UtilisateurGere) => user.matricule ?? '' },
    { label: t.fonction, width: 28, of: (user: UtilisateurGere) => user.fonction ?? '' },
    { label: t.telephone, width: 18, of: (user: UtilisateurGere) => user.telephone ?? '' },
    { label: t.role, width: 20, of: (user: UtilisateurGere) => user.roleLibelle },
    { label: t.departement, width: 30, of: (user: UtilisateurGere) => user.departementNom ?? '' },
    { label: t.langue, width: 10, of: (user: UtilisateurGere) => user.langue },
  ];
}

function columnsOf(lang: Lang) {
  const t = utilisateursTexts(lang);
  return [
    ...importable(lang),
    {
      label: t.etat,
      width: 12,
      of: (user: UtilisateurGere) => (user.actif ? t.actif : t.inactif),
    },
    {
      label: t.derniereConnexion,
      width: 20,
      of: (user: UtilisateurGere) =>
        user.derniereConnexion === null ? '' : formatDateTime(lang, user.derniereConnexion),
    },
    {
      label: t.creeLe,
      width: 20,
      of: (user: UtilisateurGere) => formatDateTime(lang, user.dateCreation),
    },
  ];
}

/** Lists of people as files. */
export function createExport({ clock, journal, atelier, list }: ExportDeps) {
  function file(
    lang: Lang,
    format: FormatExport,
    nom: string,
    table: { columns: { label: string; width: number }[]; rows: string[][] },
  ): FichierExporte {
    const { columns, rows } = table;
    const contenu =
      format === 'csv'
        ? writeCsv(
            columns.map(({ label }) => label),
            rows,
          )
        : atelier.document('liste-xlsx', {
            lang,
            feuille: utilisateursTexts(lang).titre,
            colonnes: columns.map(({ label, width }) => ({ label, width, type: 'texte' as const })),
            lignes: rows,
            total: rows.length,
            informations: [],
          });
    return { nom: `${nom}.${format}`, type: TYPES[format], contenu };
  }

  return {
    /** The accounts of a list, all pages of it, as a file. The export is in the journal. @throws AppError forbidden */
    async exporter(
      actor: Actor,
      filters: FiltresUtilisateurs,
      order: Pick<PageDemandee, 'tri' | 'ordre'>,
      format: FormatExport,
    ): Promise<FichierExporte> {
      const { lang } = actor;
      const page = { ...order, page: 1, size: Number.MAX_SAFE_INTEGER };
      const { utilisateurs } = await list(actor, filters, page);
      await journal.recordAlone(actor, {
        action: 'utilisateur.export',
        details: { format, nombre: utilisateurs.length },
      });
      const columns = columnsOf(lang);
      const rows = utilisateurs.map((user) => columns.map((column) => column.of(user)));
      const nom = fill(utilisateursTexts(lang).fichierExport, { date: timestamp(clock).slice(0, 10) });
      return file(lang, format, nom, { columns, rows });
    },

    /** An empty list with the headings that an import knows, and one line as an example. */
    modele(lang: Lang, format: FormatExport): FichierExporte {
      const t = utilisateursTexts(lang);
      const columns = importable(lang);
      const rows = [t.modeleLigne.split('|')];
      return file(lang, format, t.fichierModele, { columns, rows });
    },
  };
}
