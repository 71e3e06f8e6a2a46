import { backupKeyId } from '@gec/backup';
import { fill, formatBytes, formatDateTime, formatNumber, type FieldError, type Lang } from '@gec/core';
import {
  Actions,
  Alert,
  Badge,
  Button,
  Card,
  DataTable,
  EmptyState,
  Form,
  Grid,
  LinkButton,
  PageHeader,
  Progress,
  Stack,
  type Column,
} from '@gec/ui';
import { PlanCard, type SaisiePlan } from './sauvegardes.plan.views.tsx';
import type { ReglageVu, Sauvegarde } from './sauvegardes.schema.ts';
import { sauvegardesTexts } from './sauvegardes.texts.ts';

export const SAUVEGARDES = '/admin/sauvegardes';
export const FRAGMENT = 'sauvegardes';

/** What the page of backups shows. */
export interface SauvegardesPageProps {
  lang: Lang;
  csrfToken: string;
  fuseau: string;
  lieu: string;
  sauvegardes: readonly Sauvegarde[];
  reglage: ReglageVu;
  /** Whether there is anybody to seal a backup for. */
  pret: boolean;
  /** What was typed, when it comes back. */
  saisie?: SaisiePlan | undefined;
  errors?: readonly FieldError[] | undefined;
  /** Somebody else saved meanwhile. */
  conflit?: boolean | undefined;
}

function etatDe(lang: Lang, { etat, intacte, presente }: Sauvegarde) {
  const t = sauvegardesTexts(lang);
  if (etat === 'EN_COURS') return { tone: 'info', icon: 'clock', text: t.etat_EN_COURS } as const;
  if (etat === 'ECHOUEE') return { tone: 'danger', icon: 'x', text: t.etat_ECHOUEE } as const;
  if (!presente) return { tone: 'warning', icon: 'alert', text: t.etat_PARTIE } as const;
  if (intacte === false) return { tone: 'danger', icon: 'alert', text: t.etat_ABIMEE } as const;
  return { tone: 'success', icon: 'check', text: t.etat_REUSSIE } as const;
}

function columns({ lang, csrfToken, fuseau }: SauvegardesPageProps): Column<Sauvegarde>[] {
  const t = sauvegardesTexts(lang);
  const n = (value: number) => formatNumber(lang, value);
  const at = (instant: string) => formatDateTime(lang, instant, fuseau);
  return [
    {
      id: 'date',
      header: t.colDate,
      primary: true,
      cell: ({ debut, origine }) => (
        <div>
          {at(debut)}
          <small class="cell-line">{t[`origine_${origine ?? 'inconnue'}`]}</small>
        </div>
      ),
    },
    {
      id: 'etat',
      header: t.colEtat,
      cell: (one) => {
        const { tone, icon, text } = etatDe(lang, one);
        return (
          <div>
            <Badge tone={tone} icon={icon}>
              {text}
            </Badge>
            {one.erreur !== null && <small class="cell-line">{t[`erreur_${one.erreur}`]}</small>}
            {one.controleLe !== null && (
              <small class="cell-line">{fill(t.relue, { quand: at(one.controleLe) })}</small>
            )}
          </div>
        );
      },
    },
    {
      id: 'contenu',
      header: t.colContenu,
      cell: ({ lignes, fichiers, absents, origine }) =>
        origine === null ? (
          '—'
        ) : (
          <div>
            {fill(t.avance, { lignes: n(lignes), fichiers: n(fichiers) })}
            {absents > 0 && <small class="cell-line">{fill(t.absents, { n: n(absents) })}</small>}
          </div>
        ),
    },
    {
      id: 'taille',
      header: t.colTaille,
      kind: 'end',
      cell: ({ taille }) => (taille === null ? '—' : formatBytes(lang, taille)),
    },
    {
      id: 'actions',
      header: t.colActions,
      cell: ({ nom, debut, presente, etat }) =>
        presente && etat !== 'EN_COURS' ? (
          <Actions>
            <Form action={`${SAUVEGARDES}/verifier`} csrfToken={csrfToken}>
              <input type="hidden" name="nom" value={nom} />
              <Button size="small" icon="shield" label={`${t.verifier} : ${at(debut)}`}>
                {t.verifier}
              </Button>
            </Form>
            <LinkButton
              href={`${SAUVEGARDES}/archive/${nom}`}
              size="small"
              icon="download"
              label={`${t.telecharger} : ${at(debut)}`}
            >
              {t.telecharger}
            </LinkButton>
            <Form action={`${SAUVEGARDES}/supprimer`} csrfToken={csrfToken} confirm={t.supprimerConfirmer}>
              <input type="hidden" name="nom" value={nom} />
              <Button size="small" variant="danger" icon="trash" label={`${t.supprimer} : ${at(debut)}`}>
                {t.supprimer}
              </Button>
            </Form>
          </Actions>
        ) : (
          ''
        ),
    },
  ];
}

