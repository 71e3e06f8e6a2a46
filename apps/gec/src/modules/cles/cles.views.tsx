import { fill, formatDateTime, formatNumber, type Lang } from '@gec/core';
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
  Progress,
  Stack,
  type Column,
} from '@gec/ui';
import { journalColumn } from '../journal/journal.mots.views.tsx';
import type { JournalNames } from '../journal/journal.presenter.ts';
import type { JournalLine } from '../journal/journal.schema.ts';
import type { But, VueCles } from './cles.schema.ts';
import { clesTexts } from './cles.texts.ts';

export const CLES = '/admin/cles';

/** What the page of the keys shows. */
export interface ClesPageProps {
  lang: Lang;
  csrfToken: string;
  fuseau: string;
  vue: VueCles;
  names: JournalNames;
  /** Whether the reader may open the backups. */
  sauvegardes: boolean;
}

type Renouvellement = VueCles['renouvellements'][number];

/** One kind of key: the one in force, former ones, its renewal. */
interface Sorte {
  readonly but: But;
  readonly kid: string;
  readonly depuis: string;
  readonly anciennes: number;
  readonly renouvellement: Renouvellement | undefined;
}

const TONES = { prepared: 'info', sealing: 'info', resealed: 'success', finished: 'success' } as const;

function sortesDe({ generations, renouvellements }: VueCles, buts: readonly But[]): Sorte[] {
  return buts.flatMap((but) => {
    const siennes = generations.filter((one) => one.but === but);
    const enVigueur = siennes.find(({ retiree }) => retiree === null);
    if (!enVigueur) return [];
    const renouvellement = renouvellements.find(({ rotation }) => rotation.purpose === but);
    const { kid, depuis } = enVigueur;
    return [{ but, kid, depuis, anciennes: siennes.length - 1, renouvellement }];
  });
}

/** Whether there is work that can be paused. */
const auTravail = ({ rotation }: Renouvellement): boolean =>
  rotation.paused_at === null && (rotation.state === 'prepared' || rotation.state === 'sealing');

function Etat({ lang, fuseau, un }: { lang: Lang; fuseau: string; un: Renouvellement }) {
  const t = clesTexts(lang);
  const { state, paused_at, done, total, unreadable, finished_at } = un.rotation;
  const n = (value: number) => formatNumber(lang, value);
  const le = (instant: string) => formatDateTime(lang, instant, fuseau);
  const suspendu = paused_at !== null;
  const texte = suspendu ? t.etat_pause : t[`etat_${state}`];
  const enCours = state === 'prepared' || state === 'sealing';
  const avance = fill(t.avance, { fait: n(done), total: n(Math.max(total, done)) });
  return (
    <div>
      <Badge
        tone={suspendu ? 'warning' : TONES[state]}
        icon={suspendu ? 'alert' : enCours ? 'clock' : 'check'}
      >
        {texte}
      </Badge>
      {enCours && total > 0 && (
        <Progress label={texte} value={Math.min(done, total)} max={total} text={avance} />
      )}
      {!enCours && <small class="cell-line">{avance}</small>}
      {finished_at !== null && <small class="cell-line">{fill(t.termineLe, { le: le(finished_at) })}</small>}
      {un.oubliDes !== null && <small class="cell-line">{fill(t.oubli, { le: le(un.oubliDes) })}</small>}
      {unreadable > 0 && <small class="cell-line">{fill(t.illisibles, { n: n(unreadable) })}</small>}
    </div>
  );
}

