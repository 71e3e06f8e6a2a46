import { fill, plural, type FieldError } from '@gec/core';
import {
  Badge,
  Card,
  DataTable,
  EmptyState,
  Form,
  Icon,
  LinkButton,
  PageHeader,
  Stack,
  StatusBadge,
  Tabs,
  useLang,
  type Column,
} from '@gec/ui';
import { FiltresListe, LienExport } from '../../http/liste.views.tsx';
import type { FiltresQuery } from './referentiels.forms.ts';
import { delaiLu } from './referentiels.presenter.ts';
import { CHAMPS, LISTES, type Entree, type Liste } from './referentiels.schema.ts';
import { referentielsTexts } from './referentiels.texts.ts';

const HOME = '/admin/referentiels';
const ORDRE = 'ordre-form';

export interface ListeProps {
  csrfToken: string;
  liste: Liste;
  /** The whole list, in order. */
  toutes: readonly Entree[];
  /** What the filters let through. */
  entrees: readonly Entree[];
  query: FiltresQuery;
  errors: readonly FieldError[];
}

/** The lists, each with its own address. */
export function Onglets({ liste }: { liste: Liste }) {
  const t = referentielsTexts(useLang());
  return (
    <Tabs
      label={t.onglets}
      items={LISTES.map((one) => ({
        href: `${HOME}/${one}`,
        label: t[`liste_${one}`],
        current: one === liste,
      }))}
    />
  );
}

/** One step up or down; the button that was pressed keeps the focus on the page that answers. */
function Deplacer({
  entree,
  at,
  last,
  deplace,
}: {
  entree: Entree;
  at: number;
  last: number;
  deplace: string;
}) {
  const t = referentielsTexts(useLang());
  const step = (sens: 'haut' | 'bas') => {
    const end = sens === 'haut' ? at === 0 : at === last;
    // At the end of the way the other arrow takes the focus.
    const came = deplace === `${entree.id}:${sens}` || (deplace.startsWith(`${entree.id}:`) && isOther(sens));
    return (
      <button
        type="submit"
        form={ORDRE}
        name="deplacer"
        value={`${entree.id}:${sens}`}
        class="btn btn-quiet btn-small btn-icon"
        disabled={end}
        autofocus={came && !end}
      >
        <Icon name={sens === 'haut' ? 'chevron-up' : 'chevron-down'} />
        <span class="sr-only">{fill(sens === 'haut' ? t.monter : t.descendre, { nom: entree.libelle })}</span>
      </button>
    );
  };
  const isOther = (sens: 'haut' | 'bas') => (sens === 'haut' ? at === last : at === 0);
  return (
    <span class="reorder-steps">
      <button
        type="button"
        class="btn btn-quiet btn-small btn-icon reorder-handle js-only"
        data-drag={entree.id}
        tabIndex={-1}
        aria-hidden="true"
        title={t.glisser}
      >
        <Icon name="menu" />
      </button>
      {step('haut')}
      {step('bas')}
    </span>
  );
}

