import { type AppError, conflict, fill, forbidden, invalid, type UserActor } from '@gec/core';
import type { Trx } from '../../context.ts';
import { echeanceDe, statutsSuivants } from '../referentiels/referentiels.policy.ts';
import { readersOf } from './courriers.acces.repo.ts';
import type { CourriersDeps } from './courriers.deps.ts';
import type { Changement, HistoryRepo } from './courriers.history.repo.ts';
import { mayDelete, mayDestroy, mayEdit, mayRestore } from './courriers.policy.ts';
import type { CourriersReading } from './courriers.read.ts';
import { entryContext, indexable } from './courriers.register.ts';
import type { CourrierLu, CourriersRepo } from './courriers.repo.ts';
import { LONGUEURS, type ModificationCourrier } from './courriers.schema.ts';
import { courriersTexts } from './courriers.texts.ts';
import { checkModification, cleanEntry, cleanText, PIECES_MAX } from './courriers.validation.ts';

/** A reason, cleaned. @throws AppError invalid when it is empty or too long */
function reason(actor: UserActor, motif: string): string {
  const t = courriersTexts(actor.lang);
  const text = cleanText(motif);
  if (text === '') throw invalid([{ field: 'motif', message: t.motifRequis }]);
  if (text.length > LONGUEURS.motif) {
    throw invalid([{ field: 'motif', message: fill(t.tropLong, { max: LONGUEURS.motif }) }]);
  }
  return text;
}

