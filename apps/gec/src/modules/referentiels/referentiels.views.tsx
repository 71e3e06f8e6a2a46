import { fill, type FieldError } from '@gec/core';
import {
  Alert,
  Button,
  Card,
  Checkbox,
  CheckboxGroup,
  ConflictPanel,
  ErrorSummary,
  Field,
  Form,
  FormActions,
  Grid,
  PageHeader,
  Select,
  Stack,
  StatusBadge,
  TextArea,
  TextInput,
  useLang,
} from '@gec/ui';
import {
  CHAMPS,
  DELAI_MAX,
  DESCRIPTION_MAX,
  LIBELLE_MAX,
  PALETTE,
  UNITES,
  type ChampEntree,
  type Entree,
  type Liste,
  type SaisieEntree,
} from './referentiels.schema.ts';
import { referentielsTexts } from './referentiels.texts.ts';

const HOME = '/admin/referentiels';

export interface EntreeProps {
  csrfToken: string;
  liste: Liste;
  /** What the fields hold. */
  saisie: SaisieEntree;
  errors: readonly FieldError[];
  /** The entry as it is now; none for a new one. */
  entree?: Entree;
  /** The statuts among which those that may follow are chosen. */
  statuts: readonly Entree[];
  /** Version that the form was opened on. */
  version?: number;
  /** Whether somebody else's newer change refused this one: both are shown. */
  conflit?: SaisieEntree;
}

/** A few colours to choose from, each with its name. */
function Couleurs({ saisie, errors }: Pick<EntreeProps, 'saisie' | 'errors'>) {
  const t = referentielsTexts(useLang());
  const error = errors.find(({ field }) => field === 'couleur')?.message;
  const known = PALETTE.some(({ couleur }) => couleur === saisie.couleur);
  const colours = [
    ...PALETTE.map(({ nom, couleur }) => ({ couleur, label: t[`couleur_${nom}`] })),
    ...(known || !/^#[0-9A-F]{6}$/i.test(saisie.couleur)
      ? []
      : [{ couleur: saisie.couleur, label: t.couleurActuelle }]),
  ];
  return (
    <fieldset
      class={error === undefined ? 'field' : 'field field-bad'}
      id="couleur"
      tabIndex={-1}
      aria-describedby={error === undefined ? undefined : 'couleur-error'}
    >
      <legend>{t.couleur}</legend>
      <div class="swatches">
        {colours.map(({ couleur, label }) => (
          <label key={couleur} class="check">
            <input type="radio" name="couleur" value={couleur} checked={couleur === saisie.couleur} />
            <StatusBadge label={label} couleur={couleur} />
          </label>
        ))}
      </div>
      {error !== undefined && (
        <p class="field-error" id="couleur-error">
          {error}
        </p>
      )}
    </fieldset>
  );
}

function Champs(props: EntreeProps) {
  const t = referentielsTexts(useLang());
  const { liste, saisie, errors, entree, statuts } = props;
  const has = (champ: ChampEntree) => CHAMPS[liste].includes(champ);
  const errorOf = (field: ChampEntree) => errors.find((error) => error.field === field)?.message;
  return (
    <Stack>
      <Field
        id="libelle"
        label={has('libelleEn') ? t.libelleFr : t.libelle}
        error={errorOf('libelle')}
        required
      >
        <TextInput
          name="libelle"
          value={saisie.libelle}
          maxLength={LIBELLE_MAX}
          autofocus={errors.length === 0 && props.conflit === undefined}
          autocomplete="off"
        />
      </Field>
      {has('libelleEn') && (
        <Field
          id="libelleEn"
          label={t.libelleEn}
          hint={t.libelleEnAide}
          error={errorOf('libelleEn')}
          optional
        >
          <TextInput name="libelleEn" value={saisie.libelleEn} maxLength={LIBELLE_MAX} autocomplete="off" />
        </Field>
      )}
      {has('code') &&
        (entree ? (
          <p>
            {t.code} <code>{entree.code}</code> <span class="hint">{t.codeFixe}</span>
          </p>
        ) : (
          <Field id="code" label={t.code} hint={t.codeAide} error={errorOf('code')} optional>
            <TextInput name="code" value={saisie.code} maxLength={40} autocomplete="off" spellcheck={false} />
          </Field>
        ))}
      {has('description') && (
        <Field id="description" label={t.description} error={errorOf('description')} optional>
          <TextArea name="description" value={saisie.description} maxLength={DESCRIPTION_MAX} rows={2} />
        </Field>
      )}
      {has('delai') && (
        <Grid columns="two">
          <Field id="delai" label={t.delai} error={errorOf('delai')} required>
            <TextInput
              name="delai"
              type="number"
              inputMode="numeric"
              min={1}
              max={DELAI_MAX.heures}
              value={saisie.delai}
            />
          </Field>
          <Field id="unite" label={t.unite} error={errorOf('unite')} required>
            <Select
              name="unite"
              value={saisie.unite}
              options={UNITES.map((unite) => ({ value: unite, label: t[`unite_${unite}`] }))}
            />
          </Field>
        </Grid>
      )}
      {has('couleur') && <Couleurs saisie={saisie} errors={errors} />}
      {has('final') && (
        <Checkbox name="final" label={t.final} hint={t.finalAide} checked={saisie.final === 'oui'} />
      )}
      {has('suivants') && (
        <CheckboxGroup
          id="suivants"
          name="suivants"
          legend={t.suivants}
          hint={t.suivantsAide}
          error={errorOf('suivants')}
          values={saisie.suivants}
          options={statuts
            .filter(({ id, actif }) => id !== entree?.id && (actif || saisie.suivants.includes(String(id))))
            .map(({ id, libelle }) => ({ value: String(id), label: libelle }))}
        />
      )}
    </Stack>
  );
}

