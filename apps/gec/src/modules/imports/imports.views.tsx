import { fill, formatBytes, formatDay, formatNumber, type Lang } from '@gec/core';
import {
  Actions,
  Alert,
  Button,
  Card,
  DataTable,
  DescriptionList,
  Field,
  FileDrop,
  Form,
  Grid,
  LinkButton,
  PageHeader,
  Select,
  Stack,
} from '@gec/ui';
import type { PageLue } from '../../http/liste.ts';
import { CHAMPS_REGISTRE, IMPORT_OCTETS_MAX, type Plan } from './imports.choix.schema.ts';
import { champDuMot, SORTES, type Sorte } from './imports.forms.ts';
import type { ImportListe, TriImports } from './imports.liste.ts';
import { ListeImports } from './imports.liste.views.tsx';
import type { Import, LigneRapport } from './imports.suivi.schema.ts';
import { Arret, Avancement, enRoute } from './imports.suivi.views.tsx';
import { importsTexts, motDeLErreur, motDuMotif } from './imports.texts.ts';
import { travauxTexts } from './reprise/reprise.travaux.texts.ts';

const PAGE = '/admin/import';
interface Choix {
  value: string;
  label: string;
}

/** The page `/admin/import`: a file to send, and the imports so far. */
export function ImportsPage(props: {
  lang: Lang;
  csrfToken: string;
  fuseau: string;
  liste: PageLue<ImportListe, TriImports>;
  /** Whether the reader may take an older installation over. */
  ancienne: boolean;
  erreur: string | undefined;
}) {
  const { lang, csrfToken, fuseau, liste, ancienne, erreur } = props;
  const t = importsTexts(lang);
  return (
    <>
      <PageHeader
        title={t.titre}
        subtitle={t.sousTitre}
        actions={
          ancienne && (
            <LinkButton href={`${PAGE}/legacy`} icon="download">
              {travauxTexts(lang).lien}
            </LinkButton>
          )
        }
      />
      <Stack>
        <Card title={t.deposer} icon="upload">
          <Form action={PAGE} csrfToken={csrfToken} encType="multipart/form-data" class="stack stack-4">
            <FileDrop
              id="fichier"
              name="fichier"
              label={t.choisirFichier}
              hint={t.choisirAide}
              accept=".zip,.csv,.xlsx"
              maxBytes={IMPORT_OCTETS_MAX}
              error={erreur}
              required
            />
            <Actions>
              <Button variant="primary">{t.verifier}</Button>
            </Actions>
          </Form>
        </Card>
        <ListeImports
          lang={lang}
          base={PAGE}
          fuseau={fuseau}
          liste={liste}
          mots={t}
          colonneNom={t.colFichier}
        />
      </Stack>
    </>
  );
}

interface ImportPageProps {
  lang: Lang;
  csrfToken: string;
  one: Import;
  ecartees: readonly LigneRapport[];
  options: Readonly<Record<Sorte, readonly Choix[]>>;
  erreur: string | undefined;
}

/** The page of one import: what it would do or has done, and what is to be decided. */
export function ImportPage(props: ImportPageProps) {
  const { lang, csrfToken, one, ecartees, erreur } = props;
  const t = importsTexts(lang);
  const n = (value: number) => formatNumber(lang, value);
  return (
    <>
      <PageHeader
        title={one.nom}
        subtitle={`${t[`etat_${one.etat}`]} · ${formatBytes(lang, one.taille)}`}
        crumbs={[{ label: t.titre, href: PAGE }]}
      />
      <Stack>
        {erreur !== undefined && <Alert tone="danger" title={erreur} />}
        {one.etat === 'ECHOUE' && <Alert tone="danger" title={motDeLErreur(lang, one.erreur)} />}
        <Avancement lang={lang} base={PAGE} one={one} mots={t} />
        {one.etat !== 'DEPOSE' && one.plan && <Bilan lang={lang} one={one} plan={one.plan} />}
        {one.etat === 'PRET' && one.plan && (
          <Form action={`${PAGE}/${one.id}/lancer`} csrfToken={csrfToken}>
            <Actions>
              <Button variant="primary" icon="download" disabled={one.plan.crees === 0}>
                {fill(t.lancer, { n: n(one.plan.crees) })}
              </Button>
            </Actions>
          </Form>
        )}
        {one.etat === 'PRET' && one.plan && <ChoixCard {...props} plan={one.plan} />}
        {ecartees.length > 0 && (
          <Card title={t.ecartesTitre} icon="alert">
            <Stack space={3}>
              <p class="muted">{fill(t.ecartesTexte, { n: n(ecartees.length) })}</p>
              <DataTable
                caption={t.ecartesTitre}
                rows={ecartees}
                rowKey={({ rang }) => rang}
                columns={[
                  { id: 'rang', header: t.colLigne, kind: 'end', cell: ({ rang }) => n(rang) },
                  { id: 'numero', header: t.colNumero, primary: true, cell: ({ numero }) => numero || '–' },
                  {
                    id: 'raison',
                    header: t.colRaison,
                    cell: ({ motif, detail }) => motDuMotif(lang, motif, detail),
                  },
                ]}
              />
            </Stack>
          </Card>
        )}
        <Actions>
          {one.plan && !enRoute(one) && (
            <LinkButton href={`${PAGE}/${one.id}/rapport`} icon="download" download>
              {t.rapport}
            </LinkButton>
          )}
        </Actions>
        <Arret lang={lang} base={PAGE} one={one} csrfToken={csrfToken} question={t.arreterQuestion} />
      </Stack>
    </>
  );
}

