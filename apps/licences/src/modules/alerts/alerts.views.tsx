import { formatDateTime } from '@gec/core';
import {
  Badge,
  Button,
  Card,
  DescriptionList,
  EmptyState,
  Form,
  PageHeader,
  Stack,
  Tabs,
  useLang,
} from '@gec/ui';
import type { Alert } from './alerts.schema.ts';
import { alertsTexts } from './alerts.texts.ts';

const TONES = { info: 'info', warning: 'warning', danger: 'danger' } as const;

function AlertCard({ alert, csrfToken }: { alert: Alert; csrfToken: string }) {
  const lang = useLang();
  const t = alertsTexts(lang);
  return (
    <Card
      title={
        <>
          {t[`kind.${alert.kind}`]} <Badge tone={TONES[alert.severity]}>{`× ${alert.occurrences}`}</Badge>
        </>
      }
      icon="bell"
      actions={
        alert.resolvedAt === null && (
          <Form action={`/alertes/${alert.id}`} csrfToken={csrfToken}>
            <Button size="small" icon="check">
              {t.resolve}
            </Button>
          </Form>
        )
      }
    >
      <Stack space={3}>
        <p>{t[`help.${alert.kind}`]}</p>
        <DescriptionList
          columns={2}
          items={[
            ...(alert.licenseId === null
              ? []
              : [
                  {
                    term: t.license,
                    value: (
                      <a href={`/licences/${alert.licenseId}`}>
                        •••• {alert.details['hint'] ?? alert.licenseId}
                      </a>
                    ),
                  },
                ]),
            ...(alert.details['address'] === undefined
              ? []
              : [{ term: t.what, value: String(alert.details['address']) }]),
            ...(alert.details['webhook'] === undefined
              ? []
              : [
                  {
                    term: t.webhook,
                    value: <a href="/automatisation">{`n° ${alert.details['webhook']}`}</a>,
                  },
                ]),
            { term: t.first, value: formatDateTime(lang, alert.createdAt) },
            { term: t.last, value: formatDateTime(lang, alert.lastAt) },
            ...(alert.resolvedBy === null ? [] : [{ term: t.by, value: alert.resolvedBy }]),
          ]}
        />
      </Stack>
    </Card>
  );
}

/** The alerts, those that wait or those that were dealt with. */
export function AlertsView(props: { csrfToken: string; alerts: readonly Alert[]; open: boolean }) {
  const t = alertsTexts(useLang());
  const { csrfToken, alerts, open } = props;
  return (
    <>
      <PageHeader title={t.title} subtitle={t.subtitle} />
      <Tabs
        label={t.title}
        items={[
          { href: '/alertes', label: t.open, current: open },
          { href: '/alertes?traitees=oui', label: t.resolved, current: !open },
        ]}
      />
      <Stack>
        {alerts.length === 0 && (
          <Card>
            <EmptyState icon="check" title={t.none} text={t.noneText} />
          </Card>
        )}
        {alerts.map((alert) => (
          <AlertCard key={alert.id} alert={alert} csrfToken={csrfToken} />
        ))}
      </Stack>
    </>
  );
}
