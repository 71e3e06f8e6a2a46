import { FilterChips } from './chips.tsx';
import { Badge, StatusBadge } from './feedback.tsx';
import { CORRESPONDANTS, OBJETS, pick, STATUTS } from './gallery.data.ts';
import { Highlight } from './highlight.tsx';
import { Icon } from './icons.tsx';
import { Card } from './layout.tsx';
import { type Column, DataTable } from './table.tsx';

interface Row {
  id: number;
  numero: string;
  date: string;
  objet: string;
  correspondant: string;
  statut: [string, string];
  echeance?: string;
}

const ROWS: Row[] = Array.from({ length: 9 }, (_, i) => ({
  id: 9 - i,
  numero: `${String(8951 + 9 - i).padStart(6, '0')}-26`,
  date: `${21 - i} nov. 2026`,
  objet: pick(OBJETS, i + 3),
  correspondant: pick(CORRESPONDANTS, i * 2),
  statut: pick(STATUTS, i + 3),
  echeance: i % 3 === 0 ? `${24 + i} nov. 2026` : undefined,
}));

const WORDS = ['perm', 'traca', 'urgent'];
const COLUMNS: Column<Row>[] = [
  {
    id: 'numero',
    header: 'N°',
    kind: 'figure',
    sortKey: 'numero_accuse_reception',
    cell: (row) => row.numero,
  },
  { id: 'date', header: 'Date', kind: 'figure', sortKey: 'date_enregistrement', cell: (row) => row.date },
  {
    id: 'objet',
    header: 'Objet',
    primary: true,
    sortKey: 'objet',
    cell: (row) => <Highlight text={row.objet} words={WORDS} />,
  },
  { id: 'expediteur', header: 'Correspondant', sortKey: 'expediteur', cell: (row) => row.correspondant },
  {
    id: 'statut',
    header: 'Statut',
    cell: (row) => <StatusBadge label={row.statut[0]} couleur={row.statut[1]} />,
  },
  {
    id: 'echeance',
    header: 'Échéance',
    kind: 'figure',
    from: 'wide',
    cell: (row) =>
      row.echeance ? <Badge tone="warning">{row.echeance}</Badge> : <span class="muted">—</span>,
  },
  { id: 'piece', header: 'Pièce', kind: 'icon', cell: () => <Icon name="paperclip" label="Pièce jointe" /> },
];

const href = (page: number) => `/view_mail?page=${page}`;

/** A list of letters with its filters and its pages. */
export function ListSample() {
  return (
    <section id="liste">
      <FilterChips
        lead="Courriers arrivés"
        clearHref="/view_mail"
        fragment="liste"
        chips={[
          { id: 'q', label: 'contenant « permis »', removeHref: '/view_mail?a' },
          { id: 'statut', label: 'en cours ou urgents', removeHref: '/view_mail?b' },
          {
            id: 'du',
            label: 'depuis le',
            removeHref: '/view_mail?c',
            error: '« 31/02/2026 » n’est pas une date',
          },
        ]}
      />
      <Card flush>
        <DataTable
          caption="Courriers arrivés"
          columns={COLUMNS}
          rows={ROWS}
          rowKey={(row) => row.id}
          rowHref={(row) => `/mail/${row.id}`}
          sort={{
            by: 'date_enregistrement',
            order: 'desc',
            hrefFor: (by, order) => `?sort_by=${by}&sort_order=${order}`,
          }}
          pages={{ page: 7, pageSize: 25, total: 1530, hrefFor: href }}
          fragment="liste"
        />
      </Card>
    </section>
  );
}
