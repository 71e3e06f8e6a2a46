import { fill, formatDate, formatNumber, plural } from '@gec/core';
import {
  Actions,
  Badge,
  Button,
  Card,
  Checkbox,
  DataTable,
  EmptyState,
  Field,
  FilterChips,
  Form,
  Grid,
  LinkButton,
  PageHeader,
  Select,
  Stack,
  TextInput,
  useLang,
  type ChipData,
} from '@gec/ui';
import { WithProgress } from '../../http/progress.views.tsx';
import {
  LICENSE_STATUSES,
  LICENSE_TYPES,
  statusOf,
  type Batch,
  type License,
  type LicenseStatus,
} from './licenses.schema.ts';
import { licensesTexts } from './licenses.texts.ts';

const TONES: Readonly<Record<LicenseStatus, 'success' | 'info' | 'neutral' | 'warning' | 'danger'>> = {
  available: 'success',
  used: 'info',
  expired: 'neutral',
  suspended: 'warning',
  revoked: 'danger',
  inactive: 'neutral',
};

/** What a licence is, as a word in its colour. */
export function LicenseBadge({ license, now }: { license: License; now: Date }) {
  const t = licensesTexts(useLang());
  const status = statusOf(license, now);
  return (
    <>
      <Badge tone={TONES[status]}>{t[`status.${status}`]}</Badge>
      {license.published && (
        <>
          {' '}
          <Badge tone="warning">{t.published}</Badge>
        </>
      )}
    </>
  );
}

/** The filters of the list as they were asked for. */
export interface ListQuery {
  readonly search: string;
  readonly type: string;
  readonly status: string;
  readonly batch: string;
  readonly published: boolean;
}

/** The address of the list with some filters. */
export function listHref(query: ListQuery, change: Partial<ListQuery> & { before?: number } = {}): string {
  const { search, type, status, batch, published, before } = { before: undefined, ...query, ...change };
  const params = new URLSearchParams();
  if (search) params.set('search', search);
  if (type) params.set('type', type);
  if (status) params.set('status', status);
  if (batch) params.set('batch', batch);
  if (published) params.set('published', 'oui');
  if (before !== undefined) params.set('before', String(before));
  const text = params.toString();
  return text === '' ? '/licences' : `/licences?${text}`;
}

function Filters({ query, batches }: { query: ListQuery; batches: readonly Batch[] }) {
  const t = licensesTexts(useLang());
  return (
    <Card>
      <Form action="/licences" method="get" class="stack stack-3">
        <Grid columns="auto">
          <Field id="search" label={t.search}>
            <TextInput name="search" type="search" value={query.search} maxLength={200} spellcheck={false} />
          </Field>
          <Field id="type" label={t.type}>
            <Select
              name="type"
              value={query.type}
              empty={t.allTypes}
              options={LICENSE_TYPES.map(({ label }) => ({ value: label, label }))}
            />
          </Field>
          <Field id="status" label={t.status}>
            <Select
              name="status"
              value={query.status}
              empty={t.allStatuses}
              options={LICENSE_STATUSES.map((status) => ({ value: status, label: t[`status.${status}`] }))}
            />
          </Field>
          <Field id="batch" label={t.batch}>
            <Select
              name="batch"
              value={query.batch}
              empty={t.allBatches}
              options={batches.map(({ id, label }) => ({ value: String(id), label: `${id} · ${label}` }))}
            />
          </Field>
        </Grid>
        <Actions>
          <Checkbox name="published" label={t.published} checked={query.published} />
          <Button icon="filter">{t.filter}</Button>
        </Actions>
      </Form>
    </Card>
  );
}

/** The list of licences with its filters. */
export function ListView(props: {
  csrfToken: string;
  query: ListQuery;
  chips: readonly ChipData[];
  batches: readonly Batch[];
  lines: readonly License[];
  total: number;
  capped: boolean;
  next: number | null;
  continued: boolean;
  now: Date;
}) {
  const lang = useLang();
  const t = licensesTexts(lang);
  const { query, chips, lines, next, now } = props;
  const total = props.capped
    ? fill(t.total_plus, { n: formatNumber(lang, props.total) })
    : plural(lang, props.total, t.total_one, t.total_other);
  const exportHref = (format: string) => listHref(query).replace('/licences', `/licences/export.${format}`);
  return (
    <>
      <WithProgress rows={props.total}>
        <PageHeader
          title={t.licenses}
          subtitle={total}
          actions={
            <>
              <LinkButton href={exportHref('csv')} icon="download">
                {t.exportCsv}
              </LinkButton>
              <LinkButton href={exportHref('xlsx')} icon="download">
                {t.exportXlsx}
              </LinkButton>
              <Form action="/licences/publiees" csrfToken={props.csrfToken} confirm={t.blockPublishedAsk}>
                <Button icon="lock">{t.blockPublished}</Button>
              </Form>
            </>
          }
        />
      </WithProgress>
      <Stack>
        <Filters query={query} batches={props.batches} />
        <FilterChips lead={t.licenses} chips={chips} clearHref="/licences" />
        <Card flush>
          <DataTable
            caption={t.list}
            rows={lines}
            rowKey={(license) => license.id}
            rowHref={(license) => `/licences/${license.id}`}
            empty={<EmptyState icon="key" title={t.noneFound} text={t.noneFoundText} />}
            columns={[
              { id: 'key', header: t.key, kind: 'figure', primary: true, cell: (l) => `•••• ${l.keyHint}` },
              { id: 'type', header: t.type, cell: (l) => l.durationLabel },
              { id: 'status', header: t.status, cell: (l) => <LicenseBadge license={l} now={now} /> },
              { id: 'owner', header: t.owner, cell: (l) => l.owner ?? '—' },
              {
                id: 'used',
                header: t.usedOn,
                kind: 'figure',
                cell: (l) => (l.usedDate ? formatDate(lang, l.usedDate) : '—'),
              },
              {
                id: 'expires',
                header: t.expires,
                kind: 'figure',
                cell: (l) => (l.expiresAt ? formatDate(lang, l.expiresAt) : '—'),
              },
              {
                id: 'created',
                header: t.madeOn,
                kind: 'figure',
                from: 'wide',
                cell: (l) => formatDate(lang, l.createdDate),
              },
            ]}
          />
        </Card>
        <Actions>
          {props.continued && <LinkButton href={listHref(query)}>{t.newest}</LinkButton>}
          {next !== null && (
            <LinkButton href={listHref(query, { before: next })} iconEnd="chevron-right">
              {t.older}
            </LinkButton>
          )}
        </Actions>
      </Stack>
    </>
  );
}
