import type { Readable } from 'node:stream';
import { layOutEtiquette } from './etiquette.ts';
import { layOutFiche } from './fiche.ts';
import { layOutListe } from './liste-pdf.ts';
import { layOutNotice } from './notice.ts';
import type { Papier } from './papier.ts';
import { layOutRegistre } from './registre-pdf.ts';
import type { DocumentInputs, DocumentName, LigneRegistre, Progress } from './types.ts';
import { makeListeXlsx, makeRegistreXlsx } from './xlsx.ts';

type Given<N extends DocumentName> = Omit<DocumentInputs[N], 'lignes'>;

/**
 * Makes a document inside the child.
 *
 * @param data the input of the document without its rows, as it came through the pipe
 * @param rows the rows of a list or register; not looked at for the others
 * @returns the bytes, piece by piece
 */
export async function* renderDocument(
  name: DocumentName,
  data: unknown,
  rows: AsyncIterable<unknown>,
  progress: Progress,
): AsyncGenerator<Uint8Array> {
  yield* await make(name, data, rows, progress);
}

async function make(
  name: DocumentName,
  data: unknown,
  rows: AsyncIterable<unknown>,
  progress: Progress,
): Promise<Readable> {
  switch (name) {
    case 'fiche':
      return ended(await layOutFiche(data as Given<'fiche'>));
    case 'etiquette':
      return ended(await layOutEtiquette(data as Given<'etiquette'>));
    case 'notice':
      return ended(await layOutNotice(data as Given<'notice'>));
    case 'liste-pdf':
      return ended(await layOutListe(data as Given<'liste-pdf'>, rows as AsyncIterable<string[]>, progress));
    case 'registre-pdf':
      return ended(
        await layOutRegistre(data as Given<'registre-pdf'>, rows as AsyncIterable<LigneRegistre>, progress),
      );
    case 'liste-xlsx':
      return makeListeXlsx(
        data as Given<'liste-xlsx'>,
        rows as AsyncIterable<(string | number | null)[]>,
        progress,
      );
    case 'registre-xlsx':
      return makeRegistreXlsx(data as Given<'registre-xlsx'>, rows as AsyncIterable<LigneRegistre>, progress);
  }
}

/** Closes the PDF, whose bytes can then be read. */
function ended(papier: Papier): Readable {
  papier.pdf.end();
  return papier.pdf as unknown as Readable;
}
