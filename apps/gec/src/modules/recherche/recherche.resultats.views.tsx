import { fill, formatDate, formatNumber, plural } from '@gec/core';
import {
  Badge,
  Button,
  Card,
  DataTable,
  EmptyState,
  findMarks,
  Form,
  Highlight,
  Icon,
  LinkButton,
  Pagination,
  StatusBadge,
  useLang,
  type Column,
} from '@gec/ui';
import type { ChoixFiltres } from './recherche.filtres.views.tsx';
import { adresse, type MotsDesFiltres } from './recherche.presenter.ts';
import {
  filtersToQuery,
  ordreNaturel,
  PLAFOND,
  TRIS,
  type CourrierLigne,
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
export interface ListeProps {
  readonly lecture: Lecture;
  readonly liste: Liste | null;
  readonly choix: ChoixFiltres;
  readonly mots: MotsDesFiltres;
  readonly couleurs: ReadonlyMap<string, string>;
  readonly fuseau: string;
  readonly aujourdhui: string;
  readonly maintenant: Date;
  /** Statuts after which nothing is late any more. */
  readonly finals: ReadonlySet<string>;
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

function Objet({ ligne, mots }: { ligne: CourrierLigne; mots: readonly string[] }) {
  const t = rechercheTexts(useLang());
  const autres = ligne.autresInformations ?? '';
  return (
    <>
      <Highlight text={ligne.objet} words={mots} />
      {ligne.numeroReference !== null && (
        <small class="liste-plus muted">
          <Highlight text={fill(t.reference, { reference: ligne.numeroReference })} words={mots} />
        </small>
      )}
      {mots.length > 0 && findMarks(autres, mots).length > 0 && (
        <small class="liste-plus muted">
          <Highlight text={autres.length > 160 ? `${autres.slice(0, 160)}…` : autres} words={mots} />
        </small>
      )}
    </>
  );
}

function Echeance({ ligne, props }: { ligne: CourrierLigne; props: ListeProps }) {
  const lang = useLang();
  if (ligne.echeance === null) return null;
  const date = formatDate(lang, ligne.echeance, props.fuseau);
  const retard = !props.finals.has(ligne.statut) && Date.parse(ligne.echeance) < props.maintenant.getTime();
  if (!retard) return <time dateTime={ligne.echeance}>{date}</time>;
  return (
    <Badge tone="danger" icon="alert">
      {fill(rechercheTexts(lang).enRetard, { date })}
    </Badge>
  );
}

function useColonnes(props: ListeProps, liste: Liste): Column<CourrierLigne>[] {
  const lang = useLang();
  const t = rechercheTexts(lang);
  const { mots } = liste;
  const colonnes: Column<CourrierLigne>[] = [
    {
      id: 'numero',
      header: t.numero,
      kind: 'figure',
      sortKey: 'numero_accuse_reception',
      cell: (ligne) => <Highlight text={ligne.numero} words={mots} />,
    },
    {
      id: 'date',
      header: t.date,
      kind: 'figure',
      sortKey: 'date_enregistrement',
      cell: (ligne) => (
        <time dateTime={ligne.dateEnregistrement}>
          {formatDate(lang, ligne.dateEnregistrement, props.fuseau)}
        </time>
      ),
    },
    {
      id: 'objet',
      header: t.objet,
      primary: true,
      sortKey: 'objet',
      cell: (ligne) => <Objet ligne={ligne} mots={mots} />,
    },
    {
      id: 'correspondant',
      header: t.colCorrespondant,
      sortKey: 'expediteur',
      cell: (ligne) => <Highlight text={ligne.correspondant} words={mots} />,
    },
    {
      id: 'statut',
      header: t.statut,
      sortKey: 'statut',
      cell: (ligne) => (
        <StatusBadge
          label={props.mots.statuts.get(ligne.statut) ?? ligne.statut}
          couleur={props.couleurs.get(ligne.statut) ?? '#64748B'}
        />
      ),
    },
    {
      id: 'pieces',
      header: t.pieces,
      kind: 'figure',
      from: 'wide',
      cell: (ligne) => (
        <span title={plural(lang, ligne.nombrePieces, t.piecesUne, t.piecesAutres)}>
          {ligne.nombrePieces}
        </span>
      ),
    },
  ];
  // Most letters have none: the column is there when one of the page has.
  if (liste.lignes.some(({ echeance }) => echeance !== null)) {
    colonnes.push({
      id: 'echeance',
      header: t.echeance,
      kind: 'figure',
      from: 'medium',
      cell: (ligne) => <Echeance ligne={ligne} props={props} />,
    });
  }
  if (props.lecture.filters.typeCourrier === null) {
    colonnes.push({
      id: 'sens',
      header: t.sens,
      kind: 'figure',
      from: 'medium',
      cell: (ligne) => (
        <span class="liste-sens" title={ligne.typeCourrier === 'ENTRANT' ? t.arrivee : t.depart}>
          <Icon name={ligne.typeCourrier === 'ENTRANT' ? 'inbox-in' : 'outbox'} size={16} />
          <span>{ligne.typeCourrier === 'ENTRANT' ? t.arrivee : t.depart}</span>
        </span>
      ),
    });
  }
  return colonnes;
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
        fragment={FRAGMENT}
      />
      <Pagination
        page={liste.page}
        pageSize={pagination.size}
        total={Math.min(liste.total, PLAFOND)}
        totalIsCapped={liste.totalPlafonne || liste.total > PLAFOND}
        hrefFor={pageHref}
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
