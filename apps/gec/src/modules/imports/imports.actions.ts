import { AppError } from '@gec/core';
import { describeError, redirectAfterPost, setFlash, wantsJson } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { renderPage, type Page } from '../../http/page.tsx';
import { importParam } from './imports.api.ts';

/** What a form of these pages sends; each action reads what it knows. */
export const champsShape = z.record(z.string(), z.unknown());
export type Champs = Readonly<Record<string, unknown>>;

/** Whether a refusal is told on the page that it was about; a program gets it as it is. */
export function isTold(error: unknown, request: FastifyRequest): error is AppError {
  return (
    error instanceof AppError &&
    (error.kind === 'invalid' || error.kind === 'conflict') &&
    !wantsJson(request)
  );
}

/** Sends a page of what is taken over. @param refus what was refused on it, whose status it has */
export const sendImports = (
  request: FastifyRequest,
  reply: FastifyReply,
  { refus, ...page }: Pick<Page, 'title' | 'children'> & { refus: AppError | undefined },
): Promise<FastifyReply> =>
  renderPage(request, reply, {
    ...page,
    active: 'imports',
    status: refus && describeError(refus, request).status,
  });

/** What may be done with what waits to be taken over, each answering the words for it. */
type Actions = Record<
  'choix' | 'lancer' | 'annuler',
  (request: FastifyRequest, id: string, champs: Champs) => Promise<string>
>;

/**
 * Registers the buttons of something that is taken over: choosing how, beginning, ending. Each leads back to its page,
 * or gives a program what it has become.
 *
 * @param page address of the list
 * @param present what it has become, for a program
 * @param refuse its page with why nothing was done
 */
export function registerActions(
  app: App,
  page: string,
  handlers: {
    actions: Actions;
    present(request: FastifyRequest, id: string): Promise<object>;
    refuse(
      request: FastifyRequest,
      reply: FastifyReply,
      id: string,
      error: AppError,
      champs: Champs,
    ): Promise<FastifyReply>;
  },
): void {
  const { actions, present, refuse } = handlers;
  for (const action of ['choix', 'lancer', 'annuler'] as const) {
    app.post(
      `${page}/:id/${action}`,
      {
        config: { permission: 'import_courriers' },
        schema: { hide: true, params: importParam, body: champsShape },
      },
      async (request, reply) => {
        const { id } = request.params;
        try {
          const text = await actions[action](request, id, request.body);
          if (wantsJson(request)) return await reply.send(await present(request, id));
          setFlash(reply, { tone: 'success', text });
          return redirectAfterPost(reply, `${page}/${id}`);
        } catch (error) {
          if (!isTold(error, request)) throw error;
          return refuse(request, reply, id, error, request.body);
        }
      },
    );
  }
}
