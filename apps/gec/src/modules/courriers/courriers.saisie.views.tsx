import { fill, formatDate, formatDateTime, type FieldError, type Lang } from '@gec/core';
import {
  Actions,
  Alert,
  Button,
  Card,
  Combobox,
  DateInput,
  ErrorSummary,
  Field,
  Form,
  Grid,
  LinkButton,
  PageHeader,
  RadioGroup,
  Select,
  Stack,
  TextArea,
  TextInput,
} from '@gec/ui';
import type { PieceRecue } from '../pieces/pieces.schema.ts';
import { UploadField } from '../pieces/pieces.views.tsx';
import { champCorrespondant, type Saisie } from './courriers.saisie.schema.ts';
import { saisieTexts } from './courriers.saisie.texts.ts';
import { LONGUEURS, type DoublonProbable } from './courriers.schema.ts';

/** What the choices of the form are made from. */
export interface ReferencesSaisie {
  statuts: readonly { nom: string; libelle: string }[];
  typesSortants: readonly { id: number; nom: string }[];
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
  tailleMax: number;
  /** The letter that was saved just before, when one enters a pile. */
  precedent?: { id: number; numero: string };
}

const CORRESPONDANTS = '/api/v1/correspondants';

/** What the `registration` island needs to know, besides the form itself. */
function islandData({ lang, saisie }: SaisieProps) {
  const t = saisieTexts(lang);
  return {
    'data-island': 'registration',
    'data-draft': `/api/v1/brouillons/${saisie.flux}`,
    'data-duplicates': '/api/v1/courriers/doublons',
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

/** Where the cursor starts: at the scan, else at the objet; a refused form takes it to what was refused. */
function startsAt({
  recues,
  errors,
  fichiersRefuses,
  doublons,
  refus,
}: SaisieProps): 'pieces' | 'objet' | null {
  if (errors.length + fichiersRefuses.length + doublons.length > 0 || refus !== undefined) return null;
  return recues.length > 0 ? 'objet' : 'pieces';
}

/** The drop zone with the files, and the first page as large as there is room. */
function Depot(props: SaisieProps) {
  const { lang, recues, errors, fichiersRefuses, tailleMax } = props;
  const t = saisieTexts(lang);
  const [first] = recues;
  return (
    <Stack>
      <UploadField
        recues={recues}
        erreurs={fichiersRefuses}
        error={errors.find(({ field }) => field === 'pieces')?.message}
        tailleMax={tailleMax}
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

/** The facts in the order in which one reads a letter. */
function Faits(props: SaisieProps) {
  const { lang, saisie, references, errors } = props;
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
          error={error('date_redaction')}
          required={!arrivee}
          optional={arrivee}
        >
          <DateInput name="date_redaction" value={saisie.date_redaction} min="1900-01-01" max="9999-12-31" />
        </Field>
      </Grid>
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
        {t.raccourci}
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
              <Stack>
                <Faits {...props} />
                <div data-duplicates-box aria-live="polite">
                  <Doublons {...props} />
                </div>
              </Stack>
            </Card>
          </Grid>
        </Form>
      </Stack>
    </div>
  );
}
