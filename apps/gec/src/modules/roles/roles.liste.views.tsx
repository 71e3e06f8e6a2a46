import { fill, PERMISSIONS, plural, type FieldError } from '@gec/core';
import {
  Badge,
  Card,
  DataTable,
  EmptyState,
  LinkButton,
  PageHeader,
  Pagination,
  Stack,
  StatusBadge,
  useLang,
} from '@gec/ui';
import { adresseListe, type ListeLue, type ListeQuery } from '../../http/liste.ts';
import { ExportsListe, FiltresListe } from '../../http/liste.views.tsx';
import type { TriRoles } from './roles.forms.ts';
import type { Role, RoleGere } from './roles.schema.ts';
import { rolesTexts } from './roles.texts.ts';

const LIST = '/admin/roles';

/** In use or not, and whether it can be changed at all. */
export function EtatRole({ role }: { role: Pick<Role, 'actif' | 'modifiable'> }) {
  const t = rolesTexts(useLang());
  return (
    <span class="cluster">
      {role.actif ? <Badge tone="success">{t.actif}</Badge> : <Badge>{t.inactif}</Badge>}
      {!role.modifiable && <Badge icon="lock">{t.fixeBadge}</Badge>}
    </span>
  );
}

/** The name of a role with its colour, if it has one. */
export function NomRole({ role }: { role: Pick<Role, 'libelle' | 'couleur'> }) {
  return role.couleur === null ? (
    <>{role.libelle}</>
  ) : (
    <StatusBadge label={role.libelle} couleur={role.couleur} />
  );
}

/** The roles, with how much each may do and how many have it. */
export function RoleListView(props: {
  roles: readonly RoleGere[];
  total: number;
  lue: ListeLue<TriRoles>;
  query: ListeQuery;
  pageSize: number;
  errors: readonly FieldError[];
}) {
  const lang = useLang();
  const t = rolesTexts(lang);
  const { roles, total, lue, query, pageSize, errors } = props;
  return (
    <>
      <PageHeader
        title={t.titre}
        subtitle={t.sousTitre}
        actions={
          <LinkButton href={`${LIST}/nouveau`} variant="primary" icon="plus">
            {t.ajouter}
          </LinkButton>
        }
      />
      <Stack>
        <Card>
          <FiltresListe base={LIST} query={query} errors={errors} mots={t} />
        </Card>
        <Card
          title={plural(lang, total, t.resume_un, t.resume_autre)}
          flush
          actions={<ExportsListe base={LIST} query={query} mots={t} />}
        >
          <DataTable
            caption={t.titre}
            rows={roles}
            rowKey={({ nom }) => nom}
            rowHref={({ nom }) => `${LIST}/${nom}`}
            sort={{
              by: lue.tri,
              order: lue.ordre,
              hrefFor: (by, order) => adresseListe(LIST, query, { sort_by: by, sort_order: order, page: '' }),
            }}
            empty={<EmptyState icon="shield" title={t.vide} text={t.videTexte} />}
            columns={[
              {
                id: 'libelle',
                header: t.role,
                primary: true,
                sortKey: 'libelle',
                cell: (role) => <NomRole role={role} />,
              },
              {
                id: 'description',
                header: t.description,
                from: 'wide',
                cell: ({ description }) => <span class="muted">{description ?? '—'}</span>,
              },
              {
                id: 'droits',
                header: t.droits,
                kind: 'figure',
                sortKey: 'droits',
                cell: ({ permissions }) =>
                  fill(t.nombreDroits, { n: permissions.size, total: PERMISSIONS.length }),
              },
              {
                id: 'personnes',
                header: t.personnes,
                kind: 'figure',
                sortKey: 'personnes',
                cell: ({ personnes }) => personnes,
              },
              { id: 'etat', header: t.etat, cell: (role) => <EtatRole role={role} /> },
            ]}
          />
          <Pagination
            page={lue.page}
            pageSize={pageSize}
            total={total}
            hrefFor={(page) => adresseListe(LIST, query, { page: page === 1 ? '' : String(page) })}
          />
        </Card>
      </Stack>
    </>
  );
}
