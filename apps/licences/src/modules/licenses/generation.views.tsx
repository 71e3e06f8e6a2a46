import { formatDateTime, formatNumber, plural, type FieldError } from '@gec/core';
import {
  Actions,
  Button,
  Card,
  DataTable,
  EmptyState,
  ErrorSummary,
  Field,
  Form,
  Grid,
  LinkButton,
  PageHeader,
  Stack,
  TextInput,
  useLang,
} from '@gec/ui';
import { WithProgress } from '../../http/progress.views.tsx';
import { ChangeForms, type TypedChange } from './changes.views.tsx';
import {
  BATCH_SORTS,
  GENERATION_MAX,
  LICENSE_TYPES,
  type Batch,
  type BatchOrder,
} from './licenses.schema.ts';
import { licensesTexts } from './licenses.texts.ts';

/** One page of the batches. */
interface BatchList extends BatchOrder {
  readonly batches: readonly Batch[];
  readonly total: number;
  readonly page: number;
  readonly pageSize: number;
}

function Batches({ batches, total, page, pageSize, by, order }: BatchList) {
  const lang = useLang();
  const t = licensesTexts(lang);
  const hrefFor = (to: BatchOrder, number = 1) => {
    const rest = number === 1 ? '' : `&page=${number}`;
    return `/generation?sort_by=${to.by}&sort_order=${to.order}${rest}#lots`;
  };
  return (
    <Card title={t.batches} icon="folder" flush id="lots">
      <DataTable
        caption={t.batches}
        rows={batches}
        rowKey={(batch) => batch.id}
        rowHref={(batch) => `/lots/${batch.id}`}
        sort={{
          by,
          order,
          hrefFor: (key, next) =>
            hrefFor({ by: BATCH_SORTS.find((one) => one === key) ?? 'created', order: next }),
        }}
        empty={<EmptyState icon="folder" title={t.noBatch} text={t.noBatchText} />}
        pages={{ page, pageSize, total, hrefFor: (number) => hrefFor({ by, order }, number) }}
        columns={[
          {
            id: 'label',
            header: t.batch,
            primary: true,
            sortKey: 'label',
            cell: (b) => `${b.id} · ${b.label}`,
          },
          {
            id: 'size',
            header: t.size,
            kind: 'figure',
            sortKey: 'size',
            cell: (b) => formatNumber(lang, b.size),
          },
          { id: 'owner', header: t.owner, sortKey: 'owner', cell: (b) => b.owner ?? '—' },
          {
            id: 'created',
            header: t.created,
            kind: 'figure',
            sortKey: 'created',
            cell: (b) => `${formatDateTime(lang, b.createdAt)} (${t[`source.${b.source}`]})`,
          },
          { id: 'by', header: t.by, from: 'wide', cell: (b) => b.createdBy },
        ]}
      />
    </Card>
  );
}

/** Generation of keys, and the batches that there are. */
export function GenerationView(props: {
  csrfToken: string;
  list: BatchList;
  values: Readonly<Record<string, string>>;
  errors: readonly FieldError[];
}) {
  const t = licensesTexts(useLang());
  const { csrfToken, list, values, errors } = props;
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
          <WithProgress>
            <Form action="/generation" csrfToken={csrfToken} class="stack stack-4">
              <ErrorSummary errors={summary} />
              <fieldset class="field">
                <legend>{t.howMany}</legend>
                <Grid columns="auto">
                  {LICENSE_TYPES.map(({ code, label }) => (
                    <Field key={code} id={`count-${code}`} label={label}>
                      <TextInput
                        name={`count-${code}`}
                        type="number"
                        inputMode="numeric"
                        min={0}
                        max={GENERATION_MAX}
                        value={values[`count-${code}`] ?? '0'}
                      />
                    </Field>
                  ))}
                </Grid>
              </fieldset>
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
          </WithProgress>
        </Card>
        <Batches {...list} />
      </Stack>
    </>
  );
}

/** One batch: its exports, its cards, and what may be done with all of it. */
export function BatchView(props: {
  csrfToken: string;
  batch: Batch;
  errors: readonly FieldError[];
  typed: TypedChange;
}) {
  const lang = useLang();
  const t = licensesTexts(lang);
  const { csrfToken, batch, errors, typed } = props;
  const href = `/lots/${batch.id}`;
  return (
    <>
      <WithProgress rows={batch.size}>
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
      </WithProgress>
      <Card title={t.batchAction} icon="settings">
        <ErrorSummary errors={errors} />
        <ChangeForms
          csrfToken={csrfToken}
          action={href}
          errors={errors}
          typed={typed}
          canSuspend
          canReactivate
        />
      </Card>
    </>
  );
}
