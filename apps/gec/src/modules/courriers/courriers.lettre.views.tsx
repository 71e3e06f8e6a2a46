import { fill, formatDate, formatDateTime, formatDay, type Lang } from '@gec/core';
import {
  Alert,
  Badge,
  Card,
  cx,
  DescriptionList,
  Field,
  Form,
  PageHeader,
  Pager,
  Stack,
  StatusBadge,
  TextArea,
  type Fact,
} from '@gec/ui';
import { COMMENTAIRE_MAX } from '../commentaires/commentaires.schema.ts';
import { ScanViewer } from '../pieces/pieces.views.tsx';
import { ActionsLettre, DialogueStatut } from './courriers.lettre.actions.views.tsx';
import { Circulation, Historique } from './courriers.lettre.historique.views.tsx';
import { backTo, carry } from './courriers.lettre.provenance.ts';
import { useTextes } from '../departements/departements.mots.views.tsx';
import type { Lettre } from './courriers.lettre.schema.ts';
import { lettreTexts } from './courriers.lettre.texts.ts';

/** What every part of the page is given. */
export interface LettreProps {
  lang: Lang;
  csrfToken: string;
  lettre: Lettre;
  /** Text of an annotation that was refused, and why. */
  annotation?: { type: string; texte: string; error: string };
}

/** A statut by its word and colour; one that was taken out of the list shows its code. */
export function Statut({ lettre, nom }: { lettre: Pick<Lettre, 'statuts'>; nom: string }) {
  const known = lettre.statuts.find((statut) => statut.nom === nom);
  return <StatusBadge label={known?.libelle ?? nom} couleur={known?.couleur ?? '#6B7280'} />;
}

/** Number, direction and statut under the objet. */
function SousTitre({ lang, lettre }: LettreProps) {
  const t = lettreTexts(lang);
  const { courrier } = lettre;
  return (
    <span class="letter-line">
      <strong class="num">{fill(t.numero, { numero: courrier.numero })}</strong>
      <span>{courrier.typeCourrier === 'ENTRANT' ? t.arrivee : t.depart}</span>
      <Statut lettre={lettre} nom={courrier.statut} />
      {courrier.urgence !== null && courrier.echeance !== null && (
        <Badge tone={lettre.enRetard ? 'danger' : 'warning'} icon={lettre.enRetard ? 'alert' : 'clock'}>
          {fill(t.aTraiterAvant, {
            urgence: courrier.urgence,
            date: formatDateTime(lang, courrier.echeance, lettre.fuseauHoraire),
          })}
        </Badge>
      )}
      {courrier.secretaireGeneralCopie && (
        <Badge tone="accent">{fill(t.copie, { titre: lettre.titreResponsable })}</Badge>
      )}
    </span>
  );
}

/** What was asked of the reader, and how they say that it is done. */
function Attendue({ lang, csrfToken, lettre }: LettreProps) {
  const t = lettreTexts(lang);
  const { attendue, fuseauHoraire, provenance } = lettre;
  if (!attendue) return null;
  const { id, deNom, date, instructionLibelle, message, echeance, enRetard } = attendue;
  return (
    <Card title={t.aFaire} icon="tray" class="card-todo">
      <Stack space={3}>
        <p>
          {fill(t.aFaireDe, { nom: deNom, date: formatDate(lang, date, fuseauHoraire) })}{' '}
          {instructionLibelle && <strong>{instructionLibelle}.</strong>}
        </p>
        {message && <blockquote class="quote">{message}</blockquote>}
        {echeance && (
          <p>
            <Badge tone={enRetard ? 'danger' : 'warning'} icon={enRetard ? 'alert' : 'clock'}>
              {fill(enRetard ? t.aFaireRetard : t.aFaireEcheance, { date: formatDay(lang, echeance) })}
            </Badge>
          </p>
        )}
        <Form
          id="traiter"
          action={`/mail/${lettre.courrier.id}/traiter${carry(provenance)}`}
          csrfToken={csrfToken}
        >
          <input type="hidden" name="transmission" value={id} />
          <Field id="note" label={t.note} hint={t.noteAide} optional>
            <TextArea name="note" rows={2} maxLength={COMMENTAIRE_MAX} />
          </Field>
        </Form>
      </Stack>
    </Card>
  );
}

