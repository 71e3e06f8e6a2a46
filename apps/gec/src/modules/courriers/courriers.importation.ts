import type { Actor } from '@gec/core';
import type { Trx } from '../../context.ts';
import { grant } from './courriers.acces.repo.ts';
import type { CourriersDeps, PieceGardee } from './courriers.deps.ts';
import { principalsOf } from './courriers.policy.ts';
import { indexable, ordreOf } from './courriers.register.ts';
import type { CourriersRepo, NouvelleLigne } from './courriers.repo.ts';

/** A letter that was registered elsewhere, its people, statut and type already those of this installation. */
export interface CourrierRepris extends Omit<
  NouvelleLigne,
  | 'ordre'
  | 'correspondantId'
  | 'fichierNom'
  | 'fichierChemin'
  | 'fichierType'
  | 'nombrePieces'
  | 'envoi'
  | 'urgenceId'
  | 'echeance'
> {
  dateModificationStatut: string | null;
  /** When it went to the corbeille, and who put it there; null when it is not there. */
  supprime: { le: string; parId: number | null } | null;
}

/** Writing letters that were registered elsewhere. */
export function createImportation(deps: CourriersDeps, repo: CourriersRepo) {
  return {
    /**
     * Writes a letter that was registered elsewhere, with its access and its place in the search index. Its number, its
     * files, its history and the journal are up to the caller, in the same transaction. Nobody is notified.
     *
     * @param pieces the files of the letter, at least one; the first is its scan
     * @param lecteurs principals that may read it besides its author and its department
     */
    async reprendre(
      trx: Trx,
      actor: Actor,
      courrier: CourrierRepris,
      pieces: readonly PieceGardee[],
      lecteurs: readonly string[],
    ): Promise<void> {
      const first = pieces[0];
      if (!first) throw new Error('a letter without a file cannot be kept');
      const correspondantId = await deps.correspondants.learn(trx, actor, courrier.correspondant);
      const line: NouvelleLigne = {
        ...courrier,
        ordre: await repo.ordreLibre(trx, ordreOf(new Date(courrier.dateEnregistrement), courrier.id)),
        correspondantId,
        fichierNom: first.nom,
        fichierChemin: first.chemin,
        fichierType: first.typeMime,
        urgenceId: null,
        echeance: null,
        nombrePieces: pieces.length,
        envoi: null,
      };
      await repo.insert(trx, line, {
        dateModificationStatut: courrier.dateModificationStatut,
        supprime: courrier.supprime,
      });
      const keys = [...new Set([...principalsOf(line), ...lecteurs])];
      await grant(trx, line, keys);
      await deps.correspondants.grant(trx, keys, correspondantId);
      await deps.recherche.index(
        trx,
        indexable({
          ...line,
          dateModificationStatut: courrier.dateModificationStatut,
          typeCourrierSortant: null,
          urgence: null,
          departementNom: null,
          isDeleted: courrier.supprime !== null,
          deletedAt: courrier.supprime?.le ?? null,
          deletedById: courrier.supprime?.parId ?? null,
          version: 1,
        }),
      );
    },

    /** A letter by its number, whoever asks: whether what is taken over is here already. */
    parNumero: (numero: string): Promise<{ id: number; typeCourrier: 'ENTRANT' | 'SORTANT' } | null> =>
      repo.parNumero(numero),
  };
}
