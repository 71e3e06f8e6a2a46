import { plural, type FieldError } from '@gec/core';
import {
  Actions,
  Alert,
  Button,
  Card,
  DataTable,
  EmptyState,
  Field,
  Form,
  LinkButton,
  PageHeader,
  Select,
  Stack,
  TextInput,
  useLang,
  type DataTableProps,
  type IconName,
} from '@gec/ui';
import { FORMATS_TABLE } from '../tableur/write-table.ts';
import { adresseListe, pagesListe, triListe, type ListeQuery, type PageLue } from './liste.ts';

/** Words of the filters of a list, in the language of the page. */
export interface MotsFiltres {
  readonly chercher: string;
  readonly filtreEtat: string;
  readonly tousEtats: string;
  readonly actifs: string;
  readonly inactifs: string;
  readonly filtrer: string;
  readonly effacer: string;
}

type Tri = Pick<ListeQuery, 'sort_by' | 'sort_order'>;

/** Keeps the order of a list while its filters are changed. */
export function OrdreGarde({ query }: { query: Tri }) {
  return (
    <>
      {query.sort_by !== '' && <input type="hidden" name="sort_by" value={query.sort_by} />}
      {query.sort_order !== '' && <input type="hidden" name="sort_order" value={query.sort_order} />}
    </>
  );
}

/** Words and state, by which a short list of the administration is filtered. The order of the list is kept. */
export function FiltresListe(props: {
  base: string;
  query: Pick<ListeQuery, 'q' | 'etat'> & Partial<Tri>;
  errors: readonly FieldError[];
  mots: MotsFiltres;
}) {
  const { base, query, errors, mots } = props;
  const { q, etat, sort_by = '', sort_order = '' } = query;
  const errorOf = (field: string) => errors.find((error) => error.field === field)?.message;
  return (
    <Form action={base} method="get" class="form-grid">
      <Field id="q" label={mots.chercher} class="span-3">
        <TextInput name="q" type="search" value={q} maxLength={200} />
      </Field>
      <Field id="etat" label={mots.filtreEtat} error={errorOf('etat')} class="span-3">
        <Select
          name="etat"
          value={etat}
          empty={mots.tousEtats}
          options={[
            { value: 'actif', label: mots.actifs },
            { value: 'inactif', label: mots.inactifs },
          ]}
        />
      </Field>
      <OrdreGarde query={{ sort_by, sort_order }} />
      <Actions>
        <Button icon="filter">{mots.filtrer}</Button>
        {(q !== '' || etat !== '') && (
          <LinkButton href={base} variant="quiet">
            {mots.effacer}
          </LinkButton>
        )}
      </Actions>
    </Form>
  );
}

/** Words alone, by which a list is filtered, with what the address says that does not exist. The order is kept. */
export function ChercherListe(props: {
  base: string;
  query: Pick<ListeQuery, 'q'> & Tri;
  errors: readonly FieldError[];
  mots: { readonly rechercher: string; readonly chercher: string; readonly effacer: string };
}) {
  const { base, errors, mots } = props;
  const { q, sort_by, sort_order } = props.query;
  return (
    <>
      {errors.map(({ field, message }) => (
        <Alert key={field} tone="warning" title={message} />
      ))}
      <Form action={base} method="get" class="form-grid">
        <Field id="q" label={mots.rechercher}>
          <TextInput name="q" type="search" value={q} maxLength={200} />
        </Field>
        <OrdreGarde query={{ sort_by, sort_order }} />
        <Actions>
          <Button icon="search">{mots.chercher}</Button>
          {q !== '' && (
            <LinkButton href={adresseListe(base, { sort_by, sort_order })} variant="quiet">
              {mots.effacer}
            </LinkButton>
          )}
        </Actions>
      </Form>
    </>
  );
}

/** A list as a file of one format, for the head of its card. */
export function LienExport(props: { href: string; format: string; title?: string; label?: string }) {
  const { format, ...link } = props;
  return (
    <LinkButton {...link} variant="quiet" size="small" icon="download" download>
      {format.toUpperCase()}
    </LinkButton>
  );
}

/** The list as it stands, as a file of each format. */
export function ExportsListe(props: {
  base: string;
  query: Readonly<Record<string, string>>;
  mots: { exporter: string };
}) {
  const { base, query, mots } = props;
  return (
    <>
      {FORMATS_TABLE.map((format) => (
        <LienExport
          key={format}
          href={adresseListe(base, query, { format, page: '' })}
          format={format}
          title={mots.exporter}
        />
      ))}
    </>
  );
}

/** Words of the page of a list, in its language: its filters, how many rows it has, and that it has none. */
interface MotsPage extends MotsFiltres {
  readonly exporter: string;
  readonly resume_un: string;
  readonly resume_autre: string;
  readonly vide: string;
  readonly videTexte: string;
}

/** The page of a short list of the administration: what may be added, filters, exports, rows and pages. */
export function PageListe<Row>(
  props: {
    titre: string;
    sousTitre: string;
    /** The button that leads to what adds a row; a list without one cannot be added to. */
    ajouter?: string;
    /** Stands where there is no row. */
    icone: IconName;
    base: string;
    page: PageLue<Row, string>;
    mots: MotsPage;
  } & Pick<DataTableProps<Row>, 'rowKey' | 'rowHref' | 'columns'>,
) {
  const lang = useLang();
  const { titre, sousTitre, ajouter, icone, base, page, mots, ...table } = props;
  const { rows, query, lue, total, pageSize } = page;
  return (
    <>
      <PageHeader
        title={titre}
        subtitle={sousTitre}
        actions={
          ajouter !== undefined && (
            <LinkButton href={`${base}/nouveau`} variant="primary" icon="plus">
              {ajouter}
            </LinkButton>
          )
        }
      />
      <Stack>
        <Card>
          <FiltresListe base={base} query={query} errors={lue.errors} mots={mots} />
        </Card>
        <Card
          title={plural(lang, total, mots.resume_un, mots.resume_autre)}
          flush
          actions={<ExportsListe base={base} query={query} mots={mots} />}
        >
          <DataTable
            {...table}
            caption={titre}
            rows={rows}
            sort={triListe(base, query, lue)}
            empty={<EmptyState icon={icone} title={mots.vide} text={mots.videTexte} />}
            pages={pagesListe(base, query, { page: lue.page, pageSize, total })}
          />
        </Card>
      </Stack>
    </>
  );
}
