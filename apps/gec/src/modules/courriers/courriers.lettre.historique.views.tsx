import { fill, formatDate, formatDateTime, formatDay, plural, type Lang } from '@gec/core';
import {
  Badge,
  Button,
  Card,
  Change,
  Field,
  Form,
  Select,
  Stack,
  TextArea,
  Timeline,
  type TimelineItem,
} from '@gec/ui';
import { COMMENTAIRE_MAX, TYPES_COMMENTAIRE } from '../commentaires/commentaires.schema.ts';
import { commentairesTexts } from '../commentaires/commentaires.texts.ts';
import { journalTexts } from '../journal/journal.texts.ts';
import { transmissionsTexts } from '../transmissions/transmissions.texts.ts';
import type { ChangementLu, Evenement } from './courriers.lettre.chronologie.ts';
import { carry } from './courriers.lettre.provenance.ts';
import type { Lettre } from './courriers.lettre.schema.ts';
import { lettreTexts } from './courriers.lettre.texts.ts';
import type { LettreProps } from './courriers.lettre.views.tsx';
import { courriersTexts } from './courriers.texts.ts';

/** The name of a field whose changes are kept, as the page of that letter calls it. */
function champ(lang: Lang, nom: string, { courrier }: Lettre): string {
  const t = lettreTexts(lang);
  if (nom === 'correspondant') return courrier.typeCourrier === 'ENTRANT' ? t.expediteur : t.destinataire;
  const key = `champ_${nom}`;
  const texts: Readonly<Record<string, string>> = courriersTexts(lang);
  return texts[key] ?? nom;
}

/** A stored value as people read it. */
function valeur(lang: Lang, nom: string, value: string | null): string {
  const t = lettreTexts(lang);
  if (value === null || value === '') return t.evenementVide;
  if (nom === 'date_redaction') return formatDay(lang, value);
  if (nom === 'secretaire_general_copie') return value === 'oui' ? t.oui : t.non;
  return value;
}

function Changements({
  lang,
  lettre,
  changements,
}: {
  lang: Lang;
  lettre: Lettre;
  changements: ChangementLu[];
}) {
  return (
    <>
      {changements.map(({ champ: nom, de, a }) => (
        <Change
          key={nom}
          field={champ(lang, nom, lettre)}
          from={valeur(lang, nom, de)}
          to={valeur(lang, nom, a)}
        />
      ))}
    </>
  );
}

function statutOf(lettre: Lettre, nom: string | null): string {
  return lettre.statuts.find((statut) => statut.nom === nom)?.libelle ?? nom ?? '';
}

/** What an event says: its title, its mark, what stands below it. */
function paroles(
  lang: Lang,
  lettre: Lettre,
  event: Evenement,
): Pick<TimelineItem, 'title' | 'icon' | 'children'> {
  const t = lettreTexts(lang);
  switch (event.genre) {
    case 'enregistrement':
      return { title: t.evenementEnregistre, icon: 'plus' };
    case 'modification': {
      const { changements } = event;
      return {
        title: plural(lang, changements.length, t.evenementModifie_un, t.evenementModifie_autre),
        icon: 'edit',
        children: <Changements lang={lang} lettre={lettre} changements={changements} />,
      };
    }
    case 'statut':
      return {
        title: t.evenementStatut,
        icon: 'check',
        children: (
          <Change field={t.statut} from={statutOf(lettre, event.de)} to={statutOf(lettre, event.a)} />
        ),
      };
    case 'pieces':
      return { title: t.evenementPieces, icon: 'paperclip', children: <p>{event.noms}</p> };
    case 'transmission': {
      const { a, instruction, message, echeance } = event;
      return {
        title: fill(t.evenementTransmis, { noms: a.join(', ') }),
        icon: 'send',
        children: (instruction || message || echeance) && (
          <>
            {instruction && <p>{instruction}</p>}
            {message && <blockquote class="quote">{message}</blockquote>}
            {echeance && <p>{fill(t.echeanceLe, { date: formatDay(lang, echeance) })}</p>}
          </>
        ),
      };
    }
    case 'traitement':
      return { title: t.evenementTraite, icon: 'check' };
    case 'commentaire':
      return {
        title: commentairesTexts(lang)[`type_${event.type}`],
        icon: 'mail',
        children: <blockquote class="quote">{event.texte}</blockquote>,
      };
  }
}

