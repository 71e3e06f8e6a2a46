import { invalid } from '@gec/core';
import { actorOf, isApi, verifyCsrf } from '@gec/http';
import type { FastifyRequest } from 'fastify';
import { refusMultipart } from '../pieces/pieces.multipart.ts';
import { IMPORT_OCTETS_MAX } from './imports.choix.schema.ts';
import type { ImportsService } from './imports.service.ts';
import { importsTexts } from './imports.texts.ts';

/**
 * Receives the file of a form as it comes, sealed part by part. On a page `_csrf` comes before it (the route has
 * `config.csrf: 'manual'`); the JSON interface rests on the Origin check.
 *
 * @throws AppError CSRF; invalid on `fichier`; whatever `deposer` throws
 */
export async function lireDepot(
  request: FastifyRequest,
  imports: Pick<ImportsService, 'deposer' | 'annuler'>,
): Promise<{ id: string }> {
  try {
    return await lireParties(request, imports);
  } catch (error) {
    throw refusMultipart(error, request, 1);
  }
}

async function lireParties(
  request: FastifyRequest,
  imports: Pick<ImportsService, 'deposer' | 'annuler'>,
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
      }
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