function colonnes({ lang, csrfToken, fuseau }: ClesPageProps): Column<Sorte>[] {
  const t = clesTexts(lang);
  return [
    { id: 'sorte', header: t.colSorte, primary: true, cell: ({ but }) => t[`but_${but}`] },
    {
      id: 'cle',
      header: t.colCle,
      cell: ({ kid, depuis, anciennes }) => (
        <div>
          <code>{kid}</code>
          <small class="cell-line">{fill(t.depuis, { le: formatDateTime(lang, depuis, fuseau) })}</small>
          {anciennes > 0 && <small class="cell-line">{fill(t.anciennes, { n: anciennes })}</small>}
        </div>
      ),
    },
    {
      id: 'etat',
      header: t.colEtat,
      cell: ({ renouvellement }) =>
        renouvellement ? <Etat lang={lang} fuseau={fuseau} un={renouvellement} /> : t.jamais,
    },
    {
      id: 'actions',
      header: t.colActions,
      cell: ({ but, renouvellement }) => {
        const sorte = <input type="hidden" name="sorte" value={but} />;
        if (renouvellement && auTravail(renouvellement)) {
          return (
            <Form action={`${CLES}/suspendre`} csrfToken={csrfToken}>
              {sorte}
              <Button size="small" label={`${t.suspendre} : ${t[`but_${but}`]}`}>
                {t.suspendre}
              </Button>
            </Form>
          );
        }
        if (renouvellement?.rotation.state === 'resealed') return '';
        const suspendu = renouvellement && renouvellement.rotation.paused_at !== null;
        const mot = suspendu ? t.reprendre : t.renouveler;
        return (
          <Form
            action={`${CLES}/renouveler`}
            csrfToken={csrfToken}
            {...(!suspendu && { confirm: t.renouvelerConfirmer })}
          >
            {sorte}
            <Button size="small" icon="refresh" label={`${mot} : ${t[`but_${but}`]}`}>
              {mot}
            </Button>
          </Form>
        );
      },
    },
  ];
}

function historique({ lang, fuseau, names }: ClesPageProps): Column<JournalLine>[] {
  const t = clesTexts(lang);
  return [
    {
      id: 'date',
      header: t.colDate,
      kind: 'figure',
      cell: ({ date }) => formatDateTime(lang, date, fuseau),
    },
    journalColumn('action', t.colAction, names),
    journalColumn('acteur', t.colAuteur, names),
    journalColumn('details', t.colDetails, names),
  ];
}

/** The page of the keys: what is in force, how a renewal goes, and who did what. It never shows a key. */
export function ClesPage(props: ClesPageProps) {
  const { lang, csrfToken, vue, sauvegardes } = props;
  const t = clesTexts(lang);
  return (
    <Stack>
      <PageHeader
        title={t.titre}
        subtitle={t.sousTitre}
        actions={
          <LinkButton href={CLES} icon="refresh">
            {t.actualiser}
          </LinkButton>
        }
      />
      <Alert tone="warning" title={t.avant}>
        {t.avantTexte} {sauvegardes && <a href="/admin/sauvegardes">{t.sauvegardes}</a>}
      </Alert>
      {vue.enRetard > 0 && <Alert tone="info" title={fill(t.enRetard, { n: vue.enRetard })} />}
      <Card title={t.sortes} icon="key" flush>
        <div class="card-body">
          <Actions>
            <Form action={`${CLES}/renouveler`} csrfToken={csrfToken} confirm={t.renouvelerConfirmer}>
              <input type="hidden" name="sorte" value="tout" />
              <Button icon="refresh">{t.renouvelerTout}</Button>
            </Form>
          </Actions>
        </div>
        <DataTable
          caption={t.sortes}
          columns={colonnes(props)}
          rows={sortesDe(vue, ['field', 'file', 'index', 'audit'])}
          rowKey={({ but }) => but}
        />
      </Card>
      <Card icon="lock" title={fill(t.maitre, { empreinte: vue.maitre })}>
        <Stack space={3}>
          <p>{t.maitreCommande}</p>
          <pre>
            <code>gec keys rotate --master</code>
          </pre>
        </Stack>
      </Card>
      <Card title={t.historique} icon="journal" flush>
        <DataTable
          caption={t.historique}
          columns={historique(props)}
          rows={vue.historique}
          rowKey={({ id }) => String(id)}
          empty={<EmptyState icon="journal" title={t.aucun} text={t.aucunTexte} />}
        />
      </Card>
    </Stack>
  );
}
