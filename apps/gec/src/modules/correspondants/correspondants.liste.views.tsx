import { fill, formatDate, formatNumber, plural, type FieldError } from '@gec/core';
import {
  Badge,
  Button,
  Card,
  DataTable,
  EmptyState,
  Form,
  LinkButton,
  PageHeader,
  Stack,
  Tabs,
  useLang,
} from '@gec/ui';
import { adresseListe, pagesListe, triListe, type PageLue } from '../../http/liste.ts';
import { ChercherListe, ExportsListe, FiltresListe, LienExport } from '../../http/liste.views.tsx';
import type { ListeQuery } from './correspondants.forms.ts';
import type {
  DoublonCorrespondant,
  FicheCorrespondant,
  FiltresCorrespondants,
  TRIS_DOUBLONS,
} from './correspondants.schema.ts';
import { correspondantsTexts } from './correspondants.texts.ts';

const HOME = '/admin/correspondants';
const DOUBLONS = `${HOME}/doublons`;

/** The directory and what is likely in it twice. */
export function OngletsCorrespondants({ current }: { current: 'annuaire' | 'doublons' }) {
  const t = correspondantsTexts(useLang());
  return (
    <Tabs
      label={t.onglets}
      items={[
        { href: HOME, label: t.annuaire, current: current === 'annuaire' },
        { href: DOUBLONS, label: t.doublons, current: current === 'doublons' },
      ]}
    />
  );
}

export interface AnnuaireProps {
  correspondants: readonly FicheCorrespondant[];
  total: number;
  query: ListeQuery;
  filters: FiltresCorrespondants;
  page: number;
  pageSize: number;
  errors: readonly FieldError[];
  /** Whether the reader may change correspondants. */
  peutChanger: boolean;
  fuseau: string;
}

/** The directory: who writes and is written to, how often, and since when no more. */
export function AnnuaireView(props: AnnuaireProps) {
  const lang = useLang();
  const t = correspondantsTexts(lang);
  const { correspondants, total, query, filters, page, pageSize, errors, peutChanger, fuseau } = props;
  return (
    <>
      <PageHeader
        title={t.titre}
        subtitle={peutChanger ? t.sousTitreTous : t.sousTitrePartie}
        actions={
          peutChanger && (
            <>
              <LinkButton href={`${HOME}/import`} icon="upload">
                {t.importer}
              </LinkButton>
              <LinkButton href={`${HOME}/nouveau`} variant="primary" icon="plus">
                {t.ajouter}
              </LinkButton>
            </>
          )
        }
      />
      {peutChanger && <OngletsCorrespondants current="annuaire" />}
      <Stack>
        <Card>
          <FiltresListe
            base={HOME}
            query={query}
            errors={errors}
            mots={{ ...t, filtreEtat: t.etat, tousEtats: t.tous, actifs: t.actif, inactifs: t.inactif }}
          />
        </Card>
        <Card
          title={plural(lang, total, t.resume_un, t.resume_autre)}
          flush
          actions={
            <>
              <LienExport
                href={adresseListe(`${HOME}/export.csv`, query, { page: '' })}
                format="csv"
                title={t.exporterCsv}
              />
              <LienExport
                href={adresseListe(`${HOME}/export.xlsx`, query, { page: '' })}
                format="xlsx"
                title={t.exporterXlsx}
              />
            </>
          }
        >
          <DataTable
            caption={t.titre}
            rows={correspondants}
            rowKey={({ id }) => id}
            rowHref={({ id }) => `${HOME}/${id}`}
            sort={triListe(HOME, query, filters)}
            empty={<EmptyState icon="mail" title={t.vide} text={t.videTexte} />}
            pages={pagesListe(HOME, query, { page, pageSize, total })}
            columns={[
              {
                id: 'nom',
                header: t.nom,
                primary: true,
                sortKey: 'nom',
                cell: ({ nom }) => <strong>{nom}</strong>,
              },
              {
                id: 'telephone',
                header: t.telephone,
                from: 'medium',
                kind: 'figure',
                cell: ({ telephone }) => telephone || '—',
              },
              { id: 'email', header: t.email, from: 'wide', cell: ({ email }) => email || '—' },
              {
                id: 'courriers',
                header: t.courriers,
                kind: 'end',
                sortKey: 'courriers',
                cell: ({ courriers }) => <span class="num">{formatNumber(lang, courriers)}</span>,
              },
              {
                id: 'dernier',
                header: t.dernier,
                kind: 'figure',
                sortKey: 'dernier',
                cell: ({ dernier }) => (dernier ? formatDate(lang, dernier, fuseau) : t.jamais),
              },
              {
                id: 'etat',
                header: t.etat,
                cell: ({ actif }) =>
                  actif ? <Badge tone="success">{t.actif}</Badge> : <Badge>{t.inactif}</Badge>,
              },
            ]}
          />
        </Card>
      </Stack>
    </>
  );
}

