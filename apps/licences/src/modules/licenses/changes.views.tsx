import type { FieldError } from '@gec/core';
import { Actions, Button, Field, Form, Grid, Stack, TextInput, useLang } from '@gec/ui';
import { formatKey } from './licenses.policy.ts';
import { licensesTexts } from './licenses.texts.ts';

/** What was typed into a form of a change that was refused, by the id of its field. */
export type TypedChange = Readonly<
  Partial<Record<'reason' | 'days' | 'extend-reason' | 'release-reason' | 'review-reason', string>>
>;

/** The forms that change one licence or a whole batch. */
export function ChangeForms(props: {
  csrfToken: string;
  action: string;
  errors: readonly FieldError[];
  typed: TypedChange;
  canSuspend: boolean;
  canReactivate: boolean;
}) {
  const t = licensesTexts(useLang());
  const { csrfToken, action, errors, typed, canSuspend, canReactivate } = props;
  const errorOf = (field: string) => errors.find((error) => error.field === field)?.message;
  return (
    <Stack space={5}>
      <Form action={`${action}/etat`} csrfToken={csrfToken} class="stack stack-3">
        <h3>{t.changeState}</h3>
        <Field id="reason" label={t.reason} error={errorOf('reason')}>
          <TextInput name="reason" value={typed.reason ?? ''} maxLength={300} />
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
        <h3>{t.extendTitle}</h3>
        <Grid columns="two">
          <Field id="days" label={t.days} error={errorOf('days')}>
            <TextInput
              name="days"
              value={typed.days ?? ''}
              type="number"
              inputMode="numeric"
              min={1}
              max={3_650}
            />
          </Field>
          <Field id="extend-reason" label={t.reason} error={errorOf('extend-reason')}>
            <TextInput name="reason" value={typed['extend-reason'] ?? ''} maxLength={300} />
          </Field>
        </Grid>
        <Actions>
          <Button icon="calendar">{t.extend}</Button>
        </Actions>
      </Form>
    </Stack>
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
