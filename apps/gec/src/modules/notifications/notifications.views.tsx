import { formatDateTime, type Lang } from '@gec/core';
import {
  Actions,
  Badge,
  Button,
  Card,
  DataTable,
  EmptyState,
  Form,
  LinkButton,
  PageHeader,
  Pagination,
  Stack,
  Tabs,
  type Column,
} from '@gec/ui';
import { dire } from './notifications.presenter.ts';
import { PAGE_NOTIFICATIONS, type Notification } from './notifications.schema.ts';
import { notificationsTexts } from './notifications.texts.ts';

const PAGE = '/notifications';

/** The address of a view of the list. */
export function adresseNotifications(nonLues: boolean, page = 1): string {
  const query = new URLSearchParams();
  if (nonLues) query.set('non_lues', 'oui');
  if (page > 1) query.set('page', String(page));
  const text = query.toString();
  return text === '' ? PAGE : `${PAGE}?${text}`;
}

/** What the page of notifications shows. */
export interface NotificationsPageProps {
  lang: Lang;
  csrfToken: string;
  notifications: readonly Notification[];
  nonLues: boolean;
  page: number;
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
    { id: 'quand', header: t.quand, kind: 'figure', cell: (one) => formatDateTime(lang, one.date, fuseau) },
    {
      id: 'etat',
      header: t.etat,
      cell: (one) =>
        one.lue ? (
          <span class="muted">{t.lue}</span>
        ) : (
          <Form action={`${PAGE}/${one.id}/lue`} csrfToken={csrfToken}>
            <input type="hidden" name="retour" value={adresseNotifications(props.nonLues, props.page)} />
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

/** What happened to a person's letters, newest first. */
export function NotificationsPage(props: NotificationsPageProps) {
  const { lang, csrfToken, notifications, nonLues, page, total, compte } = props;
  const t = notificationsTexts(lang);
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
          { href: adresseNotifications(false), label: t.toutes, current: !nonLues },
          { href: adresseNotifications(true), label: t.nonLues, count: compte, current: nonLues },
        ]}
      />
      <Card flush>
        <DataTable
          caption={t.tableau}
          columns={columnsOf(props)}
          rows={notifications}
          rowKey={(one) => one.id}
          empty={<EmptyState icon="bell" title={nonLues ? t.videNonLues : t.vide} text={t.videTexte} />}
        />
      </Card>
      <Pagination
        page={page}
        pageSize={PAGE_NOTIFICATIONS}
        total={total}
        hrefFor={(wanted) => adresseNotifications(nonLues, wanted)}
      />
    </Stack>
  );
}
