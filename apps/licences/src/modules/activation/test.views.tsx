import { Alert, Button, Card, Field, Form, LinkButton, PageHeader, Stack, TextInput, useLang } from '@gec/ui';
import { testTexts } from './test.texts.ts';

/** What is known of the key that was typed. */
export interface TestResult {
  readonly tone: 'info' | 'success' | 'warning' | 'danger';
  readonly text: string;
  readonly licenseId: number | null;
  /** Body that `GET /api/validate/<key>` would have. */
  readonly answer: string | null;
}

/** The part of the page that follows as one types. */
export function TestResultView({ result }: { result: TestResult | null }) {
  const t = testTexts(useLang());
  return (
    <div id="result">
      {result && (
        <Stack>
          <Alert
            tone={result.tone}
            actions={
              result.licenseId !== null && (
                <LinkButton href={`/licences/${result.licenseId}`}>{t.open}</LinkButton>
              )
            }
          >
            {result.text}
          </Alert>
          {result.answer !== null && (
            <Card title={t.answer} level={2}>
              <pre tabIndex={0}>{result.answer}</pre>
            </Card>
          )}
        </Stack>
      )}
    </div>
  );
}

/** The page on which one types a key. A GET form, refreshed as one types where script runs. */
export function TestView({ value, result }: { value: string; result: TestResult | null }) {
  const t = testTexts(useLang());
  return (
    <>
      <PageHeader title={t.title} subtitle={t.subtitle} />
      <Stack>
        <Card>
          <Form action="/test" method="get" liveFragment="result" class="stack stack-3">
            <Field id="key" label={t.key} hint={t.hint}>
              <TextInput
                name="key"
                value={value}
                maxLength={40}
                autocomplete="off"
                spellcheck={false}
                autofocus
              />
            </Field>
            <Button variant="primary">{t.check}</Button>
          </Form>
        </Card>
        <TestResultView result={result} />
      </Stack>
    </>
  );
}
