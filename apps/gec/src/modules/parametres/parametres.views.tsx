import { fill, formatDateTime, formatNumber, type Conflict, type FieldError, type Lang } from '@gec/core';
import {
  Button,
  Card,
  CheckboxGroup,
  ConflictPanel,
  ErrorSummary,
  Field,
  Form,
  Grid,
  LinkButton,
  PageHeader,
  Panel,
  RadioGroup,
  Select,
  Stack,
  TextArea,
  TextInput,
} from '@gec/ui';
import { IMAGE_MAX_BYTES, IMAGE_MAX_SIDE } from './parametres.image.ts';
import type { ParametresReponse } from './parametres.presenter.ts';
import {
  BORNES,
  MODES_NUMERO,
  PARAMETRES_PAR_DEFAUT,
  TYPES_FICHIERS,
  type CleImage,
} from './parametres.schema.ts';
import { parametresTexts } from './parametres.texts.ts';
import {
  adresseApercu,
  CLES_DOCUMENT,
  enTexte,
  lisible,
  parDefaut,
  type CleTexte as Cle,
  type Saisie,
} from './parametres.valeurs.ts';

/** What the page of the settings shows. */
export interface ParametresPageProps {
  lang: Lang;
  csrfToken: string;
  settings: ParametresReponse;
  /** What was typed into a form that comes back; the settings where nothing was. */
  saisie: Saisie;
  errors: readonly FieldError[];
  /** Another administrator saved meanwhile; the settings that both changed. */
  conflits?: readonly Conflict<Cle>[] | undefined;
  /** The next number of each flow as the typed settings would give it, or why not. */
  apercus: readonly Apercu[];
}

const SECTIONS = [
  {
    id: 'organismeSection',
    icon: 'building',
    cles: ['organisme', 'pays', 'adresse', 'telephone', 'email', 'nomLogiciel'],
  },
  {
    id: 'documentsSection',
    icon: 'file',
    cles: ['titrePdf', 'sousTitrePdf', 'piedPage', 'titreResponsable', 'appellationDepartement'],
  },
  {
    id: 'numerotationSection',
    icon: 'journal',
    seule: 'modeNumero',
    cles: ['formatArrivee', 'valeurDepartArrivee', 'formatDepart', 'valeurDepartDepart'],
  },
  {
    id: 'fichiersSection',
    icon: 'paperclip',
    cles: ['tailleMaxFichierMo', 'conservationExportsHeures', 'typesFichiers'],
  },
  { id: 'sessionSection', icon: 'clock', cles: ['dureeSessionHeures', 'fuseauHoraire'] },
  {
    id: 'securiteSection',
    icon: 'shield',
    cles: ['motDePasseLongueurMin', 'motDePasseValiditeJours', 'verrouillageEchecs', 'verrouillageMinutes'],
  },
] as const;

const LONG = new Set<Cle>(['adresse', 'piedPage']);
const OPTIONAL = new Set<Cle>(['adresse', 'telephone', 'email', 'titrePdf', 'sousTitrePdf', 'piedPage']);
/** The zones that an office of the region may be in; the one that is set is always among them. */
function zones(current: string): { value: string; label: string }[] {
  const known = Intl.supportedValuesOf('timeZone').filter((zone) => zone.startsWith('Africa/'));
  return [...new Set([...known, 'UTC', current])].sort().map((zone) => ({ value: zone, label: zone }));
}

const PAR_DEFAUT = enTexte(PARAMETRES_PAR_DEFAUT);

/** What a setting is for, what it is by default, and who changed it last. */
function Aide(props: Pick<ParametresPageProps, 'lang' | 'settings'> & { cle: Cle }) {
  const { lang, settings, cle } = props;
  const t = parametresTexts(lang);
  const change = settings.modifications[cle];
  return (
    <>
      {t[`${cle}Aide`]} {parDefaut(lang, lisible(lang, cle, PAR_DEFAUT[cle]))}
      {change && (
        <>
          {' '}
          {fill(t.modifiePar, {
            qui: change.par ?? t.compteInconnu,
            quand: formatDateTime(lang, change.le, settings.valeurs.fuseauHoraire),
          })}
        </>
      )}
    </>
  );
}