/** To whom the letter went, and how far each has come. */
export function Circulation({ lang, lettre }: LettreProps) {
  const t = lettreTexts(lang);
  const { transmissions, fuseauHoraire } = lettre;
  const day = (instant: string) => formatDate(lang, instant, fuseauHoraire);
  return (
    <Card title={t.circulation} icon="send">
      {transmissions.length === 0 ? (
        <p class="muted">{t.circulationVide}</p>
      ) : (
        <ul class="circulation plain">
          {transmissions.map((one) => (
            <li key={one.id}>
              <p>
                <strong>{one.aNom}</strong>
                <small class="muted">
                  {one.deNom} · {day(one.date)}
                  {one.instructionLibelle && ` · ${one.instructionLibelle}`}
                </small>
              </p>
              {one.dateTraitement ? (
                <Badge tone="success" icon="check">
                  {fill(t.etatTraite, { date: day(one.dateTraitement) })}
                </Badge>
              ) : (
                <span class="circulation-state">
                  {one.echeance && (
                    <Badge tone={one.enRetard ? 'danger' : 'warning'} icon={one.enRetard ? 'alert' : 'clock'}>
                      {formatDay(lang, one.echeance)}
                      {one.enRetard && ` (${transmissionsTexts(lang).enRetard})`}
                    </Badge>
                  )}
                  <Badge icon={one.dateLecture ? 'eye' : 'mail'}>
                    {one.dateLecture ? fill(t.etatLu, { date: day(one.dateLecture) }) : t.etatNonLu}
                  </Badge>
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** Somebody writes beside the letter. */
function Annoter({ lang, csrfToken, lettre, annotation }: LettreProps) {
  const t = lettreTexts(lang);
  if (lettre.courrier.isDeleted) return null;
  const words = commentairesTexts(lang);
  return (
    <details class="annotate no-print" open={annotation !== undefined}>
      <summary class="btn btn-secondary btn-small">{t.annoter}</summary>
      <Form
        action={`/mail/${lettre.courrier.id}/annotations${carry(lettre.provenance)}`}
        csrfToken={csrfToken}
      >
        <Stack space={3}>
          <Field id="annotation-type" label={t.annoterType}>
            <Select
              name="type"
              value={annotation?.type}
              options={TYPES_COMMENTAIRE.map((type) => ({ value: type, label: words[`type_${type}`] }))}
            />
          </Field>
          <Field id="texte" label={t.annoterTexte} error={annotation?.error} required>
            <TextArea name="texte" rows={3} maxLength={COMMENTAIRE_MAX} value={annotation?.texte} required />
          </Field>
          <Button variant="secondary">{t.ajouter}</Button>
        </Stack>
      </Form>
    </details>
  );
}

/** Everything that happened, newest first; below it who looked, for those who may see the journal. */
export function Historique(props: LettreProps) {
  const { lang, lettre } = props;
  const t = lettreTexts(lang);
  const { evenements, traces, fuseauHoraire } = lettre;
  const when = (instant: string) => formatDateTime(lang, instant, fuseauHoraire);
  const actions: Readonly<Record<string, string>> = journalTexts(lang);
  return (
    <Card title={t.historique} icon="clock" id="historique">
      <Stack>
        <Annoter {...props} />
        <Timeline
          items={evenements.map((event) => ({
            id: event.id,
            when: when(event.date),
            datetime: event.date,
            who: event.qui,
            ...paroles(lang, lettre, event),
          }))}
        />
        {traces && traces.length > 0 && (
          <details class="traces">
            <summary>
              {t.journal} ({traces.length})
            </summary>
            <Timeline
              items={traces.map((trace) => {
                const action = actions[trace.action] ?? trace.action;
                return {
                  id: trace.id,
                  when: when(trace.date),
                  datetime: trace.date,
                  who: trace.qui,
                  title: trace.fois > 1 ? fill(t.fois, { action, n: trace.fois }) : action,
                  icon: 'eye',
                };
              })}
            />
          </details>
        )}
      </Stack>
    </Card>
  );
}
