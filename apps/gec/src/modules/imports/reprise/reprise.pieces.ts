import type { Readable } from 'node:stream';
import type { Atelier } from '../../../workers/atelier.ts';
import type { PieceImportee } from '../imports.schema.ts';
import type { Contexte } from './reprise.contexte.ts';
import type { FichierNomme } from './reprise.courriers.ts';
import { envelopper } from './reprise.enveloppe.ts';
import { dechiffre, entier, sommes, type Dossier } from './reprise.fichiers.ts';

/** Bytes of a file that is kept within a page. */
const ENVELOPPE_MAX = 128 * 1024 * 1024;

/** A file of a letter, found and summed. */
export interface PiecePreparee extends PieceImportee {
  readonly fichier: FichierNomme;
  /** SHA-256 of the file in the old folder; null when there is none. */
  readonly original: string | null;
  /** Whether what is kept is the page that holds the file. */
  readonly enveloppe: boolean;
}

/** What preparing files needs. */
export interface PiecesDeps {
  readonly atelier: Pick<Atelier, 'inspect'>;
  readonly dossier: Dossier;
  /** Names of files that letters have used. */
  readonly nommes: Set<string>;
}

/** The last part of a path, without what no file name holds. */
const nomPlat = (nom: string): string =>
  nom
    .split(/[\\/]+/)
    .at(-1)
    ?.trim() || 'fichier';

function enEnveloppe(piece: PiecePreparee, numero: string, ouvrir: () => Promise<Readable>): PiecePreparee {
  const nom = nomPlat(piece.nom);
  return {
    ...piece,
    nom: `${nom}.pdf`,
    sha256: null,
    enveloppe: true,
    ouvrir: async () => {
      const contenu = await entier(ouvrir, ENVELOPPE_MAX);
      if (contenu === null) throw new RangeError(`${nom} has more than ${ENVELOPPE_MAX} bytes`);
      return envelopper({ numero, nom, sha256: piece.original ?? '', contenu });
    },
  };
}

/** Finds the files of a letter, opens those that are encrypted, and sums each: what is kept is compared with it. */
export async function preparer(
  ctx: Contexte,
  { dossier, nommes }: PiecesDeps,
  fichiers: readonly FichierNomme[],
  numero: string,
): Promise<PiecePreparee[]> {
  const { suivi, choix } = ctx;
  const pieces: PiecePreparee[] = [];
  for (const fichier of fichiers) {
    const { table, ancienId, nom } = fichier;
    suivi.fichiers.attendus += 1;
    const trouve = dossier.trouver(fichier.chemin);
    if (!trouve) {
      suivi.fichiers.absents += 1;
      suivi.noter('fichier_absent', table, ancienId, numero, fichier.chemin);
      pieces.push({ fichier, nom, sha256: null, original: null, enveloppe: false, ouvrir: null });
      continue;
    }
    nommes.add(trouve.chemin);
    let { ouvrir } = trouve;
    let found = await sommes(ouvrir);
    if (fichier.chiffre && choix.cle !== null) {
      const clair = dechiffre(ouvrir, choix.cle);
      const opened = await sommes(clair).catch(() => null);
      if (opened !== null) {
        ouvrir = clair;
        found = opened;
        suivi.noter('fichier_dechiffre', table, ancienId, numero, trouve.chemin);
      }
    }
    const notee = fichier.somme?.toLowerCase() ?? null;
    if (notee !== null && notee !== found.sha256 && notee !== found.md5) {
      suivi.noter('somme_differente', table, ancienId, numero, `${notee} ≠ ${found.sha256}`);
    }
    const piece = { fichier, nom, sha256: found.sha256, original: found.sha256, enveloppe: false, ouvrir };
    // Never a scan here: a page that a browser shows must not carry script.
    pieces.push(/\.svg$/i.test(fichier.chemin) ? enEnveloppe(piece, numero, ouvrir) : piece);
  }
  return pieces;
}

/** The same files after one of them was refused: what is no scan goes into a page, a wrong extension is put right. */
export async function repreparer(
  { atelier }: Pick<PiecesDeps, 'atelier'>,
  pieces: readonly PiecePreparee[],
  numero: string,
): Promise<PiecePreparee[]> {
  const again: PiecePreparee[] = [];
  for (const piece of pieces) {
    const { ouvrir } = piece;
    if (ouvrir === null || piece.enveloppe) {
      again.push(piece);
      continue;
    }
    const stream = await ouvrir();
    const seen = await atelier.inspect(stream).finally(() => stream.destroy());
    const nom = nomPlat(piece.nom).replace(/\.[^.]{1,5}$/, '');
    again.push(seen.ok ? { ...piece, nom: `${nom}.${seen.ext}` } : enEnveloppe(piece, numero, ouvrir));
  }
  return again;
}