function colonnesDe(
  t: ReturnType<typeof referentielsTexts>,
  lang: Parameters<typeof referentielsTexts>[0],
  { liste, toutes, query }: ListeProps,
  ordonnable: boolean,
): Column<Entree>[] {
  const noms = new Map(toutes.map(({ id, libelle }) => [id, libelle]));
  const columns: Column<Entree>[] = [];
  const has = (champ: (typeof CHAMPS)[Liste][number]) => CHAMPS[liste].includes(champ);
  columns.push({
    id: 'libelle',
    header: t.libelle,
    primary: true,
    cell: ({ libelle, couleur, description }) => (
      <>
        {couleur ? <StatusBadge label={libelle} couleur={couleur} /> : <strong>{libelle}</strong>}
        {description && <small class="muted reorder-note">{description}</small>}
      </>
    ),
  });
  if (liste === 'statuts') {
    columns.push({ id: 'code', header: t.code, from: 'wide', cell: ({ code }) => <code>{code}</code> });
    columns.push({ id: 'final', header: t.final, cell: ({ final }) => (final ? t.oui : t.non) });
    columns.push({
      id: 'suivants',
      header: t.suivants,
      cell: ({ suivants }) =>
        suivants.length === 0 ? t.tousPermis : suivants.map((id) => noms.get(id) ?? '').join(', '),
    });
  }
  if (has('libelleEn')) {
    columns.push({ id: 'libelleEn', header: t.libelleEn, cell: ({ libelleEn }) => libelleEn ?? '—' });
  }
  if (has('delai')) {
    columns.push({
      id: 'delai',
      header: t.delai,
      cell: ({ delai, unite }) => delai !== null && unite !== null && delaiLu(lang, delai, unite),
    });
  }
  columns.push({
    id: 'etat',
    header: t.etat,
    cell: ({ actif }) => (actif ? <Badge tone="success">{t.actif}</Badge> : <Badge>{t.inactif}</Badge>),
  });
  columns.push({
    id: 'usage',
    header: t.usage,
    cell: ({ utilise }) => (utilise ? t.utilise : <span class="muted">{t.inutilise}</span>),
  });
  if (ordonnable) {
    columns.push({
      id: 'ordre',
      header: t.ordre,
      cell: (entree) => (
        <Deplacer
          entree={entree}
          at={toutes.indexOf(entree)}
          last={toutes.length - 1}
          deplace={query.deplace}
        />
      ),
    });
  }
  return columns;
}

/** One list: its entries in order, which may be changed by dragging or step by step. */
export function ReferentielView(props: ListeProps) {
  const lang = useLang();
  const t = referentielsTexts(lang);
  const { csrfToken, liste, toutes, entrees, query, errors } = props;
  const filtree = query.q.trim() !== '' || query.etat !== '';
  const filtres = filtree ? `?${new URLSearchParams({ q: query.q, etat: query.etat }).toString()}` : '';
  const ordonnable = !filtree && toutes.length > 1;
  const here = `${HOME}/${liste}`;
  return (
    <>
      <PageHeader
        title={t.titre}
        subtitle={t.sousTitre}
        actions={
          <LinkButton href={`${here}/nouveau`} variant="primary" icon="plus">
            {t[`ajouter_${liste}`]}
          </LinkButton>
        }
      />
      <Onglets liste={liste} />
      <Stack>
        <p class="muted">{t[`aide_${liste}`]}</p>
        <Card>
          <FiltresListe
            base={here}
            query={query}
            errors={errors}
            mots={{ ...t, tousEtats: t.tous, actifs: t.actif, inactifs: t.inactif }}
          />
        </Card>
        {ordonnable && (
          <Form action={`${here}/ordre`} csrfToken={csrfToken} id={ORDRE}>
            <input type="hidden" name="vu" value={toutes.map(({ id }) => id).join(',')} />
            <input type="hidden" name="ordre" value="" />
          </Form>
        )}
        <div data-island={ordonnable ? 'reorder' : undefined} data-form={ORDRE}>
          <Card
            title={plural(lang, entrees.length, t.compte_un, t.compte_autre)}
            flush
            actions={
              <>
                <LienExport href={`${here}/export.csv${filtres}`} format="csv" title={t.exporterCsv} />
                <LienExport href={`${here}/export.xlsx${filtres}`} format="xlsx" title={t.exporterXlsx} />
              </>
            }
          >
            <DataTable
              caption={t[`liste_${liste}`]}
              rows={entrees}
              rowKey={({ id }) => id}
              rowHref={({ id }) => `${here}/${id}`}
              empty={<EmptyState icon="menu" title={t.vide} text={t.videTexte} />}
              columns={colonnesDe(t, lang, props, ordonnable)}
            />
          </Card>
        </div>
        {toutes.length > 1 && <p class="hint">{ordonnable ? t.ordreAide : t.ordreFiltre}</p>}
      </Stack>
    </>
  );
}
