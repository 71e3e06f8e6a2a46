import { fill, type Conflict, type FieldError } from '@gec/core';
import { ConflictPanel, ErrorSummary, Form, FormActions, PageHeader } from '@gec/ui';
import { useTextes } from '../departements/departements.mots.views.tsx';
import {
  AccountFields,
  departementOptions,
  LANGUES,
  roleOptions,
  type Choices,
} from './utilisateurs.champs.views.tsx';
import type { ValeursCompte } from './utilisateurs.forms.ts';
import type { UtilisateurGere } from './utilisateurs.schema.ts';
import { utilisateursTexts } from './utilisateurs.texts.ts';

/** Names of the fields of an account. */
function labelsOf(t: ReturnType<typeof utilisateursTexts>): Record<keyof ValeursCompte, string> {
  return {
    nomComplet: t.nomComplet,
    email: t.email,
    fonction: t.fonction,
    matricule: t.matricule,
    telephone: t.telephone,
    username: t.identifiant,
    role: t.role,
    departementId: t.departement,
    langue: t.langue,
  };
}

/** The form that changes an account, with what somebody else changed meanwhile where that happened. */
export function EditUserView(props: {
  csrfToken: string;
  user: UtilisateurGere;
  choices: Choices;
  values: ValeursCompte;
  /** What is stored now: the next form is typed over it. */
  avant: ValeursCompte;
  errors: readonly FieldError[];
  /** Fields that both changed; null where nobody came between. */
  conflits: readonly Conflict<keyof ValeursCompte>[] | null;
}) {
  const t = useTextes(utilisateursTexts);
  const { csrfToken, user, choices, values, avant, errors, conflits } = props;
  const path = `/admin/users/${user.id}`;
  const labels = labelsOf(t);
  const words = (field: keyof ValeursCompte, value: string): string => {
    const options = {
      role: roleOptions(choices),
      departementId: departementOptions(choices, t.sansDepartement),
      langue: LANGUES,
    };
    const known = field in options ? options[field as keyof typeof options] : [];
    return known.find((option) => option.value === value)?.label ?? value;
  };
  return (
    <>
      <PageHeader
        title={fill(t.modifierCompte, { nom: user.nomComplet })}
        crumbs={[
          { label: t.titre, href: '/admin/users' },
          { label: user.nomComplet, href: path },
        ]}
      />
      <Form action={`${path}/modifier`} csrfToken={csrfToken} class="stack stack-4" guard>
        {conflits && (
          <ConflictPanel
            rows={conflits.map(({ champ, saisie, actuel }) => ({
              label: labels[champ],
              mine: words(champ, saisie),
              theirs: words(champ, actuel),
            }))}
          />
        )}
        <ErrorSummary errors={errors} />
        <input type="hidden" name="version" value={String(user.version)} />
        <input type="hidden" name="avant" value={JSON.stringify(avant)} />
        <AccountFields choices={choices} values={values} errors={errors}>
          {user.soiMeme && <p class="muted">{t.soiMemeRole}</p>}
        </AccountFields>
        <FormActions label={t.enregistrer} back={path} backLabel={t.annuler} />
      </Form>
    </>
  );
}
