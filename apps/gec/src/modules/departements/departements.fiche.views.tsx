import { fill, type Conflict, type FieldError } from '@gec/core';
import {
  Card,
  ConflictPanel,
  DescriptionList,
  ErrorSummary,
  Field,
  Form,
  FormActions,
  Grid,
  PageHeader,
  Select,
  Stack,
  TextArea,
  TextInput,
  useLang,
} from '@gec/ui';
import { MiseEnService } from '../../http/fiche.views.tsx';
import type { ValeursForm } from './departements.forms.ts';
import { Etat } from './departements.liste.views.tsx';
import { useMotsDepartement } from './departements.mots.views.tsx';
import { LONGUEURS_DEPARTEMENT, type DepartementGere } from './departements.schema.ts';
import { departementsTexts } from './departements.texts.ts';

const LIST = '/admin/departements';

/** Between what the form chooses. */
export interface ChoixDepartement {
  /** In the order of the tree; without the department itself and those below it. */
  readonly parents: readonly { id: number; nom: string; profondeur: number }[];
  readonly chefs: readonly { id: number; nomComplet: string; departement: string | null }[];
}

/** A form as it stands: what it holds, what it held when it was opened, and what was wrong with it. */
export interface EtatForm {
  readonly valeurs: ValeursForm;
  readonly avant: ValeursForm;
  readonly version: number;
  readonly errors: readonly FieldError[];
  /** Somebody else saved meanwhile; the fields that both changed. */
  readonly conflits: readonly Conflict<keyof ValeursForm>[] | null;
}

/** What tells later whether somebody else came between. */
function Reperes({ form }: { form: EtatForm }) {
  return (
    <>
      <input type="hidden" name="version" value={form.version} />
      <input type="hidden" name="avant" value={JSON.stringify(form.avant)} />
    </>
  );
}

function Champs(props: { form: EtatForm; choix: ChoixDepartement }) {
  const t = departementsTexts(useLang());
  const { form, choix } = props;
  const { valeurs, errors } = form;
  const errorOf = (field: keyof ValeursForm) => errors.find((error) => error.field === field)?.message;
  return (
    <Stack>
      <Field id="nom" label={t.nom} error={errorOf('nom')} required>
        <TextInput
          name="nom"
          value={valeurs.nom}
          maxLength={LONGUEURS_DEPARTEMENT.nom}
          autofocus={errors.length === 0 && form.conflits === null && valeurs.nom === ''}
          autocomplete="off"
        />
      </Field>
      <Field id="code" label={t.code} hint={t.codeAide} error={errorOf('code')} required>
        <TextInput
          name="code"
          value={valeurs.code}
          maxLength={LONGUEURS_DEPARTEMENT.code}
          autocomplete="off"
          spellcheck={false}
        />
      </Field>
      <Field id="parentId" label={t.parent} hint={t.parentAide} error={errorOf('parentId')}>
        <Select
          name="parentId"
          value={valeurs.parentId}
          empty={t.aucunParent}
          options={choix.parents.map(({ id, nom, profondeur }) => ({
            value: String(id),
            label: `${'\u2003'.repeat(profondeur)}${nom}`,
          }))}
        />
      </Field>
      <Field id="chefId" label={t.chef} hint={t.chefAide} error={errorOf('chefId')}>
        <Select
          name="chefId"
          value={valeurs.chefId}
          empty={t.aucunChef}
          options={choix.chefs.map(({ id, nomComplet, departement }) => ({
            value: String(id),
            label: departement === null ? nomComplet : `${nomComplet} · ${departement}`,
          }))}
        />
      </Field>
      <Field id="description" label={t.description} error={errorOf('description')} optional>
        <TextArea
          name="description"
          rows={3}
          value={valeurs.description}
          maxLength={LONGUEURS_DEPARTEMENT.description}
        />
      </Field>
    </Stack>
  );
}

