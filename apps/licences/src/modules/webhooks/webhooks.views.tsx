import { fill, formatDateTime, plural, type FieldError } from '@gec/core';
import {
  Actions,
  Badge,
  Button,
  Card,
  Checkbox,
  DataTable,
  EmptyState,
  Field,
  Form,
  Stack,
  TextInput,
  useLang,
} from '@gec/ui';
import { WEBHOOK_EVENTS } from './webhooks.schema.ts';
import { webhooksTexts } from './webhooks.texts.ts';

/** A webhook as the page shows it. */
export interface ShownWebhook {
  readonly id: number;
  readonly url: string;
  readonly events: readonly string[];
  readonly lastDeliveryAt: string | null;
  readonly lastError: string | null;
  /** Deliveries that failed for good and are kept until somebody sends them again. */
  readonly failed: number;
}

/** Why a delivery failed, in words where there are some. */
function errorInWords(t: ReturnType<typeof webhooksTexts>, error: string): string {
  const status = /^answered (\d+)$/.exec(error)?.[1];
  if (status !== undefined) return fill(t.answered, { status });
  if (/ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH/.test(error)) return t.refusedConnection;
  if (/ENOTFOUND|EAI_AGAIN/.test(error)) return t.noName;
  if (error === 'no answer') return t.noAnswer;
  return error.includes('LICENSE_WEBHOOK_PRIVATE') ? t.privateAddress : error;
}

/** How the last delivery ended; what failed for good can be sent again. */
function LastDelivery({ webhook, csrfToken }: { webhook: ShownWebhook; csrfToken: string }) {
  const lang = useLang();
  const t = webhooksTexts(lang);
  const { lastDeliveryAt, lastError, failed } = webhook;
  const last = lastDeliveryAt === null ? '—' : formatDateTime(lang, lastDeliveryAt);
  return (
    <Stack space={2}>
      {lastError === null ? (
        <span>{last}</span>
      ) : (
        <span>
          <Badge tone="danger">{t.failure}</Badge> {errorInWords(t, lastError)}
        </span>
      )}
      {failed > 0 && (
        <Form action={`/automatisation/webhooks/${webhook.id}/relancer`} csrfToken={csrfToken}>
          <Button size="small" icon="refresh">
            {plural(lang, failed, t.retry_one, t.retry_other)}
          </Button>
        </Form>
      )}
    </Stack>
  );
}

/** The webhooks, what became of the last delivery to each, and the form that adds one. */
export function WebhooksCard(props: {
  csrfToken: string;
  webhooks: readonly ShownWebhook[];
  errors: readonly FieldError[];
  typed: Readonly<Record<string, string>>;
}) {
  const { csrfToken, webhooks, errors, typed } = props;
  const lang = useLang();
  const t = webhooksTexts(lang);
  const errorOf = (field: string) => errors.find((error) => error.field === field)?.message;
  const words = new Map<string, string>(WEBHOOK_EVENTS.map((event) => [event, t[`event.${event}`]]));
  return (
    <Card title={t.title} icon="link">
      <Stack>
        <p class="muted">{t.text}</p>
        <DataTable
          caption={t.title}
          rows={webhooks}
          rowKey={(webhook) => webhook.id}
          empty={<EmptyState icon="link" title={t.none} />}
          columns={[
            { id: 'url', header: t.url, primary: true, cell: (webhook) => webhook.url },
            {
              id: 'events',
              header: t.events,
              cell: (w) => w.events.map((event) => words.get(event)).join(', '),
            },
            {
              id: 'last',
              header: t.lastDelivery,
              cell: (webhook) => <LastDelivery webhook={webhook} csrfToken={csrfToken} />,
            },
            {
              id: 'remove',
              header: t.remove,
              cell: (webhook) => (
                <Form
                  action={`/automatisation/webhooks/${webhook.id}`}
                  csrfToken={csrfToken}
                  confirm={t.removeAsk}
                >
                  <Button size="small" variant="quiet" label={`${t.remove} ${webhook.url}`}>
                    {t.remove}
                  </Button>
                </Form>
              ),
            },
          ]}
        />
        <Form action="/automatisation/webhooks" csrfToken={csrfToken} class="stack stack-3">
          <Field id="url" label={t.url} error={errorOf('url')} required>
            <TextInput name="url" type="url" value={typed['url'] ?? ''} maxLength={500} />
          </Field>
          <fieldset class="field" id="events" tabIndex={-1}>
            <legend>{t.events}</legend>
            <Actions>
              {WEBHOOK_EVENTS.map((event) => (
                <Checkbox
                  key={event}
                  name={`event-${event}`}
                  label={t[`event.${event}`]}
                  checked={!('url' in typed) || `event-${event}` in typed}
                />
              ))}
            </Actions>
            {errorOf('events') && <p class="field-error">{errorOf('events')}</p>}
          </fieldset>
          <Actions>
            <Button icon="plus">{t.add}</Button>
          </Actions>
        </Form>
      </Stack>
    </Card>
  );
}
