import type { FieldError } from '@gec/core';
import { Actions, Button, Field, Form, LinkButton, Select, TextInput } from '@gec/ui';
import { FORMATS_TABLE } from '../tableur/write-table.ts';
import { adresseListe, type ListeQuery } from './liste.ts';

/** Words of the filters of a list, in the language of the page. */
export interface MotsFiltres {
  readonly chercher: string;
  readonly filtreEtat: string;
  readonly tousEtats: string;
  readonly actifs: string;
  readonly inactifs: string;
  readonly filtrer: string;
  readonly effacer: string;
  readonly exporter: string;
}

/** Words and state, by which a short list of the administration is filtered. The order of the list is kept. */
export function FiltresListe(props: {
  base: string;
  query: ListeQuery;
  errors: readonly FieldError[];
  mots: MotsFiltres;
}) {
  const { base, query, errors, mots } = props;
  const errorOf = (field: string) => errors.find((error) => error.field === field)?.message;
  return (
    <Form action={base} method="get" class="form-grid">
      <Field id="q" label={mots.chercher} class="span-3">
        <TextInput name="q" type="search" value={query.q} maxLength={200} />
      </Field>
      <Field id="etat" label={mots.filtreEtat} error={errorOf('etat')} class="span-3">
        <Select
          name="etat"
          value={query.etat}
          empty={mots.tousEtats}
          options={[
            { value: 'actif', label: mots.actifs },
            { value: 'inactif', label: mots.inactifs },
          ]}
        />
      </Field>
      {query.sort_by !== '' && <input type="hidden" name="sort_by" value={query.sort_by} />}
      {query.sort_order !== '' && <input type="hidden" name="sort_order" value={query.sort_order} />}
      <Actions>
        <Button icon="filter">{mots.filtrer}</Button>
        {(query.q !== '' || query.etat !== '') && (
          <LinkButton href={base} variant="quiet">
            {mots.effacer}
          </LinkButton>
        )}
      </Actions>
    </Form>
  );
}

/** The list as it stands, as a file of each format. */
export function ExportsListe(props: {
  base: string;
  query: ListeQuery;
  mots: Pick<MotsFiltres, 'exporter'>;
}) {
  const { base, query, mots } = props;
  return (
    <>
      {FORMATS_TABLE.map((format) => (
        <LinkButton
          key={format}
          href={adresseListe(base, query, { format, page: '' })}
          variant="quiet"
          size="small"
          icon="download"
          title={mots.exporter}
          download
        >
          {format.toUpperCase()}
        </LinkButton>
      ))}
    </>
  );
}
