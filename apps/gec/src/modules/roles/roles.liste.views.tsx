import { fill, PERMISSIONS } from '@gec/core';
import { Badge, StatusBadge, useLang } from '@gec/ui';
import type { PageLue } from '../../http/liste.ts';
import { PageListe } from '../../http/liste.views.tsx';
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
export function RoleListView(props: PageLue<RoleGere, TriRoles>) {
  const t = rolesTexts(useLang());
  return (
    <PageListe
      titre={t.titre}
      sousTitre={t.sousTitre}
      ajouter={t.ajouter}
      icone="shield"
      base={LIST}
      page={props}
      mots={t}
      rowKey={({ nom }) => nom}
      rowHref={({ nom }) => `${LIST}/${nom}`}
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
          cell: ({ permissions }) => fill(t.nombreDroits, { n: permissions.size, total: PERMISSIONS.length }),
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
  );
}
