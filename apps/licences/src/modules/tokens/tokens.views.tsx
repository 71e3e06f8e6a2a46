import { formatDate, formatDateTime, type FieldError } from '@gec/core';
import {
  Actions,
  Alert,
  Badge,
  Button,
  Card,
  Checkbox,
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
import { webhooksTexts } from '../webhooks/webhooks.texts.ts';
import { WebhooksCard, type ShownWebhook } from '../webhooks/webhooks.views.tsx';
import { TOKEN_SCOPES, type ApiToken } from './tokens.schema.ts';
import { tokensTexts } from './tokens.texts.ts';

interface Props {
  csrfToken: string;
  tokens: readonly ApiToken[];
  webhooks: readonly ShownWebhook[];
  errors: readonly FieldError[];
  /** What was typed into a form that was refused, by name. */
  typed: Readonly<Record<string, string>>;
  /** A secret that was just made, shown this once. */
  secret: { readonly kind: 'token' | 'webhook'; readonly value: string } | null;
}

/** A secret that is shown once, with a button that copies it. */
function Secret({ text, value }: { text: string; value: string }) {
  const t = tokensTexts(useLang());
  return (
    <Alert
      tone="success"
      title={text}
      actions={
        <Button type="button" size="small" icon="copy" copy={value}>
          {t.copy}
        </Button>
      }
    >
      <code>{value}</code>
    </Alert>
  );
}

function Tokens({
  csrfToken,
  tokens,
  errors,
  typed,
}: Pick<Props, 'csrfToken' | 'tokens' | 'errors' | 'typed'>) {
  const lang = useLang();
  const t = tokensTexts(lang);
  const errorOf = (field: string) => errors.find((error) => error.field === field)?.message;
  return (
    <Card title={t.tokens} icon="key">
      <Stack>
        <p class="muted">{t.tokensText}</p>
        <DataTable
          caption={t.tokens}
          rows={tokens}
          rowKey={(token) => token.id}
          empty={<EmptyState icon="key" title={t.none} />}
          columns={[
            {
              id: 'name',
              header: t.name,
              primary: true,
              cell: (token) => (
                <>
                  {token.name} <span class="muted num">…{token.hint}</span>
                </>
              ),
            },
            {
              id: 'scopes',
              header: t.scopes,
              cell: (k) => k.scopes.map((scope) => t[`scope.${scope}`]).join(', '),
            },
            { id: 'end', header: t.expires, kind: 'figure', cell: (k) => formatDate(lang, k.expiresAt) },
            {
              id: 'used',
              header: t.lastUsed,
              kind: 'figure',
              cell: (k) => (k.lastUsedAt ? formatDateTime(lang, k.lastUsedAt) : t.never),
            },
            {
              id: 'revoke',
              header: t.revoke,
              cell: (token) =>
                token.revokedAt === null ? (
                  <Form
                    action={`/automatisation/jetons/${token.id}`}
                    csrfToken={csrfToken}
                    confirm={t.revokeAsk}
                  >
                    <Button size="small" variant="quiet" label={`${t.revoke} ${token.name}`}>
                      {t.revoke}
                    </Button>
                  </Form>
                ) : (
                  <Badge>{t.revoked}</Badge>
                ),
            },
          ]}
        />
        <Form action="/automatisation/jetons" csrfToken={csrfToken} class="stack stack-3">
          <Grid columns="two">
            <Field id="name" label={t.name} hint={t.nameHint} error={errorOf('name')} required>
              <TextInput name="name" value={typed['name'] ?? ''} maxLength={100} />
            </Field>
            <Field id="days" label={t.days} error={errorOf('days')} required>
              <TextInput
                name="days"
                type="number"
                inputMode="numeric"
                min={1}
                max={366}
                value={typed['days'] ?? '90'}
              />
            </Field>
          </Grid>
          <fieldset class="field" id="scopes" tabIndex={-1}>
            <legend>{t.scopes}</legend>
            <Actions>
              {TOKEN_SCOPES.map((scope) => (
                <Checkbox
                  key={scope}
                  name={`scope-${scope}`}
                  label={t[`scope.${scope}`]}
                  checked={'name' in typed ? `scope-${scope}` in typed : scope === 'read'}
                />
              ))}
            </Actions>
            {errorOf('scopes') && <p class="field-error">{errorOf('scopes')}</p>}
          </fieldset>
          <Actions>
            <Button icon="plus">{t.create}</Button>
          </Actions>
        </Form>
      </Stack>
    </Card>
  );
}

/** Tokens and webhooks. */
export function AutomationView({ csrfToken, tokens, webhooks, errors, typed, secret }: Props) {
  const lang = useLang();
  const t = tokensTexts(lang);
  return (
    <>
      <PageHeader
        title={t.title}
        subtitle={t.subtitle}
        actions={
          <LinkButton href="/api/docs" icon="help">
            {t.docs}
          </LinkButton>
        }
      />
      <Stack>
        <ErrorSummary errors={errors} />
        {secret && (
          <Secret
            text={secret.kind === 'token' ? t.created : webhooksTexts(lang).secret}
            value={secret.value}
          />
        )}
        <Tokens csrfToken={csrfToken} tokens={tokens} errors={errors} typed={typed} />
        <WebhooksCard csrfToken={csrfToken} webhooks={webhooks} errors={errors} typed={typed} />
      </Stack>
    </>
  );
}
