import { fill, formatDateTime, formatNumber, type FieldError, type Lang } from '@gec/core';
import {
  Alert,
  Button,
  Card,
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
import { LOGO_MAX_BYTES, LOGO_MAX_SIDE } from './parametres.logo.ts';
import type { ParametresReponse } from './parametres.presenter.ts';
import { MODES_NUMERO, PARAMETRES_PAR_DEFAUT, type CleParametre } from './parametres.schema.ts';
import { parametresTexts } from './parametres.texts.ts';

/** The roles that need a second factor are chosen on the screen of security. */
type Cle = Exclude<CleParametre, 'logo' | 'secondFacteurRoles'>;

/** What the page of the settings shows. */
export interface ParametresPageProps {
  lang: Lang;
  csrfToken: string;
  settings: ParametresReponse;
  /** What was typed into a form that comes back; the settings where nothing was. */
  saisie: Readonly<Partial<Record<Cle, string>>>;
  errors: readonly FieldError[];
  /** Something that concerns the whole form, such as another administrator's change. */
  alerte?: string | undefined;
  /** The next number of each flow as the typed settings would give it, or why not. */
  apercus: readonly { flux: string; numero: string; message?: string | undefined }[];
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
  { id: 'fichiersSection', icon: 'paperclip', cles: ['tailleMaxFichierMo'] },
  { id: 'sessionSection', icon: 'clock', cles: ['dureeSessionHeures', 'fuseauHoraire'] },
] as const;

const LONG = new Set<Cle>(['adresse', 'piedPage']);
const OPTIONAL = new Set<Cle>(['adresse', 'telephone', 'email', 'titrePdf', 'sousTitrePdf', 'piedPage']);
const NUMBERS: Readonly<Partial<Record<Cle, number>>> = {
  valeurDepartArrivee: 99_999_999,
  valeurDepartDepart: 99_999_999,
  tailleMaxFichierMo: 128,
  dureeSessionHeures: 168,
};

/** The zones that an office of the region may be in; the one that is set is always among them. */
function zones(current: string): { value: string; label: string }[] {
  const known = Intl.supportedValuesOf('timeZone').filter((zone) => zone.startsWith('Africa/'));
  return [...new Set([...known, 'UTC', current])].sort().map((zone) => ({ value: zone, label: zone }));
}

/** What a setting is for, what it is by default, and who changed it last. */
function Aide({ lang, settings, cle }: Pick<ParametresPageProps, 'lang' | 'settings'> & { cle: Cle }) {
  const t = parametresTexts(lang);
  const initial = String(PARAMETRES_PAR_DEFAUT[cle]);
  const word = cle === 'modeNumero' ? t[PARAMETRES_PAR_DEFAUT.modeNumero] : initial;
  const change = settings.modifications[cle];
  return (
    <>
      {t[`${cle}Aide`]} {initial === '' ? t.parDefautVide : fill(t.parDefaut, { valeur: word })}
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

function Parametre(props: ParametresPageProps & { cle: Cle }) {
  const { lang, settings, saisie, errors, cle } = props;
  const t = parametresTexts(lang);
  const value = saisie[cle] ?? String(settings.valeurs[cle]);
  const error = errors.find(({ field }) => field === cle)?.message;
  const hint = <Aide lang={lang} settings={settings} cle={cle} />;
  if (cle === 'modeNumero') {
    const options = MODES_NUMERO.map((mode) => ({ value: mode, label: t[mode] }));
    return (
      <RadioGroup
        id={cle}
        name={cle}
        legend={t.modeNumero}
        options={options}
        value={value}
        hint={hint}
        error={error}
      />
    );
  }
  const max = NUMBERS[cle];
  const required = !OPTIONAL.has(cle);
  return (
    <Field id={cle} label={t[cle]} hint={hint} error={error} required={required} optional={!required}>
      {cle === 'fuseauHoraire' ? (
        <Select name={cle} value={value} options={zones(value)} />
      ) : LONG.has(cle) ? (
        <TextArea name={cle} value={value} rows={2} maxLength={240} />
      ) : max !== undefined ? (
        <TextInput name={cle} value={value} type="number" inputMode="numeric" min={1} max={max} />
      ) : (
        <TextInput
          name={cle}
          value={value}
          type={cle === 'email' ? 'email' : cle === 'telephone' ? 'tel' : 'text'}
          spellcheck={cle.startsWith('format') ? false : undefined}
        />
      )}
    </Field>
  );
}

function Apercus({ lang, apercus }: Pick<ParametresPageProps, 'lang' | 'apercus'>) {
  const t = parametresTexts(lang);
  return (
    <Panel>
      <ul class="plain" id="apercus">
        {apercus.map(({ flux, numero, message }) => (
          <li key={flux} class="num">
            {message !== undefined
              ? fill(t.apercuErreur, { flux, message })
              : numero === ''
                ? fill(t.apercuAucun, { flux })
                : fill(t.apercu, { flux, numero })}
          </li>
        ))}
      </ul>
      <LinkButton href="/admin/registres" variant="quiet" size="small" icon="database">
        {t.registres}
      </LinkButton>
    </Panel>
  );
}

function LogoCard({ lang, csrfToken, settings, errors }: ParametresPageProps) {
  const t = parametresTexts(lang);
  const { logo } = settings.valeurs;
  const hint = fill(t.logoAide, { ko: LOGO_MAX_BYTES / 1024, px: formatNumber(lang, LOGO_MAX_SIDE) });
  return (
    <Card title={t.logoSection} icon="image" id="logoSection">
      <Stack>
        {logo ? (
          <img
            src="/logo"
            alt={fill(t.logoActuel, logo)}
            width={Math.round((logo.largeur * 64) / logo.hauteur)}
            height={64}
          />
        ) : (
          <p class="muted">{t.logoAucun}</p>
        )}
        <Form action="/settings/logo" csrfToken={csrfToken} encType="multipart/form-data">
          <Stack>
            <Field
              id="logo"
              label={t.logo}
              hint={hint}
              error={errors.find(({ field }) => field === 'logo')?.message}
            >
              <input
                type="file"
                id="logo"
                name="logo"
                accept="image/png"
                class="input"
                aria-describedby="logo-hint"
              />
            </Field>
            <Button icon="upload">{t.envoyerLogo}</Button>
          </Stack>
        </Form>
        {logo && (
          <Form action="/settings/logo/retirer" csrfToken={csrfToken} confirm={t.confirmerRetrait}>
            <Button variant="danger" icon="trash">
              {t.retirerLogo}
            </Button>
          </Form>
        )}
      </Stack>
    </Card>
  );
}

/** The settings, in sections, each with what it is for, its default and who changed it last. */
export function ParametresPage(props: ParametresPageProps) {
  const { lang, csrfToken, settings, errors, alerte } = props;
  const t = parametresTexts(lang);
  return (
    <Stack>
      <PageHeader title={t.titre} subtitle={t.sousTitre} />
      {alerte !== undefined && <Alert tone="warning">{alerte}</Alert>}
      <ErrorSummary errors={errors} />
      <Form action="/settings" csrfToken={csrfToken} guard>
        <input type="hidden" name="version" value={String(settings.version)} />
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
                {section.id === 'numerotationSection' && <Apercus lang={lang} apercus={props.apercus} />}
              </Stack>
            </Card>
          ))}
          <div>
            <Button variant="primary" size="large" icon="check">
              {t.enregistrer}
            </Button>{' '}
            {/* After the first button, which is the one that Enter presses. */}
            <Button
              name="apercu"
              value="oui"
              formAction="/settings#numerotationSection"
              size="large"
              icon="eye"
            >
              {t.voirApercu}
            </Button>
          </div>
        </Stack>
      </Form>
      <LogoCard {...props} />
    </Stack>
  );
}
