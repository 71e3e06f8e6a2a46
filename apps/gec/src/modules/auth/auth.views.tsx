import { fill, formatDateTime, type FieldError, type Lang } from '@gec/core';
import {
  Actions,
  Badge,
  Button,
  Card,
  DataTable,
  DescriptionList,
  Form,
  Grid,
  LinkButton,
  PageHeader,
  PasswordChangeForm,
  RadioGroup,
  SignInForm,
  Stack,
  useLang,
} from '@gec/ui';
import { useTextes } from '../departements/departements.mots.views.tsx';
import { LONGUEUR_MIN } from '../utilisateurs/mot-de-passe.policy.ts';
import { facteursTexts } from '../facteurs/facteurs.texts.ts';
import type { Personne, Utilisateur } from '../utilisateurs/utilisateurs.schema.ts';
import type { SessionPropre } from './auth.schema.ts';
import { EntrerParCle } from './auth.second.views.tsx';
import { ProfilOnglets } from '../utilisateurs/utilisateurs.profil.views.tsx';
import { authTexts } from './auth.texts.ts';

/** The sign-in form, with what was typed and why it was refused. */
export function LoginView(props: {
  identifiant: string;
  next: string;
  error?: string | undefined;
  locked?: boolean;
  /** Whether the site was opened by a name that a passkey can belong to. */
  cle?: boolean;
}) {
  const t = authTexts(useLang());
  const { identifiant, next, error, locked, cle } = props;
  return (
    <>
      <SignInForm
        name="email"
        maxLength={320}
        value={identifiant}
        next={next}
        error={error}
        help={!locked && t.refuseAide}
        words={{ name: t.identifiant, password: t.motDePasse, submit: t.seConnecter }}
      >
        <p class="muted">{t.oubli}</p>
      </SignInForm>
      {cle && <EntrerParCle next={next} />}
    </>
  );
}

/** The three fields of a new password. */
export function PasswordForm(props: {
  csrfToken: string;
  username: string;
  errors: readonly FieldError[];
  next?: string;
  /** On a page of its own the errors need no summary: the form is all there is. */
  alone?: boolean;
}) {
  const t = authTexts(useLang());
  const { alone, ...form } = props;
  return (
    <PasswordChangeForm
      {...form}
      id="mot-de-passe"
      errorTitle={t.inchange}
      names={{ current: 'ancien', fresh: 'nouveau', repeat: 'confirmation' }}
      words={{
        current: t.ancien,
        fresh: t.nouveau,
        hint: fill(t.nouveauAide, { n: LONGUEUR_MIN }),
        repeat: t.confirmation,
        submit: t.changerMotDePasse,
      }}
      autofocus={alone}
    />
  );
}

/** The page that stands before everything else until a first password is changed. */
export function FirstPasswordView(props: {
  csrfToken: string;
  username: string;
  errors: readonly FieldError[];
  next: string;
}) {
  const t = authTexts(useLang());
  return (
    <>
      <PasswordForm {...props} alone />
      <Form action="/logout" csrfToken={props.csrfToken}>
        <Button variant="quiet">{t.seDeconnecter}</Button>
      </Form>
    </>
  );
}

/** What a session runs on, as its owner recognises it. */
export function deviceName(lang: Lang, session: SessionPropre): string {
  const t = authTexts(lang);
  if (session.navigateur === '') return session.systeme ?? t.navigateurInconnu;
  if (session.systeme === null) return session.navigateur;
  return fill(t.navigateurSur, { navigateur: session.navigateur, systeme: session.systeme });
}

function Preferences(props: { csrfToken: string; langue: Lang; theme: string }) {
  const t = authTexts(useLang());
  const { csrfToken, langue, theme } = props;
  return (
    <Card title={t.preferences} icon="settings">
      <Form action="/profil/langue" csrfToken={csrfToken} class="stack stack-4">
        <RadioGroup
          id="langue"
          name="langue"
          legend={t.langue}
          value={langue}
          options={[
            { value: 'fr', label: <span lang="fr">{t.francais}</span> },
            { value: 'en', label: <span lang="en">{t.anglais}</span> },
          ]}
        />
        <RadioGroup
          id="theme"
          name="theme"
          legend={t.theme}
          value={theme}
          options={[
            { value: 'auto', label: t.themeAuto },
            { value: 'light', label: t.themeClair },
            { value: 'dark', label: t.themeSombre },
          ]}
        />
        <Actions>
          <Button>{t.enregistrer}</Button>
        </Actions>
      </Form>
    </Card>
  );
}

