import { addDays, dayOf, notFound, type Actor, type UserActor } from '@gec/core';
import type { CourriersDeps } from './courriers.deps.ts';
import type { HistoryRepo } from './courriers.history.repo.ts';
import { mayDelete, mayDestroy, mayEdit, mayForward, mayRead, mayRestore } from './courriers.policy.ts';
import type { CourrierLu, CourriersRepo } from './courriers.repo.ts';
import type { Brouillon, Courrier, DoublonProbable, Modification } from './courriers.schema.ts';
import { courriersTexts } from './courriers.texts.ts';

/** A letter with the same objet counts as a likely duplicate for this long. */
const DUPLICATE_DAYS = 180;
const DUPLICATES_MAX = 5;

/** A draft of more than this, as JSON, is refused: no form of ours is that long. */
const DRAFT_MAX = 32_768;

/** A letter with what the actor may do with it. @param names full names of those who registered */
export function avecDroits(actor: Actor, courrier: CourrierLu, names: ReadonlyMap<number, string>): Courrier {
  const { transmis: _transmis, correspondantId: _correspondantId, ...facts } = courrier;
  return {
    ...facts,
    utilisateurNom: names.get(courrier.utilisateurId) ?? '',
    droits: {
      modifier: mayEdit(actor, courrier),
      transmettre: mayForward(actor, courrier),
      supprimer: mayDelete(actor, courrier),
      restaurer: mayRestore(actor, courrier),
      detruire: mayDestroy(actor, courrier),
    },
  };
}

/** Reading letters, what is known of them, and registrations in progress. */
export function createReading(deps: CourriersDeps, repo: CourriersRepo, history: HistoryRepo) {
  /** The letter with its rights, or an error that does not tell whether it exists. */
  async function load(actor: Actor, id: number): Promise<CourrierLu> {
    const found = Number.isSafeInteger(id) && id > 0 ? await repo.find(actor, id) : null;
    if (!found || !mayRead(actor, found)) throw notFound(courriersTexts(actor.lang).introuvable);
    return found;
  }

  async function get(actor: Actor, id: number): Promise<Courrier> {
    const courrier = await load(actor, id);
    return avecDroits(actor, courrier, await deps.utilisateurs.names([courrier.utilisateurId]));
  }

  const glance = (actor: UserActor, courrier: Pick<Courrier, 'id' | 'numero'>): Promise<void> =>
    deps.journal.recordReading(actor, courrier, { apercu: true });

  return {
    load,

    /** A letter that the actor may read. @throws AppError not-found when there is none */
    get,

    /** The same, noted in the journal as read. */
    async consult(actor: UserActor, id: number): Promise<Courrier> {
      const courrier = await get(actor, id);
      await deps.journal.recordReading(actor, courrier);
      return courrier;
    },

    /** Notes that a letter which was got is seen without being opened, unless the actor has just read it. */
    glance,

    /** The same for what belongs to a letter and is asked for alone. @throws AppError not-found */
    async glanceAt(actor: UserActor, id: number): Promise<void> {
      await glance(actor, await load(actor, id));
    },

    /** Field-by-field changes of a letter, newest first. */
    async history(actor: Actor, id: number): Promise<Modification[]> {
      await load(actor, id);
      const changes = await history.list(id);
      const names = await deps.utilisateurs.names(changes.map((change) => change.utilisateurId));
      return changes.map((change) => ({ ...change, utilisateurNom: names.get(change.utilisateurId) ?? '' }));
    },

    /** Letters that the actor may see and that are likely the one being entered: same reference, objet or file. */
    async duplicates(
      actor: UserActor,
      entry: {
        objet?: string | undefined;
        correspondant?: string | undefined;
        numeroReference?: string | undefined;
        pieces?: readonly string[] | undefined;
      },
    ): Promise<DoublonProbable[]> {
      const { fuseauHoraire } = await deps.parametres.get();
      const since = addDays(dayOf(deps.clock.now(), fuseauHoraire), -DUPLICATE_DAYS);
      const empreintes = entry.pieces?.length ? await deps.pieces.empreintes(actor, entry.pieces) : [];
      const found = await repo.withKeys(
        actor,
        {
          objet: entry.objet?.trim(),
          reference: entry.numeroReference?.trim(),
          correspondant: entry.correspondant?.trim(),
          empreintes,
        },
        `${since}T00:00:00.000Z`,
        DUPLICATES_MAX,
      );
      return found.map(({ courrier, motif }) => ({
        id: courrier.id,
        numero: courrier.numero,
        dateEnregistrement: courrier.dateEnregistrement,
        objet: courrier.objet,
        correspondant: courrier.correspondant,
        motif,
      }));
    },

    /** The registration that the actor left unfinished, if there is one. */
    async draft(actor: UserActor, flux: 'ENTRANT' | 'SORTANT'): Promise<Brouillon | null> {
      const kept = await history.draft(actor.userId, flux);
      if (!kept) return null;
      const { champs, pieces } = JSON.parse(kept.contenu) as Pick<Brouillon, 'champs' | 'pieces'>;
      // A page that saved its draft while its letter was being registered must not bring it back.
      if (champs['envoi'] && (await repo.findByEnvoi(champs['envoi']))) {
        await history.clearDraft(deps.database.kysely, actor.userId, flux);
        return null;
      }
      return { champs, pieces, dateModification: kept.date };
    },

    /** Keeps a registration in progress. What is longer than a form can be is not kept. */
    async saveDraft(
      actor: UserActor,
      flux: 'ENTRANT' | 'SORTANT',
      draft: Pick<Brouillon, 'champs' | 'pieces'>,
    ): Promise<boolean> {
      const text = JSON.stringify({ champs: draft.champs, pieces: draft.pieces });
      if (text.length > DRAFT_MAX) return false;
      await history.saveDraft(actor.userId, flux, text, deps.clock.now().toISOString());
      return true;
    },

    /** Forgets a registration in progress. */
    clearDraft: (actor: UserActor, flux: 'ENTRANT' | 'SORTANT') =>
      history.clearDraft(deps.database.kysely, actor.userId, flux),

    /** Ids of received files that some draft still holds. */
    async heldByDrafts(): Promise<Set<string>> {
      const held = new Set<string>();
      for (const text of await history.allDrafts()) {
        for (const id of (JSON.parse(text) as Pick<Brouillon, 'pieces'>).pieces) held.add(id);
      }
      return held;
    },
  };
}

export type CourriersReading = ReturnType<typeof createReading>;
