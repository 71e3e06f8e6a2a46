import { fill, formatDay, type FieldError, type Lang } from '@gec/core';
import {
  Card,
  Combobox,
  ConflictPanel,
  DateInput,
  ErrorSummary,
  Field,
  Form,
  FormActions,
  PageHeader,
  RadioGroup,
  Select,
  Stack,
  TextArea,
  TextInput,
} from '@gec/ui';
import { JourAVenir } from './courriers.date.views.tsx';
import type { ChampFormulaire, Conflit, Valeurs } from './courriers.lettre.modification.ts';
import { backTo, carry, type Provenance } from './courriers.lettre.provenance.ts';
import { lettreTexts } from './courriers.lettre.texts.ts';
import { LONGUEURS, type Courrier } from './courriers.schema.ts';

export interface ModifierProps {
  lang: Lang;
  csrfToken: string;
  courrier: Courrier;
  provenance: Provenance;
  /** What the fields hold. */
  valeurs: Valeurs;
  /** What the letter says now; sent along, to tell later what was typed from what was there. */
  avant: Valeurs;
  typesSortants: readonly { id: number; nom: string; actif: boolean }[];
  urgences: readonly { id: number; nom: string; actif: boolean }[];
  titreResponsable: string;
  fuseau: string;
  errors: readonly FieldError[];
  /** Somebody else saved meanwhile; the fields that both changed. */
  conflits: readonly Conflit[] | null;
}

function labelsOf({ lang, courrier, titreResponsable }: ModifierProps): Record<ChampFormulaire, string> {
  const t = lettreTexts(lang);
  const arrivee = courrier.typeCourrier === 'ENTRANT';
  return {
    objet: t.objet,
    correspondant: arrivee ? t.expediteur : t.destinataire,
    numero_reference: t.reference,
    date_redaction: arrivee ? t.dateCourrier : t.dateEmission,
    secretaire_general_copie: fill(t.copie, { titre: titreResponsable }),
    type_courrier_sortant_id: t.type,
    urgence_id: t.urgence,
    autres_informations: t.autresInformations,
  };
}

/** What two people wrote, side by side. */
function Conflits(props: ModifierProps) {
  const { lang, conflits, typesSortants } = props;
  const t = lettreTexts(lang);
  if (conflits === null) return null;
  const labels = labelsOf(props);
  const shown = (champ: ChampFormulaire, value: string) => {
    if (value === '') return t.evenementVide;
    if (champ === 'date_redaction') return formatDay(lang, value);
    if (champ === 'secretaire_general_copie') return value === 'oui' ? t.oui : t.non;
    if (champ === 'urgence_id') {
      return props.urgences.find(({ id }) => String(id) === value)?.nom ?? value;
    }
    if (champ === 'type_courrier_sortant_id') {
      return typesSortants.find(({ id }) => String(id) === value)?.nom ?? value;
    }
    return value;
  };
  return (
    <ConflictPanel
      title={t.conflitTitre}
      text={t.conflitTexte}
      rows={conflits.map(({ champ, saisie, actuel }) => ({
        label: labels[champ],
        mine: shown(champ, saisie),
        theirs: shown(champ, actuel),
      }))}
    />
  );
}

