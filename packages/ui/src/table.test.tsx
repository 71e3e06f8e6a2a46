import { describe, expect, it } from 'vitest';
import { FilterChips } from './chips.tsx';
import { renderFragment } from './document.tsx';
import { DataTable, pageNumbers, Pagination } from './table.tsx';

const pages = (props: { page: number; total: number; totalIsCapped?: boolean }) =>
  renderFragment(<Pagination pageSize={25} hrefFor={(page) => `?page=${page}`} {...props} />, 'fr');

describe('pageNumbers', () => {
  it('shows the ends, the current page and its neighbours', () => {
    expect(pageNumbers(7, 40)).toEqual([1, 0, 6, 7, 8, 0, 40]);
    expect(pageNumbers(1, 40)).toEqual([1, 2, 3, 0, 40]);
    expect(pageNumbers(40, 40)).toEqual([1, 0, 38, 39, 40]);
  });

  it('never hides a single page behind a gap', () => {
    expect(pageNumbers(4, 7)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(pageNumbers(1, 1)).toEqual([1]);
    expect(pageNumbers(1, 2)).toEqual([1, 2]);
  });
});

describe('Pagination', () => {
  it('says where one is, with the separators of the language', () => {
    expect(pages({ page: 2, total: 1530 })).toContain('26 à 50 sur 1\u202f530');
  });

  it('marks the current page and links the others', () => {
    const html = pages({ page: 2, total: 60 });
    expect(html).toContain('aria-current="page"');
    expect(html).toContain('href="?page=1"');
    expect(html).toContain('rel="next"');
    expect(pages({ page: 3, total: 60 })).not.toContain('rel="next"');
  });

  it('has nothing to press for one page and nothing at all for none', () => {
    expect(pages({ page: 1, total: 12 })).not.toContain('<a');
    expect(pages({ page: 1, total: 0 })).toBe('');
  });

  it('goes on past the cap at which counting stopped', () => {
    const html = pages({ page: 4, total: 100, totalIsCapped: true });
    expect(html).toContain('sur plus de 100');
    expect(html).toContain('href="?page=5"');
  });
});

describe('a page of a list', () => {
  const list = (rows: readonly number[], total: number) =>
    renderFragment(
      <DataTable
        caption="Lots"
        columns={[{ id: 'n', header: 'N°', cell: (n: number) => n }]}
        rows={rows}
        rowKey={(n) => n}
        empty={<p>Aucun lot</p>}
        pages={{ page: 3, pageSize: 2, total, hrefFor: (page) => `?page=${page}` }}
      />,
      'fr',
    );

  it('has the others under its rows', () => {
    expect(list([5], 5)).toMatch(/<table.*aria-label="Pages".*5 à 5 sur 5/s);
  });

  it('says that it is past the end, not that the list is empty', () => {
    const gone = list([], 4);
    expect(gone).toContain('Cette page n’existe plus');
    expect(gone).toContain('href="?page=1"');
    expect(gone).not.toMatch(/Aucun lot|aria-label="Pages"/);
    expect(list([], 0)).toBe('<p>Aucun lot</p>');
  });
});

describe('FilterChips', () => {
  it('reads as a sentence whose parts can be taken away', () => {
    const html = renderFragment(
      <FilterChips
        lead="Courriers arrivés"
        clearHref="/view_mail"
        chips={[{ id: 'q', label: 'contenant « permis »', removeHref: '/view_mail?statut=RECU' }]}
      />,
      'fr',
    );
    const words = html.replace(/<svg.*?<\/svg>|<span class="sr-only">.*?<\/span>|<[^>]+>/g, '');
    expect(words).toBe('Courriers arrivés contenant « permis » Tout effacer');
    expect(html).toContain('href="/view_mail?statut=RECU"');
    expect(html.replace(/\u00A0/g, ' ')).toContain('Retirer le filtre « contenant « permis » »');
  });

  it('shows a refused value with what is wrong', () => {
    const chips = [{ id: 'du', label: 'depuis le', removeHref: '/', error: 'date inconnue' }];
    expect(renderFragment(<FilterChips lead="Courriers" clearHref="/" chips={chips} />, 'fr')).toContain(
      'date inconnue',
    );
  });
});

describe('DataTable', () => {
  const columns = [
    { id: 'n', header: 'N°', sortKey: 'numero', cell: (row: { n: string }) => row.n },
    { id: 'o', header: 'Objet', primary: true, cell: () => 'Objet & suite' },
  ];

  it('turns the order round and tells it to assistive technology', () => {
    const html = renderFragment(
      <DataTable
        caption="Courriers"
        columns={columns}
        rows={[{ n: '1' }]}
        rowKey={(row) => row.n}
        rowHref={(row) => `/mail/${row.n}`}
        sort={{ by: 'numero', order: 'asc', hrefFor: (by, order) => `?${by}=${order}` }}
      />,
      'fr',
    );
    expect(html).toContain('aria-sort="ascending"');
    expect(html).toContain('href="?numero=desc"');
    expect(html).toContain('<a class="row-link" href="/mail/1">Objet &amp; suite</a>');
    expect(html).toContain('data-label="N°"');
  });

  it('offers the same orders where the heads are not shown, and names the present one', () => {
    const html = renderFragment(
      <DataTable
        caption="Courriers"
        columns={[...columns, { id: 'd', header: 'Date', sortKey: 'date', cell: () => '' }]}
        rows={[{ n: '1' }]}
        rowKey={(row) => row.n}
        sort={{ by: 'numero', order: 'desc', hrefFor: (by, order) => `?q=permis&${by}=${order}` }}
        fragment="liste"
      />,
      'fr',
    );
    const menu = /<details class="sortmenu.*<\/details>/.exec(html)?.[0] ?? '';
    const words = menu.replace(/<svg.*?<\/svg>|<[^>]+>/g, '|').replace(/\|+/g, '|');
    expect(words).toBe('|Trier par\u00A0: |N°, tri décroissant|Passer au tri croissant|Trier par Date|');
    expect([...menu.matchAll(/href="([^"]*)"/g)].map((link) => link[1])).toEqual([
      '?q=permis&amp;numero=asc',
      '?q=permis&amp;date=asc',
    ]);
  });

  it('says that the order is the usual one where no column is it', () => {
    const sort = { by: 'rang', order: 'asc' as const, hrefFor: (by: string) => `?${by}` };
    const html = renderFragment(
      <DataTable caption="Rôles" columns={columns} rows={[{ n: '1' }]} rowKey={(row) => row.n} sort={sort} />,
      'en',
    );
    expect(html).toContain('<strong>usual order</strong>');
    expect(html).not.toContain('?rang');
  });

  it('offers no order for a list that has one only', () => {
    const html = renderFragment(
      <DataTable caption="Courriers" columns={columns} rows={[{ n: '1' }]} rowKey={(row) => row.n} />,
      'en',
    );
    expect(html).not.toContain('sortmenu');
  });

  it('shows what to do when there is no row', () => {
    const html = renderFragment(
      <DataTable
        caption="Courriers"
        columns={columns}
        rows={[]}
        rowKey={(row) => row.n}
        empty={<p>Rien</p>}
      />,
      'fr',
    );
    expect(html).toBe('<p>Rien</p>');
  });
});
