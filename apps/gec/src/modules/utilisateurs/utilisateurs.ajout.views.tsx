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
  Select,
  Stack,
  TextInput,
  useLang,
  type Option,
  type TextInputProps,
} from '@gec/ui';
import type { Departement } from '../departements/departements.schema.ts';
import type { Role } from '../roles/roles.schema.ts';
import { SANS_DEPARTEMENT, type AddForm } from './utilisateurs.forms.ts';
import type { UtilisateurGere } from './utilisateurs.schema.ts';
import { utilisateursTexts } from './utilisateurs.texts.ts';

/** Between what the one who manages may choose. */
export interface Choices {
  readonly roles: readonly Role[];
  readonly departements: readonly Departement[];
  /** Whether an account may have no department. */
  readonly sansDepartement: boolean;
}

/** The departments of a choice, with « sans département » where that is allowed. */
export function departementOptions(choices: Choices, none: string): Option[] {
  const options = choices.departements.map(({ id, nom }) => ({ value: String(id), label: nom }));
  return choices.sansDepartement ? [...options, { value: SANS_DEPARTEMENT, label: none }] : options;
}

/** The form that adds an account. A refused form comes back filled. */
export function AddUserView(props: {
  csrfToken: string;
  choices: Choices;
  values: AddForm;
  errors: readonly FieldError[];
}) {
  const t = utilisateursTexts(useLang());
  const { csrfToken, choices, values, errors } = props;
  const errorOf = (field: string) => errors.find((error) => error.field === field)?.message;
  const line = (
    name: keyof AddForm,
    label: string,
    options: Partial<TextInputProps> & { optional?: boolean } = {},
  ) => {
    const { optional, ...input } = options;
    return (
      <Field id={name} label={label} error={errorOf(name)} required={!optional} optional={optional}>
        <TextInput name={name} value={values[name]} autocomplete="off" {...input} />
      </Field>
    );
  };
  return (
    <>
      <PageHeader title={t.ajouter} crumbs={[{ label: t.titre, href: '/admin/users' }]} />
      <Form action="/admin/users" csrfToken={csrfToken} class="stack stack-4" guard>
        <ErrorSummary errors={errors} />
        <Grid columns="two">
          <Card title={t.identite} icon="user">
            <div class="stack stack-4">
              {line('nomComplet', t.nomComplet, { autofocus: errors.length === 0, maxLength: 160 })}
              {line('email', t.email, { type: 'email', maxLength: 254, spellcheck: false })}
              {line('fonction', t.fonction, { optional: true, maxLength: 160 })}
              {line('matricule', t.matricule, { optional: true, maxLength: 60 })}
              {line('telephone', t.telephone, { type: 'tel', optional: true, maxLength: 60 })}
            </div>
          </Card>
          <Card title={t.acces} icon="key">
            <div class="stack stack-4">
              {line('username', t.identifiant, { maxLength: 60, spellcheck: false })}
              <Field id="role" label={t.role} error={errorOf('role')} required>
                <Select
                  name="role"
                  value={values.role}
                  options={choices.roles.map(({ nom, libelle }) => ({ value: nom, label: libelle }))}
                />
              </Field>
              <Field id="departementId" label={t.departement} error={errorOf('departementId')} required>
                <Select
                  name="departementId"
                  value={values.departementId}
                  options={departementOptions(choices, t.sansDepartement)}
                />
              </Field>
              <Field id="langue" label={t.langue}>
                <Select
                  name="langue"
                  value={values.langue}
                  options={[
                    { value: 'fr', label: 'Français' },
                    { value: 'en', label: 'English' },
                  ]}
                />
              </Field>
              <p class="muted">{t.reinitialiserTexte}</p>
            </div>
          </Card>
        </Grid>
        <Actions>
          <Button variant="primary">{t.ajouterBouton}</Button>
          <LinkButton href="/admin/users" variant="quiet">
            {t.revenir}
          </LinkButton>
        </Actions>
      </Form>
    </>
  );
}

/** The one-time password, this once. */
export function OneTimePasswordView(props: { user: UtilisateurGere; motDePasse: string; done: string }) {
  const t = utilisateursTexts(useLang());
  const { user, motDePasse, done } = props;
  return (
    <>
      <PageHeader
        title={fill(t.motDePasseProvisoire, { nom: user.nomComplet })}
        crumbs={[{ label: t.titre, href: '/admin/users' }]}
      />
      <Stack>
        <Alert tone="success" title={done}>
          {t.motDePasseProvisoireTexte}
        </Alert>
        <Card>
          <Stack space={3}>
            <p>
              {t.identifiant} <strong>{user.username}</strong>
            </p>
            <p class="big-number num">
              <code>{motDePasse}</code>
            </p>
            <Actions>
              <Button type="button" copy={motDePasse} icon="copy">
                {t.copier}
              </Button>
              <LinkButton href={`/admin/users/${user.id}`}>
                {fill(t.compteDe, { nom: user.nomComplet })}
              </LinkButton>
              <LinkButton href="/admin/users" variant="quiet">
                {t.revenir}
              </LinkButton>
            </Actions>
          </Stack>
        </Card>
      </Stack>
    </>
  );
}
