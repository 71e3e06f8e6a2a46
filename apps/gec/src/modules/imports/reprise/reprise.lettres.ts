import { AppError } from '@gec/core';
import type { ForeignRow } from '@gec/db';
import type { Atelier } from '../../../workers/atelier.ts';
import type { CourriersService } from '../../courriers/courriers.service.ts';
import type { ImportEngine } from '../imports.engine.ts';
import type { LettreImportee, ResultatImport } from '../imports.schema.ts';
import { lignes, type Contexte } from './reprise.contexte.ts';
import {
  differences,
  fichiersDe,
  lireCourrier,
  type Correspondances,
  type CourrierAncien,
} from './reprise.courriers.ts';
import type { Dossier } from './reprise.fichiers.ts';
import { preparer, repreparer, type PiecePreparee } from './reprise.pieces.ts';
import type { RepriseRepo } from './reprise.repo.ts';
import { enId } from './reprise.valeurs.ts';

/** What taking letters over needs. */
export interface LettresDeps {
  repo: RepriseRepo;
  moteur: Pick<ImportEngine, 'importer' | 'essayer'>;
  courriers: Pick<CourriersService, 'get'>;
  atelier: Pick<Atelier, 'inspect'>;
}

/** How far a takeover has come. */
export type Progres = (fait: number, total: number) => void;

const TABLE = 'courrier';
const ENFANTS = ['courrier_modification', 'courrier_comment', 'courrier_forward'] as const;
/** Letters whose children are read at once. */
const LOT = 100;

function parCourrier(rows: readonly ForeignRow[]): Map<number, ForeignRow[]> {
  const by = new Map<number, ForeignRow[]>();
  for (const row of rows) {
    const id = Number(row['courrier_id']);
    by.set(id, [...(by.get(id) ?? []), row]);
  }
  return by;
}

