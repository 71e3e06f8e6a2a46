import { fill, type FieldError, type Lang } from '@gec/core';
import {
  Actions,
  Alert,
  Button,
  Card,
  Checkbox,
  Field,
  FileDrop,
  Form,
  Grid,
  PageHeader,
  Select,
  Stack,
  TextInput,
} from '@gec/ui';
import type { PageLue } from '../../../http/liste.ts';
import { IMPORT_OCTETS_MAX } from '../imports.choix.schema.ts';
import type { ImportListe, TriImports } from '../imports.liste.ts';
import { ListeImports } from '../imports.liste.views.tsx';
import { importsTexts } from '../imports.texts.ts';
import type { Contenu } from './reprise.lieu.ts';
import { travauxTexts } from './reprise.travaux.texts.ts';
import { FUSEAU_ANCIEN } from './reprise.valeurs.ts';

/** Where the pages of takeovers are. */
export const PAGE = '/admin/import/legacy';
const COMMANDE = 'gec import legacy --database postgres://… --uploads /reprise/uploads --dry-run';

/** A form that was refused, as it was typed. */
export interface Refusee {
  readonly formulaire: 'serveur' | 'envoi' | 'choix';
  readonly saisie: Readonly<Record<string, string>>;
  readonly errors: readonly FieldError[];
}

const zones = (): string[] => [
  ...new Set([
    ...Intl.supportedValuesOf('timeZone').filter((zone) => zone.startsWith('Africa/')),
    FUSEAU_ANCIEN,
    'UTC',
  ]),
];

/** The fields that say how an older installation is read; their ids begin with the name of their form. */
export function ChampsReglages(props: {
  lang: Lang;
  prefixe: string;
  valeurs: Readonly<Record<string, string>>;
  erreur: (field: string) => string | undefined;
  cleGardee?: boolean;
}) {
  const { lang, prefixe, valeurs, erreur, cleGardee = false } = props;
  const t = travauxTexts(lang);
  const select = (
    name: 'comptes' | 'doubles',
    values: readonly (readonly [string, string])[],
    empty?: string,
  ) => (
    <Field id={`${prefixe}-${name}`} label={t[name]} error={erreur(name)}>
      <Select
        name={name}
        value={valeurs[name]}
        options={values.map(([value, label]) => ({ value, label }))}
        empty={empty}
      />
    </Field>
  );
  const fuseaux = zones();
  const choisi = valeurs['fuseau'] || FUSEAU_ANCIEN;
  return (
    <>
      <Grid columns="two">
        <Field
          id={`${prefixe}-cle`}
          label={t.cle}
          hint={cleGardee ? t.cleGardee : t.cleAide}
          error={erreur('cle')}
        >
          <TextInput name="cle" type="password" autocomplete="off" maxLength={200} spellcheck={false} />
        </Field>
        <Field id={`${prefixe}-fuseau`} label={t.fuseau} error={erreur('fuseau')}>
          <Select
            name="fuseau"
            value={choisi}
            options={[...new Set([...fuseaux, choisi])].sort().map((zone) => ({ value: zone, label: zone }))}
          />
        </Field>
        {select('comptes', [
          ['fusionner', t.comptes_fusionner],
          ['renommer', t.comptes_renommer],
        ])}
        {select(
          'doubles',
          [
            ['suffixer', t.doubles_suffixer],
            ['laisser', t.doubles_laisser],
          ],
          valeurs['doubles'] ? undefined : t.doublesDefaut,
        )}
      </Grid>
      {cleGardee && <Checkbox name="oublier_cle" label={t.oublierCle} />}
    </>
  );
}

/** A field that chooses a folder of files. */
export function ChampDossier(props: {
  lang: Lang;
  prefixe: string;
  dossiers: readonly string[];
  value: string | undefined;
  error: string | undefined;
  vide: string;
}) {
  const { lang, prefixe, dossiers, value, error, vide } = props;
  const t = travauxTexts(lang);
  return (
    <Field id={`${prefixe}-dossier`} label={t.dossier} hint={t.dossierAide} error={error}>
      <Select
        name="dossier"
        value={value}
        empty={vide}
        options={dossiers.map((one) => ({ value: one, label: one === '.' ? t.dossierRacine : one }))}
      />
    </Field>
  );
}

interface ReprisesPageProps {
  lang: Lang;
  csrfToken: string;
  fuseau: string;
  contenu: Contenu | null;
  liste: PageLue<ImportListe, TriImports>;
  refusee: Refusee | undefined;
}

