import { fill, formatDate, formatDateTime, type Lang } from '@gec/core';
import {
  Actions,
  Alert,
  Button,
  Card,
  ErrorSummary,
  Form,
  Grid,
  LinkButton,
  PageHeader,
  Stack,
} from '@gec/ui';
import { UploadField } from '../pieces/pieces.views.tsx';
import { Faits, startsAt, type SaisieProps } from './courriers.saisie.faits.views.tsx';
import { saisieTexts } from './courriers.saisie.texts.ts';

/** What the `registration` island needs to know, besides the form itself. */
function islandData({ lang, saisie, references }: SaisieProps) {
  const t = saisieTexts(lang);
  return {
    'data-island': 'registration',
    'data-draft': `/api/v1/brouillons/${saisie.flux}`,
    'data-duplicates': '/api/v1/courriers/doublons',
    'data-time-zone': references.fuseauHoraire,
    'data-words': JSON.stringify({
      kept: t.brouillonGarde,
      failed: t.brouillonEchec,
      one: t.doublonTitreUn,
      many: t.doublonTitre,
      after: t.doublonSuite,
      line: t.doublonLigne,
      reference: t.motif_reference,
      objet: t.motif_objet,
      fichier: t.motif_fichier,
    }),
  };
}

/** The letters that this one resembles, each a link that opens beside the form. */
function Doublons({ lang, doublons, references }: SaisieProps) {
  const t = saisieTexts(lang);
  if (doublons.length === 0) return null;
  return (
    <div data-island="focus" tabIndex={-1}>
      <Alert tone="warning" title={doublons.length === 1 ? t.doublonTitreUn : t.doublonTitre}>
        <ul>
          {doublons.map(({ id, numero, dateEnregistrement, correspondant, objet, motif }) => (
            <li key={id}>
              <a href={`/mail/${id}`} target="_blank" rel="noopener">
                {fill(t.doublonLigne, {
                  numero,
                  date: formatDate(lang, dateEnregistrement, references.fuseauHoraire),
                  correspondant,
                  objet,
                })}
              </a>{' '}
              ({t[`motif_${motif}`]})
            </li>
          ))}
        </ul>
        <p>{t.doublonSuite}</p>
      </Alert>
    </div>
  );
}

/** The drop zone with the files, and the first page as large as there is room. */
function Depot(props: SaisieProps) {
  const { lang, recues, errors, fichiersRefuses, limites } = props;
  const t = saisieTexts(lang);
  const [first] = recues;
  return (
    <Stack>
      <UploadField
        recues={recues}
        erreurs={fichiersRefuses}
        error={errors.find(({ field }) => field === 'pieces')?.message}
        limites={limites}
        autofocus={startsAt(props) === 'pieces'}
        required
      />
      <div class="scan scan-first" data-first-page data-alt={t.premierePage} hidden={first === undefined}>
        {first && (
          <img
            src={`/api/v1/televersements/${first.id}/pages/1.jpg?w=960`}
            alt={fill(t.premierePage, { nom: first.nom })}
          />
        )}
      </div>
    </Stack>
  );
}

/** What the next number will be, where the program gives it; the draft's state, when script runs. */
function Pied({ lang, references, doublons }: SaisieProps) {
  const t = saisieTexts(lang);
  const { mode, numero } = references.numero;
  return (
    <Stack space={3}>
      {mode === 'automatique' && numero !== '' && (
        <p class="muted" title={t.numeroProbableAide}>
          {t.numeroProbable}
          <strong class="num">{numero}</strong>
        </p>
      )}
      <Actions>
        <Button variant="primary" icon="check" title={t.raccourci}>
          {doublons.length > 0 ? t.doublonQuandMeme : t.enregistrer}
        </Button>
        <Button name="suite" value="suivant">
          {t.enregistrerSuivant}
        </Button>
      </Actions>
      <p class="hint js-only" data-draft-state>
        <span class="keys">{t.raccourci}</span>
      </p>
    </Stack>
  );
}

