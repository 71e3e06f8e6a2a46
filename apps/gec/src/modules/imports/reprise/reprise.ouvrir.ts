import { AppError } from '@gec/core';
import { openForeign, openForeignBytes } from '@gec/db';
import { RefusArchive } from '../imports.archive.ts';
import type { Octets } from '../imports.depot.ts';
import { ouvrirDossier, type Dossier } from './reprise.fichiers.ts';
import { LieuAbsent, type Lieu } from './reprise.lieu.ts';
import type { ErreurTravail, Source } from './reprise.travaux.schema.ts';
import { exigerMemoire, ouvrirExport, type AncienOuvert } from './reprise.zip.ts';

/** A source that cannot be taken over as it is, and why. */
export class RefusSource extends Error {
  override readonly name = 'RefusSource';
  readonly code: ErreurTravail;
  constructor(code: ErreurTravail, cause?: unknown) {
    super(code, { cause });
    this.code = code;
  }
}

const SANS_FICHIERS: Dossier = { nombre: 0, trouver: () => null };

async function ouvrirBrut(source: Source, lieu: Lieu, envoye: () => Promise<Octets>): Promise<AncienOuvert> {
  if (source.genre === 'base') {
    const dossier = await ouvrirDossier(await lieu.trouver(source.dossier, 'dossier'));
    return { dossier, foreign: await openForeign(`sqlite:${await lieu.trouver(source.base, 'base')}`) };
  }
  // Refused as what it is, not shown: whoever sends an archive has no need of the words of the command line.
  const messages = { etranger: '' };
  if (source.genre === 'archive') {
    return ouvrirExport(await lieu.trouver(source.archive, 'archive'), messages);
  }
  const octets = await envoye();
  if (source.forme === 'archive') return ouvrirExport(octets, messages);
  const dossier =
    source.dossier === null
      ? SANS_FICHIERS
      : await ouvrirDossier(await lieu.trouver(source.dossier, 'dossier'));
  exigerMemoire(octets.taille, 'base');
  return { dossier, foreign: openForeignBytes(await octets.lire(0, octets.taille)) };
}

/**
 * Opens an older installation for reading.
 *
 * @param envoye the file that was sent through the browser
 * @throws RefusSource when it is not there, no such installation, or made to do harm
 */
export async function ouvrirSource(
  source: Source,
  lieu: Lieu,
  envoye: () => Promise<Octets>,
): Promise<AncienOuvert> {
  let ouvert: AncienOuvert;
  try {
    ouvert = await ouvrirBrut(source, lieu, envoye);
  } catch (error) {
    if (error instanceof LieuAbsent) throw new RefusSource('ABSENT', error);
    if (error instanceof RefusArchive) throw new RefusSource(error.code, error);
    throw new RefusSource(error instanceof AppError ? 'ETRANGER' : 'ILLISIBLE', error);
  }
  if (ouvert.foreign.tables.has('courrier')) return ouvert;
  await ouvert.foreign.close();
  throw new RefusSource('ETRANGER');
}
