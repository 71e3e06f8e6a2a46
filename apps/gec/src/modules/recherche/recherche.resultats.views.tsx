import { fill, formatNumber, plural } from '@gec/core';
import { Button, Card, DataTable, EmptyState, Form, LinkButton, useLang } from '@gec/ui';
import { useColonnes, type ColonnesProps } from './recherche.colonnes.views.tsx';
import type { ChoixFiltres } from './recherche.filtres.views.tsx';
import { adresse } from './recherche.presenter.ts';
import {
  filtersToQuery,
  ordreNaturel,
  PLAFOND,
  TRIS,
  type Lecture,
  type Liste,
  type Tri,
} from './recherche.schema.ts';
import { rechercheTexts } from './recherche.texts.ts';

/** Id of the part of the page that follows as one types. */
export const FRAGMENT = 'liste';

/** Width in pixels of the scan beside the list. */
const LARGEUR_APERCU = 480;

/** Everything that the list shows. `liste` is null when something is wrong with the filters. */
export interface ListeProps extends ColonnesProps {
  readonly liste: Liste | null;
  readonly choix: ChoixFiltres;
  readonly aujourdhui: string;
  readonly csrfToken: string;
  readonly peutEnregistrer: boolean;
  readonly peutExporter: boolean;
}

/** Title of the view: which flow it is. */
export function titreDe(lecture: Lecture, lang: 'fr' | 'en'): string {
  const t = rechercheTexts(lang);
  const { typeCourrier } = lecture.filters;
  if (typeCourrier === null) return t.titreTous;
  return typeCourrier === 'ENTRANT' ? t.titreArrivees : t.titreDeparts;
}

function triDe(by: string): Tri {
  return TRIS.find((tri) => tri === by) ?? 'date_enregistrement';
}

function Vide({ lecture, peutEnregistrer }: Pick<ListeProps, 'lecture' | 'peutEnregistrer'>) {
  const t = rechercheTexts(useLang());
  const { filters } = lecture;
  const nue = filtersToQuery({
    ...filters,
    typeCourrier: null,
    sortBy: 'date_enregistrement',
    sortOrder: 'desc',
  });
  if ([...nue].length > 0) {
    return (
      <EmptyState
        icon="search"
        title={t.vide}
        text={t.videTexte}
        action={<LinkButton href="/view_mail">{t.effacer}</LinkButton>}
      />
    );
  }
  const flux = filters.typeCourrier ?? 'ENTRANT';
  return (
    <EmptyState
      icon="mail"
      title={t.videRegistre}
      text={t.videRegistreTexte}
      action={
        peutEnregistrer && (
          <LinkButton href={`/courriers/nouveau?flux=${flux}`} variant="primary" icon="plus">
            {flux === 'ENTRANT' ? t.nouvelleArrivee : t.nouveauDepart}
          </LinkButton>
        )
      }
    />
  );
}

/** The number of letters in words, with a way to know it exactly. */
function Total({ liste, lecture }: { liste: Liste; lecture: Lecture }) {
  const lang = useLang();
  const t = rechercheTexts(lang);
  if (!liste.totalPlafonne) return <>{plural(lang, liste.total, t.totalUn, t.totalAutres)}</>;
  return (
    <>
      {fill(t.totalPlus, { n: formatNumber(lang, liste.total) })}{' '}
      <a
        class="liste-exact"
        href={adresse(lecture.filters, lecture.pagination.size, { total: 'exact' })}
        data-fragment-link={FRAGMENT}
        rel="nofollow"
      >
        {t.compterTout}
      </a>
    </>
  );
}

function Exporter({ lecture, csrfToken }: Pick<ListeProps, 'lecture' | 'csrfToken'>) {
  const t = rechercheTexts(useLang());
  return (
    <Form action="/rapports/export" csrfToken={csrfToken} class="cluster no-print">
      {[...filtersToQuery(lecture.filters)].map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <Button name="genre" value="liste-pdf" variant="quiet" size="small" icon="download">
        {t.exporterPdf}
      </Button>
      <Button name="genre" value="liste-xlsx" variant="quiet" size="small" icon="download">
        {t.exporterXlsx}
      </Button>
    </Form>
  );
}

/** The letters of a view with their pages: the part that follows as one types. */
export function Resultats(props: ListeProps & { liste: Liste }) {
  const { lecture, liste, peutExporter, csrfToken } = props;
  const lang = useLang();
  const t = rechercheTexts(lang);
  const { filters, pagination } = lecture;
  const colonnes = useColonnes(props, liste);
  const ici = filtersToQuery(filters, pagination).toString();
  const pageHref = (page: number) => {
    const extra: Record<string, string> = page > 1 ? { page: String(page) } : {};
    // One step on or back goes by the letter itself: nothing is skipped or shown twice when others arrive.
    if (page === liste.page + 1 && liste.suivant !== null) extra['apres'] = String(liste.suivant);
    if (page === liste.page - 1 && page > 1 && liste.precedent !== null)
      extra['avant'] = String(liste.precedent);
    return adresse(filters, pagination.size, extra);
  };
  return (
    <Card
      title={<Total liste={liste} lecture={lecture} />}
      actions={
        peutExporter && liste.lignes.length > 0 && <Exporter lecture={lecture} csrfToken={csrfToken} />
      }
      flush
    >
      <DataTable
        caption={titreDe(lecture, lang)}
        columns={colonnes}
        rows={liste.lignes}
        rowKey={(ligne) => ligne.id}
        rowHref={(ligne) => (ici === '' ? `/mail/${ligne.id}` : `/mail/${ligne.id}?${ici}`)}
        rowPreview={(ligne) =>
          ligne.premierePieceId === null
            ? undefined
            : `/mail/${ligne.id}/pieces/${ligne.premierePieceId}/pages/1.jpg?w=${LARGEUR_APERCU}`
        }
        sort={{
          by: filters.sortBy,
          order: filters.sortOrder,
          hrefFor: (by, order) => {
            const tri = triDe(by);
            const sens = filters.sortBy === tri ? order : ordreNaturel(tri);
            return adresse({ ...filters, sortBy: tri, sortOrder: sens }, pagination.size);
          },
        }}
        empty={<Vide {...props} />}
        pages={{
          page: liste.page,
          pageSize: pagination.size,
          total: Math.min(liste.total, PLAFOND),
          totalIsCapped: liste.totalPlafonne || liste.total > PLAFOND,
          hrefFor: pageHref,
        }}
        fragment={FRAGMENT}
      />
      {liste.ignores.length > 0 && (
        <p class="liste-note muted">
          {fill(t.ignores, { mots: liste.ignores.map((mot) => fill(t.motIgnore, { mot })).join(', ') })}
        </p>
      )}
      {liste.total === 0 && (
        <p class="sr-only" data-count>
          {t.vide}
        </p>
      )}
    </Card>
  );
}