/** Takes letters over one by one, and compares each with what is here afterwards. */
export function createLettres({ repo, moteur, courriers, atelier }: LettresDeps) {
  /** Compares a letter that is here with what was read: facts, sums of files, what stands beside it. */
  async function comparer(
    ctx: Contexte,
    lettre: LettreImportee,
    pieces: readonly PiecePreparee[],
    id: number,
    neuf: boolean,
  ): Promise<void> {
    const { suivi } = ctx;
    const ancienId = Number(lettre.cle);
    let ecarts: string[];
    try {
      const ici = await courriers.get(ctx.actor, id);
      ecarts = differences(lettre, ici);
      if (ici.numero !== lettre.numero) {
        suivi.noter('numero_change', TABLE, ancienId, ici.numero, `« ${lettre.numero} » → « ${ici.numero} »`);
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      ecarts = ['∅'];
    }
    const temoin = await repo.temoin(id);
    for (const piece of pieces) {
      const { original, fichier } = piece;
      if (original === null) continue;
      if (temoin.sommes.includes(original)) suivi.fichiers.identiques += 1;
      // Kept within a page, by this run or by an earlier one.
      else if (piece.enveloppe || (await repreparer({ atelier }, [piece], lettre.numero))[0]?.enveloppe) {
        suivi.fichiers.joints += 1;
        suivi.noter('fichier_joint', fichier.table, fichier.ancienId, lettre.numero, original);
      } else ecarts.push(`sha256 ${fichier.chemin}`);
    }
    const combien = [
      ['courrier_modification', lettre.modifications.length, temoin.modifications],
      ['courrier_comment', lettre.commentaires.length, temoin.commentaires],
      ['courrier_forward', lettre.transmissions.length, temoin.transmissions],
    ] as const;
    for (const [table, la, ici] of combien) {
      suivi.compter(table, neuf ? 'repris' : 'deja', Math.min(la, ici));
      // More may have been added here since.
      if (ici < la) {
        suivi.compter(table, 'ecartes', la - ici);
        ecarts.push(table);
      }
    }
    if (ecarts.length > 0)
      suivi.noter('courrier_different', TABLE, ancienId, lettre.numero, ecarts.join(', '));
  }

  /** A rehearsal leaves nothing that the next letter could meet: doubles among theirs are found by what went before. */
  async function essayer(lettre: LettreImportee, numeros: Set<string>): Promise<ResultatImport> {
    const resultat = await moteur.essayer(lettre);
    if (resultat.etat !== 'cree') return resultat;
    let { numero } = resultat;
    for (let n = 2; numeros.has(numero); n++) {
      if (lettre.siPris === 'conflit') return { etat: 'conflit', motif: 'NUMERO_PRIS', detail: numero };
      numero = `${lettre.numero} (${n})`;
    }
    numeros.add(numero);
    return { ...resultat, numero };
  }

  async function une(
    ctx: Contexte,
    ancien: CourrierAncien,
    vers: Correspondances,
    files: Fichiers,
  ): Promise<void> {
    const { suivi } = ctx;
    const id = Number(ancien.row['id']);
    const lue = await lireCourrier(ctx, ancien, vers);
    const deps = { atelier, ...files };
    let pieces = await preparer(ctx, deps, fichiersDe(ancien), lue.numero);
    const entiere = (): LettreImportee => ({ ...lue, pieces, sansScan: 'notice' });
    let resultat: ResultatImport = ctx.simulation
      ? await essayer(entiere(), files.numeros)
      : await moteur.importer(ctx.actor, entiere());
    if (resultat.etat === 'conflit' && resultat.motif === 'PIECE_REFUSEE') {
      pieces = await repreparer(deps, pieces, lue.numero);
      resultat = await moteur.importer(ctx.actor, entiere());
    }
    if (resultat.etat === 'conflit') {
      suivi.ecarter('courrier_ecarte', TABLE, id, lue.numero, `${resultat.motif} ${resultat.detail}`.trim());
      suivi.compter('courrier_modification', 'ecartes', lue.modifications.length);
      suivi.compter('courrier_comment', 'ecartes', lue.commentaires.length);
      suivi.compter('courrier_forward', 'ecartes', lue.transmissions.length);
      return;
    }
    const neuf = resultat.etat === 'cree';
    suivi.compter(TABLE, neuf ? 'repris' : 'deja');
    if (!ctx.simulation) {
      await comparer(ctx, entiere(), pieces, resultat.id, neuf);
      return;
    }
    if (resultat.etat === 'cree' && resultat.numero !== lue.numero) {
      suivi.noter('numero_change', TABLE, id, resultat.numero, `« ${lue.numero} » → « ${resultat.numero} »`);
    }
    for (const { enveloppe, original, fichier } of pieces) {
      if (!enveloppe) continue;
      suivi.fichiers.joints += 1;
      suivi.noter('fichier_joint', fichier.table, fichier.ancienId, lue.numero, original ?? '');
    }
    suivi.compter('courrier_modification', neuf ? 'repris' : 'deja', lue.modifications.length);
    suivi.compter('courrier_comment', neuf ? 'repris' : 'deja', lue.commentaires.length);
    suivi.compter('courrier_forward', neuf ? 'repris' : 'deja', lue.transmissions.length);
  }

  /** Rows whose letter is not there any more. */
  async function orphelins(ctx: Contexte, connus: ReadonlySet<number>): Promise<void> {
    for (const table of ENFANTS) {
      for await (const row of lignes(ctx.foreign, table)) {
        const courrier = enId(row['courrier_id']);
        if (courrier !== null && connus.has(courrier)) continue;
        ctx.suivi.ecarter('enfant_orphelin', table, Number(row['id']), '', `courrier_id ${courrier ?? '∅'}`);
      }
    }
  }

  /**
   * Every letter of theirs. May be cut short and repeated: those that are here already are only compared.
   *
   * @param signal ends the work after the letter at hand
   */
  return async function lettres(
    ctx: Contexte,
    vers: Correspondances,
    dossier: Dossier,
    { progres, signal }: { progres: Progres; signal: AbortSignal | undefined },
  ): Promise<void> {
    const { foreign, suivi } = ctx;
    const total = await foreign.count(TABLE);
    for (const table of [TABLE, ...ENFANTS]) suivi.table(table, await foreign.count(table));
    const files: Fichiers = { dossier, nommes: new Set(), numeros: new Set() };
    const connus = new Set<number>();
    for (let after = -1; ;) {
      const rows = await foreign.page(TABLE, after, LOT);
      const ids = rows.map((row) => Number(row['id']));
      const [modifications, commentaires, transmissions] = [
        parCourrier(await foreign.having('courrier_modification', 'courrier_id', ids)),
        parCourrier(await foreign.having('courrier_comment', 'courrier_id', ids)),
        parCourrier(await foreign.having('courrier_forward', 'courrier_id', ids)),
      ];
      for (const [at, row] of rows.entries()) {
        signal?.throwIfAborted();
        const id = ids[at] ?? 0;
        connus.add(id);
        await une(
          ctx,
          {
            row,
            modifications: modifications.get(id) ?? [],
            commentaires: commentaires.get(id) ?? [],
            transmissions: transmissions.get(id) ?? [],
          },
          vers,
          files,
        );
        progres(connus.size, total);
      }
      if (rows.length < LOT) break;
      after = ids.at(-1) ?? after;
    }
    await orphelins(ctx, connus);
    suivi.fichiers.nonNommes = Math.max(0, dossier.nombre - files.nommes.size);
  };
}

/** The folder of files, and what of it letters have used. */
interface Fichiers {
  readonly dossier: Dossier;
  readonly nommes: Set<string>;
  /** Numbers that a rehearsal has given out. */
  readonly numeros: Set<string>;
}
