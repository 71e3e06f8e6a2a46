import { formatDateTime } from '@gec/core';
import {
  Actions,
  Button,
  Card,
  DataTable,
  DateInput,
  EmptyState,
  Field,
  Form,
  Grid,
  LinkButton,
  PageHeader,
  Select,
  Stack,
  useLang,
} from '@gec/ui';
import { JOURNAL_ACTIONS, type JournalLine } from './journal.schema.ts';
import { actionLabel, actorLabel, detailsLine, journalTexts } from './journal.texts.ts';

/** The filters as they were asked for. */
export interface JournalQuery {
  readonly action: string;
  readonly from: string;
  readonly to: string;
  readonly before: number | undefined;
}

/** The journal with its filters. */
export function JournalView(props: {
  csrfToken: string;
  query: JournalQuery;
  lines: readonly JournalLine[];
  next: number | null;
  errors: Readonly<Partial<Record<'from' | 'to', string>>>;
}) {
  const lang = useLang();
  const t = journalTexts(lang);
  const { csrfToken, query, lines, next, errors } = props;
  const href = (before?: number) => {
    const params = new URLSearchParams();
    if (query.action) params.set('action', query.action);
    if (query.from) params.set('from', query.from);
    if (query.to) params.set('to', query.to);
    if (before !== undefined) params.set('before', String(before));
    return `/journal?${params.toString()}`;
  };
  return (
    <>
      <PageHeader
        title={t.title}
        subtitle={t.subtitle}
        actions={
          <>
            <LinkButton href="/journal/point-de-controle" icon="download">
              {t.checkpoint}
            </LinkButton>
            <Form action="/journal/verifier" csrfToken={csrfToken}>
              <Button icon="shield">{t.verify}</Button>
            </Form>
          </>
        }
      />
      <Stack>
        <Card>
          <Form action="/journal" method="get" class="stack stack-3">
            <Grid columns="auto">
              <Field id="action" label={t.what}>
                <Select
                  name="action"
                  value={query.action}
                  empty={t.all}
                  options={JOURNAL_ACTIONS.map((action) => ({ value: action, label: t[action] }))}
                />
              </Field>
              <Field id="from" label={t.from} error={errors.from}>
                <DateInput name="from" value={query.from} />
              </Field>
              <Field id="to" label={t.to} error={errors.to}>
                <DateInput name="to" value={query.to} />
              </Field>
            </Grid>
            <Actions>
              <Button icon="filter">{t.filter}</Button>
            </Actions>
          </Form>
        </Card>
        <Card flush>
          <DataTable
            caption={t.title}
            rows={lines}
            rowKey={(line) => line.id}
            empty={<EmptyState icon="journal" title={t.none} text={t.noneText} />}
            columns={[
              { id: 'at', header: t.date, kind: 'figure', cell: (line) => formatDateTime(lang, line.at) },
              { id: 'action', header: t.what, primary: true, cell: (line) => actionLabel(lang, line.action) },
              { id: 'who', header: t.who, cell: (line) => actorLabel(lang, line.actor) },
              {
                id: 'license',
                header: t.license,
                cell: (line) =>
                  line.licenseId === null ? (
                    '—'
                  ) : (
                    <a href={`/licences/${line.licenseId}`}>{line.licenseId}</a>
                  ),
              },
              { id: 'ip', header: t.address, kind: 'figure', from: 'medium', cell: (line) => line.ip || '—' },
              { id: 'details', header: t.details, cell: (line) => detailsLine(lang, line.details) || '—' },
            ]}
          />
        </Card>
        <Actions>
          {query.before !== undefined && <LinkButton href={href()}>{t.newest}</LinkButton>}
          {next !== null && (
            <LinkButton href={href(next)} iconEnd="chevron-right">
              {t.older}
            </LinkButton>
          )}
        </Actions>
      </Stack>
    </>
  );
}
