import { AppError, type ErrorKind } from '@gec/core';
import { redirectAfterPost, setFlash, wantsJson, type Flash } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Tells a refusal of some kinds on a page; a program gets it as it is, and so does everybody any other. */
async function refusalsOn(
  page: string,
  kinds: readonly ErrorKind[],
  request: FastifyRequest,
  reply: FastifyReply,
  answer: () => Promise<FastifyReply>,
): Promise<FastifyReply> {
  try {
    return await answer();
  } catch (error) {
    if (!(error instanceof AppError) || !kinds.includes(error.kind) || wantsJson(request)) throw error;
    setFlash(reply, { tone: 'danger', text: error.message });
    return redirectAfterPost(reply, page);
  }
}

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
  return refusalsOn(retour, ['conflict'], request, reply, async () => {
    const { text, to } = await work();
    if (wantsJson(request)) return reply.code(204).send();
    setFlash(reply, { tone: 'success', text });
    return redirectAfterPost(reply, to);
  });
}

/**
 * Answers the button of a page that one stays on, where what came of it is told; a program gets it as `message`.
 *
 * @param page the page with the button, where it is also told that somebody else was quicker
 * @param work does it; answers what is said
 * @throws whatever `work` throws that is neither a conflict nor something missing, and to programs these too
 */
export async function answerInPlace(
  request: FastifyRequest,
  reply: FastifyReply,
  page: string,
  work: () => Promise<Flash>,
): Promise<FastifyReply> {
  return refusalsOn(page, ['conflict', 'not-found'], request, reply, async () => {
    const flash = await work();
    if (wantsJson(request)) return reply.send({ message: flash.text });
    setFlash(reply, flash);
    return redirectAfterPost(reply, page);
  });
}
