import { fill, type FieldError, type Lang } from '@gec/core';
import { Combobox, DateInput, Field, Grid, RadioGroup, Select, Stack, TextArea, TextInput } from '@gec/ui';
import type { ComponentChildren } from 'preact';
import type { Limites, PieceRecue } from '../pieces/pieces.schema.ts';
import { JourAVenir } from './courriers.date.views.tsx';
import { champCorrespondant, type Saisie } from './courriers.saisie.schema.ts';
import { saisieTexts } from './courriers.saisie.texts.ts';
import { LONGUEURS, type DoublonProbable } from './courriers.schema.ts';

/** What the choices of the form are made from. */
export interface ReferencesSaisie {
  statuts: readonly { nom: string; libelle: string }[];
  typesSortants: readonly { id: number; nom: string }[];
  urgences: readonly { id: number; nom: string }[];
  titreResponsable: string;
  fuseauHoraire: string;
  /** Mode of the register and its next number. */
  numero: { mode: 'automatique' | 'manuel'; numero: string };
}

export interface SaisieProps {
  lang: Lang;
  csrfToken: string;
  saisie: Saisie;
  references: ReferencesSaisie;
  /** Errors by field of the form. */
  errors: readonly FieldError[];
  /** Why nothing was saved, where it is no field's fault. */
  refus?: string;
  doublons: readonly DoublonProbable[];
  /** When the draft that is shown was kept. */
  brouillonDu?: string;
  /** Files that were received already. */
  recues: readonly PieceRecue[];
  /** Files that came with the form and were refused. */
  fichiersRefuses: readonly { nom: string; message: string }[];
  /** Bytes that one file may have. */
  limites: Limites;
  /** The letter that was saved just before, when one enters a pile. */
  precedent?: { id: number; numero: string };
}

const CORRESPONDANTS = '/api/v1/correspondants';

/** Where the cursor starts: at the scan, else at the objet; a refused form takes it to what was refused. */
export function startsAt({
  recues,
  errors,
  fichiersRefuses,
  doublons,
  refus,
}: SaisieProps): 'pieces' | 'objet' | null {
  if (errors.length + fichiersRefuses.length + doublons.length > 0 || refus !== undefined) return null;
  return recues.length > 0 ? 'objet' : 'pieces';
}

/**
 * The facts in the order in which one reads a letter. What is said of likely duplicates (`children`) comes after what
 * they are known by: it appears while one types, and must not move the field that one types into.
 */
export function Faits(props: SaisieProps & { children: ComponentChildren }) {
  const { lang, saisie, references, errors, children } = props;
  const t = saisieTexts(lang);
  const arrivee = saisie.flux === 'ENTRANT';
  const correspondant = champCorrespondant(saisie.flux);
  const error = (field: string) => errors.find((one) => one.field === field)?.message;
  return (
    <Stack>
      <Field id="objet" label={t.objet} error={error('objet')} required>
        <TextInput
          name="objet"
          value={saisie.objet}
          maxLength={LONGUEURS.objet}
          autocomplete="off"
          autofocus={startsAt(props) === 'objet'}
          spellcheck
        />
      </Field>
      <Field id={correspondant} label={t[correspondant]} error={error(correspondant)} required>
        <Combobox
          name={correspondant}
          value={saisie.correspondant}
          source={CORRESPONDANTS}
          maxLength={LONGUEURS.correspondant}
        />
      </Field>
      <div>
        <Grid columns="two">
          <Field
            id="numero_reference"
            label={t.reference}
            hint={t.referenceAide}
            error={error('numero_reference')}
            optional
          >
            <TextInput
              name="numero_reference"
              value={saisie.numero_reference}
              maxLength={LONGUEURS.numeroReference}
              autocomplete="off"
              spellcheck={false}
            />
          </Field>
          <Field
            id="date_redaction"
            label={arrivee ? t.dateCourrier : t.dateEmission}
            hint={<JourAVenir fuseau={references.fuseauHoraire} />}
            error={error('date_redaction')}
            required={!arrivee}
            optional={arrivee}
          >
            <DateInput
              name="date_redaction"
              value={saisie.date_redaction}
              min="1900-01-01"
              max="9999-12-31"
            />
          </Field>
        </Grid>
        {children}
      </div>
      {arrivee ? (
        <RadioGroup
          id="secretaire_general_copie"
          name="secretaire_general_copie"
          legend={fill(t.copie, { titre: references.titreResponsable })}
          options={[
            { value: 'oui', label: t.oui },
            { value: 'non', label: t.non },
          ]}
          value={saisie.secretaire_general_copie}
          error={error('secretaire_general_copie')}
          required
        />
      ) : (
        <Field
          id="type_courrier_sortant_id"
          label={t.type}
          error={error('type_courrier_sortant_id')}
          required
        >
          <Select
            name="type_courrier_sortant_id"
            value={saisie.type_courrier_sortant_id}
            empty={t.typeChoisir}
            options={references.typesSortants.map(({ id, nom }) => ({ value: String(id), label: nom }))}
          />
        </Field>
      )}
      <Field id="autres_informations" label={t.autres} error={error('autres_informations')} optional>
        <TextArea
          name="autres_informations"
          value={saisie.autres_informations}
          maxLength={LONGUEURS.autresInformations}
          rows={2}
        />
      </Field>
      <Grid columns="two">
        <Field id="statut" label={t.statut} error={error('statut')}>
          <Select
            name="statut"
            value={saisie.statut}
            options={references.statuts.map(({ nom, libelle }) => ({ value: nom, label: libelle }))}
          />
        </Field>
        {references.urgences.length > 0 && (
          <Field id="urgence_id" label={t.urgence} error={error('urgence_id')}>
            <Select
              name="urgence_id"
              value={saisie.urgence_id}
              empty={t.sansUrgence}
              options={references.urgences.map(({ id, nom }) => ({ value: String(id), label: nom }))}
            />
          </Field>
        )}
        {references.numero.mode === 'manuel' && (
          <Field
            id="numero_accuse_reception"
            label={t.numero}
            hint={t.numeroAide}
            error={error('numero_accuse_reception')}
            required
          >
            <TextInput
              name="numero_accuse_reception"
              value={saisie.numero_accuse_reception || references.numero.numero}
              maxLength={60}
              autocomplete="off"
              spellcheck={false}
              class="num"
            />
          </Field>
        )}
      </Grid>
    </Stack>
  );
}
