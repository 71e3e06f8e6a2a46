import { createHash } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { dayOf, fill, formatTime, type UserActor } from '@gec/core';
import { ZipFile } from 'yazl';
import type { Base } from '../../context.ts';
import type { CommentairesService } from '../commentaires/commentaires.service.ts';
import type { CourriersService } from '../courriers/courriers.service.ts';
import type { DepartementsService } from '../departements/departements.service.ts';
import {
  DOSSIER_PIECES,
  FICHIER_COURRIERS,
  FICHIER_SOMMES,
  FORMAT,
  FORMAT_VERSION,
  type CourrierExporte,
} from '../imports/imports.format.schema.ts';
import type { PiecesService } from '../pieces/pieces.service.ts';
import type { RechercheService } from '../recherche/recherche.service.ts';
import type { TransmissionsService } from '../transmissions/transmissions.service.ts';
import { ArchiveTropGrosse } from './rapports.erreurs.ts';
import type { Contexte } from './rapports.documents.ts';
import type { PreparationCsv } from './rapports.journal.ts';
import type { RapportsRepo } from './rapports.repo.ts';
import { ARCHIVE_OCTETS_MAX, type DemandeExport } from './rapports.schema.ts';
import { rapportsTexts } from './rapports.texts.ts';

/** What an archive of letters is made from. */
export interface ArchiveDeps extends Pick<Base, 'keyring'> {
  repo: Pick<RapportsRepo, 'identifiants'>;
  recherche: Pick<RechercheService, 'iterate'>;
  courriers: Pick<CourriersService, 'byIds' | 'history'>;
  pieces: Pick<PiecesService, 'ofCourrier' | 'content' | 'present'>;
  transmissions: Pick<TransmissionsService, 'ofCourrier'>;
  commentaires: Pick<CommentairesService, 'ofCourrier'>;
  departements: Pick<DepartementsService, 'list'>;
}

type CourrierVu = NonNullable<ReturnType<Awaited<ReturnType<CourriersService['byIds']>>['get']>>;

export type DemandeArchive = Extract<DemandeExport, { genre: 'archive' }>;

interface PieceArchivee {
  chemin: string;
  fichier: string;
  sha256: string;
  taille: number;
}

/** A word as a name of a file or folder: letters, figures, dots and hyphens, never a path. */
function nomDeFichier(mot: string, max: number): string {
  const nom = mot
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}._-]+/gu, '_')
    .replace(/\.{2,}/g, '.')
    .replace(/^[._]+/, '');
  return nom.length > max ? nom.slice(-max) : nom || 'piece';
}

