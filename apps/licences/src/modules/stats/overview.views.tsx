import { formatNumber } from '@gec/core';
import {
  Alert,
  BarChart,
  Card,
  EmptyState,
  Grid,
  LinkButton,
  PageHeader,
  Stack,
  Stat,
  Timeline,
  useLang,
  type BarChartProps,
  type TimelineItem,
} from '@gec/ui';
import { overviewTexts } from './overview.texts.ts';

/** What the overview shows. */
export interface Overview {
  readonly total: number;
  readonly available: number;
  readonly used: number;
  readonly inactive: number;
  readonly openAlerts: number;
  readonly byType: BarChartProps['data'];
  readonly expiries: BarChartProps['data'];
  readonly activity: BarChartProps['data'];
  readonly refusals: BarChartProps['data'];
  readonly latest: readonly TimelineItem[];
}

function Chart({ title, data }: { title: string; data: BarChartProps['data'] }) {
  return (
    <Card title={title} icon="chart">
      <BarChart title={title} data={data} />
    </Card>
  );
}

/** The first page: figures, plots, what waits. */
export function OverviewView({ overview }: { overview: Overview }) {
  const lang = useLang();
  const t = overviewTexts(lang);
  const { total, available, used, inactive, openAlerts } = overview;
  const rate = total === 0 ? '—' : `${formatNumber(lang, Math.round((used / total) * 1000) / 10)}\u00A0%`;
  return (
    <>
      <PageHeader
        title={t.title}
        actions={
          <LinkButton href="/generation" variant="primary" icon="plus">
            {t.generate}
          </LinkButton>
        }
      />
      <Stack>
        {openAlerts > 0 && (
          <Alert tone="warning" actions={<LinkButton href="/alertes">{t.seeAlerts}</LinkButton>}>
            {`${t.alerts}\u00A0: ${formatNumber(lang, openAlerts)}`}
          </Alert>
        )}
        <Grid columns="auto">
          <Stat label={t.total} value={total} icon="key" href="/licences" />
          <Stat
            label={t.available}
            value={available}
            icon="check"
            href="/licences?status=available"
            tone="success"
          />
          <Stat label={t.used} value={used} icon="building" href="/licences?status=used" />
          <Stat label={t.inactive} value={inactive} icon="lock" href="/licences?status=suspended" />
          <Stat label={t.rate} value={rate} icon="chart" />
        </Grid>
        {total === 0 ? (
          <Card>
            <EmptyState icon="key" title={t.empty} text={t.emptyText} />
          </Card>
        ) : (
          <Grid columns="two">
            <Chart title={t.byType} data={overview.byType} />
            <Chart title={t.expiries} data={overview.expiries} />
            <Chart title={t.activity} data={overview.activity} />
            <Chart title={t.refusals} data={overview.refusals} />
          </Grid>
        )}
        {overview.latest.length > 0 && (
          <Card title={t.latest} icon="journal" actions={<a href="/journal">{t.all}</a>}>
            <Timeline items={overview.latest} />
          </Card>
        )}
      </Stack>
    </>
  );
}
