import type { Readable } from 'node:stream';
import { invalid, type Actor } from '@gec/core';
import type { Lieu } from './reprise.lieu.ts';
import {
  parametresShape,
  type DemandeServeur,
  type Parametres,
  type Reglages,
  type Source,
} from './reprise.travaux.schema.ts';
import { travauxTexts } from './reprise.travaux.texts.ts';
import { FUSEAU_ANCIEN } from './reprise.valeurs.ts';

/** At most so many bytes of a stream. @throws what `refus` makes */
export async function* auPlus(stream: Readable, max: number, refus: () => Error): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > max) throw refus();
    yield chunk;
  }
}

/** Looks whether everything that is named lies in the operator's folder. @throws AppError invalid on the field of what does not */
export async function verifierSource(lieu: Lieu, actor: Actor, source: Source): Promise<void> {
  const t = travauxTexts(actor.lang);
  const wanted = [
    ...(source.genre === 'base' ? ([['base', source.base, 'base']] as const) : []),
    ...(source.genre === 'archive' ? ([['archive', source.archive, 'archive']] as const) : []),
    ...(source.genre !== 'archive' && source.dossier !== null
      ? ([['dossier', source.dossier, 'dossier']] as const)
      : []),
  ];
  for (const [field, chemin, genre] of wanted) {
    await lieu.trouver(chemin, genre).catch(() => {
      throw invalid([{ field, message: t.cheminAbsent }]);
    });
  }
}

/** What lies in the operator's folder and is to be taken over. @throws AppError invalid on `base`, `dossier` */
export function sourceDe(
  actor: Actor,
  { base, archive, dossier }: DemandeServeur,
): Exclude<Source, { genre: 'fichier' }> {
  const t = travauxTexts(actor.lang);
  if (archive !== undefined && base === undefined) return { genre: 'archive', archive };
  if (base === undefined || archive !== undefined) throw invalid([{ field: 'base', message: t.uneSource }]);
  if (dossier == null) throw invalid([{ field: 'dossier', message: t.dossierRequis }]);
  return { genre: 'base', base, dossier };
}

/** Everything that a takeover works with: what was said, and what holds where nothing was. */
export const parametresDe = (source: Source, reglages: Reglages): Parametres =>
  parametresShape.parse({
    source,
    cle: reglages.cle ?? null,
    fuseau: reglages.fuseau ?? FUSEAU_ANCIEN,
    comptes: reglages.comptes ?? 'fusionner',
    // An export may be of letters that another one has brought: a second number for them would be wrong.
    doubles: reglages.doubles ?? (source.genre === 'base' ? 'suffixer' : 'laisser'),
  });
