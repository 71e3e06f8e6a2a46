import { formatDate, formatNumber, formatTime, plural, fill, type FieldError } from '@gec/core';
import {
  Actions,
  Alert,
  Button,
  Card,
  DataTable,
  DateInput,
  EmptyState,
  Field,
  Form,
  LinkButton,
  PageHeader,
  Select,
  Stack,
  TextInput,
  useLang,
} from '@gec/ui';
import { OrdreGarde } from '../../http/liste.views.tsx';
import { useTextes } from '../departements/departements.mots.views.tsx';
import type { JournalQuery } from './journal.forms.ts';
import {
  actionLabel,
  actionOptions,
  acteurInWords,
  detailsInWords,
  type JournalNames,
} from './journal.presenter.ts';
import type { JournalLine } from './journal.schema.ts';
import { journalTexts } from './journal.texts.ts';

const PAGE = '/admin/logs';

/** The address of the journal with its filters, some of them changed. */
export function journalHref(query: JournalQuery, change: Partial<JournalQuery>): string {
  const words = Object.entries({ ...query, ...change }).filter(([, value]) => value !== '');
  const search = new URLSearchParams(words).toString();
  return search === '' ? PAGE : `${PAGE}?${search}`;
}

/** Somebody whose entries can be asked for. */
export interface JournalPersonne {
  readonly id: number;
  readonly username: string;
  readonly nomComplet: string;
}

function Filters(props: {
  query: JournalQuery;
  errors: readonly FieldError[];
  personnes: readonly JournalPersonne[];
}) {
  const lang = useLang();
  const t = journalTexts(lang);
  const { query, errors, personnes } = props;
  const errorOf = (field: string) => errors.find((error) => error.field === field)?.message;
  const elsewhere = errorOf('courrier') ?? errorOf('avant') ?? errorOf('sort_order');
  return (
    <Form action={PAGE} method="get" class="stack stack-4">
      {elsewhere !== undefined && <Alert tone="warning">{elsewhere}</Alert>}
      {query.courrier !== '' && <input type="hidden" name="courrier" value={query.courrier} />}
      <OrdreGarde query={{ sort_by: '', sort_order: query.sort_order }} />
      <div class="form-grid">
        <Field id="action" label={t.filtreAction} error={errorOf('action')} class="span-3">
          <Select name="action" value={query.action} empty={t.toutes} options={actionOptions(lang)} />
        </Field>
        <Field id="utilisateur" label={t.filtreUtilisateur} error={errorOf('utilisateur')} class="span-3">
          <Select
            name="utilisateur"
            value={query.utilisateur}
            empty={t.tous}
            options={personnes.map(({ id, nomComplet, username }) => ({
              value: String(id),
              label: `${nomComplet} (${username})`,
            }))}
          />
        </Field>
        <Field id="numero" label={t.filtreNumero} error={errorOf('numero')} class="span-2">
          <TextInput name="numero" value={query.numero} maxLength={60} autocomplete="off" />
        </Field>
        <Field id="du" label={t.du} error={errorOf('du')} class="span-2">
          <DateInput name="du" value={query.du} />
        </Field>
        <Field id="au" label={t.au} error={errorOf('au')} class="span-2">
          <DateInput name="au" value={query.au} />
        </Field>
      </div>
      <Actions>
        <Button icon="filter">{t.filtrer}</Button>
        {Object.values(query).some((value) => value !== '') && (
          <LinkButton href={PAGE} variant="quiet">
            {t.effacer}
          </LinkButton>
        )}
      </Actions>
    </Form>
  );
}

/** The entries of the filters in force as a file, made in the background. */
function Exporter({ query, csrfToken }: { query: JournalQuery; csrfToken: string }) {
  const t = useTextes(journalTexts);
  const { avant: _page, sort_order: _ordre, ...filters } = query;
  return (
    <Form action="/admin/logs/export" csrfToken={csrfToken} class="cluster">
      {Object.entries(filters).map(
        ([name, value]) => value !== '' && <input key={name} type="hidden" name={name} value={value} />,
      )}
      {(['pdf', 'xlsx', 'csv'] as const).map((format) => (
        <Button
          key={format}
          variant="quiet"
          size="small"
          icon="download"
          name="genre"
          value={`journal-${format}`}
          label={fill(t.exporter, { format: format.toUpperCase() })}
        >
          {format.toUpperCase()}
        </Button>
      ))}
    </Form>
  );
}

