import { fill, formatDateTime, formatNumber, type FieldError } from '@gec/core';
import {
  Actions,
  Alert,
  Badge,
  Button,
  Card,
  Checkbox,
  DataTable,
  EmptyState,
  ErrorSummary,
  Field,
  Form,
  LinkButton,
  Pagination,
  RadioGroup,
  Select,
  Stack,
  TextInput,
  useLang,
} from '@gec/ui';
import type { ComponentChildren } from 'preact';
import { adresseListe, type ListeLue, type ListeQuery } from '../../http/liste.ts';
import { ExportsListe } from '../../http/liste.views.tsx';
import type { RegleAdresse } from '../auth/adresses.schema.ts';
import { DUREES, type SaisieAdresse } from './securite.forms.ts';
import { appareil, ouBloque } from './securite.listes.ts';
import type { Blocage, SessionOuverte } from './securite.schema.ts';
import { securiteTexts } from './securite.texts.ts';
import { CadreSecurite, SECURITE, type Onglet } from './securite.views.tsx';

/** Rows of a page. */
export const PAGE_SIZE = 25;

/** What every list of the screen is shown from. */
export interface ListeSecurite<Row, T extends string> {
  csrfToken: string;
  zone: string;
  rows: readonly Row[];
  query: ListeQuery;
  lue: ListeLue<T>;
}

/** Search, exports, rows and pages of one list. */
function Liste<T extends string>(props: {
  onglet: Onglet;
  titre: string;
  texte: string;
  query: ListeQuery;
  lue: ListeLue<T>;
  total: number;
  table: ComponentChildren;
}) {
  const t = securiteTexts(useLang());
  const { onglet, titre, texte, query, lue, total, table } = props;
  const base = `${SECURITE}/${onglet}`;
  return (
    <Card
      title={titre}
      flush
      actions={<ExportsListe base={base} query={query} mots={{ exporter: t.exporter }} />}
    >
      <div class="card-body">
        <Stack space={3}>
          <p class="muted">{texte}</p>
          {lue.errors.map(({ field, message }) => (
            <Alert key={field} tone="warning" title={message} />
          ))}
          <Form action={base} method="get" class="form-grid">
            <Field id="q" label={t.rechercher}>
              <TextInput name="q" type="search" value={query.q} maxLength={200} />
            </Field>
            {query.sort_by !== '' && <input type="hidden" name="sort_by" value={query.sort_by} />}
            {query.sort_order !== '' && <input type="hidden" name="sort_order" value={query.sort_order} />}
            <Actions>
              <Button icon="search">{t.chercher}</Button>
              {query.q !== '' && (
                <LinkButton href={adresseListe(base, query, { q: '', page: '' })} variant="quiet">
                  {t.effacer}
                </LinkButton>
              )}
            </Actions>
          </Form>
        </Stack>
      </div>
      {table}
      <Pagination
        page={lue.page}
        pageSize={PAGE_SIZE}
        total={total}
        hrefFor={(page) => adresseListe(base, query, { page: page === 1 ? '' : String(page) })}
      />
    </Card>
  );
}

const pageOf = <Row,>(rows: readonly Row[], page: number): readonly Row[] =>
  rows.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE);

function sortOf<T extends string>(onglet: Onglet, query: ListeQuery, lue: ListeLue<T>) {
  return {
    by: lue.tri,
    order: lue.ordre,
    hrefFor: (by: string, order: 'asc' | 'desc') =>
      adresseListe(`${SECURITE}/${onglet}`, query, { sort_by: by, sort_order: order, page: '' }),
  };
}

function Vide({
  q,
  icon,
  titre,
  texte,
}: {
  q: string;
  icon: 'lock' | 'shield';
  titre: string;
  texte: string;
}) {
  const t = securiteTexts(useLang());
  return q === '' ? (
    <EmptyState icon={icon} title={titre} text={texte} />
  ) : (
    <EmptyState icon="search" title={t.rienTrouve} text={t.rienTrouveTexte} />
  );
}