/** Pairs that are likely one, each to be compared or set aside. */
export function DoublonsView(
  props: { csrfToken: string } & PageLue<DoublonCorrespondant, (typeof TRIS_DOUBLONS)[number]>,
) {
  const lang = useLang();
  const t = correspondantsTexts(lang);
  const { csrfToken, rows, total, lue, query, pageSize } = props;
  const mots = { rechercher: t.chercher, chercher: t.filtrer, effacer: t.effacer };
  const one = ({ id, nom, courriers }: FicheCorrespondant) => (
    <>
      <a href={`${HOME}/${id}`}>{nom}</a>{' '}
      <small class="muted">{plural(lang, courriers, t.courriersN_un, t.courriersN_autre)}</small>
    </>
  );
  return (
    <>
      <PageHeader title={t.doublons} subtitle={t.doublonsTexte} crumbs={[{ label: t.titre, href: HOME }]} />
      <OngletsCorrespondants current="doublons" />
      <Stack>
        <Card>
          <ChercherListe base={DOUBLONS} query={query} errors={lue.errors} mots={mots} />
        </Card>
        <Card
          title={plural(lang, total, t.doublonsResume_un, t.doublonsResume_autre)}
          flush
          actions={<ExportsListe base={DOUBLONS} query={query} mots={{ exporter: t.doublonsExporter }} />}
        >
          <DataTable
            caption={t.doublons}
            rows={rows}
            rowKey={({ a, b }) => `${a.id} ${b.id}`}
            sort={triListe(DOUBLONS, query, lue)}
            pages={pagesListe(DOUBLONS, query, { page: lue.page, pageSize, total })}
            empty={
              query.q === '' ? (
                <EmptyState icon="check" title={t.doublonsVide} text={t.doublonsVideTexte} />
              ) : (
                <EmptyState icon="search" title={t.doublonsVide} text={t.doublonsRien} />
              )
            }
            columns={[
              { id: 'a', header: t.premier, primary: true, sortKey: 'nom', cell: ({ a }) => one(a) },
              { id: 'b', header: t.second, cell: ({ b }) => one(b) },
              { id: 'motif', header: t.raison, sortKey: 'raison', cell: ({ motif }) => t[`motif_${motif}`] },
              {
                id: 'actions',
                header: t.actions,
                cell: ({ a, b }) => {
                  const [garde, fondu] = a.courriers >= b.courriers ? [a, b] : [b, a];
                  return (
                    <Form action={`${HOME}/distinguer`} csrfToken={csrfToken} class="cluster">
                      <input type="hidden" name="a" value={a.id} />
                      <input type="hidden" name="b" value={b.id} />
                      <LinkButton
                        href={`${HOME}/fusion?garde=${garde.id}&fondu=${fondu.id}`}
                        size="small"
                        label={fill(t.comparerDe, { a: a.nom, b: b.nom })}
                      >
                        {t.comparer}
                      </LinkButton>
                      <Button
                        size="small"
                        variant="quiet"
                        label={fill(t.distinguerDe, { a: a.nom, b: b.nom })}
                      >
                        {t.distinguer}
                      </Button>
                    </Form>
                  );
                },
              },
            ]}
          />
        </Card>
      </Stack>
    </>
  );
}
