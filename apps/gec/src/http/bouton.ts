import { AppError } from '@gec/core';
import { redirectAfterPost, setFlash, wantsJson } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Answers the button of a page: where it leads, with a word of what was done, or back with why that was not possible.
 *
 * @param retour the page with the button, where a conflict is told
 * @param work does it; answers what is said and where one goes
 * @throws whatever `work` throws that is no conflict, and to programs conflicts too
 */
export async function answerButton(
  request: FastifyRequest,
  reply: FastifyReply,
  retour: string,
  work: () => Promise<{ text: string; to: string }>,
): Promise<FastifyReply> {
  try {
    const { text, to } = await work();
    if (wantsJson(request)) return await reply.code(204).send();
    setFlash(reply, { tone: 'success', text });
    return redirectAfterPost(reply, to);
  } catch (error) {
    if (!(error instanceof AppError) || error.kind !== 'conflict' || wantsJson(request)) throw error;
    setFlash(reply, { tone: 'danger', text: error.message });
    return redirectAfterPost(reply, retour);
  }
}
