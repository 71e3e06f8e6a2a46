import { fill, type Conflict, type FieldError, type Permission } from '@gec/core';
import {
  Alert,
  Card,
  ConflictPanel,
  DescriptionList,
  ErrorSummary,
  Field,
  Form,
  FormActions,
  LinkButton,
  PageHeader,
  Select,
  Stack,
  TextInput,
  useLang,
} from '@gec/ui';
import { MiseEnService } from '../../http/fiche.views.tsx';
import { useMotsDepartement } from '../departements/departements.mots.views.tsx';
import { permissionsDe, type ChampRole, type ValeursRole } from './roles.forms.ts';
import { EtatRole, NomRole } from './roles.liste.views.tsx';
import { TablePermissions } from './roles.permissions.views.tsx';
import { COULEURS_ROLE, LONGUEURS_ROLE, type RoleGere, type Titulaire } from './roles.schema.ts';
import { rolesTexts } from './roles.texts.ts';

const LIST = '/admin/roles';

/** A form as it stands: what it holds, what it held when it was opened, and what was wrong with it. */
export interface EtatFormRole {
  readonly valeurs: ValeursRole;
  readonly avant: ValeursRole;
  readonly version: number;
  readonly errors: readonly FieldError[];
  /** Somebody else saved meanwhile; the fields that both changed. */
  readonly conflits: readonly Conflict<ChampRole>[] | null;
}

function Champs({ form, nouveau }: { form: EtatFormRole; nouveau: boolean }) {
  const t = rolesTexts(useLang());
  const { valeurs, errors } = form;
  const errorOf = (field: string) => errors.find((error) => error.field === field)?.message;
  const couleurs: { value: string; label: string }[] = COULEURS_ROLE.map(({ nom, couleur }) => ({
    value: couleur,
    label: t[nom],
  }));
  if (valeurs.couleur !== '' && !couleurs.some(({ value }) => value === valeurs.couleur)) {
    couleurs.push({ value: valeurs.couleur, label: fill(t.autreCouleur, { couleur: valeurs.couleur }) });
  }
  return (
    <div class="form-grid">
      <input type="hidden" name="version" value={form.version} />
      <input type="hidden" name="avant" value={JSON.stringify(form.avant)} />
      <Field id="libelle" label={t.libelle} error={errorOf('libelle')} required class="span-6">
        <TextInput
          name="libelle"
          value={valeurs.libelle}
          maxLength={LONGUEURS_ROLE.libelle}
          autofocus={nouveau && errors.length === 0}
          autocomplete="off"
        />
      </Field>
      <Field id="couleur" label={t.couleur} error={errorOf('couleur')} class="span-6">
        <Select name="couleur" value={valeurs.couleur} empty={t.sansCouleur} options={couleurs} />
      </Field>
      <Field id="description" label={t.description} error={errorOf('description')} optional class="span-12">
        <TextInput
          name="description"
          value={valeurs.description}
          maxLength={LONGUEURS_ROLE.description}
          autocomplete="off"
        />
      </Field>
      {nouveau && (
        <Field id="nom" label={t.nom} hint={t.nomAide} error={errorOf('nom')} optional class="span-12">
          <TextInput
            name="nom"
            value={valeurs.nom}
            maxLength={LONGUEURS_ROLE.nom}
            autocomplete="off"
            spellcheck={false}
          />
        </Field>
      )}
    </div>
  );
}

/** What two people wrote; of the permissions, those that only one of them wants. */
function Conflits({ form }: { form: EtatFormRole }) {
  const t = rolesTexts(useLang());
  const mots = useMotsDepartement();
  if (form.conflits === null) return null;
  const noms = { libelle: t.libelle, description: t.description, couleur: t.couleur, permissions: t.droits };
  const shown = (champ: ChampRole, valeur: string, autre: string) => {
    if (champ !== 'permissions') return valeur === '' ? '—' : valeur;
    const deLAutre = permissionsDe({ permissions: autre });
    const seules = [...permissionsDe({ permissions: valeur })].filter((un) => !deLAutre.has(un));
    return seules.length === 0 ? '—' : seules.map((un) => `+ ${fill(t[un], mots)}`).join('\n');
  };
  return (
    <ConflictPanel
      rows={form.conflits.map(({ champ, saisie, actuel }) => ({
        label: noms[champ],
        mine: shown(champ, saisie, actuel),
        theirs: shown(champ, actuel, saisie),
      }))}
    />
  );
}

