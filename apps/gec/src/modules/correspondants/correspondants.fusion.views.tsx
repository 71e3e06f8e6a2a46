import { fill, formatNumber, plural, type FieldError } from '@gec/core';
import {
  Actions,
  Alert,
  Badge,
  Button,
  Card,
  Checkbox,
  DataTable,
  ErrorSummary,
  Field,
  Form,
  LinkButton,
  PageHeader,
  Stack,
  useLang,
} from '@gec/ui';
import { ecrireLignes } from './correspondants.forms.ts';
import {
  IMPORT_LIGNES_MAX,
  type EffetLigne,
  type PlanImportCorrespondants,
} from './correspondants.import.schema.ts';
import { CHAMPS_CORRESPONDANT, type ApercuFusion } from './correspondants.schema.ts';
import { correspondantsTexts } from './correspondants.texts.ts';

const HOME = '/admin/correspondants';

/** What a merge will do, before it is done. */
export function FusionView({
  csrfToken,
  apercu,
  refus,
}: {
  csrfToken: string;
  apercu: ApercuFusion;
  /** Why nothing was merged. */
  refus?: string;
}) {
  const lang = useLang();
  const t = correspondantsTexts(lang);
  const { garde, fondu, resultat, lettres, reecriturePermise } = apercu;
  const names = { garde: garde.nom, fondu: fondu.nom };
  return (
    <Stack>
      <PageHeader title={t.fusionTitre} crumbs={[{ label: t.titre, href: HOME }]} />
      {refus !== undefined && <Alert tone="danger">{refus}</Alert>}
      <Card flush>
        <DataTable
          caption={t.fusionTitre}
          rows={CHAMPS_CORRESPONDANT}
          rowKey={(champ) => champ}
          columns={[
            {
              id: 'champ',
              header: t.fusionChamp,
              primary: true,
              cell: (champ) => <strong>{t[champ]}</strong>,
            },
            { id: 'garde', header: t.fusionGarde, cell: (champ) => garde[champ] || '—' },
            { id: 'fondu', header: t.fusionFondu, cell: (champ) => fondu[champ] || '—' },
            {
              id: 'resultat',
              header: t.fusionResultat,
              cell: (champ) => <span class="prewrap">{resultat[champ] || '—'}</span>,
            },
          ]}
        />
      </Card>
      <Card>
        <Form action={`${HOME}/fusion`} csrfToken={csrfToken} confirm={fill(t.fusionConfirmer, names)}>
          <input type="hidden" name="garde" value={garde.id} />
          <input type="hidden" name="fondu" value={fondu.id} />
          <input type="hidden" name="version_garde" value={garde.version} />
          <input type="hidden" name="version_fondu" value={fondu.version} />
          <Stack>
            <p>
              {fill(plural(lang, lettres, t.fusionLettres_un, t.fusionLettres_autre), { nom: garde.nom })}{' '}
              {fill(t.fusionEcriture, { ancien: fondu.nom, nom: garde.nom })}
            </p>
            {reecriturePermise && lettres > 0 && (
              <Checkbox name="reecrire" label={t.reecrire} hint={t.reecrireAide} />
            )}
            <Actions>
              <Button variant="danger">{t.fusionner}</Button>
              <LinkButton href={`${HOME}/fusion?garde=${fondu.id}&fondu=${garde.id}`}>
                {fill(t.fusionInverser, { nom: fondu.nom })}
              </LinkButton>
              <LinkButton href={`${HOME}/${garde.id}`} variant="quiet">
                {t.renoncer}
              </LinkButton>
            </Actions>
          </Stack>
        </Form>
      </Card>
    </Stack>
  );
}

const TONES = { ajout: 'success', modification: 'info', inchange: 'neutral', erreur: 'danger' } as const;

function Effet({ effet }: { effet: EffetLigne }) {
  const t = correspondantsTexts(useLang());
  return <Badge tone={TONES[effet]}>{t[`effet_${effet}`]}</Badge>;
}

function Plan({ csrfToken, plan }: { csrfToken: string; plan: PlanImportCorrespondants }) {
  const lang = useLang();
  const t = correspondantsTexts(lang);
  const { lignes, ignorees, comptes } = plan;
  const n = (value: number) => formatNumber(lang, value);
  const wanted = lignes.filter(({ effet }) => effet === 'ajout' || effet === 'modification');
  return (
    <Card
      title={fill(t.bilan, {
        ajout: n(comptes.ajout),
        modification: n(comptes.modification),
        inchange: n(comptes.inchange),
        erreur: n(comptes.erreur),
      })}
    >
      <Stack>
        {ignorees.length > 0 && (
          <Alert tone="warning">{fill(t.colonnesIgnorees, { noms: ignorees.join(', ') })}</Alert>
        )}
        {wanted.length > 0 ? (
          <Form action={`${HOME}/import/confirmer`} csrfToken={csrfToken}>
            <input type="hidden" name="lignes" value={ecrireLignes(wanted)} />
            <Button variant="primary" icon="check">
              {plural(lang, wanted.length, t.importerN_un, t.importerN_autre)}
            </Button>
          </Form>
        ) : (
          <p class="muted">{t.rienAImporter}</p>
        )}
        <DataTable
          caption={t.importTitre}
          rows={lignes}
          rowKey={({ ligne }) => ligne}
          columns={[
            { id: 'ligne', header: t.ligne, kind: 'figure', cell: ({ ligne }) => n(ligne) },
            { id: 'nom', header: t.nom, primary: true, cell: ({ saisie }) => saisie.nom || '—' },
            { id: 'effet', header: t.effet, cell: ({ effet }) => <Effet effet={effet} /> },
            {
              id: 'raison',
              header: t.raison,
              cell: ({ erreurs }) =>
                erreurs.map(({ field, message }) => {
                  const label = CHAMPS_CORRESPONDANT.find((champ) => champ === field);
                  return (
                    <div key={field}>
                      {label && <strong>{t[label]}</strong>} {message}
                    </div>
                  );
                }),
            },
          ]}
        />
      </Stack>
    </Card>
  );
}

/** A list of correspondants to be read, and what each of its lines will do. */
export function ImportView(props: {
  csrfToken: string;
  errors: readonly FieldError[];
  plan: PlanImportCorrespondants | null;
}) {
  const lang = useLang();
  const t = correspondantsTexts(lang);
  const { csrfToken, errors, plan } = props;
  return (
    <Stack>
      <PageHeader title={t.importTitre} crumbs={[{ label: t.titre, href: HOME }]} />
      <ErrorSummary errors={errors} />
      {plan && <Plan csrfToken={csrfToken} plan={plan} />}
      <Card class="narrow" title={plan ? t.autreFichier : undefined}>
        <Form action={`${HOME}/import`} csrfToken={csrfToken} encType="multipart/form-data">
          <Stack>
            <p>{fill(t.importTexte, { max: formatNumber(lang, IMPORT_LIGNES_MAX) })}</p>
            <Field
              id="fichier"
              label={t.fichier}
              hint={t.verifierAide}
              error={errors.find(({ field }) => field === 'fichier')?.message}
              required
            >
              <input
                class="input"
                type="file"
                id="fichier"
                name="fichier"
                accept=".csv,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                aria-describedby={errors.length > 0 ? 'fichier-hint fichier-error' : 'fichier-hint'}
              />
            </Field>
            <Actions>
              <Button variant={plan ? 'secondary' : 'primary'} icon="upload">
                {t.verifier}
              </Button>
              <LinkButton href={HOME} variant="quiet">
                {t.renoncer}
              </LinkButton>
            </Actions>
          </Stack>
        </Form>
      </Card>
    </Stack>
  );
}
