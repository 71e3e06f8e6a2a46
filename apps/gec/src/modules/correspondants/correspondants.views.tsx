import { fill, formatDate, formatNumber, plural, type FieldError } from '@gec/core';
import {
  Button,
  Card,
  Combobox,
  ConflictPanel,
  DescriptionList,
  ErrorSummary,
  Field,
  Form,
  FormActions,
  Grid,
  LinkButton,
  PageHeader,
  Progress,
  Stack,
  TextArea,
  TextInput,
  useLang,
} from '@gec/ui';
import {
  CHAMPS_CORRESPONDANT,
  LONGUEURS_CORRESPONDANT,
  type ChampCorrespondant,
  type Ecriture,
  type FicheCorrespondant,
  type Fusion,
  type SaisieCorrespondant,
} from './correspondants.schema.ts';
import { correspondantsTexts } from './correspondants.texts.ts';

const HOME = '/admin/correspondants';

export interface FormulaireProps {
  csrfToken: string;
  saisie: SaisieCorrespondant;
  errors: readonly FieldError[];
  /** Version that the form was opened on; none for a new one. */
  version?: number;
  /** What somebody else made of it meanwhile. */
  conflit?: SaisieCorrespondant;
}

/** The fields of a correspondant. */
function Formulaire(props: FormulaireProps & { action: string }) {
  const t = correspondantsTexts(useLang());
  const { csrfToken, saisie, errors, version, action } = props;
  const errorOf = (field: ChampCorrespondant) => errors.find((error) => error.field === field)?.message;
  const max = LONGUEURS_CORRESPONDANT;
  return (
    <Form action={action} csrfToken={csrfToken} guard>
      {version !== undefined && <input type="hidden" name="version" value={version} />}
      <Stack>
        <Field
          id="nom"
          label={t.nom}
          hint={version === undefined ? undefined : t.renommerAide}
          error={errorOf('nom')}
          required
        >
          <TextInput
            name="nom"
            value={saisie.nom}
            maxLength={max.nom}
            autocomplete="off"
            autofocus={version === undefined && errors.length === 0}
          />
        </Field>
        <Field id="adresse" label={t.adresse} error={errorOf('adresse')} optional>
          <TextArea name="adresse" value={saisie.adresse} maxLength={max.adresse} rows={3} />
        </Field>
        <Grid columns="two">
          <Field id="telephone" label={t.telephone} error={errorOf('telephone')} optional>
            <TextInput
              name="telephone"
              type="tel"
              value={saisie.telephone}
              maxLength={max.telephone}
              autocomplete="off"
            />
          </Field>
          <Field id="email" label={t.email} error={errorOf('email')} optional>
            <TextInput
              name="email"
              type="email"
              value={saisie.email}
              maxLength={max.email}
              autocomplete="off"
            />
          </Field>
        </Grid>
        <Field id="notes" label={t.notes} error={errorOf('notes')} optional>
          <TextArea name="notes" value={saisie.notes} maxLength={max.notes} rows={3} />
        </Field>
        <FormActions label={t.enregistrer} back={HOME} backLabel={t.renoncer} />
      </Stack>
    </Form>
  );
}

/** The form of a new correspondant. */
export function NouveauCorrespondantView(props: FormulaireProps) {
  const t = correspondantsTexts(useLang());
  return (
    <Stack>
      <PageHeader title={t.ajouter} crumbs={[{ label: t.titre, href: HOME }]} />
      <ErrorSummary errors={props.errors} />
      <Card class="narrow">
        <Formulaire {...props} action={HOME} />
      </Card>
    </Stack>
  );
}

/** Merges that are under way into this correspondant. */
function Fusions({ id, fusions }: { id: number; fusions: readonly Fusion[] }) {
  const lang = useLang();
  const t = correspondantsTexts(lang);
  const running = fusions.filter(({ terminee }) => !terminee);
  if (running.length === 0) return null;
  return (
    <Card title={t.fusionner} icon="refresh">
      <Stack>
        {running.map((fusion) => (
          <Progress
            key={fusion.id}
            label={fill(t.fusionProgres, { nom: fusion.nomFondu })}
            value={fusion.fait}
            max={Math.max(1, fusion.total)}
            text={`${formatNumber(lang, fusion.fait)} / ${formatNumber(lang, fusion.total)}`}
          />
        ))}
        <LinkButton href={`${HOME}/${id}`} icon="refresh">
          {t.fusionActualiser}
        </LinkButton>
      </Stack>
    </Card>
  );
}