/** The form that makes a role. A refused form comes back filled. */
export function AjoutRoleView(props: {
  csrfToken: string;
  form: EtatFormRole;
  copie: string;
  possibles: ReadonlySet<Permission>;
}) {
  const t = rolesTexts(useLang());
  const { csrfToken, form, copie, possibles } = props;
  return (
    <>
      <PageHeader title={t.ajouter} crumbs={[{ label: t.titre, href: LIST }]} />
      <Form action={LIST} csrfToken={csrfToken} class="stack stack-4" guard>
        <ErrorSummary errors={form.errors} />
        <input type="hidden" name="copie" value={copie} />
        <Card title={t.identite} icon="edit">
          <Champs form={form} nouveau />
        </Card>
        <Card title={t.droits} icon="shield">
          <TablePermissions
            accordees={permissionsDe(form.valeurs)}
            possibles={possibles}
            error={form.errors.find(({ field }) => field === 'permissions')?.message}
          />
        </Card>
        <FormActions icon="check" label={t.ajouterBouton} back={LIST} backLabel={t.revenir} />
      </Form>
    </>
  );
}

function Titulaires({ role, titulaires }: { role: RoleGere; titulaires: readonly Titulaire[] }) {
  const t = rolesTexts(useLang());
  const reste = role.personnes - titulaires.length;
  return (
    <Card title={t.titulaires} icon="users">
      {titulaires.length === 0 ? (
        <p class="muted">{t.titulairesAucun}</p>
      ) : (
        <ul class="plain">
          {titulaires.map(({ id, nomComplet, actif }) => (
            <li key={id}>
              {nomComplet}
              {!actif && <span class="muted"> ({t.compteInactif})</span>}
            </li>
          ))}
          {reste > 0 && <li class="muted">{fill(t.titulairesEncore, { n: reste })}</li>}
        </ul>
      )}
    </Card>
  );
}

/** One role: its form, or what it allows where one may not change it; who has it, and whether it is in use. */
export function RoleView(props: {
  csrfToken: string;
  role: RoleGere;
  titulaires: readonly Titulaire[];
  form: EtatFormRole;
  possibles: ReadonlySet<Permission>;
  /** Whether the role belongs to the program and cannot be deleted. */
  dOrigine: boolean;
}) {
  const t = rolesTexts(useLang());
  const { csrfToken, role, titulaires, form, possibles, dOrigine } = props;
  return (
    <>
      <PageHeader
        title={<NomRole role={role} />}
        subtitle={<EtatRole role={role} />}
        crumbs={[{ label: t.titre, href: LIST }]}
        actions={
          <LinkButton href={`${LIST}/nouveau?copie=${role.nom}`} icon="copy">
            {t.copier}
          </LinkButton>
        }
      />
      <Stack>
        <Conflits form={form} />
        <ErrorSummary errors={form.errors} />
        {role.gerable ? (
          <Form action={`${LIST}/${role.nom}`} csrfToken={csrfToken} class="stack stack-4" guard>
            <Card title={t.identite} icon="edit">
              <Champs form={form} nouveau={false} />
            </Card>
            <Card title={t.droits} icon="shield">
              <TablePermissions
                accordees={permissionsDe(form.valeurs)}
                possibles={possibles}
                error={form.errors.find(({ field }) => field === 'permissions')?.message}
              />
            </Card>
            <FormActions icon="check" label={t.enregistrer} back={LIST} backLabel={t.revenir} />
          </Form>
        ) : (
          <>
            <Alert title={t.lectureSeule}>{role.modifiable ? t.horsPortee : t.fixe}</Alert>
            <Card title={t.identite} icon="edit">
              <DescriptionList
                items={[
                  { term: t.nom, value: <code>{role.nom}</code> },
                  { term: t.description, value: role.description },
                ]}
              />
            </Card>
            <Card title={t.droits} icon="shield">
              <TablePermissions accordees={role.permissions} />
            </Card>
          </>
        )}
        <Titulaires role={role} titulaires={titulaires} />
        {role.gerable && (
          <MiseEnService
            base={`${LIST}/${role.nom}`}
            csrfToken={csrfToken}
            nom={role.libelle}
            actif={role.actif}
            version={role.version}
            supprimable={!dOrigine}
            mots={t}
          />
        )}
      </Stack>
    </>
  );
}