function Controle({ cle, value }: { cle: Cle; value: string }) {
  if (cle === 'fuseauHoraire') return <Select name={cle} value={value} options={zones(value)} />;
  if (LONG.has(cle)) return <TextArea name={cle} value={value} rows={2} maxLength={240} />;
  if (cle in BORNES) {
    const [min, max] = BORNES[cle as keyof typeof BORNES];
    return <TextInput name={cle} value={value} type="number" inputMode="numeric" min={min} max={max} />;
  }
  return (
    <TextInput
      name={cle}
      value={value}
      type={cle === 'email' ? 'email' : cle === 'telephone' ? 'tel' : 'text'}
      spellcheck={cle.startsWith('format') ? false : undefined}
    />
  );
}

function Parametre(props: ParametresPageProps & { cle: Cle }) {
  const { lang, settings, saisie, errors, cle } = props;
  const t = parametresTexts(lang);
  const value = saisie[cle] ?? enTexte(settings.valeurs)[cle];
  const error = errors.find(({ field }) => field === cle)?.message;
  const frame = { id: cle, error, hint: <Aide {...props} /> };
  if (cle === 'modeNumero') {
    const options = MODES_NUMERO.map((mode) => ({ value: mode, label: t[mode] }));
    return <RadioGroup {...frame} name={cle} legend={t.modeNumero} options={options} value={value} />;
  }
  if (cle === 'typesFichiers') {
    const options = TYPES_FICHIERS.map((type) => ({ value: type, label: lisible(lang, cle, type) }));
    return (
      <CheckboxGroup {...frame} name={cle} legend={t[cle]} options={options} values={value.split(',')} />
    );
  }
  const required = !OPTIONAL.has(cle);
  return (
    <Field {...frame} label={t[cle]} required={required} optional={!required}>
      <Controle cle={cle} value={value} />
    </Field>
  );
}

/** The next number of a flow as the typed settings would give it, or why not. */
interface Apercu {
  flux: string;
  numero: string;
  message?: string | undefined;
}

/** A preview as it is read. */
export function apercuLu(lang: Lang, { flux, numero, message }: Apercu): string {
  const t = parametresTexts(lang);
  if (message !== undefined) return fill(t.apercuErreur, { flux, message });
  return numero === '' ? fill(t.apercuAucun, { flux }) : fill(t.apercu, { flux, numero });
}

function Apercus({ lang, apercus }: Pick<ParametresPageProps, 'lang' | 'apercus'>) {
  const t = parametresTexts(lang);
  return (
    <Panel>
      <ul class="plain" id="apercus" aria-live="polite">
        {apercus.map((one) => (
          <li key={one.flux} class="num">
            {apercuLu(lang, one)}
          </li>
        ))}
      </ul>
      <LinkButton href="/admin/registres" variant="quiet" size="small" icon="database">
        {t.registres}
      </LinkButton>
    </Panel>
  );
}

/** What a record sheet looks like with what is typed; with script it follows the typing. */
function ApercuFiche({ lang, settings, saisie }: ParametresPageProps) {
  const t = parametresTexts(lang);
  return (
    <Panel title={t.apercuFiche}>
      <img
        id="apercu-fiche"
        class="sheet-preview"
        src={adresseApercu({ ...enTexte(settings.valeurs), ...saisie })}
        alt={t.apercuFiche}
        width={595}
        height={842}
        loading="lazy"
        data-fields={CLES_DOCUMENT.join(' ')}
      />
    </Panel>
  );
}

