import { fill, formatDateTime, type Lang, type Permission } from '@gec/core';
import {
  Actions,
  Alert,
  Badge,
  Button,
  Card,
  DataTable,
  EmptyState,
  Form,
  LinkButton,
  PageHeader,
  Stack,
  type Column,
} from '@gec/ui';
import { pagesListe, triListe, type ListeLue, type ListeQuery } from '../../http/liste.ts';
import { ChercherListe, ExportsListe } from '../../http/liste.views.tsx';
import type { Controle, Etat, Sante, TravailEchoue } from './sante.schema.ts';
import { santeTexts } from './sante.texts.ts';
import type { TriTravaux } from './sante.travaux.ts';

export const SANTE = '/admin/sante';
/** Failed work of a page. */
const PAR_PAGE = 25;

const TONES = { ok: 'success', attention: 'warning', panne: 'danger' } as const;
const ICONS = { ok: 'check', attention: 'alert', panne: 'x' } as const;
/** Where something can be done about it, and the permission that opens the page. */
const PAGES: Readonly<Partial<Record<Controle['id'], readonly [href: string, permission: Permission]>>> = {
  licence: ['/admin/licence', 'manage_system_settings'],
  sauvegarde: ['/admin/sauvegardes', 'manage_backups'],
  courriel: ['/admin/courriels', 'manage_system_settings'],
  journal: ['/admin/logs', 'view_logs'],
};

/** What the page of the state of the system shows. */
export interface SantePageProps {
  lang: Lang;
  csrfToken: string;
  sante: Sante;
  /** The failed work that the address asks for. */
  travaux: readonly TravailEchoue[];
  query: ListeQuery;
  lue: ListeLue<TriTravaux>;
  fuseau: string;
  /** What the reader may do: pages that are closed are named without a link. */
  permissions: ReadonlySet<Permission>;
}

function EtatBadge({ lang, etat }: { lang: Lang; etat: Etat }) {
  return (
    <Badge tone={TONES[etat]} icon={ICONS[etat]}>
      {santeTexts(lang)[`etat_${etat}`]}
    </Badge>
  );
}

function controleColumns({ lang, permissions }: SantePageProps): Column<Controle>[] {
  const t = santeTexts(lang);
  return [
    {
      id: 'point',
      header: t.colonnePoint,
      primary: true,
      cell: ({ id }) => {
        const [href, permission] = PAGES[id] ?? [];
        const titre = t[`titre_${id}`];
        const ouverte = permission !== undefined && permissions.has(permission);
        return ouverte ? <a href={href}>{titre}</a> : <strong>{titre}</strong>;
      },
    },
    { id: 'etat', header: t.colonneEtat, cell: ({ etat }) => <EtatBadge lang={lang} etat={etat} /> },
    {
      id: 'constat',
      header: t.colonneConstat,
      cell: ({ constat, conseil }) => (
        <div>
          {constat}
          {conseil !== null && <small class="cell-line">{conseil}</small>}
        </div>
      ),
    },
  ];
}

function echecColumns({ lang, csrfToken, fuseau }: SantePageProps): Column<TravailEchoue>[] {
  const t = santeTexts(lang);
  return [
    {
      id: 'travail',
      header: t.colonneTravail,
      primary: true,
      sortKey: 'travail',
      cell: ({ libelle }) => libelle,
    },
    { id: 'cause', header: t.colonneCause, cell: ({ erreur }) => erreur },
    {
      id: 'essais',
      header: t.colonneEssais,
      kind: 'end',
      sortKey: 'essais',
      cell: ({ essais }) => String(essais),
    },
    {
      id: 'depuis',
      header: t.colonneDepuis,
      kind: 'figure',
      sortKey: 'depuis',
      cell: ({ cree }) => formatDateTime(lang, cree, fuseau),
    },
    {
      id: 'actions',
      header: t.colonneActions,
      cell: ({ id, libelle }) => (
        <Actions>
          <Form action={`/admin/sante/travaux/${id}/relancer`} csrfToken={csrfToken}>
            <Button size="small" icon="refresh" label={`${t.relancer} : ${libelle} (${id})`}>
              {t.relancer}
            </Button>
          </Form>
          <Form
            action={`/admin/sante/travaux/${id}/abandonner`}
            csrfToken={csrfToken}
            confirm={t.abandonnerConfirmer}
          >
            <Button size="small" variant="danger" icon="x" label={`${t.abandonner} : ${libelle} (${id})`}>
              {t.abandonner}
            </Button>
          </Form>
        </Actions>
      ),
    },
  ];
}

/** The state of the system: each part with what was found and what to do, and the work that failed. */
export function SantePage(props: SantePageProps) {
  const { lang, sante, travaux, query, lue, fuseau } = props;
  const t = santeTexts(lang);
  return (
    <Stack>
      <PageHeader
        title={t.titre}
        subtitle={t.sousTitre}
        actions={
          <LinkButton href={SANTE} icon="refresh">
            {t.actualiser}
          </LinkButton>
        }
      />
      <Alert tone={TONES[sante.etat]} title={t[`ensemble_${sante.etat}`]}>
        {fill(t.vuLe, { quand: formatDateTime(lang, sante.le, fuseau) })}
      </Alert>
      <Card flush>
        <DataTable
          caption={t.tableau}
          columns={controleColumns(props)}
          rows={sante.controles}
          rowKey={({ id }) => id}
        />
      </Card>
      <Card
        title={t.echecsTitre}
        icon="alert"
        flush
        id="travaux"
        actions={<ExportsListe base={SANTE} query={query} mots={{ exporter: t.echecsExporter }} />}
      >
        {sante.echecs.length > 0 && (
          <div class="card-body">
            <ChercherListe
              base={SANTE}
              query={query}
              errors={lue.errors}
              mots={{ rechercher: t.echecsChercher, chercher: t.chercher, effacer: t.effacer }}
            />
          </div>
        )}
        <DataTable
          caption={t.echecsTitre}
          columns={echecColumns(props)}
          rows={travaux.slice((lue.page - 1) * PAR_PAGE, lue.page * PAR_PAGE)}
          rowKey={({ id }) => id}
          sort={triListe(SANTE, query, lue)}
          pages={pagesListe(SANTE, query, { page: lue.page, pageSize: PAR_PAGE, total: travaux.length })}
          empty={
            sante.echecs.length === 0 ? (
              <EmptyState icon="check" title={t.echecsAucun} text={t.echecsAucunTexte} />
            ) : (
              <EmptyState icon="search" title={t.echecsRien} />
            )
          }
        />
      </Card>
    </Stack>
  );
}