/** Changing, deleting, restoring and destroying letters. */
export function createChanges(
  deps: CourriersDeps,
  repo: CourriersRepo,
  history: HistoryRepo,
  { load }: Pick<CourriersReading, 'load'>,
) {
  const { database, clock } = deps;

  function stale(actor: UserActor): AppError {
    return conflict('VERSION_CONFLICT', courriersTexts(actor.lang).versionDepassee);
  }

  function by(actor: UserActor) {
    return { userId: actor.userId, ip: actor.ip, now: clock.now().toISOString() };
  }

  /** The letter at the version that the person saw. */
  async function loadAt(actor: UserActor, id: number, version: number): Promise<CourrierLu> {
    const courrier = await load(actor, id);
    if (!mayEdit(actor, courrier)) throw forbidden(courriersTexts(actor.lang).refusModifier);
    if (courrier.version !== version) throw stale(actor);
    return courrier;
  }

  async function typeName(id: number | null): Promise<string | null> {
    if (id === null) return null;
    return (await deps.referentiels.typesSortants()).find((type) => type.id === id)?.nom ?? String(id);
  }

  function yesNo(value: boolean | null): string | null {
    // Stored by code: each reader sees it in their own language.
    return value === null ? null : value ? 'oui' : 'non';
  }

  /** The urgency of a letter after a change, with the deadline that follows from its registration. */
  async function urgencyAfter(before: CourrierLu, patch: ModificationCourrier) {
    const { urgenceId } = patch;
    if (urgenceId === undefined || urgenceId === before.urgenceId) {
      return { urgenceId: before.urgenceId, urgence: before.urgence, echeance: before.echeance };
    }
    const chosen = (await deps.referentiels.urgences()).find(({ id }) => id === urgenceId);
    if (!chosen) return { urgenceId: null, urgence: null, echeance: null };
    const { fuseauHoraire } = await deps.parametres.get();
    const echeance = echeanceDe(chosen, before.dateEnregistrement, fuseauHoraire);
    return { urgenceId: chosen.id, urgence: chosen.nom, echeance };
  }

  /** The letter after the change, and what is different. */
  async function difference(before: CourrierLu, patch: ModificationCourrier) {
    const urgency = await urgencyAfter(before, patch);
    const after = {
      ...urgency,
      objet: patch.objet ?? before.objet,
      correspondant: patch.correspondant ?? before.correspondant,
      numeroReference:
        patch.numeroReference === undefined ? before.numeroReference : patch.numeroReference || null,
      dateRedaction: patch.dateRedaction === undefined ? before.dateRedaction : patch.dateRedaction || null,
      secretaireGeneralCopie:
        patch.secretaireGeneralCopie === undefined
          ? before.secretaireGeneralCopie
          : patch.secretaireGeneralCopie,
      typeCourrierSortantId:
        patch.typeCourrierSortantId === undefined || before.typeCourrier === 'ENTRANT'
          ? before.typeCourrierSortantId
          : patch.typeCourrierSortantId,
      autresInformations:
        patch.autresInformations === undefined ? before.autresInformations : patch.autresInformations || null,
    };
    const pairs: Changement[] = [
      { champ: 'objet', ancienne: before.objet, nouvelle: after.objet },
      { champ: 'correspondant', ancienne: before.correspondant, nouvelle: after.correspondant },
      { champ: 'numero_reference', ancienne: before.numeroReference, nouvelle: after.numeroReference },
      { champ: 'date_redaction', ancienne: before.dateRedaction, nouvelle: after.dateRedaction },
      {
        champ: 'secretaire_general_copie',
        ancienne: yesNo(before.secretaireGeneralCopie),
        nouvelle: yesNo(after.secretaireGeneralCopie),
      },
      {
        champ: 'type_courrier_sortant_id',
        ancienne: await typeName(before.typeCourrierSortantId),
        nouvelle: await typeName(after.typeCourrierSortantId),
      },
      { champ: 'urgence', ancienne: before.urgence, nouvelle: after.urgence },
      {
        champ: 'autres_informations',
        ancienne: before.autresInformations,
        nouvelle: after.autresInformations,
      },
    ];
    return { after, changes: pairs.filter((pair) => pair.ancienne !== pair.nouvelle) };
  }

  /** Moves a letter into the corbeille within a transaction. */
  async function bin(trx: Trx, actor: UserActor, courrier: CourrierLu): Promise<void> {
    const at = by(actor);
    const columns = { is_deleted: true, deleted_at: at.now, deleted_by_id: actor.userId };
    if (!(await repo.set(trx, courrier, columns, at))) throw stale(actor);
    await deps.recherche.unindex(trx, courrier.ordre);
  }

  async function loadToDelete(actor: UserActor, id: number): Promise<CourrierLu> {
    const courrier = await load(actor, id);
    const t = courriersTexts(actor.lang);
    if (courrier.isDeleted) throw conflict('DEJA_SUPPRIME', t.dejaSupprime);
    if (!mayDelete(actor, courrier)) throw forbidden(t.refusSupprimer);
    return courrier;
  }

  return {
    /**
     * Changes facts of a letter and keeps who changed what, from what to what.
     *
     * @param version the version that the person saw
     * @returns the names of the fields that changed; empty when nothing did
     * @throws AppError conflict when somebody changed the letter meanwhile; invalid, forbidden, not-found
     */
    async update(
      actor: UserActor,
      id: number,
      patch: ModificationCourrier,
      version: number,
    ): Promise<string[]> {
      const before = await loadAt(actor, id, version);
      const cleaned = cleanEntry(patch);
      const errors = checkModification(
        // What is no longer offered may stay where it is.
        {
          ...cleaned,
          ...(cleaned.typeCourrierSortantId === before.typeCourrierSortantId
            ? { typeCourrierSortantId: undefined }
            : {}),
          ...(cleaned.urgenceId === before.urgenceId ? { urgenceId: undefined } : {}),
        },
        before.typeCourrier,
        await entryContext(deps, actor.lang),
      );
      if (errors.length > 0) throw invalid(errors);
      const { after, changes } = await difference(before, cleaned);
      if (changes.length === 0) {
        // Whoever has just written the same may still wait for the medium.
        await database.settled();
        return [];
      }
      const champs = changes.map((change) => change.champ);
      await database.transaction(async (trx) => {
        const at = by(actor);
        let correspondantId = before.correspondantId;
        if (correspondantId === null || after.correspondant !== before.correspondant) {
          correspondantId = await deps.correspondants.learn(trx, actor, after.correspondant);
          await deps.correspondants.grant(trx, await readersOf(trx, id), correspondantId);
        }
        if (!(await repo.update(trx, before, { ...after, correspondantId }, at))) throw stale(actor);
        await history.insert(trx, id, changes, at);
        await deps.recherche.reindex(trx, indexable({ ...before, ...after }));
        await deps.journal.record(trx, actor, {
          action: 'courrier.modification',
          courrierId: id,
          numero: before.numero,
          details: { champs: champs.join(', ') },
        });
      });
      return champs;
    },

    /**
     * Gives a letter another statut, one of those that the office allows after the one that it has.
     *
     * @throws AppError like {@link update}; invalid on `statut` when it is unknown or not allowed
     */
    async changeStatut(actor: UserActor, id: number, statut: string, version: number): Promise<void> {
      const before = await loadAt(actor, id, version);
      const t = courriersTexts(actor.lang);
      const statuts = await deps.referentiels.statuts();
      const known = statuts.find((one) => one.nom === statut && one.actif);
      if (!known) throw invalid([{ field: 'statut', message: t.statutInconnu }]);
      if (statut === before.statut) return database.settled();
      const permis = statutsSuivants(statuts, before.statut);
      if (!permis.includes(known)) {
        const de = statuts.find(({ nom }) => nom === before.statut)?.libelle ?? before.statut;
        const noms = permis.map(({ libelle }) => libelle).join(', ') || t.aucunStatut;
        const message = fill(t.statutInterdit, { de, a: known.libelle, permis: noms });
        throw invalid([{ field: 'statut', message }]);
      }
      await database.transaction(async (trx) => {
        const at = by(actor);
        const columns = { statut, date_modification_statut: at.now };
        if (!(await repo.set(trx, before, columns, at))) throw stale(actor);
        await history.insert(trx, id, [{ champ: 'statut', ancienne: before.statut, nouvelle: statut }], at);
        await deps.recherche.reindex(trx, indexable({ ...before, statut }));
        await deps.journal.record(trx, actor, {
          action: 'courrier.statut',
          courrierId: id,
          numero: before.numero,
          details: { de: before.statut, a: statut },
        });
      });
    },

    /** Adds received files to a letter, after those that it has. */
    async addPieces(actor: UserActor, id: number, pieces: readonly string[], version: number): Promise<void> {
      const before = await loadAt(actor, id, version);
      const t = courriersTexts(actor.lang);
      if (pieces.length === 0) throw invalid([{ field: 'pieces', message: t.fichierRequis }]);
      const total = before.nombrePieces + pieces.length;
      if (total > PIECES_MAX) {
        throw invalid([{ field: 'pieces', message: fill(t.tropDeFichiers, { n: PIECES_MAX }) }]);
      }
      await database.transaction(async (trx) => {
        const at = by(actor);
        const added = await deps.pieces.attach(trx, actor, id, pieces, before.nombrePieces + 1);
        if (!(await repo.set(trx, before, { nombre_pieces: total }, at))) throw stale(actor);
        const noms = added.map((piece) => piece.nom).join(', ');
        await history.insert(trx, id, [{ champ: 'pieces', ancienne: null, nouvelle: noms }], at);
        await deps.journal.record(trx, actor, {
          action: 'courrier.modification',
          courrierId: id,
          numero: before.numero,
          details: { champs: 'pieces', pieces: added.length },
        });
      });
    },

    /** Moves a letter into the corbeille. Its number stays its number. */
    async remove(actor: UserActor, id: number): Promise<void> {
      const courrier = await loadToDelete(actor, id);
      await database.transaction(async (trx) => {
        await bin(trx, actor, courrier);
        await deps.journal.record(trx, actor, {
          action: 'courrier.suppression',
          courrierId: id,
          numero: courrier.numero,
        });
      });
    },

    /** Cancels a registration made by mistake: the number stays in the register, cancelled, with the reason. */
    async cancelRegistration(actor: UserActor, id: number, motif: string): Promise<void> {
      const courrier = await loadToDelete(actor, id);
      const text = reason(actor, motif);
      await database.transaction(async (trx) => {
        await bin(trx, actor, courrier);
        await deps.registres.cancelOf(trx, actor, id, text);
        await deps.journal.record(trx, actor, {
          action: 'courrier.annulation',
          courrierId: id,
          numero: courrier.numero,
        });
      });
    },

    /** Takes a letter out of the corbeille; a cancelled number becomes its number again. */
    async restore(actor: UserActor, id: number): Promise<void> {
      const courrier = await load(actor, id);
      if (!mayRestore(actor, courrier)) throw forbidden(courriersTexts(actor.lang).refusRestaurer);
      await database.transaction(async (trx) => {
        const columns = { is_deleted: false, deleted_at: null, deleted_by_id: null };
        if (!(await repo.set(trx, courrier, columns, by(actor)))) throw stale(actor);
        await deps.registres.restoreOf(trx, actor, id);
        await deps.recherche.index(trx, indexable({ ...courrier, isDeleted: false }));
        await deps.journal.record(trx, actor, {
          action: 'courrier.restauration',
          courrierId: id,
          numero: courrier.numero,
        });
      });
    },

    /**
     * Destroys a letter of the corbeille for good: its files are overwritten, its rows removed. The number stays in
     * the register with the reason, and so does everything that the journal says of it.
     */
    async destroy(actor: UserActor, id: number, motif: string): Promise<void> {
      const courrier = await load(actor, id);
      if (!mayDestroy(actor, courrier)) throw forbidden(courriersTexts(actor.lang).refusDetruire);
      const text = reason(actor, motif);
      await database.transaction(async (trx) => {
        // Holds the letter: whoever restores or destroys it at the same moment comes too late.
        if (!(await repo.set(trx, courrier, {}, by(actor)))) throw stale(actor);
        await deps.registres.destroyOf(trx, actor, id, text);
        await deps.pieces.destroyAll(trx, id);
        await repo.erase(trx, id);
        await deps.journal.record(trx, actor, {
          action: 'courrier.destruction',
          courrierId: id,
          numero: courrier.numero,
        });
      });
    },
  };
}
