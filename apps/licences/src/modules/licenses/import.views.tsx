import { fill, formatNumber, type FieldError } from '@gec/core';
import {
  Actions,
  Alert,
  Button,
  Card,
  Checkbox,
  DescriptionList,
  ErrorSummary,
  Field,
  Form,
  PageHeader,
  Stack,
  TextInput,
  useLang,
} from '@gec/ui';
import { WithProgress } from '../../http/progress.views.tsx';
import type { ImportReport } from '../activation/import.schema.ts';
import { importTexts } from './import.texts.ts';
import { licensesTexts } from './licenses.texts.ts';

/** What reading a file and comparing it with what is here said. */
export interface ShownReport extends ImportReport {
  /** Lines of the file that hold no key. */
  readonly malformed: readonly number[];
}

const LINES_SHOWN = 20;

function Report({ report }: { report: ShownReport }) {
  const lang = useLang();
  const t = importTexts(lang);
  const n = (value: number) => formatNumber(lang, value);
  const lines = report.malformed.slice(0, LINES_SHOWN).join(', ');
  const more = report.malformed.length > LINES_SHOWN ? '…' : '';
  return (
    <Card title={t.report} icon="check" level={2}>
      <Stack>
        <Alert tone="info">{t.dryDone}</Alert>
        <DescriptionList
          columns={2}
          items={[
            { term: t.read, value: n(report.total + report.malformed.length) },
            { term: t.added, value: n(report.added) },
            { term: t.used, value: n(report.used) },
            { term: t.known, value: n(report.known) },
            { term: t.doubles, value: n(report.doubles) },
            { term: t.published, value: n(report.published) },
            { term: t.flagged, value: n(report.flagged) },
            {
              term: t.malformed,
              value:
                report.malformed.length === 0
                  ? '0'
                  : fill(t.malformedLines, { n: n(report.malformed.length), lines: `${lines}${more}` }),
            },
          ]}
        />
      </Stack>
    </Card>
  );
}

/** The form that takes keys over from a file, and what a check of the file said. */
export function ImportView(props: {
  csrfToken: string;
  label: string;
  published: boolean;
  errors: readonly FieldError[];
  report: ShownReport | null;
}) {
  const lang = useLang();
  const t = licensesTexts(lang);
  const { csrfToken, label, published, errors, report } = props;
  const error = errors.find(({ field }) => field === 'fichier')?.message;
  return (
    <>
      <PageHeader
        title={t.import}
        subtitle={t.importText}
        crumbs={[{ label: t.generation, href: '/generation' }, { label: t.import }]}
      />
      <Stack>
        {report && <Report report={report} />}
        <Card>
          <WithProgress only="importer">
            <Form action="/import" csrfToken={csrfToken} encType="multipart/form-data" class="stack stack-4">
              <ErrorSummary errors={errors} />
              <Field id="label" label={t.batchLabel} optional>
                <TextInput name="label" value={label} maxLength={200} />
              </Field>
              <Checkbox name="published" label={t.importPublished} checked={published} />
              <Field id="fichier" label={t.importFile} error={error} required>
                <input
                  type="file"
                  id="fichier"
                  name="fichier"
                  class="input"
                  accept=".csv,.xlsx,text/csv"
                  aria-describedby={error === undefined ? undefined : 'fichier-error'}
                />
              </Field>
              <Actions>
                <Button name="action" value="verifier">
                  {t.importDry}
                </Button>
                <Button variant="primary" icon="upload" name="action" value="importer">
                  {t.importDo}
                </Button>
              </Actions>
            </Form>
          </WithProgress>
        </Card>
      </Stack>
    </>
  );
}
