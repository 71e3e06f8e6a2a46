import { invalid, type FieldError, type Lang } from '@gec/core';
import type { FastifyRequest } from 'fastify';
import { lireDepot } from '../imports.http.ts';
import { reglagesShape, type DemandeServeur, type Reglages } from './reprise.travaux.schema.ts';
import { travauxTexts } from './reprise.travaux.texts.ts';
import type { TravauxService } from './reprise.travaux.ts';

type Champs = Readonly<Record<string, unknown>>;

const mot = (champs: Champs, nom: string): string => {
  const value = champs[nom];
  return typeof value === 'string' ? value.trim() : '';
};

/** What was typed into a form, to fill it again; never the key. */
export function saisieDe(champs: Champs): Record<string, string> {
  const noms = ['source', 'dossier', 'fuseau', 'comptes', 'doubles'];
  return Object.fromEntries(noms.map((nom) => [nom, mot(champs, nom)]));
}

/**
 * Reads how an older installation is to be read. An empty field stays as it is; an empty folder means none where the
 * form asks for one.
 *
 * @throws AppError invalid, on every field that is wrong
 */
export function lireReglages(champs: Champs, lang: Lang): Reglages {
  const t = travauxTexts(lang);
  const messages: Record<string, string> = {
    cle: t.cleInvalide,
    fuseau: t.fuseauInconnu,
    dossier: t.cheminAbsent,
  };
  const ou = (nom: string) => (mot(champs, nom) === '' ? undefined : mot(champs, nom));
  const read = reglagesShape.safeParse({
    cle: mot(champs, 'oublier_cle') === 'oui' ? null : ou('cle'),
    fuseau: ou('fuseau'),
    comptes: ou('comptes'),
    doubles: ou('doubles'),
    dossier: typeof champs['dossier'] === 'string' ? (ou('dossier') ?? null) : undefined,
  });
  if (read.success) return read.data;
  const fields = new Map<string, FieldError>();
  for (const { path } of read.error.issues) {
    const field = String(path[0]);
    fields.set(field, { field, message: messages[field] ?? t.choixInconnu });
  }
  throw invalid([...fields.values()]);
}

/**
 * Receives an older installation that is sent, read as the fields before the file say.
 *
 * @param champs is given these fields
 * @returns id of the takeover
 * @throws AppError as `lireDepot` does; invalid, on every field that is wrong
 */
export const recevoirSource = (
  request: FastifyRequest,
  travaux: Pick<TravauxService, 'deposer' | 'annuler'>,
  champs: Record<string, string> = {},
): Promise<{ id: string }> =>
  lireDepot(
    request,
    {
      annuler: (actor, id) => travaux.annuler(actor, id),
      deposer: (actor, file) => travaux.deposer(actor, file, lireReglages(champs, request.lang)),
    },
    champs,
  );

/** Reads what is to be taken from the operator's folder: one field says whether it is a database or an archive. */
export function lireDemande(champs: Champs, lang: Lang): DemandeServeur {
  const [genre, chemin] = mot(champs, 'source').split(/:(.*)/s);
  if ((genre !== 'base' && genre !== 'archive') || !chemin) {
    throw invalid([{ field: 'source', message: travauxTexts(lang).uneSource }]);
  }
  return { ...lireReglages(champs, lang), [genre]: chemin };
}
