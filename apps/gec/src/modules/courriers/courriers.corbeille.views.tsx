import { fill, formatDate, formatDateTime, plural, type Lang } from '@gec/core';
import {
  Actions,
  Button,
  Card,
  DataTable,
  EmptyState,
  Form,
  LinkButton,
  PageHeader,
  Stack,
  type Column,
} from '@gec/ui';
import { pagesListe, triListe, type ListeLue, type ListeQuery } from '../../http/liste.ts';
import { ChercherListe, ExportsListe } from '../../http/liste.views.tsx';
import { colonneTexte } from '../../tableur/write-table.ts';
import { lettreTexts } from './courriers.lettre.texts.ts';
import type { CourrierSupprime, TriCorbeille } from './courriers.schema.ts';

export const CORBEILLE = '/corbeille';

export interface CorbeilleProps {
  lang: Lang;
  csrfToken: string;
  courriers: readonly CourrierSupprime[];
  total: number;
  pageSize: number;
  query: ListeQuery;
  lue: ListeLue<TriCorbeille>;
  /** Whether the reader may take letters out as a file. */
  exportable: boolean;
  fuseauHoraire: string;
}

function columnsOf({ lang, csrfToken, fuseauHoraire }: CorbeilleProps): Column<CourrierSupprime>[] {
  const t = lettreTexts(lang);
  return [
    { id: 'numero', header: t.colNumero, kind: 'figure', sortKey: 'numero', cell: ({ numero }) => numero },
    { id: 'objet', header: t.colObjet, primary: true, cell: ({ objet }) => objet },
    { id: 'correspondant', header: t.colCorrespondant, cell: ({ correspondant }) => correspondant },
    {
      id: 'enregistre',
      header: t.colEnregistre,
      kind: 'figure',
      from: 'wide',
      cell: ({ dateEnregistrement }) => formatDate(lang, dateEnregistrement, fuseauHoraire),
    },
    {
      id: 'supprime',
      header: t.colSupprime,
      kind: 'figure',
      sortKey: 'supprime',
      cell: ({ deletedAt }) => (deletedAt ? formatDateTime(lang, deletedAt, fuseauHoraire) : ''),
    },
    { id: 'par', header: t.colSupprimePar, sortKey: 'par', cell: ({ supprimePar }) => supprimePar },
    {
      id: 'actions',
      header: t.colActions,
      cell: ({ id, numero, droits }) => (
        <Actions align="end">
          {droits.restaurer && (
            <Form action={`/mail/${id}/restaurer`} csrfToken={csrfToken}>
              <Button size="small" icon="restore" label={fill(t.restaurerNumero, { numero })}>
                {t.restaurer}
              </Button>
            </Form>
          )}
          {droits.detruire && (
            <LinkButton
              href={`/mail/${id}/detruire`}
              size="small"
              variant="danger"
              icon="trash"
              label={fill(t.detruireNumeroAction, { numero })}
            >
              {t.detruire}
            </LinkButton>
          )}
        </Actions>
      ),
    },
  ];
}

/** The deleted letters, with what may still be done with each. */
export function CorbeilleView(props: CorbeilleProps) {
  const { lang, courriers, total, pageSize, query, lue, exportable } = props;
  const t = lettreTexts(lang);
  const chercher = { rechercher: t.corbeilleChercher, chercher: t.chercher, effacer: t.effacer };
  return (
    <Stack>
      <PageHeader title={t.corbeilleTitre} subtitle={t.corbeilleTexte} />
      <Card>
        <ChercherListe base={CORBEILLE} query={query} errors={lue.errors} mots={chercher} />
      </Card>
      <Card
        title={plural(lang, total, t.corbeille_un, t.corbeille_autre)}
        flush
        actions={
          exportable && (
            <ExportsListe base={CORBEILLE} query={query} mots={{ exporter: t.corbeilleExporter }} />
          )
        }
      >
        <DataTable
          caption={t.corbeilleTitre}
          rows={courriers}
          rowKey={({ id }) => id}
          rowHref={({ id }) => `/mail/${id}`}
          sort={triListe(CORBEILLE, query, lue)}
          pages={pagesListe(CORBEILLE, query, { page: lue.page, pageSize, total })}
          empty={
            query.q === '' ? (
              <EmptyState
                icon="trash"
                title={t.corbeilleVide}
                text={t.corbeilleVideTexte}
                action={<LinkButton href="/view_mail">{t.ouvrirRegistre}</LinkButton>}
              />
            ) : (
              <EmptyState icon="search" title={t.corbeilleRien} text={t.corbeilleRienTexte} />
            )
          }
          columns={columnsOf(props)}
        />
      </Card>
    </Stack>
  );
}

/** The deleted letters as a table to be saved. */
export function tableauCorbeille(lang: Lang, zone: string, courriers: readonly CourrierSupprime[]) {
  const t = lettreTexts(lang);
  return {
    colonnes: [
      colonneTexte(t.colNumero, 20),
      colonneTexte(t.colObjet, 50),
      colonneTexte(t.colCorrespondant, 30),
      colonneTexte(t.colEnregistre, 16),
      colonneTexte(t.colSupprime, 22),
      colonneTexte(t.colSupprimePar, 28),
    ],
    lignes: courriers.map((one) => [
      one.numero,
      one.objet,
      one.correspondant,
      formatDate(lang, one.dateEnregistrement, zone),
      one.deletedAt === null ? '' : formatDateTime(lang, one.deletedAt, zone),
      one.supprimePar,
    ]),
  };
}