function Sessions({ csrfToken, sessions }: { csrfToken: string; sessions: readonly SessionPropre[] }) {
  const lang = useLang();
  const t = authTexts(lang);
  const others = sessions.some((session) => !session.courante);
  return (
    <Card
      title={t.sessions}
      icon="shield"
      actions={
        others && (
          <Form action="/profil/sessions/fermer" csrfToken={csrfToken}>
            <Button size="small">{t.fermerAutres}</Button>
          </Form>
        )
      }
    >
      <Stack space={3}>
        <p class="muted">{t.sessionsTexte}</p>
        <DataTable
          caption={t.sessions}
          rows={sessions}
          rowKey={(session) => session.id}
          columns={[
            {
              id: 'appareil',
              header: t.appareil,
              cell: (session) => (
                <>
                  {deviceName(lang, session)} {session.courante && <Badge tone="success">{t.celleCi}</Badge>}
                </>
              ),
            },
            { id: 'adresse', header: t.adresse, kind: 'figure', cell: (session) => session.ip },
            {
              id: 'depuis',
              header: t.depuis,
              kind: 'figure',
              from: 'wide',
              cell: (session) => formatDateTime(lang, session.debut),
            },
            {
              id: 'activite',
              header: t.derniereActivite,
              kind: 'figure',
              cell: (session) => formatDateTime(lang, session.derniereActivite),
            },
            {
              id: 'fermer',
              header: t.action,
              cell: (session) =>
                session.courante ? (
                  <span class="muted">—</span>
                ) : (
                  <Form action="/profil/sessions/fermer" csrfToken={csrfToken}>
                    <input type="hidden" name="session" value={session.id} />
                    <Button
                      variant="quiet"
                      size="small"
                      label={fill(t.fermerSession, { appareil: deviceName(lang, session) })}
                    >
                      {t.fermer}
                    </Button>
                  </Form>
                ),
            },
          ]}
        />
      </Stack>
    </Card>
  );
}

function SecondFacteur({ protege }: { protege: boolean }) {
  const t = facteursTexts(useLang());
  return (
    <Card
      title={t.titre}
      icon="shield"
      actions={<Badge tone={protege ? 'success' : 'neutral'}>{protege ? t.actif : t.inactif}</Badge>}
    >
      <Stack space={3}>
        <p class="muted">{t.carteTexte}</p>
        <Actions>
          <LinkButton href="/profil/second-facteur">{t.gerer}</LinkButton>
        </Actions>
      </Stack>
    </Card>
  );
}

/** One's own profile: who one is, preferences, password, sessions. */
export function ProfileView(props: {
  csrfToken: string;
  person: Personne;
  compte: Utilisateur;
  sessions: readonly SessionPropre[];
  theme: string;
  /** Whether there is a second factor. */
  protege: boolean;
  errors: readonly FieldError[];
}) {
  const lang = useLang();
  const t = useTextes(authTexts);
  const { csrfToken, person, compte, sessions, theme, protege, errors } = props;
  return (
    <>
      <PageHeader
        title={t.profil}
        subtitle={compte.nomComplet}
        actions={
          <LinkButton href="#mot-de-passe" icon="key">
            {t.changerMotDePasse}
          </LinkButton>
        }
      />
      <ProfilOnglets current="compte" />
      <Grid columns="aside">
        <Stack>
          <Card title={t.identite} icon="user">
            <DescriptionList
              columns={2}
              items={[
                { term: t.nom, value: compte.nomComplet },
                { term: t.nomUtilisateur, value: compte.username },
                { term: t.email, value: compte.email },
                { term: t.role, value: person.roleLibelle },
                { term: t.departement, value: compte.departementNom },
                { term: t.fonction, value: compte.fonction },
                { term: t.matricule, value: compte.matricule },
                { term: t.telephone, value: compte.telephone },
                {
                  term: t.derniereConnexion,
                  value: compte.derniereConnexion && formatDateTime(lang, compte.derniereConnexion),
                },
              ]}
            />
          </Card>
          <Sessions csrfToken={csrfToken} sessions={sessions} />
        </Stack>
        <Stack>
          <Preferences csrfToken={csrfToken} langue={person.lang} theme={theme} />
          <SecondFacteur protege={protege} />
          <Card title={t.changerMotDePasse} icon="key">
            <p class="muted">{t.changerAide}</p>
            <PasswordForm csrfToken={csrfToken} username={compte.username} errors={errors} />
          </Card>
        </Stack>
      </Grid>
    </>
  );
}
