import { fill, formatDateTime, type Lang, type Permission } from '@gec/core';
import {
  Actions,
  Alert,
  Badge,
  Button,
  Card,
  DataTable,
  EmptyState,
  Form,
  LinkButton,
  PageHeader,
  Stack,
  type Column,
} from '@gec/ui';
import type { Controle, Etat, Sante, TravailEchoue } from './sante.schema.ts';
import { santeTexts } from './sante.texts.ts';

const TONES = { ok: 'success', attention: 'warning', panne: 'danger' } as const;
const ICONS = { ok: 'check', attention: 'alert', panne: 'x' } as const;
/** Where something can be done about it, and the permission that opens the page. */
const PAGES: Readonly<Partial<Record<Controle['id'], readonly [href: string, permission: Permission]>>> = {
  licence: ['/admin/licence', 'manage_system_settings'],
  sauvegarde: ['/admin/sauvegardes', 'manage_backups'],
  courriel: ['/admin/courriels', 'manage_system_settings'],
  journal: ['/admin/logs', 'view_logs'],
};

/** What the page of the state of the system shows. */
export interface SantePageProps {
  lang: Lang;
  csrfToken: string;
  sante: Sante;
  fuseau: string;
  /** What the reader may do: pages that are closed are named without a link. */
  permissions: ReadonlySet<Permission>;
}

function EtatBadge({ lang, etat }: { lang: Lang; etat: Etat }) {
  return (
    <Badge tone={TONES[etat]} icon={ICONS[etat]}>
      {santeTexts(lang)[`etat_${etat}`]}
    </Badge>
  );
}

function controleColumns({ lang, permissions }: SantePageProps): Column<Controle>[] {
  const t = santeTexts(lang);
  return [
    {
      id: 'point',
      header: t.colonnePoint,
      primary: true,
      cell: ({ id }) => {
        const [href, permission] = PAGES[id] ?? [];
        const titre = t[`titre_${id}`];
        const ouverte = permission !== undefined && permissions.has(permission);
        return ouverte ? <a href={href}>{titre}</a> : <strong>{titre}</strong>;
      },
    },
    { id: 'etat', header: t.colonneEtat, cell: ({ etat }) => <EtatBadge lang={lang} etat={etat} /> },
    {
      id: 'constat',
      header: t.colonneConstat,
      cell: ({ constat, conseil }) => (
        <div>
          {constat}
          {conseil !== null && <small class="cell-line">{conseil}</small>}
        </div>
      ),
    },
  ];
}

function echecColumns({ lang, csrfToken, fuseau }: SantePageProps): Column<TravailEchoue>[] {
  const t = santeTexts(lang);
  return [
    { id: 'travail', header: t.colonneTravail, primary: true, cell: ({ libelle }) => libelle },
    { id: 'cause', header: t.colonneCause, cell: ({ erreur }) => erreur },
    { id: 'essais', header: t.colonneEssais, kind: 'end', cell: ({ essais }) => String(essais) },
    {
      id: 'depuis',
      header: t.colonneDepuis,
      kind: 'figure',
      cell: ({ cree }) => formatDateTime(lang, cree, fuseau),
    },
    {
      id: 'actions',
      header: t.colonneActions,
      cell: ({ id, libelle }) => (
        <Actions>
          <Form action={`/admin/sante/travaux/${id}/relancer`} csrfToken={csrfToken}>
            <Button size="small" icon="refresh" label={`${t.relancer} : ${libelle} (${id})`}>
              {t.relancer}
            </Button>
          </Form>
          <Form
            action={`/admin/sante/travaux/${id}/abandonner`}
            csrfToken={csrfToken}
            confirm={t.abandonnerConfirmer}
          >
            <Button size="small" variant="danger" icon="x" label={`${t.abandonner} : ${libelle} (${id})`}>
              {t.abandonner}
            </Button>
          </Form>
        </Actions>
      ),
    },
  ];
}

/** The state of the system: each part with what was found and what to do, and the work that failed. */
export function SantePage(props: SantePageProps) {
  const { lang, sante, fuseau } = props;
  const t = santeTexts(lang);
  return (
    <Stack>
      <PageHeader
        title={t.titre}
        subtitle={t.sousTitre}
        actions={
          <LinkButton href="/admin/sante" icon="refresh">
            {t.actualiser}
          </LinkButton>
        }
      />
      <Alert tone={TONES[sante.etat]} title={t[`ensemble_${sante.etat}`]}>
        {fill(t.vuLe, { quand: formatDateTime(lang, sante.le, fuseau) })}
      </Alert>
      <Card flush>
        <DataTable
          caption={t.tableau}
          columns={controleColumns(props)}
          rows={sante.controles}
          rowKey={({ id }) => id}
        />
      </Card>
      <Card title={t.echecsTitre} icon="alert" flush id="travaux">
        <DataTable
          caption={t.echecsTitre}
          columns={echecColumns(props)}
          rows={sante.echecs}
          rowKey={({ id }) => id}
          empty={<EmptyState icon="check" title={t.echecsAucun} text={t.echecsAucunTexte} />}
        />
      </Card>
    </Stack>
  );
}
