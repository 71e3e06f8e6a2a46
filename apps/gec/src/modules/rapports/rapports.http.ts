import { asAttachment } from '@gec/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { RapportsService } from './rapports.service.ts';

/** What the addresses of exports are made from. */
export interface RapportsRoutesDeps {
  rapports: RapportsService;
}

/** Id of an export, as `requestExport` makes them. */
export const exportParam = z.object({ id: z.string().regex(/^[\w-]{22}$/) });

/** Sends the file of an export to be saved under its own name. */
export function sendExport(
  reply: FastifyReply,
  file: Awaited<ReturnType<RapportsService['download']>>,
): FastifyReply {
  const { nom, type, taille } = file.export;
  if (taille !== null) reply.header('content-length', taille);
  return reply
    .type(type ?? 'application/octet-stream')
    .header('content-disposition', asAttachment(nom ?? 'export'))
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', 'private, no-store')
    .send(file.contenu);
}