function Bilan({ lang, one, plan }: { lang: Lang; one: Import; plan: Plan }) {
  const t = importsTexts(lang);
  const n = (value: number) => formatNumber(lang, value);
  const essai = one.etat === 'PRET';
  const refuses = Object.values(plan.conflits).reduce((sum, count) => sum + count, 0);
  const items = [
    { term: t.total, value: n(plan.total) },
    { term: essai ? t.aReprendre : t.repris, value: n(essai ? plan.crees : one.crees) },
    { term: t.dejaLa, value: n(essai ? plan.deja : one.deja) },
    { term: t.ecartes, value: n(essai ? refuses : one.conflits) },
    { term: t.notices, value: n(plan.notices) },
    ...(plan.du !== null && plan.au !== null
      ? [{ term: t.periode, value: `${formatDay(lang, plan.du)} – ${formatDay(lang, plan.au)}` }]
      : []),
  ];
  return (
    <Card title={essai ? t.constat : t.bilan} icon="info">
      <DescriptionList items={items} columns={2} />
    </Card>
  );
}

function ChoixCard({ lang, csrfToken, one, options, plan }: ImportPageProps & { plan: Plan }) {
  const t = importsTexts(lang);
  const { choix } = one;
  const select = (name: string, label: string, value: string, list: readonly Choix[], empty?: string) => (
    <Field key={name} id={name} label={label}>
      <Select name={name} value={value} options={list} empty={empty} />
    </Field>
  );
  const words = {
    utilisateurs: t.motUtilisateur,
    statuts: t.motStatut,
    types: t.motType,
    departements: t.motDepartement,
  };
  const colonnes = plan.entetes.map((entete, at) => ({
    value: String(at),
    label: fill(t.exemple, {
      entete,
      exemple: plan.exemples.map((row) => row[at] ?? '').find(Boolean) ?? '–',
    }),
  }));
  return (
    <Card title={t.choix} icon="settings">
      <Form action={`${PAGE}/${one.id}/choix`} csrfToken={csrfToken} class="stack stack-4" guard>
        {one.genre === 'registre' && (
          <>
            <p class="muted">{t.colonnesTexte}</p>
            {plan.crees + plan.deja === 0 && Object.keys(plan.conflits).length === 0 && (
              <Alert tone="warning" title={t.colonnesManquent} />
            )}
            <Grid columns="two">
              {CHAMPS_REGISTRE.map((champ) =>
                select(
                  `col_${champ}`,
                  t[`champ_${champ}`],
                  String(choix.colonnes?.[champ] ?? ''),
                  colonnes,
                  t.colonneAbsente,
                ),
              )}
              {select('flux', t.flux, choix.flux, [
                { value: 'ENTRANT', label: t.arrivees },
                { value: 'SORTANT', label: t.departs },
              ])}
            </Grid>
          </>
        )}
        <Grid columns="two">
          {select('si_pris', t.siPris, choix.si_pris, [
            { value: 'conflit', label: t.siPris_conflit },
            { value: 'suffixe', label: t.siPris_suffixe },
          ])}
          {one.genre === 'archive' &&
            select('sans_scan', t.sansScan, choix.sans_scan, [
              { value: 'conflit', label: t.sansScan_conflit },
              { value: 'notice', label: t.sansScan_notice },
            ])}
          {select('utilisateur', t.utilisateur, String(choix.utilisateur), options.utilisateurs)}
          {select('statut', t.statutDefaut, choix.statut, options.statuts)}
          {SORTES.flatMap((sorte) =>
            Object.entries(plan.inconnus[sorte]).map(([mot, count], at) => {
              const label = fill(words[sorte], { mot, n: formatNumber(lang, count) });
              const value = Object.hasOwn(choix[sorte], mot) ? String(choix[sorte][mot]) : '';
              return select(champDuMot(sorte, at), label, value, options[sorte], t.parDefaut);
            }),
          )}
        </Grid>
        <Actions>
          <Button icon="refresh">{t.reverifier}</Button>
        </Actions>
      </Form>
    </Card>
  );
}
