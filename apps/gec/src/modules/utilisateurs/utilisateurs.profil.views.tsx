import { type Conflict, type FieldError } from '@gec/core';
import {
  Actions,
  Avatar,
  Button,
  Card,
  Checkbox,
  ConflictPanel,
  DescriptionList,
  ErrorSummary,
  Field,
  Form,
  Grid,
  PageHeader,
  Tabs,
  TextInput,
  useLang,
} from '@gec/ui';
import { useTextes } from '../departements/departements.mots.views.tsx';
import { EVENEMENTS, type Evenement, type Preferences } from '../notifications/notifications.schema.ts';
import { notificationsTexts } from '../notifications/notifications.texts.ts';
import { PhotoForm } from './utilisateurs.photo.views.tsx';
import { photoHref, type Utilisateur } from './utilisateurs.schema.ts';
import { utilisateursTexts } from './utilisateurs.texts.ts';

/** The parts of one's own profile. */
export function ProfilOnglets({ current }: { current: 'compte' | 'coordonnees' | 'notifications' }) {
  const t = useTextes(utilisateursTexts);
  return (
    <Tabs
      label={t.profil}
      items={[
        { href: '/profil', label: t.profilCompte, current: current === 'compte' },
        { href: '/profil/coordonnees', label: t.profilCoordonnees, current: current === 'coordonnees' },
        { href: '/profil/notifications', label: t.profilNotifications, current: current === 'notifications' },
      ]}
    />
  );
}

/** What people change of themselves, as a form shows it. */
export type ValeursCoordonnees = Record<'fonction' | 'telephone', string>;

/** One's own particulars and photograph. */
export function CoordonneesView(props: {
  csrfToken: string;
  compte: Utilisateur;
  values: ValeursCoordonnees;
  avant: ValeursCoordonnees;
  errors: readonly FieldError[];
  conflits: readonly Conflict<keyof ValeursCoordonnees>[] | null;
}) {
  const t = useTextes(utilisateursTexts);
  const { csrfToken, compte, values, avant, errors, conflits } = props;
  const errorOf = (field: string) => errors.find((error) => error.field === field)?.message;
  const labels = { fonction: t.fonction, telephone: t.telephone };
  return (
    <>
      <PageHeader
        title={
          <span class="person">
            <Avatar name={compte.nomComplet} src={photoHref(compte)} size="large" />
            {t.profil}
          </span>
        }
        subtitle={compte.nomComplet}
      />
      <ProfilOnglets current="coordonnees" />
      <Grid columns="two">
        <Card title={t.profilCoordonnees} icon="user">
          <Form action="/profil/coordonnees" csrfToken={csrfToken} class="stack stack-4" guard>
            {conflits && (
              <ConflictPanel
                rows={conflits.map(({ champ, saisie, actuel }) => ({
                  label: labels[champ],
                  mine: saisie,
                  theirs: actuel,
                }))}
              />
            )}
            <ErrorSummary errors={errors.filter(({ field }) => field !== 'photo')} />
            <input type="hidden" name="version" value={String(compte.version)} />
            <input type="hidden" name="avant" value={JSON.stringify(avant)} />
            <Field id="fonction" label={t.fonction} error={errorOf('fonction')} optional>
              <TextInput
                name="fonction"
                value={values.fonction}
                maxLength={160}
                autocomplete="organization-title"
              />
            </Field>
            <Field id="telephone" label={t.telephone} error={errorOf('telephone')} optional>
              <TextInput
                name="telephone"
                type="tel"
                value={values.telephone}
                maxLength={60}
                autocomplete="tel"
              />
            </Field>
            <Actions>
              <Button variant="primary">{t.enregistrer}</Button>
            </Actions>
          </Form>
        </Card>
        <Card title={t.photo} icon="image">
          <PhotoForm
            csrfToken={csrfToken}
            action="/profil/photo"
            present={compte.photo !== null}
            error={errorOf('photo')}
          />
        </Card>
        <Card title={t.profilTenu} icon="lock">
          <p class="muted">{t.profilTenuTexte}</p>
          <DescriptionList
            items={[
              { term: t.nomComplet, value: compte.nomComplet },
              { term: t.identifiant, value: compte.username },
              { term: t.email, value: compte.email },
              { term: t.matricule, value: compte.matricule },
              { term: t.departement, value: compte.departementNom },
            ]}
          />
        </Card>
      </Grid>
    </>
  );
}

/** Name of the tick of an event and a way of being told. */
export const nomPreference = (evenement: Evenement, canal: 'page' | 'courriel'): string =>
  `${evenement}.${canal}`;

/** By what way one wants to be told of what. */
export function PreferencesView(props: { csrfToken: string; preferences: Partial<Preferences> }) {
  const lang = useLang();
  const t = useTextes(utilisateursTexts);
  const words = notificationsTexts(lang);
  const { csrfToken, preferences } = props;
  return (
    <>
      <PageHeader title={t.profil} />
      <ProfilOnglets current="notifications" />
      <Card title={t.profilNotifications} icon="bell">
        <Form action="/profil/notifications" csrfToken={csrfToken} class="stack stack-4" guard>
          <p class="muted">{t.notificationsTexte}</p>
          {EVENEMENTS.map((evenement) => {
            const choix = preferences[evenement];
            if (!choix) return null;
            return (
              <fieldset key={evenement} class="field">
                <legend>{words[`evenement_${evenement}`]}</legend>
                <div class="cluster">
                  <Checkbox
                    name={nomPreference(evenement, 'page')}
                    label={t.canalPage}
                    checked={choix.page}
                  />
                  <Checkbox
                    name={nomPreference(evenement, 'courriel')}
                    label={t.canalCourriel}
                    checked={choix.courriel}
                  />
                </div>
              </fieldset>
            );
          })}
          <Actions>
            <Button variant="primary">{t.enregistrer}</Button>
          </Actions>
        </Form>
      </Card>
    </>
  );
}