/** The page `/admin/import/legacy`: where the older installation is, and the takeovers so far. */
export function ReprisesPage(props: ReprisesPageProps) {
  const { lang, fuseau, liste } = props;
  const t = travauxTexts(lang);
  const mots = importsTexts(lang);
  return (
    <>
      <PageHeader
        title={t.titre}
        subtitle={t.sousTitre}
        crumbs={[{ label: mots.titre, href: '/admin/import' }]}
      />
      <Stack>
        <ServeurCard {...props} />
        <EnvoiCard {...props} />
        <ListeImports
          lang={lang}
          base={PAGE}
          fuseau={fuseau}
          liste={liste}
          mots={t}
          colonneNom={t.colSource}
        />
      </Stack>
    </>
  );
}

const erreurs = (refusee: Refusee | undefined, formulaire: Refusee['formulaire']) => {
  const errors = refusee?.formulaire === formulaire ? refusee.errors : [];
  return (field: string) => errors.find((error) => error.field === field)?.message;
};

function ServeurCard({ lang, csrfToken, contenu, refusee }: ReprisesPageProps) {
  const t = travauxTexts(lang);
  const saisie = refusee?.formulaire === 'serveur' ? refusee.saisie : {};
  const erreur = erreurs(refusee, 'serveur');
  if (contenu === null) {
    return (
      <Card title={t.serveur} icon="folder">
        <Stack space={3}>
          <Alert tone="info" title={t.serveurFerme}>
            {t.serveurFermeTexte}
          </Alert>
          <pre class="transcript" tabIndex={0} role="region" aria-label={t.commande}>
            {COMMANDE}
          </pre>
        </Stack>
      </Card>
    );
  }
  const vide = contenu.bases.length + contenu.archives.length === 0;
  const options = [
    ...contenu.bases.map((chemin) => ({ value: `base:${chemin}`, label: fill(t.groupeBase, { chemin }) })),
    ...contenu.archives.map((chemin) => ({
      value: `archive:${chemin}`,
      label: fill(t.groupeArchive, { chemin }),
    })),
  ];
  return (
    <Card title={t.serveur} icon="folder">
      <Stack space={3}>
        {!contenu.complet && <Alert tone="warning" title={t.serveurPartiel} />}
        {vide ? (
          <Alert tone="info" title={t.serveurVide} />
        ) : (
          <Form action={`${PAGE}/serveur`} csrfToken={csrfToken} class="stack stack-4" guard>
            <Grid columns="two">
              <Field
                id="serveur-source"
                label={t.source}
                hint={t.sourceAide}
                error={erreur('source') ?? erreur('base') ?? erreur('archive')}
                required
              >
                <Select name="source" value={saisie['source']} empty={t.choisir} options={options} />
              </Field>
              <ChampDossier
                lang={lang}
                prefixe="serveur"
                dossiers={contenu.dossiers}
                value={saisie['dossier']}
                error={erreur('dossier')}
                vide={t.choisir}
              />
            </Grid>
            <ChampsReglages lang={lang} prefixe="serveur" valeurs={saisie} erreur={erreur} />
            <Actions>
              <Button variant="primary">{t.simuler}</Button>
            </Actions>
          </Form>
        )}
      </Stack>
    </Card>
  );
}

function EnvoiCard({ lang, csrfToken, contenu, refusee }: ReprisesPageProps) {
  const t = travauxTexts(lang);
  const saisie = refusee?.formulaire === 'envoi' ? refusee.saisie : {};
  const erreur = erreurs(refusee, 'envoi');
  return (
    <Card title={t.envoyer} icon="upload">
      <Form action={PAGE} csrfToken={csrfToken} encType="multipart/form-data" class="stack stack-4">
        <ChampsReglages lang={lang} prefixe="envoi" valeurs={saisie} erreur={erreur} />
        {contenu !== null && (
          <ChampDossier
            lang={lang}
            prefixe="envoi"
            dossiers={contenu.dossiers}
            value={saisie['dossier']}
            error={erreur('dossier')}
            vide={t.sansDossier}
          />
        )}
        <FileDrop
          id="fichier"
          name="fichier"
          label={t.fichier}
          hint={t.fichierAide}
          accept=".zip,.db,.sqlite,.sqlite3"
          maxBytes={IMPORT_OCTETS_MAX}
          error={erreur('fichier')}
          required
        />
        <Actions>
          <Button variant="primary">{t.simuler}</Button>
        </Actions>
      </Form>
    </Card>
  );
}
