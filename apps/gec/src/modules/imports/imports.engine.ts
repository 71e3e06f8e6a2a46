import type { Readable } from 'node:stream';
import { AppError, isDay, timestamp, type Actor } from '@gec/core';
import type { Base, Trx } from '../../context.ts';
import { principal } from '../courriers/courriers.policy.ts';
import type { CourriersService } from '../courriers/courriers.service.ts';
import type { JournalService } from '../journal/journal.service.ts';
import { PIECES_MAX } from '../pieces/pieces.schema.ts';
import type { PiecesService } from '../pieces/pieces.service.ts';
import { NUMERO_MAX } from '../registres/registres.schema.ts';
import type { RegistresService } from '../registres/registres.service.ts';
import { createEngineRepo } from './imports.repo.ts';
import type {
  LettreImportee,
  MotifConflit,
  ObjetImporte,
  PieceImportee,
  ResultatImport,
} from './imports.schema.ts';

/** What taking letters over is built from. */
export interface EngineDeps extends Pick<Base, 'database' | 'keyring' | 'clock'> {
  journal: Pick<JournalService, 'record'>;
  courriers: Pick<CourriersService, 'reprendre' | 'parNumero'>;
  registres: Pick<RegistresService, 'inscrire' | 'existe'>;
  pieces: Pick<PiecesService, 'recevoirImport' | 'attach' | 'discard' | 'empreintesDe'>;
  /** Makes the page of a letter that comes without its scan (PDF). */
  notice: (lettre: LettreImportee) => Promise<Readable>;
}

type Conflit = Extract<ResultatImport, { etat: 'conflit' }>;

const conflit = (motif: MotifConflit, detail = ''): Conflit => ({ etat: 'conflit', motif, detail });

/** A conflict that shows only inside the transaction, which it undoes. */
class Refus extends Error {
  readonly conflit: Conflit;
  constructor(refus: Conflit) {
    super(refus.motif);
    this.conflit = refus;
  }
}

/**
 * A number as it was typed elsewhere: composed characters, no control characters, single spaces.
 *
 * @returns null when nothing is left or it is longer than a number can be
 */
export function numeroRepris(typed: string): string | null {
  const numero = typed
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();
  return numero === '' || numero.length > NUMERO_MAX ? null : numero;
}

/** How many suffixes are tried before a number counts as taken: `12/25 (2)`, `12/25 (3)` … */
const SUFFIXES = 50;

/**
 * Takes letters over from elsewhere, one by one, with their number, dates, history and files. Each letter is whole or
 * not there; the same letter of the same source a second time is answered with the first one.
 */
