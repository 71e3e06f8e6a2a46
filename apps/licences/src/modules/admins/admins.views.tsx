import { fill, formatDateTime, type FieldError, type Lang } from '@gec/core';
import {
  Actions,
  Badge,
  Button,
  Card,
  DataTable,
  Form,
  Grid,
  PageHeader,
  PasswordChangeForm,
  RadioGroup,
  SignInForm,
  Stack,
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
    <SignInForm
      name="username"
      maxLength={200}
      value={username}
      next={next}
      error={error}
      help={!locked && t.refusedHelp}
      words={{ name: t.username, password: t.password, submit: t.signIn }}
    />
  );
}

/** The form that changes one's own password. */
export function PasswordForm(props: { csrfToken: string; username: string; errors: readonly FieldError[] }) {
  const t = adminsTexts(useLang());
  return (
    <PasswordChangeForm
      {...props}
      names={{ current: 'current', fresh: 'fresh', repeat: 'repeat' }}
      words={{
        current: t.current,
        fresh: t.fresh,
        hint: fill(t.freshHelp, { n: PASSWORD_MIN }),
        repeat: t.repeat,
        submit: t.changePassword,
      }}
    />
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
