import { fill, formatBytes, formatDateTime, formatNumber, type Lang } from '@gec/core';
import {
  Alert,
  Badge,
  Button,
  Card,
  DateInput,
  EmptyState,
  Field,
  Form,
  Grid,
  LinkButton,
  PageHeader,
  Progress,
  RadioGroup,
  Stack,
} from '@gec/ui';
import { ChiffresCard } from './rapports.chiffres.views.tsx';
import type { Chiffres, Export } from './rapports.schema.ts';
import { rapportsTexts } from './rapports.texts.ts';

/** Id of the part of the page that shows the exports and refreshes by itself. */
export const FRAGMENT = 'exports';

export interface RapportsPageProps {
  lang: Lang;
  csrfToken: string;
  fuseau: string;
  /** The filters of the list as a sentence, as they are sent, and what is wrong with them. */
  filtres: {
    phrase: string;
    champs: readonly (readonly [string, string])[];
    errors: readonly { field: string; message: string }[];
    href: string;
  };
  registre: { flux: string; du: string; au: string; errors: readonly { field: string; message: string }[] };
  exports: readonly Export[];
  /** Hours for which a finished export is kept. */
  garde: number;
  chiffres: Chiffres;
  statutTraite: string;
}

/** The page `/rapports`. */
export function RapportsPage(props: RapportsPageProps) {
  const { lang, csrfToken, fuseau } = props;
  const t = rapportsTexts(lang);
  return (
    <>
      <PageHeader title={t.titre} subtitle={t.sousTitre} />
      <Stack>
        <Grid columns="two">
          <ListeCard {...props} />
          <RegistreCard {...props} />
        </Grid>
        <ExportsCard
          lang={lang}
          csrfToken={csrfToken}
          fuseau={fuseau}
          exports={props.exports}
          garde={props.garde}
        />
        <ChiffresCard lang={lang} chiffres={props.chiffres} statutTraite={props.statutTraite} />
      </Stack>
    </>
  );
}

