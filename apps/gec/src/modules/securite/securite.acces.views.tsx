import { fill, formatDateTime, formatNumber } from '@gec/core';
import { Badge, Button, Form, useLang } from '@gec/ui';
import { Liste, type ListeSecurite } from './securite.liste.views.tsx';
import { appareil, ouBloque } from './securite.listes.ts';
import type { Blocage, SessionOuverte } from './securite.schema.ts';
import { securiteTexts } from './securite.texts.ts';
import { SECURITE } from './securite.views.tsx';

/** Accounts that are locked. */
export function BlocagesView(props: ListeSecurite<Blocage, 'jusqua' | 'compte' | 'adresse'>) {
  const lang = useLang();
  const t = securiteTexts(lang);
  const { csrfToken, zone } = props;
  return (
    <Liste
      onglet="blocages"
      liste={props}
      titre={t.blocages}
      texte={t.blocagesTexte}
      vide={{ icon: 'lock', title: t.blocagesVide, text: t.blocagesVideTexte }}
      rowKey={(row) => `${row.cle} ${row.adresse}`}
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
  );
}

/** Everybody's sessions. */
export function SessionsView(
  props: ListeSecurite<SessionOuverte, 'activite' | 'personne' | 'adresse' | 'debut'>,
) {
  const lang = useLang();
  const t = securiteTexts(lang);
  const { csrfToken, zone } = props;
  return (
    <Liste
      onglet="sessions"
      liste={props}
      titre={t.sessions}
      texte={t.sessionsTexte}
      vide={{ icon: 'lock', title: t.sessionsVide, text: t.sessionsVideTexte }}
      rowKey={(row) => row.id}
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
  );
}
