import { fill, formatDateTime } from '@gec/core';
import { Button, Card, DataTable, EmptyState, Form, LinkButton, useLang } from '@gec/ui';
import { useTextes } from '../departements/departements.mots.views.tsx';
import type { SessionPropre } from '../auth/auth.schema.ts';
import { deviceName } from '../auth/auth.views.tsx';
import { journalColumn } from '../journal/journal.mots.views.tsx';
import type { JournalNames } from '../journal/journal.presenter.ts';
import type { JournalLine } from '../journal/journal.schema.ts';
import { utilisateursTexts } from './utilisateurs.texts.ts';

/** The live sessions of an account, each with a way to end it. */
export function SessionsCard(props: {
  csrfToken: string;
  action: string;
  sessions: readonly SessionPropre[];
  closable: boolean;
}) {
  const lang = useLang();
  const t = useTextes(utilisateursTexts);
  const { csrfToken, action, sessions, closable } = props;
  return (
    <Card
      title={t.sessions}
      icon="shield"
      flush={sessions.length > 0}
      actions={
        closable &&
        sessions.length > 1 && (
          <Form action={action} csrfToken={csrfToken}>
            <Button size="small">{t.fermerToutes}</Button>
          </Form>
        )
      }
    >
      <DataTable
        caption={t.sessions}
        rows={sessions}
        rowKey={(session) => session.id}
        empty={<p class="muted">{t.aucuneSession}</p>}
        columns={[
          { id: 'appareil', header: t.appareil, cell: (session) => deviceName(lang, session) },
          { id: 'adresse', header: t.adresse, kind: 'figure', cell: (session) => session.ip },
          {
            id: 'debut',
            header: t.depuis,
            kind: 'figure',
            from: 'medium',
            cell: (session) => formatDateTime(lang, session.debut),
          },
          {
            id: 'activite',
            header: t.derniereActivite,
            kind: 'figure',
            cell: (session) => formatDateTime(lang, session.derniereActivite),
          },
          {
            id: 'fermer',
            header: t.fermer,
            kind: 'icon',
            cell: (session) =>
              closable && (
                <Form action={action} csrfToken={csrfToken}>
                  <input type="hidden" name="session" value={session.id} />
                  <Button
                    variant="quiet"
                    size="small"
                    label={fill(t.fermerSession, { appareil: deviceName(lang, session) })}
                  >
                    {t.fermer}
                  </Button>
                </Form>
              ),
          },
        ]}
      />
    </Card>
  );
}

/** What was done to an account. */
export interface Historique {
  readonly lignes: readonly JournalLine[];
  readonly names: JournalNames;
  /** Address of the journal with what the person did; null for whoever may not see it. */
  readonly journal: string | null;
}

/** The history of an account, newest first, in the words of the journal. */
export function HistoryCard({ lignes, names, journal }: Historique) {
  const lang = useLang();
  const t = useTextes(utilisateursTexts);
  return (
    <Card
      title={t.historique}
      icon="journal"
      flush={lignes.length > 0}
      actions={
        journal !== null && (
          <LinkButton href={journal} size="small" variant="quiet">
            {t.voirJournal}
          </LinkButton>
        )
      }
    >
      <DataTable
        caption={t.historique}
        rows={lignes}
        rowKey={(line) => line.id}
        empty={<EmptyState icon="journal" title={t.historiqueVide} text={t.historiqueVideTexte} />}
        columns={[
          { id: 'date', header: t.date, kind: 'figure', cell: (line) => formatDateTime(lang, line.date) },
          journalColumn('action', t.action, names),
          journalColumn('details', t.details, names),
          journalColumn('acteur', t.par, names),
        ]}
      />
    </Card>
  );
}