/** The number of the letter before, for as long as the paper is still on the desk. */
function Precedent({ lang, id, numero }: { lang: Lang; id: number; numero: string }) {
  const t = saisieTexts(lang);
  return (
    <Alert
      tone="success"
      title={t.enregistreSous}
      actions={
        <>
          <LinkButton
            href={`/mail/${id}/etiquette.pdf`}
            size="small"
            icon="print"
            target="_blank"
            rel="noopener"
          >
            {t.etiquette}
          </LinkButton>
          <Button type="button" size="small" icon="copy" copy={numero}>
            {t.copierNumero}
          </Button>
          <LinkButton href={`/mail/${id}`} size="small" icon="eye" target="_blank" rel="noopener">
            {t.ouvrir}
          </LinkButton>
        </>
      }
    >
      <p class="big-number">{numero}</p>
    </Alert>
  );
}

/** The registration screen: scan at the left, facts at the right, one button. */
export function SaisieView(props: SaisieProps) {
  const {
    lang,
    csrfToken,
    saisie,
    errors,
    fichiersRefuses,
    refus,
    doublons,
    brouillonDu,
    precedent,
    references,
  } = props;
  const t = saisieTexts(lang);
  const arrivee = saisie.flux === 'ENTRANT';
  const discard = 'effacer-brouillon';
  return (
    <div {...islandData(props)}>
      <PageHeader
        title={arrivee ? t.titreArrivee : t.titreDepart}
        crumbs={[
          { label: arrivee ? t.arrivees : t.departs, href: `/view_mail?type_courrier=${saisie.flux}` },
          { label: arrivee ? t.titreArrivee : t.titreDepart },
        ]}
        actions={
          <LinkButton
            href={`/courriers/nouveau?flux=${arrivee ? 'SORTANT' : 'ENTRANT'}`}
            icon={arrivee ? 'outbox' : 'inbox-in'}
          >
            {arrivee ? t.versDepart : t.versArrivee}
          </LinkButton>
        }
      />
      <Stack>
        <ErrorSummary
          errors={[...errors, ...fichiersRefuses.map(({ message }) => ({ field: 'pieces', message }))]}
        />
        {refus !== undefined && (
          <Alert tone="danger" title={refus}>
            {t.refuse}
          </Alert>
        )}
        {precedent && <Precedent lang={lang} {...precedent} />}
        {brouillonDu !== undefined && (
          <>
            <Alert
              tone="info"
              title={fill(t.brouillonRepris, {
                quand: formatDateTime(lang, brouillonDu, references.fuseauHoraire),
              })}
              actions={
                <Button form={discard} size="small" icon="trash" confirm={t.brouillonEffacerQuestion}>
                  {t.brouillonEffacer}
                </Button>
              }
            >
              {t.brouillonAide}
            </Alert>
            <Form id={discard} action={`/courriers/brouillon/${saisie.flux}/effacer`} csrfToken={csrfToken}>
              {null}
            </Form>
          </>
        )}
        <Form
          id="saisie"
          action={`/courriers/nouveau?flux=${saisie.flux}`}
          encType="multipart/form-data"
          csrfToken={csrfToken}
        >
          <input type="hidden" name="envoi" value={saisie.envoi} autocomplete="off" />
          <input
            type="hidden"
            name="doublons_vus"
            value={doublons.map(({ id }) => id).join(',')}
            autocomplete="off"
            data-seen
          />
          <Grid columns="letter">
            <Card title={t.scan} icon="paperclip">
              <Depot {...props} />
            </Card>
            <Card title={t.faits} icon="mail" footer={<Pied {...props} />}>
              <Faits {...props}>
                <div class="duplicates" data-duplicates-box aria-live="polite">
                  <Doublons {...props} />
                </div>
              </Faits>
            </Card>
          </Grid>
        </Form>
      </Stack>
    </div>
  );
}
