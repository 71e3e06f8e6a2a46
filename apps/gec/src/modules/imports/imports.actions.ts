import { AppError } from '@gec/core';
import { describeError, redirectAfterPost, setFlash, wantsJson } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { sendList } from '../../http/liste.envoi.ts';
import { renderPage, type Page } from '../../http/page.tsx';
import type { TableEcrite } from '../../tableur/write-table.ts';
import type { Atelier } from '../../workers/atelier.ts';
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

/** What is particular to imports of one kind. */
interface UnImport {
  readonly atelier: Pick<Atelier, 'document'>;
  /** What it has become, for a program. */
  present(request: FastifyRequest, id: string): Promise<object>;
  /** Its page, with why nothing was done. */
  show(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    refus?: { error: AppError; champs: Champs },
  ): Promise<FastifyReply>;
  /** What became, or would become, of its lines. */
  rapport(request: FastifyRequest, id: string): Promise<TableEcrite>;
  readonly actions: Actions;
}

/**
 * Registers the page of something that is taken over, its report as a file, and its buttons: choosing how, beginning,
 * ending. Each leads back to its page, or gives a program what it has become.
 *
 * @param page address of the list
 */
export function registerImport(app: App, page: string, one: UnImport): void {
  const config = { permission: 'import_courriers' } as const;
  const schema = { hide: true, params: importParam } as const;

  app.get(`${page}/:id`, { config, schema }, async (request, reply) => {
    const { id } = request.params;
    if (!wantsJson(request)) return one.show(request, reply, id);
    return reply.send(await one.present(request, id));
  });

  app.get(`${page}/:id/rapport`, { config, schema }, async (request, reply) =>
    sendList(request, reply, one.atelier, await one.rapport(request, request.params.id)),
  );

  for (const action of ['choix', 'lancer', 'annuler'] as const) {
    app.post(
      `${page}/:id/${action}`,
      { config, schema: { ...schema, body: champsShape } },
      async (request, reply) => {
        const { id } = request.params;
        try {
          const text = await one.actions[action](request, id, request.body);
          if (wantsJson(request)) return await reply.send(await one.present(request, id));
          setFlash(reply, { tone: 'success', text });
          return redirectAfterPost(reply, `${page}/${id}`);
        } catch (error) {
          if (!isTold(error, request)) throw error;
          return one.show(request, reply, id, { error, champs: request.body });
        }
      },
    );
  }
}