/** The journal: filters, entries newest first or oldest first, those that follow by a link. */
export function JournalView(props: {
  csrfToken: string;
  /** Whether all entries are seen, and the chain may be verified. */
  entier: boolean;
  /** Letters that open: the number of one that was destroyed, or is not the reader's to read, is no link. */
  ouvrables: ReadonlySet<number>;
  query: JournalQuery;
  errors: readonly FieldError[];
  lignes: readonly JournalLine[];
  total: number;
  totalPlafonne: boolean;
  suivant: number | null;
  ordre: 'asc' | 'desc';
  personnes: readonly JournalPersonne[];
  names: JournalNames;
  timeZone: string;
}) {
  const lang = useLang();
  const t = useTextes(journalTexts);
  const {
    csrfToken,
    entier,
    ouvrables,
    query,
    errors,
    lignes,
    total,
    totalPlafonne,
    suivant,
    ordre,
    names,
    timeZone,
  } = props;
  const title = totalPlafonne
    ? fill(t.total_plus, { n: formatNumber(lang, total) })
    : plural(lang, total, t.total_un, t.total_autre);
  return (
    <>
      <PageHeader
        title={t.titre}
        subtitle={entier ? t.sousTitre : t.sousTitreDepartement}
        actions={
          entier && (
            <>
              <LinkButton href="/admin/securite" variant="quiet">
                {t.securite}
              </LinkButton>
              <Form action="/admin/logs/verifier" csrfToken={csrfToken}>
                <Button icon="shield" title={t.verificationTexte}>
                  {t.verifier}
                </Button>
              </Form>
            </>
          )
        }
      />
      <Stack>
        <Card>
          <Filters query={query} errors={errors} personnes={props.personnes} />
        </Card>
        <Card title={title} flush actions={<Exporter query={query} csrfToken={csrfToken} />}>
          <DataTable
            caption={t.titre}
            rows={lignes}
            rowKey={(line) => line.id}
            sort={{
              by: 'date',
              order: ordre,
              hrefFor: (_by, order) =>
                journalHref(query, { sort_order: order === 'asc' ? 'asc' : '', avant: '' }),
            }}
            empty={<EmptyState icon="journal" title={t.vide} text={t.videTexte} />}
            columns={[
              {
                id: 'date',
                header: t.date,
                kind: 'figure',
                sortKey: 'date',
                cell: (line) => (
                  <time dateTime={line.date}>
                    {formatDate(lang, line.date, timeZone)} {formatTime(lang, line.date, timeZone)}
                  </time>
                ),
              },
              { id: 'quoi', header: t.quoi, primary: true, cell: (line) => actionLabel(lang, line.action) },
              { id: 'qui', header: t.qui, cell: (line) => acteurInWords(lang, line, names) },
              {
                id: 'courrier',
                header: t.courrier,
                kind: 'figure',
                cell: (line) =>
                  line.courrierId !== null && ouvrables.has(line.courrierId) ? (
                    <a href={`/mail/${line.courrierId}`}>{line.numero ?? line.courrierId}</a>
                  ) : (
                    (line.numero ?? line.courrierId)
                  ),
              },
              { id: 'details', header: t.details, cell: (line) => detailsInWords(lang, line, names) },
              { id: 'adresse', header: t.adresse, kind: 'figure', from: 'wide', cell: (line) => line.ip },
              {
                id: 'chaine',
                header: t.chaine,
                kind: 'end',
                from: 'wide',
                cell: (line) =>
                  line.seq === null ? <span class="muted">{t.enAttente}</span> : formatNumber(lang, line.seq),
              },
            ]}
          />
          {(suivant !== null || query.avant !== '') && (
            <nav class="pagination" aria-label={t.titre}>
              {query.avant === '' ? (
                <span />
              ) : (
                <LinkButton href={journalHref(query, { avant: '' })} variant="quiet" icon="chevron-up">
                  {ordre === 'asc' ? t.retourAncien : t.plusRecent}
                </LinkButton>
              )}
              {suivant !== null && (
                <LinkButton href={journalHref(query, { avant: String(suivant) })} iconEnd="chevron-down">
                  {ordre === 'asc' ? t.suiteRecent : t.plusAncien}
                </LinkButton>
              )}
            </nav>
          )}
        </Card>
      </Stack>
    </>
  );
}
