import { fill, formatDateTime, plural, type FieldError } from '@gec/core';
import {
  Actions,
  Alert,
  Badge,
  Button,
  Card,
  DataTable,
  EmptyState,
  ErrorSummary,
  Field,
  Form,
  FormActions,
  Grid,
  LinkButton,
  PageHeader,
  QrCode,
  Stack,
  TextInput,
  useLang,
} from '@gec/ui';
import { CleForm } from './facteurs.cle.views.tsx';
import { NOM_MAX, type EnrolementTotp, type EtatFacteurs, type Facteur } from './facteurs.schema.ts';
import { facteursTexts } from './facteurs.texts.ts';

/** Address of the page of one's own factors. */
export const FACTEURS_PAGE = '/profil/second-facteur';

/** Which form of the page was refused, and what was typed into it. */
export interface FormRefuse {
  readonly form: 'application' | 'confirmation' | 'cle' | 'secours' | 'retrait';
  readonly errors: readonly FieldError[];
  readonly nom?: string;
}

interface PageProps {
  csrfToken: string;
  etat: EtatFacteurs;
  /** Whether the site was opened by a name that a passkey can belong to. */
  site: boolean;
  refuse?: FormRefuse | undefined;
}

const errorOf = (refuse: FormRefuse | undefined, form: FormRefuse['form'], field: string) =>
  refuse?.form === form ? refuse.errors.find((one) => one.field === field)?.message : undefined;

/** The password again, of whoever is in front of the session. */
function MotDePasse({ id, error }: { id: string; error?: string | undefined }) {
  const t = facteursTexts(useLang());
  return (
    <Field id={id} label={t.motDePasse} error={error} required>
      <TextInput name="mot_de_passe" type="password" autocomplete="current-password" />
    </Field>
  );
}

function Nom({ id, value, error }: { id: string; value?: string | undefined; error?: string | undefined }) {
  const t = facteursTexts(useLang());
  return (
    <Field id={id} label={t.nom} hint={t.nomAide} error={error} optional>
      <TextInput name="nom" value={value} maxLength={NOM_MAX} autocomplete="off" />
    </Field>
  );
}

function Liste({ facteurs }: { facteurs: readonly Facteur[] }) {
  const lang = useLang();
  const t = facteursTexts(lang);
  return (
    <Card title={t.mesFacteurs} icon="shield" flush>
      <DataTable
        caption={t.mesFacteurs}
        rows={facteurs}
        rowKey={(one) => one.id}
        empty={<EmptyState icon="shield" title={t.aucun} text={t.aucunTexte} />}
        columns={[
          { id: 'nom', header: t.nom, primary: true, cell: (one) => one.nom },
          { id: 'genre', header: t.genre, cell: (one) => t[`genre_${one.genre}`] },
          {
            id: 'depuis',
            header: t.depuis,
            kind: 'figure',
            from: 'wide',
            cell: (one) => formatDateTime(lang, one.dateCreation),
          },
          {
            id: 'usage',
            header: t.utilise,
            kind: 'figure',
            cell: (one) =>
              one.derniereUtilisation === null ? (
                <span class="muted">{t.jamais}</span>
              ) : (
                formatDateTime(lang, one.derniereUtilisation)
              ),
          },
          {
            id: 'retirer',
            header: t.action,
            cell: (one) => (
              <LinkButton
                href={`${FACTEURS_PAGE}/${one.id}/retirer`}
                variant="quiet"
                size="small"
                icon="trash"
                label={fill(t.retirerNom, { nom: one.nom })}
              >
                {t.retirer}
              </LinkButton>
            ),
          },
        ]}
      />
    </Card>
  );
}

function Application({ csrfToken, refuse }: PageProps) {
  const t = facteursTexts(useLang());
  return (
    <Card title={t.application} icon="key" id="application">
      <Form action={`${FACTEURS_PAGE}/application`} csrfToken={csrfToken} class="stack stack-4">
        <p class="muted">{t.applicationTexte}</p>
        <MotDePasse id="application-mdp" error={errorOf(refuse, 'application', 'mot_de_passe')} />
        <Actions>
          <Button icon="plus">{t.applicationAjouter}</Button>
        </Actions>
      </Form>
    </Card>
  );
}