export function createImportEngine(deps: EngineDeps) {
  const { database, clock, pieces, registres, courriers } = deps;
  const repo = createEngineRepo(database, deps.keyring);

  /** What is wrong with the letter itself. */
  function defaut(lettre: LettreImportee): Conflit | null {
    if (lettre.objet.trim() === '') return conflit('CHAMP_VIDE', 'objet');
    if (lettre.correspondant.trim() === '') {
      return conflit('CHAMP_VIDE', lettre.flux === 'ENTRANT' ? 'expediteur' : 'destinataire');
    }
    const instant = Date.parse(lettre.dateEnregistrement);
    // Years that a register can have; what lies beyond is a slip of the pen, and would not fit the order of letters.
    if (!(instant >= Date.UTC(1900, 0) && instant < Date.UTC(2200, 0))) {
      return conflit('DATE_INVALIDE', 'date_enregistrement');
    }
    if (lettre.dateRedaction !== null && !isDay(lettre.dateRedaction)) {
      return conflit('DATE_INVALIDE', 'date_redaction');
    }
    if (lettre.pieces.length > PIECES_MAX) return conflit('TROP_DE_PIECES', String(lettre.pieces.length));
    return null;
  }

  /** Whether a letter here has the same number, flow and files: then it is the same one. */
  async function memeLettre(lettre: LettreImportee, numero: string): Promise<number | null> {
    const known = await courriers.parNumero(numero);
    if (!known || known.typeCourrier !== lettre.flux) return null;
    const wanted = lettre.pieces.map(({ sha256 }) => sha256 && pieces.empreintesDe(sha256.toLowerCase()));
    const there = await repo.empreintes(known.id);
    const same = wanted.length > 0 && wanted.every((some, at) => some && some.includes(there[at]!));
    return same && wanted.length === there.length ? known.id : null;
  }

  /** The number under which the letter is registered. */
  async function numeroLibre(lettre: LettreImportee, numero: string): Promise<string | null> {
    if (!(await registres.existe(numero))) return numero;
    if (lettre.siPris === 'conflit') return null;
    for (let n = 2; n < SUFFIXES; n++) {
      const autre = `${numero} (${n})`;
      if (autre.length > NUMERO_MAX) return null;
      if (!(await registres.existe(autre))) return autre;
    }
    return null;
  }

  async function recevoir(
    pour: { userId: number; lang: Actor['lang'] },
    piece: PieceImportee,
  ): Promise<{ id: string } | Conflit> {
    if (!piece.ouvrir) return conflit('PIECE_ABSENTE', piece.nom);
    let recu;
    try {
      const stream = await piece.ouvrir();
      try {
        recu = await pieces.recevoirImport(pour, { name: piece.nom, stream });
      } finally {
        stream.destroy();
      }
    } catch (error) {
      if (!(error instanceof AppError) || error.kind === 'unavailable') throw error;
      return conflit('PIECE_REFUSEE', error.fields[0]?.message ?? error.message);
    }
    if (piece.sha256 !== null && piece.sha256.toLowerCase() !== recu.sha256) {
      await pieces.discard(pour, recu.id);
      return conflit('PIECE_ALTEREE', piece.nom);
    }
    return { id: recu.id };
  }

  /** The files of the letter, received and waiting; `notice` when a page stands for them. */
  async function recevoirToutes(
    actor: Actor,
    lettre: LettreImportee,
  ): Promise<{ ids: string[]; notice: boolean } | Conflit> {
    const pour = { userId: lettre.utilisateurId, lang: actor.lang };
    const presentes = lettre.pieces.filter(({ ouvrir }) => ouvrir !== null);
    const absente = lettre.pieces.find(({ ouvrir }) => ouvrir === null);
    const notice = presentes.length === 0;
    if (lettre.sansScan === 'conflit') {
      if (absente) return conflit('PIECE_ABSENTE', absente.nom);
      if (notice) return conflit('SANS_PIECE');
    }
    const wanted: readonly PieceImportee[] = notice
      ? [{ nom: `${lettre.numero}.pdf`, sha256: null, ouvrir: () => deps.notice(lettre) }]
      : presentes;
    const ids: string[] = [];
    try {
      for (const piece of wanted) {
        const recu = await recevoir(pour, piece);
        if ('etat' in recu) {
          await jeter(pour.userId, ids);
          return recu;
        }
        ids.push(recu.id);
      }
    } catch (error) {
      await jeter(pour.userId, ids);
      throw error;
    }
    return { ids, notice };
  }

  async function jeter(userId: number, ids: readonly string[]): Promise<void> {
    for (const id of ids) await pieces.discard({ userId }, id);
  }

  /** Everything of the letter, in one transaction. */
  async function ecrire(
    trx: Trx,
    actor: Actor,
    lettre: LettreImportee,
    numero: string,
    ids: readonly string[],
  ): Promise<{ id: number } | { deja: number }> {
    const id = await database.dialect.nextId(trx, 'courrier');
    const at = new Date(lettre.dateEnregistrement);
    const { utilisateurId } = lettre;
    const inscrit = await registres.inscrire(trx, {
      flux: lettre.flux,
      courrierId: id,
      numero,
      at,
      utilisateurId,
    });
    if (inscrit === 'pris') {
      // Since it was looked for: by another letter, or by this one, which somebody imports at the same moment.
      const deja = await dejaRepris(lettre, trx);
      if (deja !== null) return { deja };
      throw new Refus(conflit('NUMERO_PRIS', numero));
    }
    const pour = { userId: utilisateurId, lang: actor.lang };
    const attached = await pieces.attach(trx, pour, id, ids, 1, at.toISOString());
    await courriers.reprendre(
      trx,
      actor,
      {
        id,
        numero,
        typeCourrier: lettre.flux,
        objet: lettre.objet.trim(),
        correspondant: lettre.correspondant.trim(),
        numeroReference: lettre.numeroReference,
        autresInformations: lettre.autresInformations,
        dateRedaction: lettre.dateRedaction,
        dateEnregistrement: at.toISOString(),
        statut: lettre.statut,
        utilisateurId,
        departementId: lettre.departementId,
        secretaireGeneralCopie: lettre.secretaireGeneralCopie,
        typeCourrierSortantId: lettre.flux === 'ENTRANT' ? null : lettre.typeCourrierSortantId,
        dateModificationStatut: lettre.dateModificationStatut,
        supprime: lettre.supprime,
      },
      attached,
      lettre.transmissions.map(({ aId }) => principal.transmis(aId)),
    );
    await repo.modifications(trx, id, lettre.modifications);
    await repo.commentaires(trx, id, lettre.commentaires);
    await repo.transmissions(trx, id, lettre.transmissions);
    const date = timestamp(clock);
    await repo.noter(trx, { source: lettre.source, objet: 'courrier', cle: lettre.cle, id, date });
    await deps.journal.record(trx, actor, {
      action: 'courrier.import',
      courrierId: id,
      numero,
      details: { type: lettre.flux, pieces: attached.length },
    });
    return { id };
  }

  /** The letter of ours that this one has become, unless it was destroyed since. */
  async function dejaRepris({ source, cle }: LettreImportee, trx?: Trx): Promise<number | null> {
    const id = await repo.element(source, 'courrier', cle, trx);
    return id !== null && (await repo.existe(id, trx)) ? id : null;
  }

  /**
   * What would become of a letter, without doing it. Files are not opened: one that is no scan shows at the import.
   *
   * @returns `cree` with id 0 when nothing stands in the way
   */
  async function essayer(lettre: LettreImportee): Promise<ResultatImport> {
    const deja = await dejaRepris(lettre);
    if (deja !== null) return { etat: 'deja', id: deja };
    const numero = numeroRepris(lettre.numero);
    if (numero === null) return conflit('NUMERO_INVALIDE', lettre.numero.slice(0, NUMERO_MAX));
    const wrong = defaut(lettre);
    if (wrong) return wrong;
    const meme = await memeLettre(lettre, numero);
    if (meme !== null) return { etat: 'deja', id: meme };
    const libre = await numeroLibre(lettre, numero);
    if (libre === null) return conflit('NUMERO_PRIS', numero);
    const absente = lettre.pieces.find(({ ouvrir }) => ouvrir === null);
    const notice = lettre.pieces.every(({ ouvrir }) => ouvrir === null);
    if (lettre.sansScan === 'conflit') {
      if (absente) return conflit('PIECE_ABSENTE', absente.nom);
      if (notice) return conflit('SANS_PIECE');
    }
    return { etat: 'cree', id: 0, numero: libre, notice };
  }

  return {
    essayer,

    /**
     * Takes one letter over: files first, then everything else in one transaction. May be cut short at any moment and
     * repeated. Whoever calls has checked that the actor may import, and holds no transaction open.
     *
     * @returns what became of it; conflicts leave nothing behind
     * @throws AppError `unavailable` when files can be neither checked nor kept now; whatever opening a file throws
     */
    async importer(actor: Actor, lettre: LettreImportee): Promise<ResultatImport> {
      const essai = await essayer(lettre);
      if (essai.etat !== 'cree') return essai;
      const recues = await recevoirToutes(actor, lettre);
      if ('etat' in recues) return recues;
      try {
        const made = await database.transaction((trx) =>
          ecrire(trx, actor, lettre, essai.numero, recues.ids),
        );
        if ('id' in made) {
          return { etat: 'cree', id: made.id, numero: essai.numero, notice: recues.notice };
        }
        await jeter(lettre.utilisateurId, recues.ids);
        return { etat: 'deja', id: made.deja };
      } catch (error) {
        await jeter(lettre.utilisateurId, recues.ids);
        if (error instanceof Refus) return error.conflit;
        throw error;
      }
    },

    /** The row of ours that something of elsewhere has become, or null. */
    element: (source: string, objet: ObjetImporte, cle: string, trx?: Trx): Promise<number | null> =>
      repo.element(source, objet, cle, trx),

    /** Remembers which row of ours something of elsewhere has become, in the transaction that makes the row. */
    noter: (
      trx: Trx,
      element: { source: string; objet: ObjetImporte; cle: string; id: number },
    ): Promise<void> => repo.noter(trx, { ...element, date: timestamp(clock) }),
  };
}

export type ImportEngine = ReturnType<typeof createImportEngine>;