/** Letters with everything that belongs to them, as a ZIP that another installation can read (docs/FORMAT-EXPORT.md). */
export function createArchive(deps: ArchiveDeps) {
  async function* choisis(personne: UserActor, demande: DemandeArchive): AsyncGenerator<readonly number[]> {
    if ('ids' in demande) {
      for (let from = 0; from < demande.ids.length; from += 100) yield demande.ids.slice(from, from + 100);
      return;
    }
    for await (const lot of deps.recherche.iterate(personne, demande.filtres, { batch: 100 })) {
      yield lot.map(({ id }) => id);
    }
  }

  /** Notes the files of a letter, and says of each what it is called in the archive. */
  async function piecesDe(numero: string, id: number, notees: PieceArchivee[]) {
    const dossier = `${nomDeFichier(numero, 60)}-${id}`;
    const all: CourrierExporte['pieces'] = [];
    for (const piece of await deps.pieces.ofCourrier(id)) {
      const { rang, nom, chemin, sha256, taille, typeMime, pages } = piece;
      const there = await deps.pieces.present(piece);
      const fichier = `${DOSSIER_PIECES}${dossier}/${rang}-${nomDeFichier(nom, 100)}`;
      if (there) notees.push({ chemin, fichier, sha256, taille });
      all.push({ fichier: there ? fichier : null, nom, type: typeMime, taille, pages, sha256 });
    }
    return all;
  }

  async function lettre(
    personne: UserActor,
    courrier: CourrierVu,
    departements: ReadonlyMap<number, string>,
    notees: PieceArchivee[],
  ): Promise<CourrierExporte> {
    const { id } = courrier;
    const historique = [...(await deps.courriers.history(personne, id))].reverse();
    const commentaires = [...(await deps.commentaires.ofCourrier(personne, id))].reverse();
    const transmissions = [...(await deps.transmissions.ofCourrier(personne, id))].reverse();
    const noms = await deps.repo.identifiants([
      courrier.utilisateurId,
      ...historique.map(({ utilisateurId }) => utilisateurId),
      ...commentaires.map(({ utilisateurId }) => utilisateurId),
      ...transmissions.flatMap(({ deId, aId }) => [deId, aId]),
    ]);
    const nom = (userId: number) => noms.get(userId) ?? null;
    return {
      id,
      numero: courrier.numero,
      type_courrier: courrier.typeCourrier,
      objet: courrier.objet,
      correspondant: courrier.correspondant,
      numero_reference: courrier.numeroReference,
      date_redaction: courrier.dateRedaction,
      date_enregistrement: courrier.dateEnregistrement,
      statut: courrier.statut,
      date_modification_statut: courrier.dateModificationStatut,
      secretaire_general_copie: courrier.secretaireGeneralCopie,
      type_courrier_sortant: courrier.typeCourrierSortant,
      autres_informations: courrier.autresInformations,
      utilisateur: nom(courrier.utilisateurId),
      departement:
        courrier.departementId === null ? null : (departements.get(courrier.departementId) ?? null),
      pieces: await piecesDe(courrier.numero, id, notees),
      historique: historique.map(({ date, utilisateurId, champ, ancienne, nouvelle }) => ({
        date,
        utilisateur: nom(utilisateurId),
        champ,
        ancienne,
        nouvelle,
      })),
      commentaires: commentaires.map(({ date, utilisateurId, type, texte }) => ({
        date,
        utilisateur: nom(utilisateurId),
        type,
        texte,
      })),
      transmissions: transmissions.map((one) => ({
        date: one.date,
        de: nom(one.deId),
        a: nom(one.aId),
        instruction: one.instruction,
        message: one.message,
        echeance: one.echeance,
        date_lecture: one.dateLecture,
        date_traitement: one.dateTraitement,
      })),
    };
  }

  /** `courriers.json`, letter by letter; the files that must follow are noted on the way. */
  async function* courriersJson(
    personne: UserActor,
    demande: DemandeArchive,
    { now, noms }: Contexte,
    notees: PieceArchivee[],
    avance: (fait: number) => void,
  ): AsyncGenerator<string> {
    const departements = new Map((await deps.departements.list()).map(({ id, code }) => [id, code]));
    const tete = {
      format: FORMAT,
      version: FORMAT_VERSION,
      exporte_le: now.toISOString(),
      installation: deps.keyring.identity.digest('installation', FORMAT),
      organisme: noms.reglages.organisme,
    };
    yield `${JSON.stringify(tete, null, 1).slice(0, -2)},\n "courriers": [`;
    let fait = 0;
    let octets = 0;
    for await (const ids of choisis(personne, demande)) {
      // Read again with the rights of the person now: what a batch says is what they may see at this moment.
      const vus = await deps.courriers.byIds(personne, ids);
      for (const id of ids) {
        const courrier = vus.get(id);
        if (!courrier) continue;
        const before = notees.length;
        const one = JSON.stringify(await lettre(personne, courrier, departements, notees));
        octets += one.length + notees.slice(before).reduce((sum, { taille }) => sum + taille, 0);
        if (octets > ARCHIVE_OCTETS_MAX) throw new ArchiveTropGrosse();
        yield `${fait === 0 ? '' : ','}\n${one}`;
        avance(++fait);
      }
    }
    yield '\n]}\n';
  }

  function contenu(
    personne: UserActor,
    demande: DemandeArchive,
    contexte: Contexte,
    total: number,
    onProgress: (done: number, total: number) => void,
  ): Readable {
    const zip = new ZipFile();
    const out = new PassThrough();
    const notees: PieceArchivee[] = [];
    const sommes: string[] = [];
    const hash = createHash('sha256');
    const fail = (error: unknown) => {
      if (!out.destroyed) out.destroy(error instanceof Error ? error : new Error(String(error)));
    };
    const json = Readable.from(
      (async function* () {
        const parts = courriersJson(personne, demande, contexte, notees, (fait) => onProgress(fait, total));
        for await (const part of parts) {
          const bytes = Buffer.from(part);
          hash.update(bytes);
          yield bytes;
        }
      })(),
    );
    const options = { mtime: contexte.now, mode: 0o100600 };
    json.on('error', fail).on('end', () => {
      sommes.push(`${hash.digest('hex')}  ${FICHIER_COURRIERS}\n`);
      for (const { chemin, fichier, sha256 } of notees) {
        sommes.push(`${sha256}  ${fichier}\n`);
        // Scans are compressed already. Each is opened when its turn comes.
        zip.addReadStreamLazy(fichier, { ...options, compress: false }, (done) => {
          done(null, deps.pieces.content({ chemin }).on('error', fail));
        });
      }
      zip.addBuffer(Buffer.from(sommes.join('')), FICHIER_SOMMES, options);
      zip.end();
    });
    zip.on('error', fail);
    zip.outputStream.on('error', fail).pipe(out);
    zip.addReadStream(json, FICHIER_COURRIERS, options);
    return out;
  }

  return {
    /** Prepares an archive; its bytes are made as they are read, and nothing of them is in memory twice. */
    preparer(
      personne: UserActor,
      demande: DemandeArchive,
      contexte: Contexte,
      total: number,
    ): PreparationCsv & { type: string } {
      const zone = contexte.noms.reglages.fuseauHoraire;
      const hour = formatTime('en', contexte.now, zone).replace(':', 'h');
      return {
        genre: 'csv',
        type: 'application/zip',
        nom: `${fill(rapportsTexts(personne.lang).fichierArchive, { date: `${dayOf(contexte.now, zone)} ${hour}` })}`,
        contenu: (onProgress) => contenu(personne, demande, contexte, total, onProgress),
      };
    },
  };
}