/** The facts of a letter as a form. */
export function ModifierView(props: ModifierProps) {
  const { lang, csrfToken, courrier, provenance, valeurs, avant, typesSortants, errors, conflits } = props;
  const t = lettreTexts(lang);
  const labels = labelsOf(props);
  const arrivee = courrier.typeCourrier === 'ENTRANT';
  const errorOf = (champ: ChampFormulaire) => errors.find(({ field }) => field === champ)?.message;
  const here = `/mail/${courrier.id}`;
  const urgences = props.urgences.filter(({ id, actif }) => actif || id === courrier.urgenceId);
  const types = typesSortants.filter(({ id, actif }) => actif || id === courrier.typeCourrierSortantId);
  return (
    <Stack>
      <PageHeader
        title={fill(t.modifierTitre, { numero: courrier.numero })}
        crumbs={[
          { label: arrivee ? t.arrivees : t.departs, href: backTo(provenance, courrier.typeCourrier) },
          { label: courrier.numero, href: `${here}${carry(provenance)}` },
          { label: t.modifier },
        ]}
      />
      <Conflits {...props} />
      <ErrorSummary errors={errors} />
      <Card class="narrow">
        <Form action={`${here}/modifier${carry(provenance)}`} csrfToken={csrfToken} guard>
          <input type="hidden" name="version" value={courrier.version} />
          <input type="hidden" name="avant" value={JSON.stringify(avant)} />
          <Stack>
            <Field id="objet" label={labels.objet} error={errorOf('objet')} required>
              <TextArea
                name="objet"
                rows={2}
                value={valeurs.objet}
                maxLength={LONGUEURS.objet}
                autofocus={errors.length === 0 && conflits === null}
                required
              />
            </Field>
            <Field id="correspondant" label={labels.correspondant} error={errorOf('correspondant')} required>
              <Combobox
                name="correspondant"
                value={valeurs.correspondant}
                source="/api/v1/correspondants"
                maxLength={LONGUEURS.correspondant}
                required
              />
            </Field>
            <div class="form-grid">
              <Field
                id="numero_reference"
                label={labels.numero_reference}
                error={errorOf('numero_reference')}
              >
                <TextInput
                  name="numero_reference"
                  value={valeurs.numero_reference}
                  maxLength={LONGUEURS.numeroReference}
                />
              </Field>
              <Field
                id="date_redaction"
                label={labels.date_redaction}
                hint={<JourAVenir fuseau={props.fuseau} />}
                error={errorOf('date_redaction')}
                required={!arrivee}
              >
                <DateInput name="date_redaction" value={valeurs.date_redaction} />
              </Field>
            </div>
            {arrivee ? (
              <RadioGroup
                id="secretaire_general_copie"
                name="secretaire_general_copie"
                legend={labels.secretaire_general_copie}
                value={valeurs.secretaire_general_copie}
                options={[
                  { value: 'oui', label: t.oui },
                  { value: 'non', label: t.non },
                ]}
                error={errorOf('secretaire_general_copie')}
                required
              />
            ) : (
              <Field
                id="type_courrier_sortant_id"
                label={labels.type_courrier_sortant_id}
                error={errorOf('type_courrier_sortant_id')}
                required
              >
                <Select
                  name="type_courrier_sortant_id"
                  value={valeurs.type_courrier_sortant_id}
                  options={types.map(({ id, nom }) => ({ value: String(id), label: nom }))}
                  empty="—"
                />
              </Field>
            )}
            <Field
              id="urgence_id"
              label={labels.urgence_id}
              hint={t.urgenceAide}
              error={errorOf('urgence_id')}
            >
              <Select
                name="urgence_id"
                value={valeurs.urgence_id}
                empty={t.sansUrgence}
                options={urgences.map(({ id, nom }) => ({ value: String(id), label: nom }))}
              />
            </Field>
            <Field
              id="autres_informations"
              label={labels.autres_informations}
              error={errorOf('autres_informations')}
            >
              <TextArea
                name="autres_informations"
                rows={4}
                value={valeurs.autres_informations}
                maxLength={LONGUEURS.autresInformations}
              />
            </Field>
            <FormActions
              icon="check"
              label={t.enregistrer}
              back={`${here}${carry(provenance)}`}
              backLabel={t.renoncer}
            />
          </Stack>
          {/* A field that the form of this flow has not must come back as it was, not as emptied. */}
          {arrivee ? (
            <input type="hidden" name="type_courrier_sortant_id" value={avant.type_courrier_sortant_id} />
          ) : (
            <input type="hidden" name="secretaire_general_copie" value={avant.secretaire_general_copie} />
          )}
        </Form>
      </Card>
    </Stack>
  );
}
