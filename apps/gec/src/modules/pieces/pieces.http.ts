import { asAttachment } from '@gec/http';
import { sha256Hex } from '@gec/crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Telechargement } from './pieces.lecture.service.ts';
import { LARGEURS, type Feuilletable, type ImagePage, type Largeur } from './pieces.schema.ts';

/** Nothing that came from outside ever runs, whatever a browser takes it for. */
const BAC_A_SABLE = "sandbox; default-src 'none'";
/** Seconds that a browser may show a picture of a page without asking whether the person still may see it. */
const FRAICHEUR = 60;

/** Whole number of an address, such as the id of a letter. */
export const idParam = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER);
/** Id of a waiting file, as `receive` makes them. */
export const televersementParam = z.string().regex(/^[\w-]{22}$/);
/** `3.jpg`: the page wanted. The image may be a PNG where that is smaller; its type says so. */
export const pageParam = z
  .string()
  .regex(/^[1-9]\d{0,3}\.jpg$/)
  .transform((text) => Number.parseInt(text, 10));
/** Width in pixels: one of a few, so that nobody fills the cache with sizes of their own. */
export const largeurQuery = z.object({
  w: z.coerce
    .number()
    .pipe(
      z.union(
        LARGEURS.map((width) => z.literal(width)) as [
          z.ZodLiteral<480>,
          z.ZodLiteral<960>,
          z.ZodLiteral<1440>,
        ],
      ),
    )
    .default(960),
});

/** Sends a file to be saved under its own name. */
export function sendFile(reply: FastifyReply, { piece, contenu }: Telechargement): FastifyReply {
  return reply
    .type(piece.typeMime)
    .header('content-length', piece.taille)
    .header('content-disposition', asAttachment(piece.nom))
    .header('x-content-type-options', 'nosniff')
    .header('content-security-policy', BAC_A_SABLE)
    .header('cache-control', 'private, no-store')
    .send(contenu);
}

/**
 * Sends a picture of a page. Its content never changes, so its address in the store stands for it: a browser that
 * has it is answered without rendering anything, once it was checked that the person may (still) see it.
 */
export async function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  file: Pick<Feuilletable, 'chemin'>,
  page: number,
  width: Largeur,
  image: () => Promise<ImagePage>,
): Promise<FastifyReply> {
  const etag = `"${sha256Hex(`${file.chemin}/${page}/${width}`).slice(0, 32)}"`;
  reply
    .header('etag', etag)
    .header('cache-control', `private, max-age=${FRAICHEUR}, must-revalidate`)
    .header('vary', 'Cookie')
    .header('content-security-policy', BAC_A_SABLE)
    .header('x-content-type-options', 'nosniff');
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  const made = await image();
  return reply.type(made.contentType).send(made.image);
}
