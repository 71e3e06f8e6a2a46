import { fill, formatNumber, type FieldError, type Lang } from '@gec/core';
import {
  Badge,
  Button,
  Card,
  DataTable,
  ErrorSummary,
  Field,
  Form,
  Grid,
  PageHeader,
  RadioGroup,
  Stack,
  Stat,
  TextArea,
  type Column,
} from '@gec/ui';
import { MOTIF_MAX, type RegistreResume } from './registres.schema.ts';
import { registresTexts } from './registres.texts.ts';

/** What the page of the registers shows. */
export interface RegistresPageProps {
  lang: Lang;
  csrfToken: string;
  registres: readonly RegistreResume[];
  /** Whether the person may cancel a number. */
  peutAnnuler: boolean;
  /** What was typed into the form that comes back. */
  saisie: { flux?: string | undefined; motif?: string | undefined };
  errors: readonly FieldError[];
}

function nom(lang: Lang, { flux, annee }: RegistreResume): string {
  const t = registresTexts(lang);
  return fill(flux === 'ENTRANT' ? t.registreArrivees : t.registreDeparts, { annee });
}

/** « Complet », or the places that no number has. */
function Controle({ lang, registre }: { lang: Lang; registre: RegistreResume }) {
  const t = registresTexts(lang);
  const { manquants } = registre;
  if (manquants.length === 0) {
    return (
      <Badge tone="success" icon="check">
        {t.complet}
      </Badge>
    );
  }
  const ranges = manquants.map(({ de, a }) => (de === a ? String(de) : fill(t.intervalle, { de, a })));
  return (
    <>
      <Badge tone={registre.mode === 'manuel' ? 'info' : 'danger'} icon="alert">
        {t.manquants}
      </Badge>{' '}
      <span class="num">{ranges.join(', ')}</span>
    </>
  );
}

function columns(lang: Lang): Column<RegistreResume>[] {
  const t = registresTexts(lang);
  const n = (value: number): string => formatNumber(lang, value);
  return [
    { id: 'nom', header: t.colRegistre, primary: true, cell: (registre) => nom(lang, registre) },
    { id: 'prochain', header: t.colProchain, kind: 'figure', cell: (r) => r.prochainNumero || '—' },
    {
      id: 'format',
      header: t.colFormat,
      from: 'wide',
      cell: (r) => <code>{r.format}</code>,
    },
    { id: 'mode', header: t.colMode, from: 'wide', cell: (r) => t[r.mode] },
    { id: 'depart', header: t.colDepart, kind: 'end', from: 'wide', cell: (r) => n(r.valeurDepart) },
    { id: 'attribues', header: t.colAttribues, kind: 'end', cell: (r) => n(r.attribues) },
    { id: 'annules', header: t.colAnnules, kind: 'end', cell: (r) => n(r.annules) },
    { id: 'detruits', header: t.colDetruits, kind: 'end', cell: (r) => n(r.detruits) },
    { id: 'controle', header: t.colControle, cell: (r) => <Controle lang={lang} registre={r} /> },
  ];
}

function Annulation({ lang, csrfToken, registres, saisie, errors }: RegistresPageProps) {
  const t = registresTexts(lang);
  const possible = registres.filter(({ courant, prochainNumero }) => courant && prochainNumero !== '');
  if (possible.length === 0) return null;
  const message = (field: string): string | undefined => errors.find((one) => one.field === field)?.message;
  return (
    <Card title={t.annulerTitre} icon="x" id="annuler">
      <Form action="/admin/registres/annuler" csrfToken={csrfToken} confirm={t.annulerConfirmer}>
        <Stack>
          <p class="muted">{t.annulerAide}</p>
          {possible.map(({ flux, prochainNumero }) => (
            <input key={flux} type="hidden" name={`attendu_${flux}`} value={prochainNumero} />
          ))}
          <RadioGroup
            id="flux"
            name="flux"
            legend={t.colRegistre}
            required
            options={possible.map((registre) => ({
              value: registre.flux,
              label: `${nom(lang, registre)} · ${registre.prochainNumero}`,
            }))}
            value={saisie.flux}
            error={message('flux')}
          />
          <Field id="motif" label={t.motif} hint={t.motifAide} required error={message('motif')}>
            <TextArea name="motif" value={saisie.motif} rows={2} maxLength={MOTIF_MAX} />
          </Field>
          <div>
            <Button variant="danger" icon="x">
              {t.annulerBouton}
            </Button>
          </div>
        </Stack>
      </Form>
    </Card>
  );
}

/** The registers by year, the self-check, and the cancellation of a number. */
export function RegistresPage(props: RegistresPageProps) {
  const { lang, registres, errors } = props;
  const t = registresTexts(lang);
  return (
    <Stack>
      <PageHeader title={t.titre} subtitle={t.sousTitre} />
      <ErrorSummary errors={errors} />
      <Grid columns="two">
        {registres
          .filter(({ courant }) => courant)
          .map((registre) => (
            <Stat
              key={registre.flux}
              icon={registre.flux === 'ENTRANT' ? 'inbox-in' : 'outbox'}
              label={nom(lang, registre)}
              value={registre.prochainNumero || '—'}
              hint={t.colProchain}
            />
          ))}
      </Grid>
      <Card title={t.tousLesRegistres} icon="database" flush>
        <DataTable
          caption={t.tousLesRegistres}
          columns={columns(lang)}
          rows={registres}
          rowKey={({ flux, annee }) => `${flux}-${annee}`}
        />
      </Card>
      {props.peutAnnuler && <Annulation {...props} />}
    </Stack>
  );
}