function Cle({ csrfToken, site, refuse }: PageProps) {
  const t = facteursTexts(useLang());
  const refused = errorOf(refuse, 'cle', 'reponse');
  return (
    <Card title={t.cle} icon="key" id="cle">
      <Stack space={4}>
        <p class="muted">{t.cleTexte}</p>
        {refused !== undefined && <Alert tone="danger" title={refused} />}
        {site ? (
          <>
            <noscript>
              <p class="muted">{t.cleSansScript}</p>
            </noscript>
            <CleForm
              action={`${FACTEURS_PAGE}/cle`}
              options="/api/v1/profil/facteurs/cles/options"
              geste="creer"
              csrfToken={csrfToken}
              abandon={t.cleAbandon}
            >
              <Nom
                id="cle-nom"
                value={refuse?.form === 'cle' ? refuse.nom : undefined}
                error={errorOf(refuse, 'cle', 'nom')}
              />
              <MotDePasse id="cle-mdp" />
              <Actions>
                <Button icon="plus">{t.cleAjouter}</Button>
              </Actions>
            </CleForm>
          </>
        ) : (
          <Alert tone="info">{t.cleAdresse}</Alert>
        )}
      </Stack>
    </Card>
  );
}

function Secours({ csrfToken, etat, refuse }: PageProps) {
  const lang = useLang();
  const t = facteursTexts(lang);
  const { secours } = etat;
  return (
    <Card title={t.secours} icon="print" id="secours">
      <Form action={`${FACTEURS_PAGE}/secours`} csrfToken={csrfToken} class="stack stack-4">
        <p class="muted">{t.secoursTexte}</p>
        <p>
          <strong>
            {secours === 0 ? t.secoursAucun : plural(lang, secours, t.secoursReste_un, t.secoursReste_autre)}
          </strong>{' '}
          {t.secoursRefaireTexte}
        </p>
        <MotDePasse id="secours-mdp" error={errorOf(refuse, 'secours', 'mot_de_passe')} />
        <Actions>
          <Button icon="refresh">{t.secoursRefaire}</Button>
        </Actions>
      </Form>
    </Card>
  );
}

/** One's own second factors: what there is, and how to add more. */
export function FacteursView(props: PageProps) {
  const t = facteursTexts(useLang());
  const { etat } = props;
  return (
    <>
      <PageHeader
        title={t.titre}
        subtitle={t.sousTitre}
        crumbs={[{ label: t.profil, href: '/profil' }, { label: t.titre }]}
        actions={
          <Badge tone={etat.facteurs.length > 0 ? 'success' : 'neutral'}>
            {etat.facteurs.length > 0 ? t.actif : t.inactif}
          </Badge>
        }
      />
      <Stack>
        <Liste facteurs={etat.facteurs} />
        <Grid columns="two">
          <Application {...props} />
          <Cle {...props} />
        </Grid>
        {etat.facteurs.length > 0 && <Secours {...props} />}
      </Stack>
    </>
  );
}

/** The same for whoever must add a factor before anything else: it stands alone. */
export function FacteursRequisView(props: PageProps) {
  const t = facteursTexts(useLang());
  return (
    <Stack>
      <Application {...props} />
      <Cle {...props} />
      <Form action="/logout" csrfToken={props.csrfToken}>
        <Button variant="quiet">{t.seDeconnecter}</Button>
      </Form>
    </Stack>
  );
}

/** The secret of an authenticator app, and the form of its first code. */
export function TotpView(props: {
  csrfToken: string;
  totp: EnrolementTotp;
  refuse?: FormRefuse | undefined;
}) {
  const t = facteursTexts(useLang());
  const { csrfToken, totp, refuse } = props;
  const groups = totp.secret.match(/.{1,4}/g) ?? [];
  return (
    <Form action={`${FACTEURS_PAGE}/application/confirmer`} csrfToken={csrfToken} class="stack stack-4">
      <ErrorSummary errors={refuse?.errors ?? []} />
      <p>{t.etape1}</p>
      <QrCode text={totp.uri} label={t.qr} side={220} />
      <p class="muted">{t.etape1Saisie}</p>
      <p class="num secret">
        <code>{groups.join(' ')}</code>
      </p>
      <Field
        id="code"
        label={t.code}
        hint={t.etape2}
        error={errorOf(refuse, 'confirmation', 'code')}
        required
      >
        <TextInput name="code" inputMode="numeric" autocomplete="one-time-code" maxLength={12} autofocus />
      </Field>
      <Nom id="nom" value={refuse?.nom} error={errorOf(refuse, 'confirmation', 'nom')} />
      <FormActions label={t.confirmer} back={FACTEURS_PAGE} backLabel={t.annuler} />
    </Form>
  );
}

