import type { FieldError } from '@gec/core';
import { Card, Field, Grid, Select, TextInput, type Option, type TextInputProps } from '@gec/ui';
import type { ComponentChildren } from 'preact';
import { useTextes } from '../departements/departements.mots.views.tsx';
import type { Departement } from '../departements/departements.schema.ts';
import type { Role } from '../roles/roles.schema.ts';
import { SANS_DEPARTEMENT, type ValeursCompte } from './utilisateurs.forms.ts';
import { utilisateursTexts } from './utilisateurs.texts.ts';

/** Between what the one who manages may choose. */
export interface Choices {
  readonly roles: readonly Role[];
  readonly departements: readonly Departement[];
  /** Whether an account may have no department. */
  readonly sansDepartement: boolean;
}

/** The languages, each in its own words. */
export const LANGUES: readonly Option[] = [
  { value: 'fr', label: 'Français' },
  { value: 'en', label: 'English' },
];

/** The departments of a choice, with « sans département » where that is allowed. */
export function departementOptions(choices: Choices, none: string): Option[] {
  const options = choices.departements.map(({ id, nom }) => ({ value: String(id), label: nom }));
  return choices.sansDepartement ? [...options, { value: SANS_DEPARTEMENT, label: none }] : options;
}

/** The roles of a choice. */
export function roleOptions({ roles }: Choices): Option[] {
  return roles.map(({ nom, libelle }) => ({ value: nom, label: libelle }));
}

/** The fields of an account: who somebody is, and what they have access to. `children` end the second card. */
export function AccountFields(props: {
  choices: Choices;
  values: ValeursCompte;
  errors: readonly FieldError[];
  children?: ComponentChildren;
}) {
  const t = useTextes(utilisateursTexts);
  const { choices, values, errors, children } = props;
  const errorOf = (field: string) => errors.find((error) => error.field === field)?.message;
  const line = (
    name: keyof ValeursCompte,
    label: string,
    options: Partial<TextInputProps> & { optional?: boolean } = {},
  ) => {
    const { optional, ...input } = options;
    return (
      <Field id={name} label={label} error={errorOf(name)} required={!optional} optional={optional}>
        <TextInput name={name} value={values[name]} autocomplete="off" {...input} />
      </Field>
    );
  };
  const choice = (name: keyof ValeursCompte, label: string, options: readonly Option[]) => (
    <Field id={name} label={label} error={errorOf(name)} required>
      <Select name={name} value={values[name]} options={options} />
    </Field>
  );
  return (
    <Grid columns="two">
      <Card title={t.identite} icon="user">
        <div class="stack stack-4">
          {line('nomComplet', t.nomComplet, { autofocus: errors.length === 0, maxLength: 160 })}
          {line('email', t.email, { type: 'email', maxLength: 254, spellcheck: false })}
          {line('fonction', t.fonction, { optional: true, maxLength: 160 })}
          {line('matricule', t.matricule, { optional: true, maxLength: 60 })}
          {line('telephone', t.telephone, { type: 'tel', optional: true, maxLength: 60 })}
        </div>
      </Card>
      <Card title={t.acces} icon="key">
        <div class="stack stack-4">
          {line('username', t.identifiant, { maxLength: 60, spellcheck: false })}
          {choice('role', t.role, roleOptions(choices))}
          {choice('departementId', t.departement, departementOptions(choices, t.sansDepartement))}
          {choice('langue', t.langue, LANGUES)}
          {children}
        </div>
      </Card>
    </Grid>
  );
}
