import { fill, formatDateTime, type Actor, type FieldError, type Lang } from '@gec/core';
import {
  Actions,
  Alert,
  Button,
  Card,
  Checkbox,
  ConflictPanel,
  ErrorSummary,
  Field,
  Form,
  Grid,
  RadioGroup,
  Stack,
  TextInput,
} from '@gec/ui';
import { CourrielsEnTete } from './courriels.onglets.views.tsx';
import { PORTS, SECURITES, type EssaiSmtp, type SaisieSmtp, type SmtpVu } from './courriels.schema.ts';
import { courrielsTexts } from './courriels.texts.ts';

/** What the page of the mail server shows. */
export interface ServeurPageProps {
  lang: Lang;
  csrfToken: string;
  actor: Actor;
  smtp: SmtpVu;
  /** What is in the form: what was typed, else what is in force. */
  saisie: SaisieSmtp;
  adresse: string;
  errors: readonly FieldError[];
  essai: EssaiSmtp | null;
  /** Whether somebody else's settings are newer than those that the form began with. */
  conflit: boolean;
  par: string | null;
  fuseau: string;
  /** Whether messages can lead back to the program. */
  liens: boolean;
}

/** What the form begins with. */
export function saisieInitiale({ reglage }: SmtpVu): SaisieSmtp {
  return {
    hote: reglage?.hote ?? '',
    port: String(reglage?.port ?? PORTS.starttls),
    securite: reglage?.securite ?? 'starttls',
    utilisateur: reglage?.utilisateur ?? '',
    motDePasse: '',
    expediteur: reglage?.expediteur ?? '',
    nomExpediteur: reglage?.nomExpediteur ?? '',
    verifierCertificat: reglage?.verifierCertificat ?? true,
  };
}

/** The fields that differ, side by side. The password is compared with nothing, since it is never shown. */
function Conflit({ lang, smtp, saisie }: Pick<ServeurPageProps, 'lang' | 'smtp' | 'saisie'>) {
  const t = courrielsTexts(lang);
  const theirs = saisieInitiale(smtp);
  const labels = {
    hote: t.hote,
    port: t.port,
    securite: t.securite,
    utilisateur: t.utilisateur,
    expediteur: t.expediteur,
    nomExpediteur: t.nomExpediteur,
  } as const;
  const rows = (Object.keys(labels) as (keyof typeof labels)[])
    .filter((key) => theirs[key] !== saisie[key])
    .map((key) => ({ label: labels[key], mine: saisie[key] || '—', theirs: theirs[key] || '—' }));
  return <ConflictPanel text={t.versionPerimee} rows={rows} />;
}

function Champs({ lang, saisie, errors, smtp }: ServeurPageProps) {
  const t = courrielsTexts(lang);
  const error = (field: string) => errors.find((one) => one.field === field)?.message;
  return (
    <>
      <Card title={t.serveurSection} icon="mail" id="serveur">
        <Stack>
          <Grid columns="two">
            <Field id="hote" label={t.hote} hint={t.hoteAide} error={error('hote')} required>
              <TextInput name="hote" value={saisie.hote} spellcheck={false} autocomplete="off" />
            </Field>
            <Field id="port" label={t.port} hint={t.portAide} error={error('port')} required>
              <TextInput name="port" value={saisie.port} inputMode="numeric" maxLength={5} />
            </Field>
          </Grid>
          <RadioGroup
            id="securite"
            name="securite"
            legend={t.securite}
            options={SECURITES.map((value) => ({ value, label: t[`securite_${value}`] }))}
            value={saisie.securite}
            hint={t.securiteAide}
            error={error('securite')}
          />
          <Checkbox
            name="verifierCertificat"
            id="verifierCertificat"
            label={t.verifier}
            hint={t.verifierAide}
            checked={saisie.verifierCertificat}
          />
          {saisie.securite === 'aucune' ? (
            <Alert tone="warning">{t.nonChiffre}</Alert>
          ) : (
            !saisie.verifierCertificat && <Alert tone="warning">{t.nonVerifie}</Alert>
          )}
          <Grid columns="two">
            <Field
              id="utilisateur"
              label={t.utilisateur}
              hint={t.utilisateurAide}
              error={error('utilisateur')}
              optional
            >
              <TextInput
                name="utilisateur"
                value={saisie.utilisateur}
                spellcheck={false}
                autocomplete="off"
              />
            </Field>
            <Field
              id="motDePasse"
              label={t.motDePasse}
              hint={smtp.motDePassePresent ? t.motDePasseGarde : t.motDePasseAide}
              error={error('motDePasse')}
              optional
            >
              <TextInput name="motDePasse" type="password" autocomplete="new-password" />
            </Field>
          </Grid>
        </Stack>
      </Card>
      <Card title={t.expediteurSection} icon="user" id="expediteurSection">
        <Grid columns="two">
          <Field
            id="expediteur"
            label={t.expediteur}
            hint={t.expediteurAide}
            error={error('expediteur')}
            required
          >
            <TextInput name="expediteur" type="email" value={saisie.expediteur} autocomplete="off" />
          </Field>
          <Field
            id="nomExpediteur"
            label={t.nomExpediteur}
            hint={t.nomExpediteurAide}
            error={error('nomExpediteur')}
            optional
          >
            <TextInput name="nomExpediteur" value={saisie.nomExpediteur} maxLength={120} />
          </Field>
        </Grid>
      </Card>
    </>
  );
}

