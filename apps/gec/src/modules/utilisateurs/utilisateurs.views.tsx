import { fill, formatDate, formatDateTime } from '@gec/core';
import {
  Alert,
  Avatar,
  Badge,
  Button,
  Card,
  Checkbox,
  DescriptionList,
  Form,
  Grid,
  LinkButton,
  PageHeader,
  Stack,
  useLang,
} from '@gec/ui';
import { useTextes } from '../departements/departements.mots.views.tsx';
import type { ComponentChildren } from 'preact';
import type { SessionPropre } from '../auth/auth.schema.ts';
import { facteursTexts } from '../facteurs/facteurs.texts.ts';
import { HistoryCard, SessionsCard, type Historique } from './utilisateurs.suivi.views.tsx';
import { PhotoForm } from './utilisateurs.photo.views.tsx';
import { photoHref, type UtilisateurGere } from './utilisateurs.schema.ts';
import { utilisateursTexts } from './utilisateurs.texts.ts';

const LIST = '/admin/users';

/** Active, deactivated, locked, with a password still to be changed: a word each. */
export function State({ user }: { user: UtilisateurGere }) {
  const t = useTextes(utilisateursTexts);
  return (
    <span class="cluster">
      {user.actif ? <Badge tone="success">{t.actif}</Badge> : <Badge>{t.inactif}</Badge>}
      {user.bloque && (
        <Badge tone="danger" icon="lock">
          {t.bloque}
        </Badge>
      )}
      {user.actif && user.doitChangerMotDePasse && <Badge tone="warning">{t.motDePasseAChanger}</Badge>}
    </span>
  );
}

function Task(props: { title: string; text?: string; children: ComponentChildren }) {
  return (
    <section class="stack stack-2">
      <h3>{props.title}</h3>
      {props.text && <p class="muted">{props.text}</p>}
      {props.children}
    </section>
  );
}

/** What can be done to an account. */
function Tasks(props: { csrfToken: string; user: UtilisateurGere; courriel: boolean }) {
  const t = useTextes(utilisateursTexts);
  const facteurs = facteursTexts(useLang());
  const { csrfToken, user, courriel } = props;
  const path = `${LIST}/${user.id}`;
  return (
    <Stack space={5}>
      {user.bloque && (
        <Task title={t.debloquer} text={t.debloquerTexte}>
          <Form action={`${path}/debloquer`} csrfToken={csrfToken}>
            <Button icon="lock">{t.debloquer}</Button>
          </Form>
        </Task>
      )}
      <Task title={t.reinitialiser} text={t.reinitialiserTexte}>
        <Form
          action={`${path}/mot-de-passe`}
          csrfToken={csrfToken}
          confirm={t.reinitialiserConfirmer}
          class="stack stack-3"
        >
          {courriel && <Checkbox name="parCourriel" label={t.envoyerCourriel} hint={t.envoyerCourrielAide} />}
          <div>
            <Button icon="key">{t.reinitialiser}</Button>
          </div>
        </Form>
      </Task>
      <Task title={facteurs.titre} text={facteurs.adminAide}>
        <div>
          <LinkButton href={`${path}/second-facteur`} icon="shield">
            {facteurs.adminVoir}
          </LinkButton>
        </div>
      </Task>
      <Task
        title={user.actif ? t.desactiver : t.activer}
        text={user.actif ? t.desactiverTexte : t.activerTexte}
      >
        <Form
          action={`${path}/activation`}
          csrfToken={csrfToken}
          confirm={user.actif ? t.desactiverConfirmer : undefined}
        >
          <input type="hidden" name="actif" value={user.actif ? 'non' : 'oui'} />
          <Button variant={user.actif ? 'danger' : 'secondary'}>
            {user.actif ? t.desactiver : t.activer}
          </Button>
        </Form>
      </Task>
    </Stack>
  );
}

/** One account: its facts, what can be done to it, its sessions and its history. */
export function UserView(props: {
  csrfToken: string;
  user: UtilisateurGere;
  /** Whether one-time passwords can be mailed. */
  courriel: boolean;
  sessions: readonly SessionPropre[];
  historique: Historique;
  /** What was wrong with a photograph that was sent. */
  photoErreur?: string;
}) {
  const lang = useLang();
  const t = useTextes(utilisateursTexts);
  const { csrfToken, user, courriel, sessions, historique, photoErreur } = props;
  const path = `${LIST}/${user.id}`;
  const mayChange = user.gerable && !user.soiMeme;
  return (
    <>
      <PageHeader
        title={
          <span class="person">
            <Avatar name={user.nomComplet} src={photoHref(user)} size="large" />
            {user.nomComplet}
          </span>
        }
        subtitle={<State user={user} />}
        crumbs={[{ label: t.titre, href: LIST }]}
        actions={
          user.gerable && (
            <LinkButton href={`${path}/modifier`} variant="primary" icon="edit">
              {t.modifier}
            </LinkButton>
          )
        }
      />
      <Stack>
        <Grid columns="two">
          <Stack>
            <Card title={t.identite} icon="user">
              <DescriptionList
                items={[
                  { term: t.identifiant, value: user.username },
                  { term: t.email, value: user.email },
                  { term: t.role, value: user.roleLibelle },
                  { term: t.departement, value: user.departementNom },
                  { term: t.fonction, value: user.fonction },
                  { term: t.matricule, value: user.matricule },
                  { term: t.telephone, value: user.telephone },
                  { term: t.langue, value: user.langue === 'en' ? 'English' : 'Français' },
                  {
                    term: t.derniereConnexion,
                    value: user.derniereConnexion ? formatDateTime(lang, user.derniereConnexion) : t.jamais,
                  },
                  { term: t.creeLe, value: formatDate(lang, user.dateCreation) },
                ]}
              />
            </Card>
            {user.gerable && (
              <Card title={t.photo} icon="image">
                <PhotoForm
                  csrfToken={csrfToken}
                  action={`${path}/photo`}
                  present={user.photo !== null}
                  error={photoErreur}
                />
              </Card>
            )}
          </Stack>
          <Card title={t.acces} icon="key">
            {mayChange ? (
              <Tasks csrfToken={csrfToken} user={user} courriel={courriel} />
            ) : (
              <Alert title={t.horsPorteeTitre}>
                {fill(user.soiMeme ? t.soiMeme : t.horsPortee, { nom: user.nomComplet })}
              </Alert>
            )}
          </Card>
        </Grid>
        <SessionsCard
          csrfToken={csrfToken}
          action={`${path}/sessions/fermer`}
          sessions={sessions}
          closable={mayChange}
        />
        <HistoryCard {...historique} />
      </Stack>
    </>
  );
}
