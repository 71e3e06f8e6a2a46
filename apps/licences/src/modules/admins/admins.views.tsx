import { fill, formatDateTime, type FieldError, type Lang } from '@gec/core';
import {
  Actions,
  Alert,
  Badge,
  Button,
  Card,
  DataTable,
  ErrorSummary,
  Field,
  Form,
  Grid,
  PageHeader,
  RadioGroup,
  Stack,
  TextInput,
  useLang,
} from '@gec/ui';
import { PASSWORD_MIN } from './admins.schema.ts';
import { adminsTexts } from './admins.texts.ts';

/** A session as its owner sees it. */
export interface ShownSession {
  readonly id: string;
  readonly ip: string;
  readonly since: string;
  readonly lastSeen: string;
  readonly current: boolean;
}

/** The sign-in form, with what was typed and why it was refused. */
export function LoginView(props: {
  username: string;
  next: string;
  error?: string | undefined;
  locked: boolean;
}) {
  const t = adminsTexts(useLang());
  const { username, next, error, locked } = props;
  return (
    <Form action="/login" class="stack stack-4">
      {error !== undefined && (
        <Alert tone="danger" title={error}>
          {!locked && t.refusedHelp}
        </Alert>
      )}
      <input type="hidden" name="next" value={next} />
      <Field id="username" label={t.username} required>
        <TextInput
          name="username"
          value={username}
          autocomplete="username"
          autofocus={username === ''}
          spellcheck={false}
          maxLength={200}
        />
      </Field>
      <Field id="password" label={t.password} required>
        <TextInput
          name="password"
          type="password"
          autocomplete="current-password"
          autofocus={username !== ''}
        />
      </Field>
      <Button variant="primary" size="large">
        {t.signIn}
      </Button>
    </Form>
  );
}

/** The form that changes one's own password. */
export function PasswordForm(props: { csrfToken: string; username: string; errors: readonly FieldError[] }) {
  const t = adminsTexts(useLang());
  const { csrfToken, username, errors } = props;
  const errorOf = (field: string) => errors.find((error) => error.field === field)?.message;
  return (
    <Form action="/profil/mot-de-passe" csrfToken={csrfToken} class="stack stack-4">
      <ErrorSummary errors={errors} />
      {/* Password managers keep the new password with this name. */}
      <input type="text" name="username" value={username} autocomplete="username" hidden readOnly />
      <Field id="current" label={t.current} error={errorOf('current')} required>
        <TextInput name="current" type="password" autocomplete="current-password" />
      </Field>
      <Field
        id="fresh"
        label={t.fresh}
        hint={fill(t.freshHelp, { n: PASSWORD_MIN })}
        error={errorOf('fresh')}
        required
      >
        <TextInput name="fresh" type="password" autocomplete="new-password" />
      </Field>
      <Field id="repeat" label={t.repeat} error={errorOf('repeat')} required>
        <TextInput name="repeat" type="password" autocomplete="new-password" />
      </Field>
      <Actions>
        <Button variant="primary">{t.changePassword}</Button>
      </Actions>
    </Form>
  );
}

/** The page that stands before everything else until a first password is changed. */
export function FirstPasswordView(props: {
  csrfToken: string;
  username: string;
  errors: readonly FieldError[];
}) {
  const t = adminsTexts(useLang());
  return (
    <>
      <PasswordForm {...props} />
      <Form action="/logout" csrfToken={props.csrfToken}>
        <Button variant="quiet">{t.signOut}</Button>
      </Form>
    </>
  );
}

/** One's own profile: language, password, sessions. */
export function ProfileView(props: {
  csrfToken: string;
  username: string;
  lang: Lang;
  sessions: readonly ShownSession[];
  errors: readonly FieldError[];
}) {
  const lang = useLang();
  const t = adminsTexts(lang);
  const { csrfToken, username, sessions, errors } = props;
  return (
    <>
      <PageHeader title={t.profile} subtitle={username} />
      <Grid columns="aside">
        <Card title={t.sessions} icon="shield">
          <Stack>
            <p class="muted">{t.sessionsText}</p>
            <DataTable
              caption={t.sessions}
              rows={sessions}
              rowKey={(session) => session.id}
              columns={[
                {
                  id: 'ip',
                  header: t.address,
                  kind: 'figure',
                  cell: (session) => (
                    <span>
                      {session.ip} {session.current && <Badge tone="success">{t.thisOne}</Badge>}
                    </span>
                  ),
                },
                { id: 'since', header: t.since, kind: 'figure', cell: (s) => formatDateTime(lang, s.since) },
                {
                  id: 'seen',
                  header: t.lastSeen,
                  kind: 'figure',
                  cell: (s) => formatDateTime(lang, s.lastSeen),
                },
              ]}
            />
            {sessions.length > 1 && (
              <Form action="/profil/sessions" csrfToken={csrfToken}>
                <Button size="small">{t.closeOthers}</Button>
              </Form>
            )}
          </Stack>
        </Card>
        <Stack>
          <Card title={t.language} icon="settings">
            <Form action="/profil/langue" csrfToken={csrfToken} class="stack stack-4">
              <RadioGroup
                id="lang"
                name="lang"
                legend={t.language}
                value={props.lang}
                options={[
                  { value: 'fr', label: <span lang="fr">{t.french}</span> },
                  { value: 'en', label: <span lang="en">{t.english}</span> },
                ]}
              />
              <Actions>
                <Button>{t.save}</Button>
              </Actions>
            </Form>
          </Card>
          <Card title={t.changePassword} icon="key">
            <p class="muted">{t.changeHelp}</p>
            <PasswordForm csrfToken={csrfToken} username={username} errors={errors} />
          </Card>
        </Stack>
      </Grid>
    </>
  );
}
