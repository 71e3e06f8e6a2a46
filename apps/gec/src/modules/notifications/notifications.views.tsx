import { formatDateTime, plural, type Lang } from '@gec/core';
import {
  Actions,
  Badge,
  Button,
  Card,
  DataTable,
  EmptyState,
  Field,
  Form,
  LinkButton,
  PageHeader,
  Select,
  Stack,
  Tabs,
  type Column,
} from '@gec/ui';
import { adresseListe, pagesListe, triListe } from '../../http/liste.ts';
import { ExportsListe, OrdreGarde } from '../../http/liste.views.tsx';
import { colonneTexte } from '../../tableur/write-table.ts';
import type { NotificationsLues, NotificationsQuery } from './notifications.forms.ts';
import { dire } from './notifications.presenter.ts';
import { PAGE_NOTIFICATIONS, type Evenement, type Notification } from './notifications.schema.ts';
import { notificationsTexts } from './notifications.texts.ts';

const PAGE = '/notifications';

/** What the page of notifications shows. */
export interface NotificationsPageProps {
  lang: Lang;
  csrfToken: string;
  notifications: readonly Notification[];
  query: NotificationsQuery;
  lue: NotificationsLues;
  /** The events that the reader can be told of. */
  evenements: readonly Evenement[];
  total: number;
  /** Unread ones in all. */
  compte: number;
  fuseau: string;
}

function columnsOf(props: NotificationsPageProps): Column<Notification>[] {
  const { lang, csrfToken, fuseau } = props;
  const t = notificationsTexts(lang);
  return [
    {
      id: 'quoi',
      header: t.quoi,
      primary: true,
      cell: (one) => {
        const { titre, suite, href } = dire(lang, one);
        return (
          <div>
            {href === null ? titre : <a href={href}>{titre}</a>}
            {suite !== '' && <small class="muted cell-line">{suite}</small>}
          </div>
        );
      },
    },
    {
      id: 'quand',
      header: t.quand,
      kind: 'figure',
      sortKey: 'date',
      cell: (one) => formatDateTime(lang, one.date, fuseau),
    },
    {
      id: 'etat',
      header: t.etat,
      cell: (one) =>
        one.lue ? (
          <span class="muted">{t.lue}</span>
        ) : (
          <Form action={`${PAGE}/${one.id}/lue`} csrfToken={csrfToken}>
            <input type="hidden" name="retour" value={adresseListe(PAGE, props.query)} />
            <Badge tone="accent" icon="bell">
              {t.nouvelle}
            </Badge>{' '}
            <Button
              size="small"
              variant="quiet"
              icon="check"
              label={`${t.marquer} : ${dire(lang, one).titre}`}
            >
              {t.marquer}
            </Button>
          </Form>
        ),
    },
  ];
}

/** One event, by which the list is filtered. What else the address says is kept. */
function Filtre({ lang, query, lue, evenements }: NotificationsPageProps) {
  const t = notificationsTexts(lang);
  return (
    <Form action={PAGE} method="get" class="form-grid">
      <Field
        id="evenement"
        label={t.filtreEvenement}
        error={lue.errors.find(({ field }) => field === 'evenement')?.message}
        class="span-3"
      >
        <Select
          name="evenement"
          value={lue.choix.evenement ?? ''}
          empty={t.tousEvenements}
          options={evenements.map((value) => ({ value, label: t[`evenement_${value}`] }))}
        />
      </Field>
      {query.non_lues !== '' && <input type="hidden" name="non_lues" value={query.non_lues} />}
      <OrdreGarde query={query} />
      <Actions>
        <Button icon="filter">{t.filtrer}</Button>
        {query.evenement !== '' && (
          <LinkButton href={adresseListe(PAGE, query, { evenement: '', page: '' })} variant="quiet">
            {t.effacer}
          </LinkButton>
        )}
      </Actions>
    </Form>
  );
}

/** What happened to a person's letters. */
export function NotificationsPage(props: NotificationsPageProps) {
  const { lang, csrfToken, notifications, query, lue, total, compte } = props;
  const { nonLues, evenement } = lue.choix;
  const t = notificationsTexts(lang);
  const vide = nonLues ? t.videNonLues : t.vide;
  const onglet = (non_lues: string) => adresseListe(PAGE, query, { non_lues, page: '' });
  return (
    <Stack>
      <PageHeader
        title={t.titre}
        subtitle={t.sousTitre}
        actions={
          <Actions>
            <LinkButton href="/profil/notifications" icon="settings" variant="quiet">
              {t.preferences}
            </LinkButton>
            {compte > 0 && (
              <Form action={`${PAGE}/lues`} csrfToken={csrfToken}>
                <Button icon="check">{t.marquerToutes}</Button>
              </Form>
            )}
          </Actions>
        }
      />
      <Tabs
        label={t.titre}
        items={[
          { href: onglet(''), label: t.toutes, current: !nonLues },
          { href: onglet('oui'), label: t.nonLues, count: compte, current: nonLues },
        ]}
      />
      <Card>
        <Filtre {...props} />
      </Card>
      <Card
        title={plural(lang, total, t.total_un, t.total_autre)}
        flush
        actions={<ExportsListe base={PAGE} query={query} mots={t} />}
      >
        <DataTable
          caption={t.tableau}
          columns={columnsOf(props)}
          rows={notifications}
          rowKey={(one) => one.id}
          sort={triListe(PAGE, query, lue)}
          pages={pagesListe(PAGE, query, { page: lue.page, pageSize: PAGE_NOTIFICATIONS, total })}
          empty={
            evenement === null ? (
              <EmptyState icon="bell" title={vide} text={t.videTexte} />
            ) : (
              <EmptyState icon="search" title={vide} text={t.videFiltre} />
            )
          }
        />
      </Card>
    </Stack>
  );
}

/** Notifications as a table to be saved. */
export function tableauNotifications(lang: Lang, fuseau: string, notifications: readonly Notification[]) {
  const t = notificationsTexts(lang);
  return {
    colonnes: [
      colonneTexte(t.quand, 22),
      colonneTexte(t.filtreEvenement, 28),
      colonneTexte(t.quoi, 60),
      colonneTexte(t.precisions, 60),
      colonneTexte(t.etat, 12),
    ],
    lignes: notifications.map((one) => {
      const { titre, suite } = dire(lang, one);
      return [
        formatDateTime(lang, one.date, fuseau),
        t[`evenement_${one.evenement}`],
        titre,
        suite,
        one.lue ? t.lue : t.nouvelle,
      ];
    }),
  };
}
