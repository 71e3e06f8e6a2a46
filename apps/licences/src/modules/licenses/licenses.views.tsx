import { fill, formatDate, formatDateTime, formatNumber, plural } from '@gec/core';
import {
  Actions,
  Badge,
  Button,
  Card,
  Checkbox,
  DataTable,
  EmptyState,
  ErrorSummary,
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
import type { FieldError } from '@gec/core';
import { formatKey } from './licenses.policy.ts';
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
                header: t.created,
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

/** Generation of keys, and the batches that there are. */
export function GenerationView(props: {
  csrfToken: string;
  batches: readonly Batch[];
  values: Readonly<Record<string, string>>;
  errors: readonly FieldError[];
}) {
  const lang = useLang();
  const t = licensesTexts(lang);
  const { csrfToken, batches, values, errors } = props;
  const summary = errors.map(({ field, message }) => ({
    field: field === 'counts' ? `count-${LICENSE_TYPES[0]!.code}` : field,
    message,
  }));
  return (
    <>
      <PageHeader
        title={t.generation}
        subtitle={t.generationText}
        actions={
          <LinkButton href="/import" icon="upload">
            {t.import}
          </LinkButton>
        }
      />
      <Stack>
        <Card title={t.generate} icon="plus">
          <Form action="/generation" csrfToken={csrfToken} class="stack stack-4">
            <ErrorSummary errors={summary} />
            <Grid columns="auto">
              {LICENSE_TYPES.map(({ code, label }) => (
                <Field key={code} id={`count-${code}`} label={fill(t.howMany, { label })}>
                  <TextInput
                    name={`count-${code}`}
                    type="number"
                    inputMode="numeric"
                    min={0}
                    max={10_000}
                    value={values[`count-${code}`] ?? '0'}
                  />
                </Field>
              ))}
            </Grid>
            <Grid columns="two">
              <Field id="label" label={t.batchLabel} optional>
                <TextInput name="label" value={values['label'] ?? ''} maxLength={200} />
              </Field>
              <Field id="owner" label={t.batchOwner} hint={t.batchOwnerHint} optional>
                <TextInput name="owner" value={values['owner'] ?? ''} maxLength={200} />
              </Field>
            </Grid>
            <Actions>
              <Button variant="primary" icon="plus">
                {t.generate}
              </Button>
            </Actions>
          </Form>
        </Card>
        <Card title={t.batches} icon="folder" flush>
          <DataTable
            caption={t.batches}
            rows={batches}
            rowKey={(batch) => batch.id}
            rowHref={(batch) => `/lots/${batch.id}`}
            empty={<EmptyState icon="folder" title={t.noBatch} text={t.noBatchText} />}
            columns={[
              { id: 'label', header: t.batch, primary: true, cell: (b) => `${b.id} · ${b.label}` },
              { id: 'size', header: t.size, kind: 'end', cell: (b) => formatNumber(lang, b.size) },
              { id: 'owner', header: t.owner, cell: (b) => b.owner ?? '—' },
              {
                id: 'created',
                header: t.created,
                kind: 'figure',
                cell: (b) => `${formatDateTime(lang, b.createdAt)} (${t[`source.${b.source}`]})`,
              },
              { id: 'by', header: t.by, from: 'wide', cell: (b) => b.createdBy },
            ]}
          />
        </Card>
      </Stack>
    </>
  );
}

/** The forms that change one licence or a whole batch. */
export function ChangeForms(props: {
  csrfToken: string;
  action: string;
  errors: readonly FieldError[];
  canSuspend: boolean;
  canReactivate: boolean;
}) {
  const t = licensesTexts(useLang());
  const { csrfToken, action, errors, canSuspend, canReactivate } = props;
  const errorOf = (field: string) => errors.find((error) => error.field === field)?.message;
  return (
    <Stack>
      <Form action={`${action}/etat`} csrfToken={csrfToken} class="stack stack-3">
        <Field id="reason" label={t.reason} error={errorOf('reason')}>
          <TextInput name="reason" maxLength={300} />
        </Field>
        <Actions>
          {canSuspend && (
            <Button name="state" value="suspended" icon="lock">
              {t.suspend}
            </Button>
          )}
          {canReactivate && (
            <Button name="state" value="active" icon="restore">
              {t.reactivate}
            </Button>
          )}
          <Button name="state" value="revoked" variant="danger" confirm={t.revokeAsk}>
            {t.revoke}
          </Button>
        </Actions>
      </Form>
      <Form action={`${action}/prolonger`} csrfToken={csrfToken} class="stack stack-3">
        <Grid columns="two">
          <Field id="days" label={t.days} error={errorOf('days')}>
            <TextInput name="days" type="number" inputMode="numeric" min={1} max={3_650} />
          </Field>
          <Field id="extend-reason" label={t.reason}>
            <TextInput name="reason" maxLength={300} />
          </Field>
        </Grid>
        <Actions>
          <Button icon="calendar">{t.extend}</Button>
        </Actions>
      </Form>
    </Stack>
  );
}

/** One batch: its exports, its cards, and what may be done with all of it. */
export function BatchView(props: { csrfToken: string; batch: Batch; errors: readonly FieldError[] }) {
  const lang = useLang();
  const t = licensesTexts(lang);
  const { csrfToken, batch, errors } = props;
  const href = `/lots/${batch.id}`;
  return (
    <>
      <PageHeader
        title={`${t.batch} ${batch.id} · ${batch.label}`}
        subtitle={[plural(lang, batch.size, t.total_one, t.total_other), batch.owner]
          .filter(Boolean)
          .join(' · ')}
        crumbs={[{ label: t.generation, href: '/generation' }, { label: batch.label }]}
        actions={
          <>
            <LinkButton href={`/licences?batch=${batch.id}`} variant="primary" icon="key">
              {t.licenses}
            </LinkButton>
            <LinkButton href={`/licences/export.csv?batch=${batch.id}`} icon="download">
              {t.exportCsv}
            </LinkButton>
            <LinkButton href={`/licences/export.xlsx?batch=${batch.id}`} icon="download">
              {t.exportXlsx}
            </LinkButton>
            <LinkButton href={`${href}/cartes.pdf`} icon="print">
              {t.cards}
            </LinkButton>
          </>
        }
      />
      <Card title={t.batchAction} icon="settings">
        <ErrorSummary errors={errors} />
        <ChangeForms csrfToken={csrfToken} action={href} errors={errors} canSuspend canReactivate />
      </Card>
    </>
  );
}

/** The key of a licence, when the administrator asked to see it. */
export function RevealedKey({ value }: { value: string }) {
  const t = licensesTexts(useLang());
  return (
    <p class="cluster">
      <strong class="num">{formatKey(value)}</strong>
      <Button type="button" size="small" icon="copy" copy={value}>
        {t.copy}
      </Button>
    </p>
  );
}
