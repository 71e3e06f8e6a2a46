import { fill } from '@gec/core';
import { Badge, useLang } from '@gec/ui';
import type { PageLue } from '../../http/liste.ts';
import { PageListe } from '../../http/liste.views.tsx';
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
export function DepartementListView(props: PageLue<DepartementGere, TriDepartements>) {
  const t = departementsTexts(useLang());
  const mots = useMotsDepartement();
  const { lue } = props;
  const arbre = lue.tri === 'arbre' && lue.ordre === 'asc' && lue.q === '' && lue.actif === null;
  return (
    <PageListe
      titre={mots.Departements}
      sousTitre={fill(t.sousTitre, mots)}
      ajouter={t.ajouter}
      icone="building"
      base={LIST}
      page={props}
      mots={t}
      rowKey={({ id }) => id}
      rowHref={({ id }) => `${LIST}/${id}`}
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
  );
}
