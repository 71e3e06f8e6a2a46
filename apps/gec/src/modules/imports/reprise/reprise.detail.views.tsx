import { fill, formatBytes, formatNumber, type Lang } from '@gec/core';
import {
  Actions,
  Alert,
  Button,
  Card,
  Checkbox,
  DataTable,
  DescriptionList,
  EmptyState,
  Field,
  Form,
  LinkButton,
  PageHeader,
  Select,
  Stack,
} from '@gec/ui';
import { FORMATS_TABLE } from '../../../tableur/write-table.ts';
import { Arret, Avancement, enRoute } from '../imports.suivi.views.tsx';
import { importsTexts } from '../imports.texts.ts';
import type { Contenu } from './reprise.lieu.ts';
import { NATURES, type Nature } from './reprise.schema.ts';
import { repriseTexts } from './reprise.texts.ts';
import { graves, type RemarqueGardee, type Resume, type Travail } from './reprise.travaux.schema.ts';
import { motDeLaTable, motDeLArret, travauxTexts } from './reprise.travaux.texts.ts';
import { ChampDossier, ChampsReglages, PAGE, type Refusee } from './reprise.views.tsx';

/** Remarks on one page. */
export const PAR_PAGE = 50;

export interface ReprisePageProps {
  lang: Lang;
  csrfToken: string;
  one: Travail;
  contenu: Contenu | null;
  remarques: readonly RemarqueGardee[];
  nature: Nature | null;
  page: number;
  refusee: Refusee | undefined;
  /** What was refused beside the choices. */
  erreur: string | undefined;
}

/** The page of one takeover: what it would do or has done, and what is to be decided. */
export function ReprisePage(props: ReprisePageProps) {
  const { lang, csrfToken, one, erreur } = props;
  const t = travauxTexts(lang);
  const mots = importsTexts(lang);
  const resume = one.resumes.bilan ?? one.resumes.essai;
  const fini = resume !== null && !enRoute(one);
  return (
    <>
      <PageHeader
        title={one.nom}
        subtitle={[t[`etat_${one.etat}`], ...(one.taille > 0 ? [formatBytes(lang, one.taille)] : [])].join(
          ' · ',
        )}
        crumbs={[
          { label: mots.titre, href: '/admin/import' },
          { label: t.titre, href: PAGE },
        ]}
      />
      <Stack>
        {erreur !== undefined && <Alert tone="danger" title={erreur} />}
        {one.erreur !== null && <Alert tone="danger" title={motDeLArret(lang, one.erreur)} />}
        <Avancement lang={lang} base={PAGE} one={one} mots={t} />
        {one.etat === 'PRET' && resume && (
          <Lancer lang={lang} csrfToken={csrfToken} one={one} resume={resume} />
        )}
        {fini && <Bilan lang={lang} resume={resume} />}
        {fini && <Remarques {...props} resume={resume} />}
        {one.etat === 'PRET' && <ChoixCard {...props} />}
        <Arret lang={lang} base={PAGE} one={one} csrfToken={csrfToken} question={t.arreterQuestion} />
      </Stack>
    </>
  );
}

function Lancer(props: { lang: Lang; csrfToken: string; one: Travail; resume: Resume }) {
  const { lang, csrfToken, one, resume } = props;
  const t = travauxTexts(lang);
  const compte = (nature: Nature) => resume.natures[nature] ?? 0;
  const say = (text: string, nature: Nature) => fill(text, { n: formatNumber(lang, compte(nature)) });
  const illisibles = one.parametres.cle === null ? t.illisiblesSansCle : t.illisibles;
  return (
    <Form
      action={`${PAGE}/${one.id}/lancer`}
      csrfToken={csrfToken}
      class="stack stack-3"
      confirm={t.lancerQuestion}
    >
      {compte('compte_eleve') > 0 && <Alert tone="warning" title={say(t.eleves, 'compte_eleve')} />}
      {compte('valeur_illisible') > 0 && <Alert tone="danger" title={say(illisibles, 'valeur_illisible')} />}
      {compte('fichier_absent') > 0 && <Alert tone="warning" title={say(t.manquants, 'fichier_absent')} />}
      {graves(one.resumes) > 0 && <Checkbox name="malgre" label={t.malgre} />}
      <Actions>
        <Button variant="primary" icon="download">
          {t.lancer}
        </Button>
      </Actions>
    </Form>
  );
}