/** The facts of the letter. */
function Faits({ lang, lettre }: LettreProps) {
  const t = useTextes(lettreTexts);
  const { courrier, fuseauHoraire, titreResponsable } = lettre;
  const arrivee = courrier.typeCourrier === 'ENTRANT';
  const items: Fact[] = [
    { term: arrivee ? t.expediteur : t.destinataire, value: courrier.correspondant, full: true },
    { term: t.reference, value: courrier.numeroReference },
    {
      term: arrivee ? t.dateCourrier : t.dateEmission,
      value: courrier.dateRedaction && formatDay(lang, courrier.dateRedaction),
    },
    { term: t.enregistreLe, value: formatDateTime(lang, courrier.dateEnregistrement, fuseauHoraire) },
    { term: t.enregistrePar, value: courrier.utilisateurNom },
    {
      term: t.statut,
      value: (
        <>
          <Statut lettre={lettre} nom={courrier.statut} />
          {courrier.dateModificationStatut && (
            <small class="muted">
              {' '}
              {fill(t.statutDepuis, {
                date: formatDate(lang, courrier.dateModificationStatut, fuseauHoraire),
              })}
            </small>
          )}
        </>
      ),
    },
    ...(courrier.urgence === null
      ? []
      : [
          {
            term: t.urgence,
            value: <StatusBadge label={courrier.urgence} couleur={lettre.couleurUrgence ?? '#6B7280'} />,
          },
          {
            term: t.echeanceCourrier,
            value: courrier.echeance && formatDateTime(lang, courrier.echeance, fuseauHoraire),
          },
        ]),
    { term: t.departement, value: courrier.departementNom },
  ];
  if (arrivee || courrier.secretaireGeneralCopie !== null) {
    const { secretaireGeneralCopie: copie } = courrier;
    items.push({
      term: fill(t.copie, { titre: titreResponsable }),
      value: copie === null ? null : copie ? t.oui : t.non,
    });
  }
  if (!arrivee) items.push({ term: t.type, value: courrier.typeCourrierSortant });
  if (courrier.autresInformations) {
    items.push({
      term: t.autresInformations,
      value: <span class="prewrap">{courrier.autresInformations}</span>,
      full: true,
    });
  }
  return (
    <Card title={t.faits}>
      <DescriptionList items={items} columns={2} />
    </Card>
  );
}

/** Scans at the left; when there are several, each is one press away. */
function Scans({ lang, lettre }: LettreProps) {
  const t = lettreTexts(lang);
  const { courrier, pieces } = lettre;
  return (
    <div class="letter-scan">
      {pieces.length > 1 && (
        <nav class="tabs letter-tabs" aria-label={t.pieces}>
          <ul>
            {pieces.map((piece) => (
              <li key={piece.id}>
                <a href={`#piece-${piece.id}`}>
                  <span class="num">{piece.rang}.</span> {piece.nom}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      )}
      <ScanViewer courrierId={courrier.id} pieces={pieces} />
    </div>
  );
}

/** Previous and next in the list that one came from. */
function Deplacement({ lang, lettre }: LettreProps) {
  const t = lettreTexts(lang);
  const { courrier, provenance, voisins } = lettre;
  const { typeCourrier } = courrier;
  const ofFlow = typeCourrier === 'ENTRANT' ? t.arrivees : t.departs;
  const labels = { liste: t.liste, 'a-traiter': t.aTraiter, registre: ofFlow } as const;
  const to = (id: number | undefined) =>
    id === undefined ? null : { href: `/mail/${id}${carry(provenance)}` };
  const up = courrier.isDeleted
    ? { href: '/corbeille', label: t.corbeille }
    : { href: backTo(provenance, typeCourrier), label: labels[provenance.genre] };
  return <Pager up={up} previous={to(voisins.previous)} next={to(voisins.next)} />;
}

/** The page of a letter: scan at the left, facts and history at the right, what to do next at the top. */
export function LettreView(props: LettreProps) {
  const { lang, lettre } = props;
  const t = lettreTexts(lang);
  const { courrier, fuseauHoraire } = lettre;
  const todo = lettre.attendue !== null && !courrier.isDeleted;
  return (
    <div class="letter">
      <Deplacement {...props} />
      <PageHeader
        title={courrier.objet}
        subtitle={<SousTitre {...props} />}
        actions={<ActionsLettre {...props} />}
      />
      {courrier.isDeleted && courrier.deletedAt && (
        <Alert
          tone="warning"
          title={fill(t.dansCorbeille, { date: formatDateTime(lang, courrier.deletedAt, fuseauHoraire) })}
        >
          {t.dansCorbeilleTexte}
        </Alert>
      )}
      <div class={cx('grid grid-letter', todo && 'has-todo')}>
        {todo && (
          <div class="letter-todo">
            <Attendue {...props} />
          </div>
        )}
        <Scans {...props} />
        <Stack class="letter-rest">
          <Faits {...props} />
          <Circulation {...props} />
          <Historique {...props} />
        </Stack>
      </div>
      <DialogueStatut {...props} />
    </div>
  );
}
