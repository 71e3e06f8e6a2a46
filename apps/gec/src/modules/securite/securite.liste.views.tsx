import { Card, DataTable, EmptyState, Stack, useLang, type Column } from '@gec/ui';
import type { ComponentChildren } from 'preact';
import { pagesListe, triListe, type ListeLue, type ListeQuery } from '../../http/liste.ts';
import { ChercherListe, ExportsListe } from '../../http/liste.views.tsx';
import { securiteTexts } from './securite.texts.ts';
import { CadreSecurite, SECURITE, type Onglet } from './securite.views.tsx';

/** Rows of a page. */
const PAGE_SIZE = 25;

/** What every list of the screen is shown from. */
export interface ListeSecurite<Row, T extends string> {
  csrfToken: string;
  zone: string;
  rows: readonly Row[];
  query: ListeQuery;
  lue: ListeLue<T>;
}

/** The part of the screen that shows one list: search, exports, rows and pages. */
export function Liste<Row, T extends string>(props: {
  onglet: Onglet;
  liste: ListeSecurite<Row, T>;
  titre: string;
  texte: string;
  /** What is said when there is nothing to list, and nothing was looked for. */
  vide: { icon: 'lock' | 'shield'; title: string; text: string };
  rowKey: (row: Row) => string;
  columns: readonly Column<Row>[];
  /** What stands above the list. */
  children?: ComponentChildren;
}) {
  const t = securiteTexts(useLang());
  const { onglet, liste, titre, texte, vide, rowKey, columns, children } = props;
  const { rows, query, lue } = liste;
  const base = `${SECURITE}/${onglet}`;
  return (
    <CadreSecurite onglet={onglet} gestion>
      {children}
      <Card
        title={titre}
        flush
        actions={<ExportsListe base={base} query={query} mots={{ exporter: t.exporter }} />}
      >
        <div class="card-body">
          <Stack space={3}>
            <p class="muted">{texte}</p>
            <ChercherListe base={base} query={query} errors={lue.errors} mots={t} />
          </Stack>
        </div>
        <DataTable
          caption={titre}
          rows={rows.slice((lue.page - 1) * PAGE_SIZE, lue.page * PAGE_SIZE)}
          rowKey={rowKey}
          sort={triListe(base, query, lue)}
          pages={pagesListe(base, query, { page: lue.page, pageSize: PAGE_SIZE, total: rows.length })}
          empty={
            query.q === '' ? (
              <EmptyState {...vide} />
            ) : (
              <EmptyState icon="search" title={t.rienTrouve} text={t.rienTrouveTexte} />
            )
          }
          columns={columns}
        />
      </Card>
    </CadreSecurite>
  );
}
