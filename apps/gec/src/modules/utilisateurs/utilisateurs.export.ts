import { fill, formatDateTime, timestamp, type Actor, type Lang } from '@gec/core';
import type { TableEcrite } from '../../tableur/write-table.ts';
import type { PageUtilisateurs, UtilisateursDeps } from './utilisateurs.service.ts';
import type { FiltresUtilisateurs, PageDemandee, UtilisateurGere } from './utilisateurs.schema.ts';
import { APPELLATION_PAR_DEFAUT, avecMots } from '../departements/departements.texts.ts';
import { utilisateursTexts } from './utilisateurs.texts.ts';

/** What exporting people needs. */
export interface ExportDeps extends Pick<UtilisateursDeps, 'clock' | 'journal' | 'parametres'> {
  list(actor: Actor, filters: FiltresUtilisateurs, page: PageDemandee): Promise<PageUtilisateurs>;
}

/** Columns that a list can be imported with again, under the names that the import knows. */
function importable(t: ReturnType<typeof utilisateursTexts>) {
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

function columnsOf(lang: Lang, appellation: string) {
  const t = avecMots(utilisateursTexts, lang, appellation);
  return [
    ...importable(t),
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

const colonnes = (columns: readonly { label: string; width: number }[]) =>
  columns.map(({ label, width }) => ({ label, width, type: 'texte' as const }));

/** Lists of people to write as files. */
export function createExport({ clock, journal, parametres, list }: ExportDeps) {
  return {
    /** The accounts of a list, all pages of it, to write. The export is in the journal. @throws AppError forbidden */
    async exporter(
      actor: Actor,
      filters: FiltresUtilisateurs,
      order: Pick<PageDemandee, 'tri' | 'ordre'>,
      format: TableEcrite['format'],
    ): Promise<TableEcrite> {
      const { lang } = actor;
      const page = { ...order, page: 1, size: Number.MAX_SAFE_INTEGER };
      const { utilisateurs } = await list(actor, filters, page);
      await journal.recordAlone(actor, {
        action: 'utilisateur.export',
        details: { format, nombre: utilisateurs.length },
      });
      const columns = columnsOf(lang, (await parametres.get()).appellationDepartement);
      return {
        format,
        lang,
        nom: fill(utilisateursTexts(lang).fichierExport, { date: timestamp(clock).slice(0, 10) }),
        colonnes: colonnes(columns),
        lignes: utilisateurs.map((user) => columns.map((column) => column.of(user))),
      };
    },

    /** A list with the headings that an import knows, and one line as an example. */
    modele(lang: Lang, format: TableEcrite['format']): TableEcrite {
      // Under the word that an import of any office knows.
      const t = avecMots(utilisateursTexts, lang, APPELLATION_PAR_DEFAUT);
      const ligne = t.modeleLigne.split('|');
      return { format, lang, nom: t.fichierModele, colonnes: colonnes(importable(t)), lignes: [ligne] };
    },
  };
}
