import { fill, type FieldError } from '@gec/core';
import {
  Actions,
  Alert,
  Button,
  Card,
  ErrorSummary,
  Field,
  Form,
  Grid,
  LinkButton,
  PageHeader,
  QrCode,
  Stack,
  TextArea,
  useLang,
} from '@gec/ui';
import type { OfflineAnswer } from './offline.schema.ts';
import { offlineTexts } from './offline.texts.ts';

/** The form that takes a request, as a file or pasted. */
export function OfflineView(props: { csrfToken: string; pasted: string; errors: readonly FieldError[] }) {
  const t = offlineTexts(useLang());
  const { csrfToken, pasted, errors } = props;
  const error = errors.find(({ field }) => field === 'demande')?.message;
  return (
    <>
      <PageHeader title={t.title} subtitle={t.subtitle} />
      <Card title={t.request} icon="file">
        <Form action="/hors-ligne" csrfToken={csrfToken} encType="multipart/form-data" class="stack stack-4">
          <ErrorSummary errors={errors} />
          <Field id="fichier" label={t.file}>
            <input type="file" id="fichier" name="fichier" class="input" accept=".gecreq,.json,.txt" />
          </Field>
          <Field id="demande" label={t.pasted} hint={t.pastedHint} error={error}>
            <TextArea name="demande" value={pasted} rows={5} />
          </Field>
          <Actions>
            <Button variant="primary" icon="check">
              {t.answer}
            </Button>
          </Actions>
        </Form>
      </Card>
    </>
  );
}

function Codes({ codes }: { codes: readonly string[] }) {
  const t = offlineTexts(useLang());
  return (
    <Grid>
      {codes.map((code, index) => {
        const name = fill(t.code, { n: index + 1, total: codes.length });
        return (
          <Card key={name} title={name}>
            <QrCode text={code} label={name} />
          </Card>
        );
      })}
    </Grid>
  );
}

/** What became of a request, with the answer to carry back. */
export function OfflineAnswerView(props: { csrfToken: string; answer: OfflineAnswer }) {
  const t = offlineTexts(useLang());
  const { csrfToken, answer } = props;
  const { kind, license, bundle } = answer;
  return (
    <>
      <PageHeader
        title={license ? fill(t.license, { hint: license.hint }) : t.title}
        crumbs={[{ label: t.title, href: '/hors-ligne' }, { label: t.result }]}
      />
      <Stack>
        <Alert
          tone="success"
          actions={license && <LinkButton href={`/licences/${license.id}`}>{t.open}</LinkButton>}
        >
          {t[kind]}
        </Alert>
        {bundle && (
          <Card title={t.result} icon="download">
            <Stack>
              <p class="muted">{t.resultText}</p>
              <Form action="/hors-ligne/reponse" csrfToken={csrfToken}>
                <input type="hidden" name="reponse" value={bundle.text} />
                <Button variant="primary" icon="download">
                  {t.download}
                </Button>
              </Form>
            </Stack>
          </Card>
        )}
        {bundle && (
          <section aria-label={t.codes}>
            <Codes codes={bundle.codes} />
          </section>
        )}
        <Actions>
          <LinkButton href="/hors-ligne">{t.another}</LinkButton>
        </Actions>
      </Stack>
    </>
  );
}
