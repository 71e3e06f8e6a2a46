import { fill, type FieldError } from '@gec/core';
import {
  Actions,
  Alert,
  Button,
  Card,
  Checkbox,
  ErrorSummary,
  Form,
  FormActions,
  LinkButton,
  PageHeader,
  Stack,
} from '@gec/ui';
import { useTextes } from '../departements/departements.mots.views.tsx';
import { AccountFields, type Choices } from './utilisateurs.champs.views.tsx';
import type { AddForm } from './utilisateurs.forms.ts';
import type { UtilisateurGere } from './utilisateurs.schema.ts';
import { utilisateursTexts } from './utilisateurs.texts.ts';

/** The form that adds an account. A refused form comes back filled. */
export function AddUserView(props: {
  csrfToken: string;
  choices: Choices;
  values: AddForm;
  errors: readonly FieldError[];
  /** Whether one-time passwords can be mailed. */
  courriel: boolean;
}) {
  const t = useTextes(utilisateursTexts);
  const { csrfToken, choices, values, errors, courriel } = props;
  return (
    <>
      <PageHeader title={t.ajouter} crumbs={[{ label: t.titre, href: '/admin/users' }]} />
      <Form action="/admin/users" csrfToken={csrfToken} class="stack stack-4" guard>
        <ErrorSummary errors={errors} />
        <AccountFields choices={choices} values={values} errors={errors}>
          <p class="muted">{t.reinitialiserTexte}</p>
          {courriel && (
            <Checkbox
              name="parCourriel"
              label={t.envoyerCourriel}
              hint={t.envoyerCourrielAide}
              checked={values.parCourriel !== ''}
            />
          )}
        </AccountFields>
        <FormActions label={t.ajouterBouton} back="/admin/users" backLabel={t.annuler} />
      </Form>
    </>
  );
}

/** The one-time password, this once. */
export function OneTimePasswordView(props: { user: UtilisateurGere; motDePasse: string; done: string }) {
  const t = useTextes(utilisateursTexts);
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