/** The backups there are; the `sauvegarde` island follows one that is under way. */
export function ListeCard(props: SauvegardesPageProps) {
  const { lang, csrfToken, sauvegardes, pret, lieu } = props;
  const t = sauvegardesTexts(lang);
  const active = sauvegardes.find(({ etat }) => etat === 'EN_COURS');
  const n = (value: number) => formatNumber(lang, value);
  return (
    <div id={FRAGMENT} data-island={active ? 'sauvegarde' : undefined}>
      <Card title={t.titre} icon="database" flush>
        <div class="card-body">
          <Stack space={3}>
            <p class="muted">{fill(t.lieu, { lieu })}</p>
            {active ? (
              <>
                <Progress
                  label={t.enCours}
                  text={fill(t.avance, { lignes: n(active.lignes), fichiers: n(active.fichiers) })}
                />
                <Actions>
                  <LinkButton href={SAUVEGARDES} icon="refresh" size="small">
                    {t.actualiser}
                  </LinkButton>
                </Actions>
              </>
            ) : (
              pret && (
                <Form action={SAUVEGARDES} csrfToken={csrfToken}>
                  <Button icon="database">{t.faire}</Button>
                </Form>
              )
            )}
          </Stack>
        </div>
        <DataTable
          caption={t.titre}
          columns={columns(props)}
          rows={sauvegardes}
          rowKey={({ nom }) => nom}
          empty={<EmptyState icon="database" title={t.aucune} text={t.aucuneTexte} />}
        />
      </Card>
    </div>
  );
}

function CleCard({ lang, csrfToken, reglage, pret }: SauvegardesPageProps) {
  const t = sauvegardesTexts(lang);
  const { clePublique, version } = reglage;
  return (
    <Card title={t.cle} icon="key" id="cle">
      <Stack space={3}>
        <p class="muted">{t.cleTexte}</p>
        {clePublique !== '' && <p>{fill(t.cleActuelle, { id: backupKeyId(clePublique) })}</p>}
        {clePublique === '' && pret && <p>{t.cleEnvironnement}</p>}
        <Form
          action={`${SAUVEGARDES}/cle`}
          csrfToken={csrfToken}
          {...(clePublique !== '' && { confirm: t.cleConfirmer })}
        >
          <input type="hidden" name="version" value={version} />
          <Button icon="key">{clePublique === '' ? t.cleCreer : t.cleRemplacer}</Button>
        </Form>
      </Stack>
    </Card>
  );
}

/** The page of backups: those there are, the key, the schedule, and how one is put back. */
export function SauvegardesPage(props: SauvegardesPageProps) {
  const { lang, pret } = props;
  const t = sauvegardesTexts(lang);
  return (
    <Stack>
      <PageHeader title={t.titre} subtitle={t.sousTitre} />
      {!pret && <Alert tone="warning" title={t.cleAucune} />}
      <ListeCard {...props} />
      <Grid columns="two">
        <PlanCard {...props} />
        <Stack>
          <CleCard {...props} />
          <Card title={t.restaurer} icon="restore">
            <Stack space={3}>
              <p>{t.restaurerTexte}</p>
              <pre>
                <code>gec restore gec-….gecarc --key-file cle.txt</code>
              </pre>
              <p class="muted">{t.restaurerAide}</p>
            </Stack>
          </Card>
        </Stack>
      </Grid>
    </Stack>
  );
}

/** The secret half of a new key, shown once. */
export function ClePage({
  lang,
  secretKey,
  publicKey,
}: {
  lang: Lang;
  secretKey: string;
  publicKey: string;
}) {
  const t = sauvegardesTexts(lang);
  return (
    <Stack>
      <PageHeader title={t.cleSecrete} />
      <Alert tone="warning" title={t.cleSecreteTexte} />
      <Card title={fill(t.cleActuelle, { id: backupKeyId(publicKey) })} icon="key">
        <Stack space={3}>
          <p>
            <code class="wrap-anywhere">{secretKey}</code>
          </p>
          <Actions>
            <button type="button" class="button js-only" data-island="print">
              {t.cleImprimer}
            </button>
            <LinkButton href={SAUVEGARDES} icon="check">
              {t.cleNotee}
            </LinkButton>
          </Actions>
        </Stack>
      </Card>
    </Stack>
  );
}
