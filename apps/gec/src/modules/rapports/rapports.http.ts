import { asAttachment, requestOrigin } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Base } from '../../context.ts';
import { personOf } from '../../http/page.tsx';
import type { RapportsService } from './rapports.service.ts';

/** What the addresses of exports are made from. */
export interface RapportsRoutesDeps extends Pick<Base, 'config'> {
  rapports: RapportsService;
}

/** Id of an export, as `requestExport` makes them. */
export const exportParam = z.object({ id: z.string().regex(/^[\w-]{22}$/) });

/** Id of the letter whose sheet is wanted. */
export const ficheParam = z.object({ id: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER) });

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

/** Sends the record sheet of a letter, to be read in the browser. Its QR code leads to where the request came to. */
export async function sendFiche(
  request: FastifyRequest,
  reply: FastifyReply,
  { rapports, config }: RapportsRoutesDeps,
  courrierId: number,
): Promise<FastifyReply> {
  const origine = config.publicUrl ?? requestOrigin(request);
  const { nom, pdf } = await rapports.fiche(personOf(request), courrierId, origine);
  return reply
    .type('application/pdf')
    .header('content-length', pdf.length)
    .header('content-disposition', asAttachment(nom, 'inline'))
    .header('cache-control', 'private, no-store')
    .send(pdf);
}