function ListeCard({ lang, csrfToken, filtres }: RapportsPageProps) {
  const t = rapportsTexts(lang);
  const faux = filtres.errors.length > 0;
  return (
    <Card title={t.liste} icon="file" id="liste">
      <Stack space={3}>
        <p class="muted">{t.listeTexte}</p>
        {faux ? (
          <Alert tone="danger" title={t.filtresFaux}>
            <ul>
              {filtres.errors.map((error) => (
                <li key={error.field}>{error.message}</li>
              ))}
            </ul>
          </Alert>
        ) : (
          <p>
            <strong>{filtres.phrase}</strong>
          </p>
        )}
        <Form action="/rapports/export" csrfToken={csrfToken}>
          {filtres.champs.map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          <div class="cluster">
            <Button variant="primary" icon="print" name="genre" value="liste-pdf" disabled={faux}>
              {t.exporterPdf}
            </Button>
            <Button icon="download" name="genre" value="liste-xlsx" disabled={faux}>
              {t.exporterXlsx}
            </Button>
            <Button icon="download" name="genre" value="archive" disabled={faux}>
              {t.exporterArchive}
            </Button>
            <LinkButton variant="quiet" icon="filter" href={filtres.href}>
              {t.changerFiltres}
            </LinkButton>
          </div>
        </Form>
        <p class="muted">{t.archiveEnClair}</p>
      </Stack>
    </Card>
  );
}

function RegistreCard({ lang, csrfToken, registre }: RapportsPageProps) {
  const t = rapportsTexts(lang);
  const error = (field: string) => registre.errors.find((one) => one.field === field)?.message;
  return (
    <Card title={t.registre} icon="journal" id="registre">
      <Stack space={3}>
        <p class="muted">{t.registreTexte}</p>
        <Form action="/rapports/export" csrfToken={csrfToken}>
          <Stack space={3}>
            <RadioGroup
              id="flux"
              name="flux"
              legend={t.flux}
              options={[
                { value: 'ENTRANT', label: t.arrivees },
                { value: 'SORTANT', label: t.departs },
              ]}
              value={registre.flux}
              error={error('flux')}
              required
            />
            <div class="cluster">
              <Field id="du" label={t.du} error={error('du')} required>
                <DateInput name="du" value={registre.du} />
              </Field>
              <Field id="au" label={t.au} error={error('au')} required>
                <DateInput name="au" value={registre.au} />
              </Field>
            </div>
            <div class="cluster">
              <Button variant="primary" icon="print" name="genre" value="registre-pdf">
                {t.exporterPdf}
              </Button>
              <Button icon="download" name="genre" value="registre-xlsx">
                {t.exporterXlsx}
              </Button>
            </div>
          </Stack>
        </Form>
      </Stack>
    </Card>
  );
}

/** The exports of the person; the `exports` island keeps what is under way up to date. */
export function ExportsCard(
  props: Pick<RapportsPageProps, 'lang' | 'csrfToken' | 'fuseau' | 'exports' | 'garde'> & {
    /** The page that shows them, `/rapports` by default. */
    page?: string;
  },
) {
  const { lang, exports, page = '/rapports' } = props;
  const t = rapportsTexts(lang);
  const actifs = exports.filter(({ etat }) => etat === 'EN_ATTENTE' || etat === 'EN_COURS');
  return (
    <div
      id={FRAGMENT}
      data-island={actifs.length > 0 ? 'exports' : undefined}
      data-page={page}
      data-words={JSON.stringify({ avance: t.avance, avanceSans: t.avanceSans })}
    >
      <p class="sr-only" data-count>
        {fill(t.bilan, {
          prets: exports.filter(({ etat }) => etat === 'TERMINEE').length,
          actifs: actifs.length,
        })}
      </p>
      <Card
        title={t.mesExports}
        icon="download"
        actions={
          actifs.length > 0 && (
            <LinkButton variant="quiet" size="small" icon="refresh" href={`${page}#${FRAGMENT}`}>
              {t.actualiser}
            </LinkButton>
          )
        }
      >
        {exports.length === 0 ? (
          <EmptyState icon="download" title={t.aucun} text={t.aucunTexte} />
        ) : (
          <Stack space={3}>
            <p class="muted">{fill(t.mesExportsTexte, { n: props.garde })}</p>
            <ul class="plain">
              {exports.map((one) => (
                <ExportRow key={one.id} {...props} one={one} />
              ))}
            </ul>
          </Stack>
        )}
      </Card>
    </div>
  );
}

const TONES = { EN_ATTENTE: 'neutral', EN_COURS: 'info', TERMINEE: 'success', ECHOUEE: 'danger' } as const;

function ExportRow({
  lang,
  csrfToken,
  fuseau,
  one,
}: {
  lang: Lang;
  csrfToken: string;
  fuseau: string;
  one: Export;
}) {
  const t = rapportsTexts(lang);
  const actif = one.etat === 'EN_ATTENTE' || one.etat === 'EN_COURS';
  const nom = one.nom ?? t[`genre_${one.genre}`];
  const n = (value: number) => formatNumber(lang, value);
  const avance =
    one.total > 0
      ? fill(t.avance, { fait: n(one.fait), total: n(one.total) })
      : fill(t.avanceSans, { fait: n(one.fait) });
  const demande = fill(t.demandeLe, { date: formatDateTime(lang, one.dateCreation, fuseau) });
  return (
    <li class="export" data-id={one.id} data-etat={actif ? one.etat : undefined}>
      <div class="export-words">
        <p class="export-name">
          {nom} <Badge tone={TONES[one.etat]}>{t[`etat_${one.etat}`]}</Badge>
        </p>
        <p class="muted">
          {demande}
          {one.taille !== null && ` · ${formatBytes(lang, one.taille)}`}
        </p>
        {one.erreur !== null && <p class="field-error">{t[`erreur_${one.erreur}`]}</p>}
        {actif && (
          <Progress
            label={nom}
            value={one.total > 0 ? one.fait : undefined}
            max={one.total > 0 ? one.total : undefined}
            text={one.etat === 'EN_COURS' ? avance : undefined}
          />
        )}
      </div>
      <div class="cluster cluster-end">
        {one.etat === 'TERMINEE' && (
          <LinkButton
            variant="primary"
            size="small"
            icon="download"
            href={`/rapports/taches/${one.id}/fichier`}
            label={fill(t.telechargerNom, { nom })}
          >
            {t.telecharger}
          </LinkButton>
        )}
        <Form action={`/rapports/taches/${one.id}/supprimer`} csrfToken={csrfToken}>
          <Button
            variant="quiet"
            size="small"
            icon={actif ? 'x' : 'trash'}
            label={fill(actif ? t.annulerNom : t.supprimerNom, { nom })}
          >
            {actif ? t.annuler : t.supprimer}
          </Button>
        </Form>
      </div>
    </li>
  );
}
