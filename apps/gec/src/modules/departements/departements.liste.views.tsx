import { fill, plural, type FieldError } from '@gec/core';
import {
  Badge,
  Card,
  DataTable,
  EmptyState,
  LinkButton,
  PageHeader,
  Pagination,
  Stack,
  useLang,
} from '@gec/ui';
import { adresseListe, type ListeLue, type ListeQuery } from '../../http/liste.ts';
import { ExportsListe, FiltresListe } from '../../http/liste.views.tsx';
import type { TriDepartements } from './departements.forms.ts';
import { useMotsDepartement } from './departements.mots.views.tsx';
import type { DepartementGere } from './departements.schema.ts';
import { departementsTexts } from './departements.texts.ts';

const LIST = '/admin/departements';
const NIVEAUX = 4;

/** In use, or not. */
export function Etat({ actif }: { actif: boolean }) {
  const t = departementsTexts(useLang());
  return actif ? <Badge tone="success">{t.actif}</Badge> : <Badge>{t.inactif}</Badge>;
}

/** The departments of the office, as a tree unless another order is asked for. */
export function DepartementListView(props: {
  departements: readonly DepartementGere[];
  total: number;
  lue: ListeLue<TriDepartements>;
  query: ListeQuery;
  pageSize: number;
  errors: readonly FieldError[];
}) {
  const lang = useLang();
  const t = departementsTexts(lang);
  const mots = useMotsDepartement();
  const { departements, total, lue, query, pageSize, errors } = props;
  const arbre = lue.tri === 'arbre' && lue.ordre === 'asc' && lue.q === '' && lue.actif === null;
  return (
    <>
      <PageHeader
        title={mots.Departements}
        subtitle={fill(t.sousTitre, mots)}
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
            caption={mots.Departements}
            rows={departements}
            rowKey={({ id }) => id}
            rowHref={({ id }) => `${LIST}/${id}`}
            sort={{
              by: lue.tri,
              order: lue.ordre,
              hrefFor: (by, order) => adresseListe(LIST, query, { sort_by: by, sort_order: order, page: '' }),
            }}
            empty={<EmptyState icon="building" title={t.vide} text={t.videTexte} />}
            columns={[
              {
                id: 'nom',
                header: t.nom,
                primary: true,
                sortKey: 'nom',
                cell: ({ nom, profondeur }) => (
                  <span class={arbre ? `tree tree-${Math.min(profondeur, NIVEAUX)}` : undefined}>{nom}</span>
                ),
              },
              { id: 'code', header: t.code, kind: 'figure', sortKey: 'code', cell: ({ code }) => code },
              {
                id: 'parent',
                header: t.parent,
                from: 'wide',
                cell: ({ parentNom }) => parentNom ?? <span class="muted">—</span>,
              },
              {
                id: 'chef',
                header: t.chef,
                cell: ({ chefNom, chefActif }) =>
                  chefNom === null ? (
                    <span class="muted">—</span>
                  ) : (
                    <>
                      {chefNom} {!chefActif && <Badge tone="warning">{t.chefInactif}</Badge>}
                    </>
                  ),
              },
              {
                id: 'personnes',
                header: t.personnes,
                kind: 'figure',
                sortKey: 'personnes',
                cell: ({ personnes }) => personnes,
              },
              { id: 'etat', header: t.etat, from: 'medium', cell: ({ actif }) => <Etat actif={actif} /> },
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