function NouvelleRegle(props: {
  csrfToken: string;
  saisie: SaisieAdresse;
  errors: readonly FieldError[];
  /** The actor's own address would be shut out: the question to be answered with yes. */
  question: string | null;
}) {
  const t = securiteTexts(useLang());
  const { csrfToken, saisie, errors, question } = props;
  const errorOf = (field: string) => errors.find((error) => error.field === field)?.message;
  return (
    <Card title={t.ajouterRegle} icon="plus" id="ajouter">
      <Form action={`${SECURITE}/adresses`} csrfToken={csrfToken} class="stack stack-4" guard>
        <ErrorSummary errors={errors} title={t.inchange} />
        {question !== null && (
          <Alert tone="danger" title={question}>
            <Checkbox name="confirme" label={t.confirmer} />
          </Alert>
        )}
        <div class="form-grid">
          <div class="span-3">
            <RadioGroup
              id="genre"
              name="genre"
              legend={t.regle}
              value={saisie.genre}
              error={errorOf('genre')}
              options={[
                { value: 'bloquee', label: t.bloquer },
                { value: 'autorisee', label: t.autoriser },
              ]}
              required
            />
          </div>
          <Field
            id="cidr"
            label={t.adresse}
            hint={t.adresseAide}
            error={errorOf('cidr')}
            class="span-3"
            required
          >
            <TextInput name="cidr" value={saisie.cidr} maxLength={60} autocomplete="off" spellcheck={false} />
          </Field>
          <Field id="motif" label={t.motif} error={errorOf('motif')} class="span-4" optional>
            <TextInput name="motif" value={saisie.motif} maxLength={300} autocomplete="off" />
          </Field>
          <Field id="duree" label={t.duree} error={errorOf('duree')} class="span-2">
            <Select
              name="duree"
              value={saisie.duree}
              empty={t.dureeToujours}
              options={DUREES.map((value) => ({ value, label: t[`duree_${value}`] }))}
            />
          </Field>
        </div>
        <Actions>
          <Button variant="primary">{t.ajouter}</Button>
        </Actions>
      </Form>
    </Card>
  );
}

/** Blocked and allowed addresses. */
export function AdressesView(
  props: ListeSecurite<RegleAdresse, 'ajout' | 'adresse' | 'expire'> & {
    saisie: SaisieAdresse;
    errors: readonly FieldError[];
    question: string | null;
  },
) {
  const lang = useLang();
  const t = securiteTexts(lang);
  const { csrfToken, zone, rows, query, lue } = props;
  return (
    <CadreSecurite onglet="adresses" gestion>
      <NouvelleRegle {...props} />
      <Liste
        onglet="adresses"
        titre={t.adresses}
        texte={t.adressesTexte}
        query={query}
        lue={lue}
        total={rows.length}
        table={
          <DataTable
            caption={t.adresses}
            rows={pageOf(rows, lue.page)}
            rowKey={(row) => `${row.genre}-${row.id}`}
            sort={sortOf('adresses', query, lue)}
            empty={<Vide q={query.q} icon="shield" titre={t.adressesVide} texte={t.adressesVideTexte} />}
            columns={[
              {
                id: 'adresse',
                header: t.adresse,
                primary: true,
                sortKey: 'adresse',
                cell: (row) => row.cidr,
              },
              {
                id: 'regle',
                header: t.regle,
                cell: (row) => (
                  <Badge tone={row.genre === 'bloquee' ? 'danger' : 'success'}>
                    {t[`genre_${row.genre}`]}
                  </Badge>
                ),
              },
              { id: 'motif', header: t.motif, cell: (row) => row.reason },
              {
                id: 'ajout',
                header: t.ajouteLe,
                kind: 'figure',
                from: 'wide',
                sortKey: 'ajout',
                cell: (row) => formatDateTime(lang, row.createdAt, zone),
              },
              {
                id: 'expire',
                header: t.jusqua,
                kind: 'figure',
                sortKey: 'expire',
                cell: (row) =>
                  row.expiresAt === null ? t.toujours : formatDateTime(lang, row.expiresAt, zone),
              },
              {
                id: 'retirer',
                header: t.action,
                cell: (row) => (
                  <Form action={`${SECURITE}/adresses/${row.genre}/${row.id}/retirer`} csrfToken={csrfToken}>
                    <Button
                      variant="quiet"
                      size="small"
                      icon="trash"
                      label={fill(t.retirerRegle, { cidr: row.cidr })}
                    >
                      {t.retirer}
                    </Button>
                  </Form>
                ),
              },
            ]}
          />
        }
      />
    </CadreSecurite>
  );
}

/** Whether to take an allowing rule away that one needs oneself. */
export function RetirerView(props: { csrfToken: string; question: string; genre: string; id: number }) {
  const t = securiteTexts(useLang());
  const { csrfToken, question, genre, id } = props;
  return (
    <CadreSecurite onglet="adresses" gestion>
      <Alert tone="danger" title={question} />
      <Form action={`${SECURITE}/adresses/${genre}/${id}/retirer`} csrfToken={csrfToken}>
        <input type="hidden" name="confirme" value="oui" />
        <Actions>
          <Button variant="danger">{t.retirerQuandMeme}</Button>
          <LinkButton href={`${SECURITE}/adresses`} variant="quiet">
            {t.adresses}
          </LinkButton>
        </Actions>
      </Form>
    </CadreSecurite>
  );
}

