import { fill, formatDateTime, formatNumber, type Lang } from '@gec/core';
import { Badge, Card, DataTable, EmptyState } from '@gec/ui';
import { pagesListe, triListe, type PageLue } from '../../http/liste.ts';
import { ExportsListe } from '../../http/liste.views.tsx';
import { ordreImports, type ImportListe, type MotsImports, type TriImports } from './imports.liste.ts';
import { importsTexts } from './imports.texts.ts';

const TONES = {
  RECEPTION: 'neutral',
  DEPOSE: 'info',
  PRET: 'warning',
  EN_COURS: 'info',
  TERMINE: 'success',
  ECHOUE: 'danger',
  ANNULE: 'neutral',
} as const;

/** The imports so far, of one kind: in any order, as a file, page by page. */
export function ListeImports(props: {
  lang: Lang;
  base: string;
  fuseau: string;
  liste: PageLue<ImportListe, TriImports>;
  mots: MotsImports;
  /** What stands above the names. */
  colonneNom: string;
}) {
  const { lang, base, fuseau, liste, mots, colonneNom } = props;
  const { rows, total, lue, query, pageSize } = liste;
  const t = importsTexts(lang);
  const n = (value: number) => formatNumber(lang, value);
  return (
    <Card
      title={mots.derniers}
      icon="download"
      actions={total > 0 && <ExportsListe base={base} query={query} mots={t} />}
    >
      <DataTable
        caption={mots.derniers}
        rows={rows}
        rowKey={({ id }) => id}
        rowHref={({ id }) => `${base}/${id}`}
        sort={triListe(base, query, { tri: lue.tri, ordre: ordreImports(query, lue) })}
        empty={<EmptyState icon="upload" title={mots.aucun} text={mots.aucunTexte} />}
        pages={pagesListe(base, query, { page: lue.page, pageSize, total })}
        columns={[
          { id: 'nom', header: colonneNom, sortKey: 'nom', cell: ({ nom }) => nom, primary: true },
          {
            id: 'etat',
            header: t.colEtat,
            sortKey: 'etat',
            cell: ({ etat }) => <Badge tone={TONES[etat]}>{mots[`etat_${etat}`]}</Badge>,
          },
          { id: 'par', header: t.colPar, cell: ({ acteur }) => acteur },
          {
            id: 'date',
            header: t.colDate,
            kind: 'figure',
            sortKey: 'date',
            cell: ({ dateCreation }) => formatDateTime(lang, dateCreation, fuseau),
          },
          {
            id: 'resultat',
            header: t.colResultat,
            sortKey: 'courriers',
            cell: ({ crees, deja, conflits }) =>
              fill(t.resultat, { crees: n(crees), deja: n(deja), conflits: n(conflits) }),
          },
        ]}
      />
    </Card>
  );
}