export interface CorrespondantProps extends FormulaireProps {
  fiche: FicheCorrespondant;
  ecritures: readonly Ecriture[];
  fusions: readonly Fusion[];
  peutChanger: boolean;
  fuseau: string;
}

/** Offering, other spellings, merging: what can be done besides changing the fields. */
function Reglages({ csrfToken, fiche, ecritures }: CorrespondantProps) {
  const t = correspondantsTexts(useLang());
  const path = `${HOME}/${fiche.id}`;
  return (
    <>
      <Card title={t.proposer}>
        <Stack space={2}>
          <p class="muted">{fiche.actif ? t.desactiverTexte : t.activerTexte}</p>
          <Form action={`${path}/activation`} csrfToken={csrfToken}>
            <input type="hidden" name="version" value={fiche.version} />
            <input type="hidden" name="actif" value={fiche.actif ? 'non' : 'oui'} />
            <Button>{fiche.actif ? t.desactiver : t.activer}</Button>
          </Form>
        </Stack>
      </Card>
      <Card title={t.fusionnerAvec}>
        <Form action={`${HOME}/fusion`} method="get">
          <input type="hidden" name="garde" value={fiche.id} />
          <Stack space={3}>
            <Field id="avec" label={t.fusionAutre} hint={t.fusionnerAide}>
              <Combobox name="avec" source="/api/v1/correspondants" maxLength={LONGUEURS_CORRESPONDANT.nom} />
            </Field>
            <Button>{t.comparer}</Button>
          </Stack>
        </Form>
      </Card>
      {ecritures.length > 0 && (
        <Card title={t.ecritures}>
          <p class="muted">{t.ecrituresAide}</p>
          <ul class="stack stack-2">
            {ecritures.map((one) => (
              <li key={one.id}>
                <Form action={`${path}/ecritures/${one.id}/retirer`} csrfToken={csrfToken} class="cluster">
                  <span>{one.nom}</span>
                  <Button
                    variant="quiet"
                    size="small"
                    icon="x"
                    iconOnly
                    title={fill(t.retirerEcriture, { nom: one.nom })}
                  >
                    {fill(t.retirerEcriture, { nom: one.nom })}
                  </Button>
                </Form>
              </li>
            ))}
          </ul>
        </Card>
      )}
    </>
  );
}

/** One correspondant: what is known of it, its use, and what can be done with it. */
export function CorrespondantView(props: CorrespondantProps) {
  const lang = useLang();
  const t = correspondantsTexts(lang);
  const { fiche, saisie, errors, conflit, fusions, peutChanger, fuseau } = props;
  const rows = conflit
    ? CHAMPS_CORRESPONDANT.filter((champ) => saisie[champ] !== conflit[champ]).map((champ) => ({
        label: t[champ],
        mine: saisie[champ] || '—',
        theirs: conflit[champ] || '—',
      }))
    : [];
  const usage = (
    <Card title={t.usage}>
      <Stack space={3}>
        <DescriptionList
          items={[
            {
              term: t.courriers,
              value: plural(lang, fiche.courriers, t.courriersN_un, t.courriersN_autre),
            },
            { term: t.dernier, value: fiche.dernier ? formatDate(lang, fiche.dernier, fuseau) : t.jamais },
            { term: t.etat, value: fiche.actif ? t.actif : t.inactif },
          ]}
        />
        {fiche.courriers > 0 && (
          <LinkButton href={`/view_mail?${new URLSearchParams({ search: fiche.nom })}`} icon="search">
            {t.voirCourriers}
          </LinkButton>
        )}
      </Stack>
    </Card>
  );
  return (
    <Stack>
      <PageHeader title={fiche.nom} crumbs={[{ label: t.titre, href: HOME }]} />
      {conflit && <ConflictPanel rows={rows} />}
      <ErrorSummary errors={errors} />
      <Grid columns="aside">
        {peutChanger ? (
          <Card>
            <Formulaire {...props} action={`${HOME}/${fiche.id}`} />
          </Card>
        ) : (
          <Card>
            <DescriptionList
              items={(['adresse', 'telephone', 'email', 'notes'] as const).map((champ) => ({
                term: t[champ],
                value: fiche[champ] && <span class="prewrap">{fiche[champ]}</span>,
              }))}
            />
          </Card>
        )}
        <Stack>
          <Fusions id={fiche.id} fusions={fusions} />
          {usage}
          {peutChanger && <Reglages {...props} />}
        </Stack>
      </Grid>
    </Stack>
  );
}