/** Accounts that are locked. */
export function BlocagesView(props: ListeSecurite<Blocage, 'jusqua' | 'compte' | 'adresse'>) {
  const lang = useLang();
  const t = securiteTexts(lang);
  const { csrfToken, zone, rows, query, lue } = props;
  return (
    <CadreSecurite onglet="blocages" gestion>
      <Liste
        onglet="blocages"
        titre={t.blocages}
        texte={t.blocagesTexte}
        query={query}
        lue={lue}
        total={rows.length}
        table={
          <DataTable
            caption={t.blocages}
            rows={pageOf(rows, lue.page)}
            rowKey={(row) => `${row.cle} ${row.adresse}`}
            sort={sortOf('blocages', query, lue)}
            empty={<Vide q={query.q} icon="lock" titre={t.blocagesVide} texte={t.blocagesVideTexte} />}
            columns={[
              {
                id: 'compte',
                header: t.compte,
                primary: true,
                sortKey: 'compte',
                cell: (row) =>
                  row.personne === null ? (
                    <span class="muted">{t.personneInconnue}</span>
                  ) : (
                    <>
                      {row.personne} <span class="muted">{row.compte}</span>
                    </>
                  ),
              },
              {
                id: 'adresse',
                header: t.adresseSeule,
                sortKey: 'adresse',
                cell: (row) => ouBloque(lang, row.adresse),
              },
              {
                id: 'echecs',
                header: t.echecsNombre,
                kind: 'end',
                from: 'wide',
                cell: (row) => formatNumber(lang, row.echecs),
              },
              {
                id: 'fois',
                header: t.fois,
                kind: 'end',
                from: 'wide',
                cell: (row) => formatNumber(lang, row.fois),
              },
              {
                id: 'jusqua',
                header: t.jusqua,
                kind: 'figure',
                sortKey: 'jusqua',
                cell: (row) => formatDateTime(lang, row.jusqua, zone),
              },
              {
                id: 'lever',
                header: t.action,
                cell: (row) => (
                  <Form action={`${SECURITE}/blocages/lever`} csrfToken={csrfToken}>
                    <input type="hidden" name="cle" value={row.cle} />
                    <input type="hidden" name="adresse" value={row.adresse} />
                    <Button
                      variant="quiet"
                      size="small"
                      label={fill(t.debloquerCompte, {
                        compte: row.personne ?? t.personneInconnue,
                        adresse: ouBloque(lang, row.adresse),
                      })}
                    >
                      {t.debloquer}
                    </Button>
                  </Form>
                ),
              },
            ]}
          />
        }
      />
    </CadreSecurite>
  );
}

/** Everybody's sessions. */
export function SessionsView(
  props: ListeSecurite<SessionOuverte, 'activite' | 'personne' | 'adresse' | 'debut'>,
) {
  const lang = useLang();
  const t = securiteTexts(lang);
  const { csrfToken, zone, rows, query, lue } = props;
  return (
    <CadreSecurite onglet="sessions" gestion>
      <Liste
        onglet="sessions"
        titre={t.sessions}
        texte={t.sessionsTexte}
        query={query}
        lue={lue}
        total={rows.length}
        table={
          <DataTable
            caption={t.sessions}
            rows={pageOf(rows, lue.page)}
            rowKey={(row) => row.id}
            sort={sortOf('sessions', query, lue)}
            empty={<Vide q={query.q} icon="lock" titre={t.sessionsVide} texte={t.sessionsVideTexte} />}
            columns={[
              {
                id: 'personne',
                header: t.personne,
                primary: true,
                sortKey: 'personne',
                cell: (row) => (
                  <>
                    {row.personne} {row.courante && <Badge tone="success">{t.celleCi}</Badge>}
                  </>
                ),
              },
              { id: 'appareil', header: t.appareil, cell: (row) => appareil(lang, row) },
              {
                id: 'adresse',
                header: t.adresseSeule,
                kind: 'figure',
                sortKey: 'adresse',
                cell: (row) => row.ip,
              },
              {
                id: 'debut',
                header: t.debut,
                kind: 'figure',
                from: 'wide',
                sortKey: 'debut',
                cell: (row) => formatDateTime(lang, row.debut, zone),
              },
              {
                id: 'activite',
                header: t.activite,
                kind: 'figure',
                sortKey: 'activite',
                cell: (row) => formatDateTime(lang, row.derniereActivite, zone),
              },
              {
                id: 'fermer',
                header: t.action,
                cell: (row) =>
                  row.courante ? (
                    <span class="muted">—</span>
                  ) : (
                    <Form action={`${SECURITE}/sessions/${row.id}/fermer`} csrfToken={csrfToken}>
                      <Button
                        variant="quiet"
                        size="small"
                        label={fill(t.terminerSession, { personne: row.personne })}
                      >
                        {t.terminer}
                      </Button>
                    </Form>
                  ),
              },
            ]}
          />
        }
      />
    </CadreSecurite>
  );
}
