import { can, dayOf, type Clock, type UserActor } from '@gec/core';
import type { CommentairesService } from '../commentaires/commentaires.service.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { NotificationsService } from '../notifications/notifications.service.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import { SANS_FILTRE } from '../recherche/recherche.schema.ts';
import type { RechercheService } from '../recherche/recherche.service.ts';
import type { ReferentielsService } from '../referentiels/referentiels.service.ts';
import type { TransmissionsService } from '../transmissions/transmissions.service.ts';
import type { UtilisateursService } from '../utilisateurs/utilisateurs.service.ts';
import { chronologie, traces, type TraceJournal } from './courriers.lettre.chronologie.ts';
import type { Provenance } from './courriers.lettre.provenance.ts';
import { attenduePar, type Lettre, type PieceLettre } from './courriers.lettre.schema.ts';
import type { Courrier } from './courriers.schema.ts';
import type { CourriersService } from './courriers.service.ts';

/** What the page of a letter is gathered from. */
export interface LettreDeps {
  courriers: Pick<CourriersService, 'consult' | 'history'>;
  pieces: { ofCourrier(courrierId: number): Promise<readonly PieceLettre[]> };
  transmissions: Pick<TransmissionsService, 'ofCourrier' | 'markRead' | 'inbox'>;
  commentaires: Pick<CommentairesService, 'ofCourrier'>;
  recherche: Pick<RechercheService, 'neighbours'>;
  referentiels: Pick<ReferentielsService, 'statuts' | 'urgences'>;
  parametres: Pick<ParametresService, 'get'>;
  journal: Pick<JournalService, 'ofCourrier'>;
  notifications: Pick<NotificationsService, 'lireCourrier'>;
  utilisateurs: Pick<UtilisateursService, 'names'>;
  clock: Clock;
}

/** Open transmissions among which previous and next are looked for. */
const A_TRAITER_MAX = 200;

/** The letter with everything around it, as its page shows it. */
export function createLettreService(deps: LettreDeps) {
  async function neighbours(
    actor: UserActor,
    courrier: Courrier,
    from: Provenance,
  ): Promise<Lettre['voisins']> {
    if (courrier.isDeleted) return {};
    if (from.genre === 'a-traiter') {
      const { lignes } = await deps.transmissions.inbox(actor, { etat: 'a_traiter', size: A_TRAITER_MAX });
      const ids = [...new Set(lignes.map((ligne) => ligne.courrierId))];
      const at = ids.indexOf(courrier.id);
      return at === -1 ? {} : { previous: ids[at - 1], next: ids[at + 1] };
    }
    const filtres =
      from.genre === 'liste' ? from.filtres : { ...SANS_FILTRE, typeCourrier: courrier.typeCourrier };
    return deps.recherche.neighbours(actor, filtres, courrier.id);
  }

  async function journalOf(actor: UserActor, id: number, zone: string): Promise<TraceJournal[] | null> {
    if (!can(actor, 'view_logs')) return null;
    const lines = await deps.journal.ofCourrier(id);
    const names = await deps.utilisateurs.names(lines.flatMap((line) => line.utilisateurId ?? []));
    return traces(lines, names, (instant) => dayOf(new Date(instant), zone));
  }

  return {
    /**
     * Opens a letter: the journal has it as read, and so have those who sent it to the actor.
     *
     * @throws AppError not-found
     */
    async open(actor: UserActor, id: number, provenance: Provenance): Promise<Lettre> {
      const courrier = await deps.courriers.consult(actor, id);
      const { fuseauHoraire, titreResponsable } = await deps.parametres.get();
      const received = await deps.transmissions.ofCourrier(actor, id);
      const unread = received.some(({ aId, dateLecture }) => aId === actor.userId && dateLecture === null);
      if (unread) await deps.transmissions.markRead(actor, id);
      await deps.notifications.lireCourrier(actor, id);
      const transmissions = unread ? await deps.transmissions.ofCourrier(actor, id) : received;
      const [pieces, modifications, commentaires, statuts, urgences, voisins, lues] = await Promise.all([
        deps.pieces.ofCourrier(id),
        deps.courriers.history(actor, id),
        deps.commentaires.ofCourrier(actor, id),
        deps.referentiels.statuts(),
        deps.referentiels.urgences(),
        neighbours(actor, courrier, provenance),
        journalOf(actor, id, fuseauHoraire),
      ]);
      return {
        courrier,
        pieces,
        statuts,
        couleurUrgence: urgences.find(({ id }) => id === courrier.urgenceId)?.couleur ?? null,
        enRetard:
          courrier.echeance !== null &&
          Date.parse(courrier.echeance) < deps.clock.now().getTime() &&
          statuts.find(({ nom }) => nom === courrier.statut)?.final !== true,
        transmissions,
        attendue: attenduePar(transmissions, actor.userId),
        evenements: chronologie(courrier, { modifications, transmissions, commentaires }),
        traces: lues,
        titreResponsable,
        fuseauHoraire,
        provenance,
        voisins,
      };
    },
  };
}

export type LettreService = ReturnType<typeof createLettreService>;
