import { fill, formatDate, formatDateTime, plural, type FieldError } from '@gec/core';
import {
  Actions,
  Alert,
  Badge,
  Button,
  Card,
  DataTable,
  DescriptionList,
  EmptyState,
  Field,
  Form,
  Grid,
  LinkButton,
  PageHeader,
  Pagination,
  Select,
  Stack,
  Stat,
  TextInput,
  useLang,
} from '@gec/ui';
import type { ComponentChildren } from 'preact';
import type { Departement } from '../departements/departements.schema.ts';
import type { Role } from '../roles/roles.schema.ts';
import { departementOptions, type Choices } from './utilisateurs.form-views.tsx';
import { SANS_DEPARTEMENT, type FilterQuery } from './utilisateurs.forms.ts';
import type { UtilisateurGere } from './utilisateurs.schema.ts';
import { utilisateursTexts } from './utilisateurs.texts.ts';

const LIST = '/admin/users';

/** The address of the list with its filters, some of them changed. */
function listHref(query: FilterQuery, change: Partial<FilterQuery>): string {
  const words = Object.entries({ ...query, ...change }).filter(([, value]) => value !== '');
  const search = new URLSearchParams(words).toString();
  return search === '' ? LIST : `${LIST}?${search}`;
}

/** Active, deactivated, locked, with a password still to be changed: a word each. */
function State({ user }: { user: UtilisateurGere }) {
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

function Filters(props: {
  query: FilterQuery;
  errors: readonly FieldError[];
  roles: readonly Role[];
  departements: readonly Departement[] | null;
}) {
  const t = utilisateursTexts(useLang());
  const { query, errors, roles, departements } = props;
  const errorOf = (field: string) => errors.find((error) => error.field === field)?.message;
  return (
    <Form action={LIST} method="get" class="form-grid">
      <Field id="q" label={t.chercher} class="span-3">
        <TextInput name="q" type="search" value={query.q} maxLength={200} />
      </Field>
      <Field id="role" label={t.filtreRole} error={errorOf('role')} class="span-3">
        <Select
          name="role"
          value={query.role}
          empty={t.tousRoles}
          options={roles.map(({ nom, libelle }) => ({ value: nom, label: libelle }))}
        />
      </Field>
      {departements && (
        <Field id="departement" label={t.filtreDepartement} error={errorOf('departement')} class="span-3">
          <Select
            name="departement"
            value={query.departement}
            empty={t.tousDepartements}
            options={[
              ...departements.map(({ id, nom }) => ({ value: String(id), label: nom })),
              { value: SANS_DEPARTEMENT, label: t.sansDepartement },
            ]}
          />
        </Field>
      )}
      <Field id="etat" label={t.filtreEtat} error={errorOf('etat')} class="span-3">
        <Select
          name="etat"
          value={query.etat}
          empty={t.tousEtats}
          options={[
            { value: 'actif', label: t.actifs },
            { value: 'inactif', label: t.inactifs },
          ]}
        />
      </Field>
      <Actions>
        <Button icon="filter">{t.filtrer}</Button>
        {[query.q, query.role, query.departement, query.etat].some((value) => value !== '') && (
          <LinkButton href={LIST} variant="quiet">
            {t.effacer}
          </LinkButton>
        )}
      </Actions>
    </Form>
  );
}

/** The accounts that one manages, with how many there are, filters and pages. */
export function UserListView(props: {
  found: {
    readonly utilisateurs: readonly UtilisateurGere[];
    readonly total: number;
    readonly comptes: { tous: number; actifs: number; inactifs: number; bloques: number };
  };
  query: FilterQuery;
  page: number;
  pageSize: number;
  errors: readonly FieldError[];
  roles: readonly Role[];
  /** `null` for whoever manages one department. */
  departements: readonly Departement[] | null;
}) {
  const lang = useLang();
  const t = utilisateursTexts(lang);
  const { found, query, page, pageSize, errors, roles, departements } = props;
  const { tous, actifs, inactifs, bloques } = found.comptes;
  return (
    <>
      <PageHeader
        title={t.titre}
        subtitle={departements ? t.sousTitreTous : t.sousTitreDepartement}
        actions={
          <LinkButton href={`${LIST}/nouveau`} variant="primary" icon="plus">
            {t.ajouter}
          </LinkButton>
        }
      />
      <Stack>
        <Grid>
          <Stat label={t.comptesTous} value={tous} icon="users" href={LIST} />
          <Stat label={t.comptesActifs} value={actifs} icon="check" href={`${LIST}?etat=actif`} />
          <Stat label={t.comptesInactifs} value={inactifs} icon="x" href={`${LIST}?etat=inactif`} />
          <Stat
            label={t.comptesBloques}
            value={bloques}
            icon="lock"
            tone={bloques > 0 ? 'danger' : 'neutral'}
          />
        </Grid>
        <Card>
          <Filters query={query} errors={errors} roles={roles} departements={departements} />
        </Card>
        <Card title={plural(lang, found.total, t.resume_un, t.resume_autre)} flush>
          <DataTable
            caption={t.titre}
            rows={found.utilisateurs}
            rowKey={(user) => user.id}
            rowHref={(user) => `${LIST}/${user.id}`}
            empty={<EmptyState icon="users" title={t.vide} text={t.videTexte} />}
            columns={[
              {
                id: 'nom',
                header: t.nom,
                primary: true,
                cell: (user) => (
                  <>
                    <strong>{user.nomComplet}</strong>
                    {user.soiMeme && <span class="muted"> ({t.vous})</span>}
                  </>
                ),
              },
              { id: 'identifiant', header: t.identifiant, cell: (user) => user.username },
              { id: 'role', header: t.role, cell: (user) => user.roleLibelle },
              {
                id: 'departement',
                header: t.departement,
                from: 'medium',
                cell: (user) => user.departementNom ?? <span class="muted">{t.sansDepartement}</span>,
              },
              { id: 'etat', header: t.etat, cell: (user) => <State user={user} /> },
              {
                id: 'connexion',
                header: t.derniereConnexion,
                kind: 'figure',
                from: 'wide',
                cell: (user) =>
                  user.derniereConnexion ? (
                    formatDateTime(lang, user.derniereConnexion)
                  ) : (
                    <span class="muted">{t.jamais}</span>
                  ),
              },
            ]}
          />
          <Pagination
            page={page}
            pageSize={pageSize}
            total={found.total}
            hrefFor={(number) => listHref(query, { page: number === 1 ? '' : String(number) })}
          />
        </Card>
      </Stack>
    </>
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
