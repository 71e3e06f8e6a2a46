import { AppError, can, type FieldError } from '@gec/core';
import { actorOf, csrfToken, redirectAfterPost, setFlash, wantsJson } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { renderPage } from '../../http/page.tsx';
import type { ParametresService } from '../parametres/parametres.service.ts';
import { adresseDe, type CourrielsRoutesDeps } from './courriels.api.ts';
import { registerModelesPages } from './courriels.modeles.pages.tsx';
import { presentEssai, presentSmtp } from './courriels.presenter.ts';
import type { EssaiSmtp, SaisieSmtp } from './courriels.schema.ts';
import { saisieInitiale, ServeurPage } from './courriels.serveur.views.tsx';
import { courrielsTexts } from './courriels.texts.ts';

/** What the pages of e-mail are made from. */
export interface CourrielsPagesDeps extends CourrielsRoutesDeps {
  parametres: Pick<ParametresService, 'get'>;
}

const PAGE = '/admin/courriels';
const text = (max: number) => z.string().max(max).default('');
const smtpForm = z.object({
  version: z.coerce.number().int().min(0).catch(-1),
  hote: text(300),
  port: text(20),
  securite: text(20),
  utilisateur: text(300),
  motDePasse: text(600),
  expediteur: text(300),
  nomExpediteur: text(300),
  verifierCertificat: z.string().max(10).optional(),
  adresse: text(300),
});
const versionForm = z.object({ version: z.coerce.number().int().min(0).catch(-1) });

function typed(body: z.output<typeof smtpForm>): SaisieSmtp {
  const { version: _version, adresse: _adresse, ...rest } = body;
  return { ...rest, verifierCertificat: body.verifierCertificat !== undefined };
}

/** The pages of e-mail: the mail server, and the templates. */
export function registerCourrielsPages(app: App, deps: CourrielsPagesDeps): void {
  const { courriels, utilisateurs, parametres } = deps;
  const config = { permission: 'manage_system_settings' } as const;
  const schema = { hide: true } as const;

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    shown: {
      saisie?: SaisieSmtp;
      adresse?: string;
      errors?: readonly FieldError[];
      essai?: EssaiSmtp;
      conflit?: boolean;
      status?: number;
    } = {},
  ): Promise<FastifyReply> {
    const actor = actorOf(request);
    const smtp = await courriels.smtp(actor);
    const names = await utilisateurs.names(smtp.parId === null ? [] : [smtp.parId]);
    const { lang } = request;
    return renderPage(request, reply, {
      title: courrielsTexts(lang).titre,
      active: 'courriels',
      status: shown.status,
      children: (
        <ServeurPage
          lang={lang}
          csrfToken={csrfToken(request)}
          actor={actor}
          smtp={smtp}
          saisie={shown.saisie ?? saisieInitiale(smtp)}
          adresse={shown.adresse ?? (await adresseDe(utilisateurs, actor.userId))}
          errors={shown.errors ?? []}
          essai={shown.essai ?? null}
          conflit={shown.conflit ?? false}
          par={smtp.parId === null ? null : (names.get(smtp.parId) ?? null)}
          fuseau={(await parametres.get()).fuseauHoraire}
          liens={courriels.liens}
        />
      ),
    });
  }

  /** Brings a refused form back as it was typed. */
  async function refused(
    request: FastifyRequest,
    reply: FastifyReply,
    error: unknown,
    shown: { saisie?: SaisieSmtp; adresse?: string },
  ): Promise<FastifyReply> {
    if (wantsJson(request) || !(error instanceof AppError)) throw error;
    if (error.kind === 'invalid') {
      return show(request, reply, { ...shown, errors: error.fields, status: 400 });
    }
    if (error.code === 'VERSION_CONFLICT') {
      return show(request, reply, { ...shown, conflit: true, status: 409 });
    }
    throw error;
  }

  app.get(
    PAGE,
    { config: { permission: ['manage_system_settings', 'manage_email_templates'] }, schema },
    async (request, reply) => {
      const actor = actorOf(request);
      if (!can(actor, 'manage_system_settings')) return reply.redirect(`${PAGE}/modeles`, 303);
      return wantsJson(request) ? reply.send(presentSmtp(await courriels.smtp(actor))) : show(request, reply);
    },
  );

  app.post(`${PAGE}/smtp`, { config, schema: { ...schema, body: smtpForm } }, async (request, reply) => {
    const saisie = typed(request.body);
    try {
      const saved = await courriels.enregistrerSmtp(actorOf(request), saisie, request.body.version);
      if (wantsJson(request)) return await reply.send(presentSmtp(saved));
    } catch (error) {
      return refused(request, reply, error, { saisie, adresse: request.body.adresse });
    }
    setFlash(reply, { tone: 'success', text: courrielsTexts(request.lang).enregistre });
    return redirectAfterPost(reply, PAGE);
  });

  app.post(
    `${PAGE}/smtp/essai`,
    { config, schema: { ...schema, body: smtpForm } },
    async (request, reply) => {
      const saisie = typed(request.body);
      const { adresse } = request.body;
      try {
        const essai = await courriels.essayerSmtp(actorOf(request), saisie, adresse);
        if (wantsJson(request)) return await reply.send(presentEssai(essai));
        return await show(request, reply, { saisie, adresse, essai });
      } catch (error) {
        return refused(request, reply, error, { saisie, adresse });
      }
    },
  );

  app.post(
    `${PAGE}/smtp/retirer`,
    { config, schema: { ...schema, body: versionForm } },
    async (request, reply) => {
      try {
        const now = await courriels.retirerSmtp(actorOf(request), request.body.version);
        if (wantsJson(request)) return await reply.send(presentSmtp(now));
      } catch (error) {
        return refused(request, reply, error, {});
      }
      setFlash(reply, { tone: 'success', text: courrielsTexts(request.lang).retire });
      return redirectAfterPost(reply, PAGE);
    },
  );

  registerModelesPages(app, deps);
}
