import { fill, type FieldError, type Lang } from '@gec/core';
import {
  Alert,
  Badge,
  Button,
  Card,
  DataTable,
  DescriptionList,
  EmptyState,
  ErrorSummary,
  Field,
  Form,
  Grid,
  LinkButton,
  PageHeader,
  QrCode,
  Select,
  Stack,
  TextArea,
  TextInput,
  Timeline,
  type Tone,
} from '@gec/ui';
import type { LicenceAffichee } from './licence.presenter.ts';
import { GENRES_DEMANDE } from './licence.schema.ts';
import { licenceTexts } from './licence.texts.ts';

/** What the page is made from. */
export interface LicencePageProps {
  readonly lang: Lang;
  readonly csrfToken: string;
  /** Null when no licence is needed. */
  readonly licence: LicenceAffichee | null;
  readonly saisie: Readonly<Partial<Record<'cle' | 'genre' | 'cleDemande' | 'lignes', string>>>;
  readonly errors: readonly FieldError[];
  readonly alerte?: string;
}

type Shown = LicencePageProps & { licence: LicenceAffichee };

const TONES: Readonly<Record<LicenceAffichee['etat'], Tone | 'neutral'>> = {
  evaluation: 'info',
  active: 'success',
  expiring: 'warning',
  grace: 'warning',
  'read-only': 'danger',
  revoked: 'danger',
};

function Etat({ lang, csrfToken, licence }: Shown) {
  const t = licenceTexts(lang);
  return (
    <Card title={t.etat} icon="shield">
      <Stack>
        <p>
          <Badge tone={TONES[licence.etat]}>{licence.titre}</Badge> {licence.reste}
        </p>
        <p>{licence.texte}</p>
        <DescriptionList
          columns={2}
          items={licence.faits.map(({ terme, valeur }) => ({ term: terme, value: valeur }))}
        />
        {licence.active && (
          <div class="cluster">
            {licence.enLigne && (
              <Form action="/admin/licence/synchroniser" csrfToken={csrfToken}>
                <Button variant="primary" icon="refresh">
                  {t.synchroniser}
                </Button>
              </Form>
            )}
            {licence.enLigne && (
              <Form action="/admin/licence/rendre" csrfToken={csrfToken} confirm={t.confirmerRendre}>
                <Button variant="danger">{t.rendre}</Button>
              </Form>
            )}
          </div>
        )}
      </Stack>
    </Card>
  );
}

const errorOf = (errors: readonly FieldError[], name: string): string | undefined =>
  errors.find(({ field }) => field === name)?.message;

function ParReseau({ lang, csrfToken, saisie, errors }: Shown) {
  const t = licenceTexts(lang);
  return (
    <Card title={t.activerTitre} icon="key">
      <Form action="/admin/licence/activer" csrfToken={csrfToken}>
        <Stack>
          <Field id="cle" label={t.cle} hint={t.cleAide} error={errorOf(errors, 'cle')} required>
            <TextInput
              name="cle"
              value={saisie.cle ?? ''}
              autocomplete="off"
              spellcheck={false}
              maxLength={40}
            />
          </Field>
          <div>
            <Button variant="primary" icon="check">
              {t.activer}
            </Button>
          </div>
        </Stack>
      </Form>
    </Card>
  );
}

