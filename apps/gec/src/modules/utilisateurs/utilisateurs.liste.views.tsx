import { fill, formatDateTime, plural, type FieldError } from '@gec/core';
import {
  Actions,
  Alert,
  Avatar,
  Button,
  Card,
  DataTable,
  EmptyState,
  Field,
  Form,
  Grid,
  LinkButton,
  PageHeader,
  Select,
  Stack,
  Stat,
  TextInput,
  useLang,
} from '@gec/ui';
import { adresseListe, pagesListe, triListe } from '../../http/liste.ts';
import { LienExport, OrdreGarde } from '../../http/liste.views.tsx';
import { useTextes } from '../departements/departements.mots.views.tsx';
import { FORMATS_TABLE } from '../../tableur/write-table.ts';
import type { Departement } from '../departements/departements.schema.ts';
import type { Role } from '../roles/roles.schema.ts';
import { SANS_DEPARTEMENT, type FilterQuery } from './utilisateurs.forms.ts';
import { photoHref, type TriUtilisateurs, type UtilisateurGere } from './utilisateurs.schema.ts';
import { utilisateursTexts } from './utilisateurs.texts.ts';
import { State } from './utilisateurs.views.tsx';

const LIST = '/admin/users';

function Filters(props: {
  query: FilterQuery;
  errors: readonly FieldError[];
  roles: readonly Role[];
  departements: readonly Departement[] | null;
}) {
  const t = useTextes(utilisateursTexts);
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
            { value: 'bloque', label: t.bloques },
            { value: 'jamais', label: t.jamaisConnectes },
          ]}
        />
      </Field>
      <OrdreGarde query={query} />
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
    readonly reduit: boolean;
    readonly comptes: { tous: number; actifs: number; inactifs: number; bloques: number };
  };
  query: FilterQuery;
  tri: TriUtilisateurs;
  ordre: 'asc' | 'desc';
  page: number;
  pageSize: number;
  errors: readonly FieldError[];
  roles: readonly Role[];
  /** `null` for whoever manages one department. */
  departements: readonly Departement[] | null;
}) {
  const lang = useLang();
  const t = useTextes(utilisateursTexts);
  const { found, query, tri, ordre, page, pageSize, errors, roles, departements } = props;
  const { tous, actifs, inactifs, bloques } = found.comptes;
  return (
    <>
      <PageHeader
        title={t.titre}
        subtitle={departements ? t.sousTitreTous : t.sousTitreDepartement}
        actions={
          <>
            <LinkButton href={`${LIST}/import`} icon="upload">
              {t.importer}
            </LinkButton>
            <LinkButton href={`${LIST}/nouveau`} variant="primary" icon="plus">
              {t.ajouter}
            </LinkButton>
          </>
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
            href={`${LIST}?etat=bloque`}
            tone={bloques > 0 ? 'danger' : 'neutral'}
          />
        </Grid>
        <Card>
          <Filters query={query} errors={errors} roles={roles} departements={departements} />
        </Card>
        {found.reduit && <Alert tone="info">{t.rechercheReduite}</Alert>}
        <Card
          title={plural(lang, found.total, t.resume_un, t.resume_autre)}
          flush
          actions={
            found.total > 0 &&
            FORMATS_TABLE.map((format) => (
              <LienExport
                key={format}
                href={adresseListe(LIST, query, { format, page: '' })}
                format={format}
                label={fill(t.exporter, { format: format.toUpperCase() })}
              />
            ))
          }
        >
          <DataTable
            caption={t.titre}
            rows={found.utilisateurs}
            rowKey={(user) => user.id}
            rowHref={(user) => `${LIST}/${user.id}`}
            sort={triListe(LIST, query, { tri, ordre })}
            pages={pagesListe(LIST, query, { page, pageSize, total: found.total })}
            empty={
              <EmptyState
                icon="users"
                title={t.vide}
                text={t.videTexte}
                action={
                  <LinkButton href={LIST} variant="secondary">
                    {t.effacer}
                  </LinkButton>
                }
              />
            }
            columns={[
              {
                id: 'nom',
                header: t.nom,
                primary: true,
                sortKey: 'nom',
                cell: (user) => (
                  <span class="person">
                    <Avatar name={user.nomComplet} src={photoHref(user)} />
                    <span>
                      <strong>{user.nomComplet}</strong>
                      {user.soiMeme && <span class="muted"> ({t.vous})</span>}
                    </span>
                  </span>
                ),
              },
              {
                id: 'identifiant',
                header: t.identifiant,
                sortKey: 'identifiant',
                cell: (user) => user.username,
              },
              { id: 'role', header: t.role, sortKey: 'role', cell: (user) => user.roleLibelle },
              {
                id: 'departement',
                header: t.departement,
                sortKey: 'departement',
                from: 'medium',
                cell: (user) => user.departementNom ?? <span class="muted">{t.sansDepartement}</span>,
              },
              { id: 'etat', header: t.etat, cell: (user) => <State user={user} /> },
              {
                id: 'connexion',
                header: t.derniereConnexion,
                sortKey: 'connexion',
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
        </Card>
      </Stack>
    </>
  );
}
