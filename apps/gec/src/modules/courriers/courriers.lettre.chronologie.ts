import type { Commentaire, TypeCommentaire } from '../commentaires/commentaires.schema.ts';
import type { JournalLine } from '../journal/journal.schema.ts';
import type { Transmission } from '../transmissions/transmissions.schema.ts';
import type { Courrier, Modification } from './courriers.schema.ts';

/** One field that changed, as it was stored. */
export interface ChangementLu {
  champ: string;
  de: string | null;
  a: string | null;
}

/** Something that happened to a letter. */
export type Evenement = {
  id: string;
  /** Instant (ISO 8601, UTC). */
  date: string;
  qui: string;
} & (
  | { genre: 'enregistrement' }
  | { genre: 'modification'; changements: ChangementLu[] }
  | { genre: 'statut'; de: string | null; a: string | null }
  | { genre: 'pieces'; noms: string }
  | {
      genre: 'transmission';
      a: string[];
      /** What the instruction is called. */
      instruction: string | null;
      message: string | null;
      echeance: string | null;
    }
  | { genre: 'traitement' }
  | { genre: 'commentaire'; type: TypeCommentaire; texte: string }
);

/** Where events stand at the same instant: what came first in one use case comes first. */
const RANG: Record<Evenement['genre'], number> = {
  enregistrement: 0,
  modification: 1,
  statut: 2,
  pieces: 3,
  transmission: 4,
  traitement: 5,
  commentaire: 6,
};

function ofModifications(changes: readonly Modification[]): Evenement[] {
  const events: Evenement[] = [];
  const edits = new Map<string, ChangementLu[]>();
  // Newest first as read: the fields of one save are told in the order in which they were written.
  for (const change of [...changes].reverse()) {
    const { id, date, utilisateurNom: qui, champ, ancienne: de, nouvelle: a } = change;
    const event = { id: `m${id}`, date, qui };
    if (champ === 'statut') events.push({ ...event, genre: 'statut', de, a });
    else if (champ === 'pieces') events.push({ ...event, genre: 'pieces', noms: a ?? '' });
    else {
      const key = `${change.utilisateurId} ${date}`;
      const together = edits.get(key);
      if (together) together.push({ champ, de, a });
      else {
        const changements = [{ champ, de, a }];
        edits.set(key, changements);
        events.push({ ...event, genre: 'modification', changements });
      }
    }
  }
  return events;
}

function ofTransmissions(transmissions: readonly Transmission[]): Evenement[] {
  const events: Evenement[] = [];
  const sent = new Map<string, string[]>();
  for (const one of [...transmissions].reverse()) {
    const {
      id,
      date,
      deNom: qui,
      aNom,
      instructionLibelle: instruction,
      message,
      echeance,
      dateTraitement,
    } = one;
    const key = [one.deId, date, instruction, echeance].join(' ');
    const together = sent.get(key);
    if (together) together.push(aNom);
    else {
      const a = [aNom];
      sent.set(key, a);
      events.push({ id: `t${id}`, date, qui, genre: 'transmission', a, instruction, message, echeance });
    }
    if (dateTraitement !== null) {
      events.push({ id: `f${id}`, date: dateTraitement, qui: aNom, genre: 'traitement' });
    }
  }
  return events;
}

/**
 * The life of a letter, newest first: registration, changes (the fields of one save together), transmissions (the
 * recipients of one act together), what was written beside it.
 */
export function chronologie(
  courrier: Pick<Courrier, 'id' | 'dateEnregistrement' | 'utilisateurNom'>,
  facts: {
    modifications: readonly Modification[];
    transmissions: readonly Transmission[];
    commentaires: readonly Commentaire[];
  },
): Evenement[] {
  const events: Evenement[] = [
    {
      id: `c${courrier.id}`,
      date: courrier.dateEnregistrement,
      qui: courrier.utilisateurNom,
      genre: 'enregistrement',
    },
    ...ofModifications(facts.modifications),
    ...ofTransmissions(facts.transmissions),
    ...[...facts.commentaires].reverse().map(({ id, date, utilisateurNom, type, texte }): Evenement => ({
      id: `a${id}`,
      date,
      qui: utilisateurNom,
      genre: 'commentaire',
      type,
      texte,
    })),
  ];
  return events.sort((x, y) =>
    x.date === y.date ? RANG[y.genre] - RANG[x.genre] : x.date < y.date ? 1 : -1,
  );
}

/** What the journal knows of a letter besides its life: who read it, took it away, deleted it. */
export interface TraceJournal {
  id: string;
  date: string;
  qui: string;
  action: string;
  /** How often the person did the same that day. */
  fois: number;
}

/** What the history shows already. */
const DANS_L_HISTORIQUE: ReadonlySet<string> = new Set([
  'courrier.enregistrement',
  'courrier.modification',
  'courrier.statut',
  'courrier.transmission',
  'courrier.traitement',
  'courrier.commentaire',
]);

/**
 * The journal of a letter without what its history shows, newest first; the same act of the same person on one day is
 * one line, at the time of the last.
 *
 * @param lines oldest first
 * @param dayOf day of an instant in the office's zone
 */
export function traces(
  lines: readonly JournalLine[],
  names: ReadonlyMap<number, string>,
  dayOf: (instant: string) => string,
): TraceJournal[] {
  const grouped = new Map<string, TraceJournal>();
  for (const { id, action, date, acteur, utilisateurId } of lines) {
    if (DANS_L_HISTORIQUE.has(action)) continue;
    const key = [action, acteur, dayOf(date)].join(' ');
    const before = grouped.get(key);
    const qui = (utilisateurId === null ? undefined : names.get(utilisateurId)) ?? acteur;
    grouped.delete(key);
    grouped.set(key, { id: `j${id}`, date, qui, action, fois: (before?.fois ?? 0) + 1 });
  }
  return [...grouped.values()].reverse();
}
