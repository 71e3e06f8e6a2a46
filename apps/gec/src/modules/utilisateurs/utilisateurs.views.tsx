import { fill, formatDate, formatDateTime } from '@gec/core';
import {
  Alert,
  Badge,
  Button,
  Card,
  DescriptionList,
  Form,
  Grid,
  PageHeader,
  Select,
  Stack,
  useLang,
} from '@gec/ui';
import type { ComponentChildren } from 'preact';
import { departementOptions, type Choices } from './utilisateurs.ajout.views.tsx';
import { SANS_DEPARTEMENT } from './utilisateurs.forms.ts';
import type { UtilisateurGere } from './utilisateurs.schema.ts';
import { utilisateursTexts } from './utilisateurs.texts.ts';

const LIST = '/admin/users';

/** Active, deactivated, locked, with a password still to be changed: a word each. */
export function State({ user }: { user: UtilisateurGere }) {
  const t = utilisateursTexts(useLang());
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
function Tasks({ csrfToken, user, choices }: { csrfToken: string; user: UtilisateurGere; choices: Choices }) {
  const t = utilisateursTexts(useLang());
  const path = `${LIST}/${user.id}`;
  return (
    <Stack space={5}>
      <Task title={t.changerRole}>
        <Form action={`${path}/role`} csrfToken={csrfToken} class="cluster">
          <Select
            name="role"
            label={t.role}
            value={user.role}
            options={choices.roles.map(({ nom, libelle }) => ({ value: nom, label: libelle }))}
          />
          <Button>{t.changerRole}</Button>
        </Form>
      </Task>
      {(choices.sansDepartement || choices.departements.length > 1) && (
        <Task title={t.changerDepartement}>
          <Form action={`${path}/departement`} csrfToken={csrfToken} class="cluster">
            <Select
              name="departementId"
              label={t.departement}
              value={user.departementId === null ? SANS_DEPARTEMENT : String(user.departementId)}
              options={departementOptions(choices, t.sansDepartement)}
            />
            <Button>{t.changerDepartement}</Button>
          </Form>
        </Task>
      )}
      {user.bloque && (
        <Task title={t.debloquer} text={t.debloquerTexte}>
          <Form action={`${path}/debloquer`} csrfToken={csrfToken}>
            <Button icon="lock">{t.debloquer}</Button>
          </Form>
        </Task>
      )}
      <Task title={t.reinitialiser} text={t.reinitialiserTexte}>
        <Form action={`${path}/mot-de-passe`} csrfToken={csrfToken} confirm={t.reinitialiserConfirmer}>
          <Button icon="key">{t.reinitialiser}</Button>
        </Form>
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

/** One account: its facts, and what can be done to it. */
export function UserView(props: { csrfToken: string; user: UtilisateurGere; choices: Choices }) {
  const lang = useLang();
  const t = utilisateursTexts(lang);
  const { csrfToken, user, choices } = props;
  return (
    <>
      <PageHeader
        title={user.nomComplet}
        subtitle={<State user={user} />}
        crumbs={[{ label: t.titre, href: LIST }]}
      />
      <Grid columns="two">
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
              {
                term: t.derniereConnexion,
                value: user.derniereConnexion ? formatDateTime(lang, user.derniereConnexion) : t.jamais,
              },
              { term: t.creeLe, value: formatDate(lang, user.dateCreation) },
            ]}
          />
        </Card>
        <Card title={t.acces} icon="key">
          {user.gerable && !user.soiMeme ? (
            <Tasks csrfToken={csrfToken} user={user} choices={choices} />
          ) : (
            <Alert title={t.horsPorteeTitre}>
              {fill(user.soiMeme ? t.soiMeme : t.horsPortee, { nom: user.nomComplet })}
            </Alert>
          )}
        </Card>
      </Grid>
    </>
  );
}
