import type { FieldError, Lang } from '@gec/core';
import type { ComponentChildren } from 'preact';
import { AuthCard } from './auth-card.tsx';
import { Actions, Button, LinkButton } from './buttons.tsx';
import { ErrorSummary } from './choices.tsx';
import { Document, type Assets } from './document.tsx';
import { Alert, type FlashMessage } from './feedback.tsx';
import { Field, Form, TextInput } from './forms.tsx';

interface Frame {
  lang: Lang;
  theme: 'light' | 'dark' | 'auto';
  assets: Assets;
  product: string;
  title: string;
}

/** A page that needs no session (sign-in), or that stands alone (first password): one card in the middle. */
export function VisitorDocument(
  props: Frame & {
    institution?: string;
    logo?: string;
    text?: ComponentChildren;
    flash?: FlashMessage | null;
    footer?: ComponentChildren;
    children: ComponentChildren;
  },
) {
  const { lang, theme, assets, ...card } = props;
  return (
    <Document lang={lang} theme={theme} title={`${card.title} · ${card.product}`} assets={assets}>
      <AuthCard {...card} />
    </Document>
  );
}

/** The page of a refusal or fault, with the way on. It stands without the database. */
export function ErrorDocument(
  props: Frame & {
    message: string;
    /** Status of the answer; a fault of the program from 500 on. */
    status: number;
    /** By which the fault is found in the log. */
    reference: string;
    back: { href: string; label: string };
  },
) {
  const { message, status, reference, back, ...frame } = props;
  return (
    <VisitorDocument {...frame} footer={<small>{reference}</small>}>
      <Alert tone={status >= 500 ? 'danger' : 'warning'}>{message}</Alert>
      <p>
        <LinkButton href={back.href} variant="primary">
          {back.label}
        </LinkButton>
      </p>
    </VisitorDocument>
  );
}

/** The sign-in form, with what was typed and why it was refused. */
export function SignInForm(props: {
  /** Name of the field that says who one is, and its longest value. */
  name: string;
  maxLength: number;
  value: string;
  /** Where one goes once signed in. */
  next: string;
  error?: string | undefined;
  /** What may help after a refusal. */
  help?: string | false | undefined;
  words: { name: string; password: string; submit: string };
  children?: ComponentChildren;
}) {
  const { name, maxLength, value, next, error, help, words, children } = props;
  return (
    <Form action="/login" class="stack stack-4">
      {error !== undefined && (
        <Alert tone="danger" title={error}>
          {help}
        </Alert>
      )}
      <input type="hidden" name="next" value={next} />
      <Field id={name} label={words.name} required>
        <TextInput
          name={name}
          value={value}
          autocomplete="username"
          autofocus={value === ''}
          spellcheck={false}
          maxLength={maxLength}
        />
      </Field>
      <Field id="password" label={words.password} required>
        <TextInput name="password" type="password" autocomplete="current-password" autofocus={value !== ''} />
      </Field>
      <Button variant="primary" size="large">
        {words.submit}
      </Button>
      {children}
    </Form>
  );
}

/** The form that changes one's own password. */
export function PasswordChangeForm(props: {
  csrfToken: string;
  id?: string;
  username: string;
  errors: readonly FieldError[];
  /** Said above the errors. */
  errorTitle?: string;
  /** Where one goes afterwards. */
  next?: string;
  /** Names of the three fields. */
  names: { current: string; fresh: string; repeat: string };
  words: { current: string; fresh: string; hint: string; repeat: string; submit: string };
  /** Whether the first field takes the focus. */
  autofocus?: boolean;
}) {
  const { csrfToken, id, username, errors, errorTitle, next, names, words, autofocus } = props;
  const field = (key: 'current' | 'fresh' | 'repeat') => (
    <Field
      id={names[key]}
      label={words[key]}
      hint={key === 'fresh' ? words.hint : undefined}
      error={errors.find((error) => error.field === names[key])?.message}
      required
    >
      <TextInput
        name={names[key]}
        type="password"
        autocomplete={key === 'current' ? 'current-password' : 'new-password'}
        autofocus={key === 'current' ? autofocus : undefined}
      />
    </Field>
  );
  return (
    <Form action="/profil/mot-de-passe" csrfToken={csrfToken} class="stack stack-4" id={id}>
      <ErrorSummary errors={errors} title={errorTitle} />
      {next !== undefined && <input type="hidden" name="next" value={next} />}
      {/* Password managers keep the new password with this name. */}
      <input type="text" name="username" value={username} autocomplete="username" hidden readOnly />
      {field('current')}
      {field('fresh')}
      {field('repeat')}
      <Actions>
        <Button variant="primary">{words.submit}</Button>
      </Actions>
    </Form>
  );
}