/** Recovery codes, the only time that they are shown. */
export function CodesView({ codes }: { codes: readonly string[] }) {
  const t = facteursTexts(useLang());
  return (
    <Stack>
      <Alert tone="warning" title={t.secoursUneFois} />
      <ul class="plain codes num">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <Actions>
        <LinkButton href={FACTEURS_PAGE} variant="primary" icon="check">
          {t.secoursNotes}
        </LinkButton>
        <Button type="button" copy={codes.join('\n')} icon="copy">
          {t.copier}
        </Button>
      </Actions>
    </Stack>
  );
}

/** Whether to remove a factor: the password decides. */
export function RetirerView(props: { csrfToken: string; facteur: Facteur; errors: readonly FieldError[] }) {
  const t = facteursTexts(useLang());
  const { csrfToken, facteur, errors } = props;
  const other = errors.find(({ field }) => field !== 'mot_de_passe')?.message;
  return (
    <>
      <PageHeader
        title={fill(t.retirerTitre, { nom: facteur.nom })}
        crumbs={[
          { label: t.profil, href: '/profil' },
          { label: t.titre, href: FACTEURS_PAGE },
          { label: t.retirer },
        ]}
      />
      <Card>
        <Form action={`${FACTEURS_PAGE}/${facteur.id}/retirer`} csrfToken={csrfToken} class="stack stack-4">
          {other !== undefined && <Alert tone="danger" title={other} />}
          <p>{t.retirerTexte}</p>
          <MotDePasse
            id="mot_de_passe"
            error={errors.find(({ field }) => field === 'mot_de_passe')?.message}
          />
          <FormActions
            variant="danger"
            icon="trash"
            label={t.retirer}
            back={FACTEURS_PAGE}
            backLabel={t.annuler}
          />
        </Form>
      </Card>
    </>
  );
}

/** Somebody's factors, for an administrator who helps after a loss. */
export function FacteursAdminView(props: {
  csrfToken: string;
  compte: { id: number; nomComplet: string; gerable: boolean; soiMeme: boolean };
  facteurs: readonly Facteur[];
  secours: number;
}) {
  const lang = useLang();
  const t = facteursTexts(lang);
  const { csrfToken, compte, facteurs, secours } = props;
  const { nomComplet: nom } = compte;
  return (
    <>
      <PageHeader
        title={fill(t.adminTitre, { nom })}
        crumbs={[
          { label: t.utilisateurs, href: '/admin/users' },
          { label: nom, href: `/admin/users/${compte.id}` },
          { label: t.titre },
        ]}
      />
      <Card title={t.titre} icon="shield">
        {facteurs.length === 0 ? (
          <EmptyState icon="shield" title={fill(t.adminRien, { nom })} />
        ) : (
          <Stack>
            <ul>
              {facteurs.map((one) => (
                <li key={one.id}>
                  {one.nom} <span class="muted">({t[`genre_${one.genre}`]})</span>
                </li>
              ))}
            </ul>
            <p class="muted">
              {secours === 0 ? t.adminSansCode : plural(lang, secours, t.adminCodes_un, t.adminCodes_autre)}
            </p>
            {compte.soiMeme && <p>{t.soiMeme}</p>}
            {!compte.soiMeme && !compte.gerable && <p>{t.refusAdmin}</p>}
            {!compte.soiMeme && compte.gerable && (
              <Form
                action={`/admin/users/${compte.id}/second-facteur`}
                csrfToken={csrfToken}
                confirm={fill(t.adminConfirmer, { nom })}
                class="stack stack-4"
              >
                <p>{t.adminTexte}</p>
                <Actions>
                  <Button variant="danger" icon="trash">
                    {t.adminRetirer}
                  </Button>
                </Actions>
              </Form>
            )}
          </Stack>
        )}
      </Card>
    </>
  );
}