function Conflits({ form, choix }: { form: EtatForm; choix: ChoixDepartement }) {
  const t = departementsTexts(useLang());
  if (form.conflits === null) return null;
  const mots = {
    code: t.code,
    nom: t.nom,
    description: t.description,
    parentId: t.parent,
    chefId: t.chef,
  } as const;
  const shown = (champ: keyof ValeursForm, valeur: string): string => {
    if (valeur === '') return '—';
    if (champ === 'parentId') return choix.parents.find(({ id }) => String(id) === valeur)?.nom ?? valeur;
    if (champ === 'chefId') return choix.chefs.find(({ id }) => String(id) === valeur)?.nomComplet ?? valeur;
    return valeur;
  };
  return (
    <ConflictPanel
      rows={form.conflits.map(({ champ, saisie, actuel }) => ({
        label: mots[champ],
        mine: shown(champ, saisie),
        theirs: shown(champ, actuel),
      }))}
    />
  );
}

/** The form that adds a department. A refused form comes back filled. */
export function AjoutDepartementView(props: { csrfToken: string; form: EtatForm; choix: ChoixDepartement }) {
  const t = departementsTexts(useLang());
  const mots = useMotsDepartement();
  const { csrfToken, form, choix } = props;
  return (
    <>
      <PageHeader title={fill(t.ajouterTitre, mots)} crumbs={[{ label: mots.Departements, href: LIST }]} />
      <Form action={LIST} csrfToken={csrfToken} class="stack stack-4" guard>
        <Reperes form={form} />
        <ErrorSummary errors={form.errors} />
        <Card class="narrow">
          <Stack>
            <Champs form={form} choix={choix} />
            <FormActions icon="check" label={t.ajouter} back={LIST} backLabel={t.revenir} />
          </Stack>
        </Card>
      </Form>
    </>
  );
}

/** One department: its form, what lies below it, and whether it is in use. */
export function DepartementView(props: {
  csrfToken: string;
  departement: DepartementGere;
  enfants: readonly DepartementGere[];
  form: EtatForm;
  choix: ChoixDepartement;
  /** Whether the one who looks may open the list of people. */
  voitPersonnes: boolean;
}) {
  const t = departementsTexts(useLang());
  const mots = useMotsDepartement();
  const { csrfToken, departement, enfants, form, choix, voitPersonnes } = props;
  const { id, nom, code, actif, personnes } = departement;
  return (
    <>
      <PageHeader
        title={nom}
        subtitle={
          <span class="cluster">
            <span class="num">{code}</span> <Etat actif={actif} />
          </span>
        }
        crumbs={[{ label: mots.Departements, href: LIST }]}
      />
      <Stack>
        <Conflits form={form} choix={choix} />
        <ErrorSummary errors={form.errors} />
        <Grid columns="two">
          <Card title={t.fiche} icon="building">
            <Form action={`${LIST}/${id}`} csrfToken={csrfToken} guard>
              <Reperes form={form} />
              <Stack>
                <Champs form={form} choix={choix} />
                <FormActions icon="check" label={t.enregistrer} back={LIST} backLabel={t.revenir} />
              </Stack>
            </Form>
          </Card>
          <Stack>
            <Card title={mots.Departement} icon="users">
              <DescriptionList
                items={[
                  {
                    term: t.personnes,
                    value:
                      voitPersonnes && personnes > 0 ? (
                        <a href={`/admin/users?departement=${id}`}>
                          {personnes} · {t.voirPersonnes}
                        </a>
                      ) : (
                        String(personnes)
                      ),
                  },
                  {
                    term: t.sousNiveaux,
                    value:
                      enfants.length === 0 ? null : (
                        <ul class="plain">
                          {enfants.map((enfant) => (
                            <li key={enfant.id}>
                              <a href={`${LIST}/${enfant.id}`}>{enfant.nom}</a>
                            </li>
                          ))}
                        </ul>
                      ),
                  },
                ]}
              />
            </Card>
            <MiseEnService
              base={`${LIST}/${id}`}
              csrfToken={csrfToken}
              nom={nom}
              actif={actif}
              version={departement.version}
              supprimable
              mots={t}
            />
          </Stack>
        </Grid>
      </Stack>
    </>
  );
}
