import type { Actor, UserActor } from '@gec/core';
import type { Base, Trx } from '../../context.ts';
import type { TypeCourrier } from '../../db/schema.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { Urgence } from '../referentiels/referentiels.schema.ts';

/** A kept file, as far as letters care. */
export interface PieceGardee {
  id: number;
  rang: number;
  nom: string;
  chemin: string;
  typeMime: string;
  taille: number;
  pages: number;
}

/** What the search index is told of a letter. */
export interface FaitsIndexes {
  id: number;
  ordre: number;
  typeCourrier: TypeCourrier;
  statut: string;
  departementId: number | null;
  utilisateurId: number;
  typeCourrierSortantId: number | null;
  urgenceId: number | null;
  secretaireGeneralCopie: boolean | null;
  dateEnregistrement: string;
  isDeleted: boolean;
  words: {
    numero: string;
    numeroReference: string | null;
    objet: string;
    correspondant: string;
    autresInformations: string | null;
  };
}

/** Everything that the use cases of letters are built from. */
export interface CourriersDeps extends Pick<Base, 'database' | 'keyring' | 'clock'> {
  journal: Pick<JournalService, 'record' | 'recordReading' | 'ofCourrier'>;
  registres: {
    take(
      trx: Trx,
      actor: Actor,
      demand: {
        flux: TypeCourrier;
        courrierId: number;
        codeDepartement: string | null;
        at: Date;
        manuel?: string;
      },
    ): Promise<{ numero: string }>;
    cancelOf(trx: Trx, actor: Actor, courrierId: number, motif: string): Promise<unknown>;
    restoreOf(trx: Trx, actor: Actor, courrierId: number): Promise<void>;
    destroyOf(trx: Trx, actor: Actor, courrierId: number, motif: string): Promise<unknown>;
  };
  pieces: {
    attach(
      trx: Trx,
      actor: UserActor,
      courrierId: number,
      ids: readonly string[],
      fromRang?: number,
    ): Promise<readonly PieceGardee[]>;
    ofCourrier(courrierId: number): Promise<readonly PieceGardee[]>;
    /** Blind index keys of received files, to notice that one is registered already. */
    empreintes(actor: UserActor, ids: readonly string[]): Promise<readonly string[]>;
    /** Drops the rows of the files now, and has the files destroyed once the transaction has committed. */
    destroyAll(trx: Trx, courrierId: number): Promise<unknown>;
  };
  correspondants: {
    learn(trx: Trx, actor: Actor, nom: string): Promise<number>;
    grant(trx: Trx, principals: readonly string[], correspondantId: number): Promise<void>;
  };
  recherche: {
    index(trx: Trx, doc: FaitsIndexes): Promise<void>;
    reindex(trx: Trx, doc: FaitsIndexes): Promise<void>;
    unindex(trx: Trx, ordre: number): Promise<void>;
  };
  referentiels: {
    statuts(
      trx?: Trx,
    ): Promise<readonly { nom: string; libelle: string; actif: boolean; suivants: readonly string[] }[]>;
    urgences(): Promise<readonly Pick<Urgence, 'id' | 'nom' | 'actif' | 'delai' | 'unite'>[]>;
    typesSortants(): Promise<readonly { id: number; nom: string; actif: boolean }[]>;
  };
  parametres: { get(): Promise<{ titreResponsable: string; fuseauHoraire: string }> };
  departements: { byId(id: number): Promise<{ code: string } | null> };
  utilisateurs: { names(ids: readonly number[]): Promise<ReadonlyMap<number, string>> };
  notifications: {
    /** Tells those of a department who are told of its new letters. */
    enregistre(
      trx: Trx,
      actor: UserActor,
      courrier: { id: number; numero: string; departementId: number | null },
    ): Promise<void>;
  };
}
