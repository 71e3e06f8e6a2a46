import { fill, type FieldError, type Lang } from '@gec/core';
import {
  Card,
  Checkbox,
  cx,
  DateInput,
  EmptyState,
  ErrorSummary,
  Field,
  Form,
  FormActions,
  Icon,
  LinkButton,
  PageHeader,
  Select,
  Stack,
  TextArea,
} from '@gec/ui';
import { MESSAGE_MAX } from '../transmissions/transmissions.schema.ts';
import type { Destinataire } from '../utilisateurs/utilisateurs.schema.ts';
import { backTo, carry, type Provenance } from './courriers.lettre.provenance.ts';
import { useTextes } from '../departements/departements.mots.views.tsx';
import { lettreTexts } from './courriers.lettre.texts.ts';
import type { Courrier } from './courriers.schema.ts';

/** What was chosen and typed. */
export interface SaisieTransmission {
  destinataires: readonly number[];
  instruction: string;
  message: string;
  echeance: string;
}

export interface TransmettreProps {
  lang: Lang;
  csrfToken: string;
  courrier: Courrier;
  provenance: Provenance;
  personnes: readonly Destinataire[];
  /** Standard instructions, in the language of the page. */
  instructions: readonly { code: string; libelle: string }[];
  saisie: SaisieTransmission;
  errors: readonly FieldError[];
  /** Names of those who have the letter from this person and have not dealt with it yet. */
  dejaChez: readonly string[];
  /** Today in the office's zone. */
  aujourdhui: string;
}

/** People by their department, in the order of the names. */
function parDepartement(personnes: readonly Destinataire[]): [string | null, Destinataire[]][] {
  const groups = new Map<string | null, Destinataire[]>();
  for (const one of personnes) {
    const group = groups.get(one.departement);
    if (group) group.push(one);
    else groups.set(one.departement, [one]);
  }
  return [...groups].sort(([a], [b]) => (a === null ? 1 : b === null ? -1 : a.localeCompare(b, 'fr')));
}

/** The people of the office; with script a line of text narrows them and their choice is counted. */
function Personnes({ personnes, saisie, errors }: TransmettreProps) {
  const t = useTextes(lettreTexts);
  const error = errors.find(({ field }) => field === 'destinataires')?.message;
  const words = { zero: t.choisies_zero, one: t.choisies_un, many: t.choisies_autre, none: t.aucunePersonne };
  return (
    <fieldset
      class={cx('field people', error !== undefined && 'field-bad')}
      id="destinataires"
      tabIndex={-1}
      aria-describedby={error === undefined ? undefined : 'destinataires-error'}
      data-island="people"
      data-words={JSON.stringify(words)}
    >
      <legend>
        {t.transmettreA}
        <span class="req" aria-hidden="true">
          {' *'}
        </span>
      </legend>
      <p class="js-only">
        <input
          type="search"
          class="input"
          placeholder={t.chercherPersonne}
          aria-label={t.chercherPersonne}
          autocomplete="off"
          autofocus={errors.length === 0}
          data-filter
        />
      </p>
      <div class="people-list">
        {parDepartement(personnes).map(([departement, group]) => (
          <div
            key={departement}
            class="people-group"
            role="group"
            aria-label={departement ?? t.sansDepartement}
          >
            <p class="people-dep" aria-hidden="true">
              {departement ?? t.sansDepartement}
            </p>
            {group.map((one) => (
              <div key={one.id} data-person={`${one.nomComplet} ${one.fonction ?? ''} ${departement ?? ''}`}>
                <Checkbox
                  name="destinataires"
                  value={String(one.id)}
                  label={one.nomComplet}
                  hint={one.fonction ?? undefined}
                  checked={saisie.destinataires.includes(one.id)}
                />
              </div>
            ))}
          </div>
        ))}
      </div>
      <p class="hint js-only" data-chosen role="status" />
      {error !== undefined && (
        <p class="field-error" id="destinataires-error">
          <Icon name="alert" size={16} />
          <span>{error}</span>
        </p>
      )}
    </fieldset>
  );
}

/** To whom a letter goes, and what is asked of them. */
export function TransmettreView(props: TransmettreProps) {
  const { csrfToken, courrier, provenance, personnes, saisie, errors, dejaChez, aujourdhui } = props;
  const t = useTextes(lettreTexts);
  const here = `/mail/${courrier.id}`;
  const errorOf = (name: string) => errors.find(({ field }) => field === name)?.message;
  return (
    <Stack>
      <PageHeader
        title={fill(t.transmettreTitre, { numero: courrier.numero })}
        subtitle={courrier.objet}
        crumbs={[
          {
            label: courrier.typeCourrier === 'ENTRANT' ? t.arrivees : t.departs,
            href: backTo(provenance, courrier.typeCourrier),
          },
          { label: courrier.numero, href: `${here}${carry(provenance)}` },
          { label: t.transmettre },
        ]}
      />
      <ErrorSummary errors={errors} />
      <Card class="narrow">
        {personnes.length === 0 ? (
          <EmptyState
            icon="users"
            title={t.personneSeule}
            text={t.personneSeuleTexte}
            action={<LinkButton href={`${here}${carry(provenance)}`}>{t.retourCourrier}</LinkButton>}
          />
        ) : (
          <Form action={`${here}/transmettre${carry(provenance)}`} csrfToken={csrfToken} guard>
            <Stack>
              {dejaChez.length > 0 && <p class="muted">{fill(t.dejaChez, { noms: dejaChez.join(', ') })}</p>}
              <Personnes {...props} />
              <div class="form-grid">
                <Field id="instruction" label={t.instruction} error={errorOf('instruction')}>
                  <Select
                    name="instruction"
                    value={saisie.instruction}
                    empty={t.sansInstruction}
                    options={props.instructions.map(({ code, libelle }) => ({
                      value: code,
                      label: libelle,
                    }))}
                  />
                </Field>
                <Field
                  id="echeance"
                  label={t.echeance}
                  hint={courrier.echeance === null ? undefined : t.echeanceProposee}
                  error={errorOf('echeance')}
                  optional
                >
                  <DateInput name="echeance" value={saisie.echeance} min={aujourdhui} />
                </Field>
              </div>
              <Field id="message" label={t.message} error={errorOf('message')} optional>
                <TextArea name="message" rows={3} value={saisie.message} maxLength={MESSAGE_MAX} />
              </Field>
              <p class="hint">{t.transmettreAide}</p>
              <FormActions
                icon="send"
                label={t.transmettre}
                back={`${here}${carry(provenance)}`}
                backLabel={t.renoncer}
              />
            </Stack>
          </Form>
        )}
      </Card>
    </Stack>
  );
}