function Bilan({ lang, resume }: { lang: Lang; resume: Resume }) {
  const t = travauxTexts(lang);
  const n = (value: number) => formatNumber(lang, value);
  const { fichiers, simulation } = resume;
  return (
    <Card title={simulation ? t.ceQuiSerait : t.ceQuiEst} icon="info">
      <Stack space={3}>
        <DataTable
          caption={simulation ? t.ceQuiSerait : t.ceQuiEst}
          rows={resume.tables.filter(({ la }) => la > 0)}
          rowKey={({ table }) => table}
          columns={[
            {
              id: 'table',
              header: t.colTable,
              primary: true,
              cell: ({ table }) => motDeLaTable(lang, table),
            },
            { id: 'la', header: t.colLa, kind: 'end', cell: ({ la }) => n(la) },
            {
              id: 'repris',
              header: simulation ? t.colReprisEssai : t.colRepris,
              kind: 'end',
              cell: ({ repris }) => n(repris),
            },
            { id: 'deja', header: t.colDeja, kind: 'end', cell: ({ deja }) => n(deja) },
            { id: 'ecartes', header: t.colEcartes, kind: 'end', cell: ({ ecartes }) => n(ecartes) },
          ]}
        />
        <DescriptionList
          columns={2}
          items={[
            { term: t.attendus, value: n(fichiers.attendus) },
            ...(simulation ? [] : [{ term: t.identiques, value: n(fichiers.identiques) }]),
            { term: t.joints, value: n(fichiers.joints) },
            { term: t.absents, value: n(fichiers.absents) },
            { term: t.nonNommes, value: n(fichiers.nonNommes) },
            { term: t.datesLues, value: resume.fuseau },
          ]}
        />
      </Stack>
    </Card>
  );
}

function Remarques(props: ReprisePageProps & { resume: Resume }) {
  const { lang, one, remarques, nature, page, resume } = props;
  const t = travauxTexts(lang);
  const words = repriseTexts(lang);
  const n = (value: number) => formatNumber(lang, value);
  const base = `${PAGE}/${one.id}`;
  const connues = NATURES.filter((one) => (resume.natures[one] ?? 0) > 0);
  const combien = (of: readonly Nature[]) => of.reduce((sum, one) => sum + (resume.natures[one] ?? 0), 0);
  const filtre = nature === null ? '' : `nature=${nature}`;
  return (
    <Card title={t.remarques} icon="alert">
      <Stack space={3}>
        <p class="muted">{t.remarquesTexte}</p>
        {connues.length > 0 && (
          <Form action={base} method="get" class="form-grid">
            <Field id="nature" label={t.filtreNature} class="span-3">
              <Select
                name="nature"
                value={nature ?? ''}
                empty={`${t.toutes} (${n(combien(connues))})`}
                options={connues.map((one) => ({
                  value: one,
                  label: `${words[`nature_${one}`]} (${n(combien([one]))})`,
                }))}
              />
            </Field>
            <Actions>
              <Button icon="filter">{t.filtrer}</Button>
            </Actions>
          </Form>
        )}
        <DataTable
          caption={t.remarques}
          rows={remarques}
          rowKey={({ rang }) => rang}
          empty={<EmptyState icon="check" title={t.aucuneRemarque} text="" />}
          pages={{
            page,
            pageSize: PAR_PAGE,
            total: combien(nature === null ? connues : [nature]),
            hrefFor: (to) => `${base}?${[filtre, `page=${to}`].filter(Boolean).join('&')}`,
          }}
          columns={[
            {
              id: 'nature',
              header: t.colNature,
              primary: true,
              cell: (row) => words[`nature_${row.nature}`],
            },
            { id: 'table', header: t.colTable, cell: ({ table }) => motDeLaTable(lang, table) },
            {
              id: 'ancien',
              header: t.colAncienId,
              kind: 'end',
              cell: ({ ancienId }) => (ancienId === null ? '–' : String(ancienId)),
            },
            {
              id: 'repere',
              header: t.colRepere,
              cell: ({ repere }) => repere || '–',
            },
            {
              id: 'detail',
              header: t.colDetail,
              cell: ({ detail }) => <span class="prewrap">{detail || '–'}</span>,
            },
          ]}
        />
        {connues.length > 0 && (
          <Actions>
            {FORMATS_TABLE.map((format) => (
              <LinkButton
                key={format}
                href={`${base}/rapport?${[filtre, `format=${format}`].filter(Boolean).join('&')}`}
                icon="download"
                download
              >
                {`${t.exporter} (${format.toUpperCase()})`}
              </LinkButton>
            ))}
          </Actions>
        )}
      </Stack>
    </Card>
  );
}

function ChoixCard({ lang, csrfToken, one, contenu, refusee }: ReprisePageProps) {
  const t = travauxTexts(lang);
  const { source, cle, fuseau, comptes, doubles } = one.parametres;
  const dossier = source.genre === 'archive' ? undefined : (source.dossier ?? '');
  const valeurs = refusee?.saisie ?? { fuseau, comptes, doubles, dossier: dossier ?? '' };
  const erreur = (field: string) => refusee?.errors.find((error) => error.field === field)?.message;
  const deDossier =
    contenu !== null && (source.genre === 'base' || (source.genre === 'fichier' && source.forme === 'base'));
  return (
    <Card title={t.choix} icon="settings">
      <Form action={`${PAGE}/${one.id}/choix`} csrfToken={csrfToken} class="stack stack-4" guard>
        {deDossier && (
          <ChampDossier
            lang={lang}
            prefixe="choix"
            dossiers={contenu.dossiers}
            value={valeurs['dossier']}
            error={erreur('dossier')}
            vide={source.genre === 'base' ? t.choisir : t.sansDossier}
          />
        )}
        <ChampsReglages
          lang={lang}
          prefixe="choix"
          valeurs={valeurs}
          erreur={erreur}
          cleGardee={cle !== null}
        />
        <Actions>
          <Button icon="refresh">{t.resimuler}</Button>
        </Actions>
      </Form>
    </Card>
  );
}
