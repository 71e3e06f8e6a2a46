import type { Evenement } from './courriers.lettre.chronologie.ts';
import type { Lettre } from './courriers.lettre.schema.ts';
import { presentCourrier } from './courriers.presenter.ts';

/** An event of the letter's life; each kind has its own fields. */
function presentEvenement(event: Evenement) {
  const { id, date, qui, genre, ...rest } = event;
  return { id, date, utilisateur: qui, genre, ...rest };
}

/** The page of a letter as it leaves the program as JSON. Instants are UTC (RFC 3339), days `YYYY-MM-DD`. */
export function presentLettre(lettre: Lettre) {
  return {
    ...presentCourrier(lettre.courrier),
    pieces: lettre.pieces.map(({ id, rang, nom, pages, taille }) => ({ id, rang, nom, pages, taille })),
    transmissions: lettre.transmissions.map((one) => ({
      id: one.id,
      forwarded_by_id: one.deId,
      forwarded_by: one.deNom,
      forwarded_to_id: one.aId,
      forwarded_to: one.aNom,
      instruction: one.instruction,
      message: one.message,
      echeance: one.echeance,
      en_retard: one.enRetard,
      date_transmission: one.date,
      date_lecture: one.dateLecture,
      date_traitement: one.dateTraitement,
    })),
    evenements: lettre.evenements.map(presentEvenement),
    journal:
      lettre.traces?.map(({ date, qui, action, fois }) => ({ date, utilisateur: qui, action, fois })) ?? null,
    precedent: lettre.voisins.previous ?? null,
    suivant: lettre.voisins.next ?? null,
  };
}
