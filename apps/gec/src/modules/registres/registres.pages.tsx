import { AppError, can, fill, type FieldError } from '@gec/core';
import { actorOf, csrfToken, redirectAfterPost, setFlash, wantsJson } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { renderPage } from '../../http/page.tsx';
import { fluxShape } from './registres.schema.ts';
import type { RegistresService } from './registres.service.ts';
import { registresTexts } from './registres.texts.ts';
import { RegistresPage, type RegistresPageProps } from './registres.views.tsx';

/** What the addresses of the registers are made from. */
export interface RegistresRoutesDeps {
  registres: RegistresService;
}

/** Who may see the registers. */
export const LECTEURS_REGISTRES = ['register_mail', 'manage_system_settings'] as const;

const formShape = z.object({
  flux: z.string().optional(),
  motif: z.string().max(10_000).optional(),
  /** The next number of each flow as the page showed it. */
  attendu_ENTRANT: z.string().optional(),
  attendu_SORTANT: z.string().optional(),
});

/** The page `/admin/registres`. */
export function registerRegistresPages(app: App, { registres }: RegistresRoutesDeps): void {
  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    shown: { saisie?: RegistresPageProps['saisie']; errors?: readonly FieldError[]; status?: number } = {},
  ): Promise<FastifyReply> {
    const actor = actorOf(request);
    const { lang } = request;
    return renderPage(request, reply, {
      title: registresTexts(lang).titre,
      active: 'registres',
      status: shown.status,
      children: (
        <RegistresPage
          lang={lang}
          csrfToken={csrfToken(request)}
          registres={await registres.list(actor)}
          peutAnnuler={can(actor, 'register_mail')}
          saisie={shown.saisie ?? {}}
          errors={shown.errors ?? []}
        />
      ),
    });
  }

  app.get(
    '/admin/registres',
    { config: { permission: LECTEURS_REGISTRES }, schema: { hide: true } },
    async (request, reply) =>
      wantsJson(request)
        ? reply.send({ registres: await registres.list(actorOf(request)) })
        : show(request, reply),
  );

  app.post(
    '/admin/registres/annuler',
    { config: { permission: 'register_mail' }, schema: { hide: true, body: formShape } },
    async (request, reply) => {
      const t = registresTexts(request.lang);
      const { flux, motif = '' } = request.body;
      try {
        const chosen = fluxShape.safeParse(flux);
        if (!chosen.success) {
          const message = t.fluxRequis;
          throw new AppError('invalid', 'INVALID', message, { fields: [{ field: 'flux', message }] });
        }
        const { numero } = await registres.cancelNext(actorOf(request), {
          flux: chosen.data,
          motif,
          attendu: request.body[`attendu_${chosen.data}`],
        });
        if (wantsJson(request)) return await reply.send({ numero });
        setFlash(reply, { tone: 'success', text: fill(t.annule, { numero }) });
      } catch (error) {
        if (wantsJson(request) || !(error instanceof AppError) || error.kind !== 'invalid') throw error;
        return show(request, reply, { saisie: { flux, motif }, errors: error.fields, status: 400 });
      }
      return redirectAfterPost(reply, '/admin/registres');
    },
  );
}
