import type { Readable } from 'node:stream';
import { invalid, type Actor } from '@gec/core';
import { actorOf, isApi, verifyCsrf } from '@gec/http';
import type { FastifyRequest } from 'fastify';
import { refusMultipart } from '../pieces/pieces.multipart.ts';
import { IMPORT_OCTETS_MAX } from './imports.choix.schema.ts';
import { importsTexts } from './imports.texts.ts';

/** What takes a file in, and lets it go when it turns out to be too large. */
interface Depot {
  deposer(actor: Actor, file: { nom: string; stream: Readable }): Promise<{ id: string }>;
  annuler(actor: Actor, id: string): Promise<void>;
}

/**
 * Receives the file of a form as it comes, sealed part by part. On a page `_csrf` comes before it (the route has
 * `config.csrf: 'manual'`); the JSON interface rests on the Origin check.
 *
 * @param champs is given the fields that come before the file
 * @throws AppError CSRF; invalid on `fichier`; whatever `deposer` throws
 */
export async function lireDepot(
  request: FastifyRequest,
  depot: Depot,
  champs: Record<string, string> = {},
): Promise<{ id: string }> {
  try {
    return await lireParties(request, depot, champs);
  } catch (error) {
    throw refusMultipart(error, request, 1);
  }
}

async function lireParties(
  request: FastifyRequest,
  imports: Depot,
  champs: Record<string, string>,
): Promise<{ id: string }> {
  const t = importsTexts(request.lang);
  const actor = actorOf(request);
  let trusted = isApi(request);
  const missing = () => invalid([{ field: 'fichier', message: t.fichierGenre }]);
  if (!request.isMultipart()) {
    if (!trusted) verifyCsrf(request, undefined);
    throw missing();
  }
  for await (const part of request.parts({ limits: { fileSize: IMPORT_OCTETS_MAX, files: 1 } })) {
    if (part.type === 'field') {
      if (part.fieldname === '_csrf' && !trusted && typeof part.value === 'string') {
        verifyCsrf(request, part.value);
        trusted = true;
      } else if (typeof part.value === 'string') champs[part.fieldname] = part.value;
      continue;
    }
    if (!trusted) verifyCsrf(request, undefined);
    if (!part.filename) {
      part.file.resume();
      continue;
    }
    try {
      const { id } = await imports.deposer(actor, { nom: part.filename, stream: part.file });
      if (!part.file.truncated) return { id };
      await imports.annuler(actor, id);
    } finally {
      part.file.resume();
    }
    throw invalid([{ field: 'fichier', message: t.fichierTropGros }]);
  }
  if (!trusted) verifyCsrf(request, undefined);
  throw missing();
}