function Conversation({ lang, essai }: { lang: Lang; essai: EssaiSmtp }) {
  const t = courrielsTexts(lang);
  const lines = essai.conversation.map(({ de, texte }) => `${t[`de_${de}`]} › ${texte}`);
  return (
    <div data-island="focus" tabIndex={-1} id="resultat">
      <Stack space={3}>
        {essai.reussi ? (
          <Alert tone="success">{t.essaiReussi}</Alert>
        ) : (
          <Alert tone="danger" title={t.essaiEchoue}>
            {essai.message}
          </Alert>
        )}
        <h3>{t.conversation}</h3>
        {lines.length === 0 ? (
          <p class="muted">{t.conversationVide}</p>
        ) : (
          <pre class="transcript" tabIndex={0} role="region" aria-label={t.conversation}>
            {lines.join('\n')}
          </pre>
        )}
      </Stack>
    </div>
  );
}

/** The mail server: what is in force, changing it, trying it. */
export function ServeurPage(props: ServeurPageProps) {
  const { lang, csrfToken, actor, smtp, errors, essai, adresse } = props;
  const t = courrielsTexts(lang);
  const source = { base: t.sourceBase, environnement: t.sourceEnvironnement, aucun: t.sourceAucun };
  return (
    <Stack>
      <CourrielsEnTete lang={lang} actor={actor} actif="serveur" />
      {props.conflit && <Conflit {...props} />}
      <ErrorSummary errors={errors} />
      <Alert tone={smtp.source === 'aucun' ? 'warning' : 'info'}>
        {source[smtp.source]}
        {smtp.le !== null && (
          <>
            {' '}
            {fill(t.modifiePar, {
              qui: props.par ?? t.compteInconnu,
              quand: formatDateTime(lang, smtp.le, props.fuseau),
            })}
          </>
        )}
        {!props.liens && <> {t.sansAdressePublique}</>}
      </Alert>
      <Form action="/admin/courriels/smtp" csrfToken={csrfToken} guard>
        <input type="hidden" name="version" value={String(smtp.version)} />
        <Stack>
          <Champs {...props} />
          <div>
            <Button variant="primary" size="large" icon="check">
              {t.enregistrer}
            </Button>
          </div>
          <Card title={t.essai} icon="send" id="essai">
            <Stack>
              <Field
                id="adresse"
                label={t.essaiAdresse}
                hint={t.essaiAide}
                error={errors.find(({ field }) => field === 'adresse')?.message}
              >
                <TextInput name="adresse" type="email" value={adresse} />
              </Field>
              <div>
                <Button formAction="/admin/courriels/smtp/essai#essai" icon="send">
                  {t.essayer}
                </Button>
              </div>
              {essai && <Conversation lang={lang} essai={essai} />}
            </Stack>
          </Card>
        </Stack>
      </Form>
      {smtp.source === 'base' && (
        <Form action="/admin/courriels/smtp/retirer" csrfToken={csrfToken} confirm={t.retirerConfirmer}>
          <input type="hidden" name="version" value={String(smtp.version)} />
          <Actions>
            <Button variant="danger" icon="restore">
              {t.retirer}
            </Button>
          </Actions>
        </Form>
      )}
    </Stack>
  );
}