function ImageCard(props: ParametresPageProps & { cle: CleImage }) {
  const { lang, csrfToken, settings, errors, cle } = props;
  const t = parametresTexts(lang);
  const picture = settings.valeurs[cle];
  const limits = { ko: IMAGE_MAX_BYTES / 1024, px: formatNumber(lang, IMAGE_MAX_SIDE) };
  return (
    <Card title={t[`${cle}Section`]} icon="image" id={`${cle}Section`}>
      <Stack>
        {picture ? (
          <img
            src={cle === 'logo' ? '/logo' : '/settings/signature'}
            alt={fill(t.imageActuelle, picture)}
            width={Math.round((picture.largeur * 64) / picture.hauteur)}
            height={64}
          />
        ) : (
          <p class="muted">{t.imageAucune}</p>
        )}
        <Form action={`/settings/${cle}`} csrfToken={csrfToken} encType="multipart/form-data">
          <Stack>
            <Field
              id={cle}
              label={t[cle]}
              hint={`${t[`${cle}Aide`]} ${fill(t.imageAide, limits)}`}
              error={errors.find(({ field }) => field === cle)?.message}
            >
              <input
                type="file"
                id={cle}
                name={cle}
                accept="image/png"
                class="input"
                aria-describedby={`${cle}-hint`}
              />
            </Field>
            <Button icon="upload">{t.envoyerImage}</Button>
          </Stack>
        </Form>
        {picture && (
          <Form action={`/settings/${cle}/retirer`} csrfToken={csrfToken} confirm={t.confirmerRetrait}>
            <Button variant="danger" icon="trash">
              {t.retirerImage}
            </Button>
          </Form>
        )}
      </Stack>
    </Card>
  );
}

function Conflits({ lang, conflits }: ParametresPageProps) {
  const t = parametresTexts(lang);
  if (!conflits) return null;
  const shown = (cle: Cle, value: string) => (value === '' ? t.vide : lisible(lang, cle, value));
  return (
    <ConflictPanel
      text={t.versionPerimee}
      rows={conflits.map(({ champ, saisie, actuel }) => ({
        label: t[champ],
        mine: shown(champ, saisie),
        theirs: shown(champ, actuel),
      }))}
    />
  );
}

/** The settings, in sections, each with what it is for, its default and who changed it last. */
export function ParametresPage(props: ParametresPageProps) {
  const { lang, csrfToken, settings, errors } = props;
  const t = parametresTexts(lang);
  return (
    <Stack>
      <PageHeader title={t.titre} subtitle={t.sousTitre} />
      <Conflits {...props} />
      <ErrorSummary errors={errors} />
      <Form action="/settings" csrfToken={csrfToken} guard id="parametres">
        <input type="hidden" name="version" value={String(settings.version)} />
        <span data-island="settings-preview" hidden />
        <input type="hidden" name="avant" value={JSON.stringify(enTexte(settings.valeurs))} />
        <Stack>
          {SECTIONS.map((section) => (
            <Card key={section.id} title={t[section.id]} icon={section.icon} id={section.id}>
              <Stack>
                {'seule' in section && <Parametre {...props} cle={section.seule} />}
                <Grid columns="two">
                  {section.cles.map((cle) => (
                    <Parametre key={cle} {...props} cle={cle} />
                  ))}
                </Grid>
                {section.id === 'documentsSection' && <ApercuFiche {...props} />}
                {section.id === 'numerotationSection' && <Apercus lang={lang} apercus={props.apercus} />}
              </Stack>
            </Card>
          ))}
          <div>
            <Button variant="primary" size="large" icon="check">
              {t.enregistrer}
            </Button>{' '}
            {/* After the first button, which is the one that Enter presses. */}
            <Button name="apercu" value="oui" formAction="/settings#documentsSection" size="large" icon="eye">
              {t.voirApercu}
            </Button>
          </div>
        </Stack>
      </Form>
      <Grid columns="two">
        <ImageCard {...props} cle="logo" />
        <ImageCard {...props} cle="signature" />
      </Grid>
    </Stack>
  );
}