/** What two people made of an entry, where it differs. */
function Conflit({ liste, saisie, conflit, statuts }: EntreeProps) {
  const t = referentielsTexts(useLang());
  if (conflit === undefined) return null;
  const shown = (champ: ChampEntree, one: SaisieEntree): string => {
    if (champ === 'final') return one.final === 'oui' ? t.oui : t.non;
    if (champ === 'unite') return one.unite === 'heures' ? t.unite_heures : t.unite_jours;
    if (champ === 'couleur') {
      const known = PALETTE.find(({ couleur }) => couleur === one.couleur);
      return known ? t[`couleur_${known.nom}`] : one.couleur;
    }
    if (champ === 'suivants') {
      const chosen = statuts.filter(({ id }) => one.suivants.includes(String(id)));
      return chosen.length === 0 ? t.tousPermis : chosen.map(({ libelle }) => libelle).join(', ');
    }
    return one[champ] || '—';
  };
  const rows = CHAMPS[liste]
    .filter((champ) => champ !== 'code' && shown(champ, saisie) !== shown(champ, conflit))
    .map((champ) => ({ label: t[champ], mine: shown(champ, saisie), theirs: shown(champ, conflit) }));
  return <ConflictPanel rows={rows} />;
}

/** In or out of use, and for good. */
function Service({ csrfToken, liste, entree }: { csrfToken: string; liste: Liste; entree: Entree }) {
  const t = referentielsTexts(useLang());
  const path = `${HOME}/${liste}/${entree.id}`;
  const version = <input type="hidden" name="version" value={entree.version} />;
  if (entree.protege) return <Alert>{t.protegeTexte}</Alert>;
  return (
    <Stack space={5}>
      <section class="stack stack-2">
        <p class="muted">{entree.actif ? t.desactiverTexte : t.activerTexte}</p>
        <Form action={`${path}/activation`} csrfToken={csrfToken}>
          {version}
          <input type="hidden" name="actif" value={entree.actif ? 'non' : 'oui'} />
          <Button>{entree.actif ? t.desactiver : t.activer}</Button>
        </Form>
      </section>
      <section class="stack stack-2">
        {entree.utilise ? (
          <p class="muted">{t.supprimerImpossible}</p>
        ) : (
          <>
            <p class="muted">{t.supprimerTexte}</p>
            <Form
              action={`${path}/supprimer`}
              csrfToken={csrfToken}
              confirm={fill(t.supprimerConfirmer, { nom: entree.libelle })}
            >
              {version}
              <Button variant="danger" icon="trash">
                {t.supprimer}
              </Button>
            </Form>
          </>
        )}
      </section>
    </Stack>
  );
}

/** The form of an entry, new or not. */
export function EntreeView(props: EntreeProps) {
  const t = referentielsTexts(useLang());
  const { csrfToken, liste, errors, entree, version } = props;
  const here = `${HOME}/${liste}`;
  const form = (
    <Card class="narrow">
      <Form action={entree ? `${here}/${entree.id}` : here} csrfToken={csrfToken} guard>
        {version !== undefined && <input type="hidden" name="version" value={version} />}
        <Stack>
          <Champs {...props} />
          <FormActions label={t.enregistrer} back={here} backLabel={t.renoncer} />
        </Stack>
      </Form>
    </Card>
  );
  return (
    <Stack>
      <PageHeader
        title={entree ? entree.libelle : t[`ajouter_${liste}`]}
        crumbs={[
          { label: t.titre, href: HOME },
          { label: t[`liste_${liste}`], href: here },
        ]}
      />
      <Conflit {...props} />
      <ErrorSummary errors={errors} />
      {entree ? (
        <Grid columns="aside">
          {form}
          <Card title={t.service}>
            <Service csrfToken={csrfToken} liste={liste} entree={entree} />
          </Card>
        </Grid>
      ) : (
        form
      )}
    </Stack>
  );
}