function ParFichier({ lang, csrfToken, licence, saisie, errors }: Shown) {
  const t = licenceTexts(lang);
  const genres = GENRES_DEMANDE.filter((genre) => licence.active || genre === 'activate');
  return (
    <Card title={t.fichierTitre} icon="file">
      <Stack>
        <p class="muted">{t.fichierTexte}</p>
        <Form action="/admin/licence/demande" csrfToken={csrfToken}>
          <Stack>
            <Grid columns="two">
              <Field id="genre" label={t.genre} error={errorOf(errors, 'genre')} required>
                <Select
                  name="genre"
                  value={saisie.genre ?? 'activate'}
                  options={genres.map((genre) => ({ value: genre, label: t[genre] }))}
                />
              </Field>
              <Field id="cleDemande" label={t.cleDemande} error={errorOf(errors, 'cleDemande')} optional>
                <TextInput
                  name="cleDemande"
                  value={saisie.cleDemande ?? ''}
                  autocomplete="off"
                  spellcheck={false}
                  maxLength={40}
                />
              </Field>
            </Grid>
            <div class="cluster">
              <Button name="forme" value="fichier" icon="download">
                {t.demandeFichier}
              </Button>
              <Button name="forme" value="qr" icon="eye">
                {t.demandeQr}
              </Button>
            </div>
          </Stack>
        </Form>
        <Form action="/admin/licence/fichier" csrfToken={csrfToken} encType="multipart/form-data">
          <Stack>
            <Field id="fichier" label={t.fichier} error={errorOf(errors, 'fichier')}>
              <input
                type="file"
                id="fichier"
                name="fichier"
                class="input"
                aria-describedby={errorOf(errors, 'fichier') ? 'fichier-error' : undefined}
              />
            </Field>
            <div>
              <Button icon="upload">{t.appliquer}</Button>
            </div>
          </Stack>
        </Form>
        <Form action="/admin/licence/codes" csrfToken={csrfToken}>
          <Stack>
            <Field id="lignes" label={t.lignes} hint={t.lignesAide} error={errorOf(errors, 'lignes')}>
              <TextArea name="lignes" value={saisie.lignes ?? ''} rows={3} />
            </Field>
            <div>
              <Button icon="check">{t.appliquerLignes}</Button>
            </div>
          </Stack>
        </Form>
      </Stack>
    </Card>
  );
}

function Empreinte({ lang, licence }: Shown) {
  const t = licenceTexts(lang);
  return (
    <Card title={t.empreinteTitre} icon="info">
      <Stack>
        <DataTable
          caption={t.empreinteTitre}
          columns={[
            { id: 'partie', header: t.partie, cell: (row) => row.partie },
            { id: 'poids', header: t.poids, kind: 'figure', cell: (row) => row.poids },
            {
              id: 'comparaison',
              header: t.comparaison,
              cell: (row) => <Badge tone={row.change ? 'warning' : 'neutral'}>{row.comparaison}</Badge>,
            },
          ]}
          rows={licence.empreinte}
          rowKey={(row) => row.partie}
        />
        {licence.grandChangement && <Alert tone="warning">{t.grandChangement}</Alert>}
        <p class="muted">{t.empreinteTexte}</p>
      </Stack>
    </Card>
  );
}

function Historique({ lang, licence }: Shown) {
  const t = licenceTexts(lang);
  return (
    <Card title={t.historique} icon="clock">
      {licence.historique.length === 0 ? (
        <p class="muted">{t.historiqueVide}</p>
      ) : (
        <Timeline
          items={licence.historique.map(({ id, le, quand, titre, detail }) => ({
            id,
            when: quand,
            datetime: le,
            title: titre,
            children: detail,
          }))}
        />
      )}
    </Card>
  );
}

/** State, activation by key, file or QR code, evidence and history of the licence. */
export function LicencePage(props: LicencePageProps) {
  const { lang, licence, errors, alerte } = props;
  const t = licenceTexts(lang);
  if (licence === null) {
    return (
      <Stack>
        <PageHeader title={t.titre} />
        <EmptyState icon="shield" title={t.nonGeree} text={t.nonGereeTexte} />
      </Stack>
    );
  }
  const shown = { ...props, licence };
  return (
    <Stack>
      <PageHeader title={t.titre} subtitle={t.sousTitre} />
      {alerte !== undefined && <Alert tone="danger">{alerte}</Alert>}
      <ErrorSummary errors={errors} />
      {licence.avertissements.map((text) => (
        <Alert key={text} tone="warning">
          {text}
        </Alert>
      ))}
      <Etat {...shown} />
      {licence.enLigne && <ParReseau {...shown} />}
      <ParFichier {...shown} />
      <Empreinte {...shown} />
      <Historique {...shown} />
    </Stack>
  );
}

/** A request as QR codes, to be read from the screen or from paper. */
export function LicenceQrPage({ lang, codes }: { lang: Lang; codes: readonly string[] }) {
  const t = licenceTexts(lang);
  return (
    <Stack>
      <PageHeader title={t.qrTitre} subtitle={t.qrTexte} />
      <Grid>
        {codes.map((code, index) => {
          const name = fill(t.qrUn, { n: index + 1, total: codes.length });
          return (
            <Card key={name} title={name}>
              <QrCode text={code} label={name} />
            </Card>
          );
        })}
      </Grid>
      <div>
        <LinkButton href="/admin/licence" icon="chevron-left">
          {t.retour}
        </LinkButton>
      </div>
    </Stack>
  );
}
