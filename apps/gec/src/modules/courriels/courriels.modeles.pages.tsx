import { AppError, type FieldError } from '@gec/core';
import { actorOf, csrfToken, redirectAfterPost, setFlash, wantsJson } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { renderPage } from '../../http/page.tsx';
import type { ParametresService } from '../parametres/parametres.service.ts';
import { adresseDe, type CourrielsRoutesDeps } from './courriels.api.ts';
import { ModelePage, ModelesPage } from './courriels.modeles.views.tsx';
import { presentModele } from './courriels.presenter.ts';
import type { Modele } from './courriels.schema.ts';
import { courrielsTexts } from './courriels.texts.ts';

const PAGE = '/admin/courriels/modeles';
const ONE = `${PAGE}/:evenement/:langue`;
const params = z.object({ evenement: z.string().max(60), langue: z.string().max(10) });
type Place = z.output<typeof params>;
const versionForm = z.object({ version: z.coerce.number().int().min(0).catch(-1) });
/** A form sends lines with CR LF. */
const lines = (max: number) =>
  z
    .string()
    .max(max)
    .default('')
    .transform((text) => text.replace(/\r\n?/g, '\n'));
const modeleForm = versionForm.extend({ sujet: lines(1_000), texte: lines(50_000), html: lines(100_000) });

/** The pages of the templates. */
export function registerModelesPages(
  app: App,
  {
    courriels,
    utilisateurs,
    parametres,
  }: CourrielsRoutesDeps & { parametres: Pick<ParametresService, 'get'> },
): void {
  const config = { permission: 'manage_email_templates' } as const;
  const schema = { hide: true } as const;
  const address = ({ evenement, langue }: Place) => `${PAGE}/${evenement}/${langue}`;

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    place: Place,
    shown: { saisie?: Modele; errors?: readonly FieldError[]; conflit?: boolean; status?: number } = {},
  ): Promise<FastifyReply> {
    const actor = actorOf(request);
    const modele = await courriels.modele(actor, place.evenement, place.langue);
    const names = await utilisateurs.names(modele.parId === null ? [] : [modele.parId]);
    const { sujet, texte, html } = modele;
    const saisie = shown.saisie ?? { sujet, texte, html };
    const apercu = await courriels.apercevoir(actor, place, saisie).catch((error: unknown) => {
      if (error instanceof AppError && error.kind === 'invalid') return null;
      throw error;
    });
    const { lang } = request;
    return renderPage(request, reply, {
      title: courrielsTexts(lang)[`evenement_${modele.evenement}`],
      active: 'courriels',
      status: shown.status,
      children: (
        <ModelePage
          lang={lang}
          csrfToken={csrfToken(request)}
          modele={modele}
          saisie={saisie}
          errors={shown.errors ?? []}
          apercu={apercu}
          conflit={shown.conflit ?? false}
          par={modele.parId === null ? null : (names.get(modele.parId) ?? null)}
          fuseau={(await parametres.get()).fuseauHoraire}
        />
      ),
    });
  }

  /** Brings a refused form back as it was typed. */
  async function refused(
    request: FastifyRequest,
    reply: FastifyReply,
    place: Place,
    error: unknown,
    saisie?: Modele,
  ): Promise<FastifyReply> {
    if (wantsJson(request) || !(error instanceof AppError)) throw error;
    if (error.kind === 'invalid') {
      return show(request, reply, place, { saisie, errors: error.fields, status: 400 });
    }
    if (error.code === 'VERSION_CONFLICT') {
      return show(request, reply, place, { saisie, conflit: true, status: 409 });
    }
    throw error;
  }

  app.get(PAGE, { config, schema }, async (request, reply) => {
    const actor = actorOf(request);
    const modeles = await courriels.modeles(actor);
    if (wantsJson(request)) return reply.send({ modeles: modeles.map(presentModele) });
    const { lang } = request;
    return renderPage(request, reply, {
      title: courrielsTexts(lang).ongletModeles,
      active: 'courriels',
      children: <ModelesPage lang={lang} actor={actor} modeles={modeles} />,
    });
  });

  app.get(ONE, { config, schema: { ...schema, params } }, async (request, reply) => {
    const { evenement, langue } = request.params;
    return wantsJson(request)
      ? reply.send(presentModele(await courriels.modele(actorOf(request), evenement, langue)))
      : show(request, reply, request.params);
  });

  app.post(ONE, { config, schema: { ...schema, params, body: modeleForm } }, async (request, reply) => {
    const { version, ...saisie } = request.body;
    try {
      const place = { ...request.params, version };
      const saved = await courriels.enregistrerModele(actorOf(request), place, saisie);
      if (wantsJson(request)) return await reply.send(presentModele(saved));
    } catch (error) {
      return refused(request, reply, request.params, error, saisie);
    }
    setFlash(reply, { tone: 'success', text: courrielsTexts(request.lang).modeleEnregistre });
    return redirectAfterPost(reply, address(request.params));
  });

  app.post(
    `${ONE}/apercu`,
    { config, schema: { ...schema, params, body: modeleForm } },
    async (request, reply) => {
      const { version: _version, ...saisie } = request.body;
      try {
        const apercu = await courriels.apercevoir(actorOf(request), request.params, saisie);
        if (wantsJson(request)) return await reply.send(apercu);
        return await show(request, reply, request.params, { saisie });
      } catch (error) {
        return refused(request, reply, request.params, error, saisie);
      }
    },
  );

  app.post(`${ONE}/essai`, { config, schema: { ...schema, params } }, async (request, reply) => {
    const actor = actorOf(request);
    const t = courrielsTexts(request.lang);
    try {
      await courriels.essayerModele(actor, request.params, await adresseDe(utilisateurs, actor.userId));
      setFlash(reply, { tone: 'success', text: t.essaiEnvoye });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'SMTP_ABSENT' || wantsJson(request)) throw error;
      setFlash(reply, { tone: 'warning', text: error.message });
    }
    if (wantsJson(request)) return reply.code(202).send({ envoye: true });
    return redirectAfterPost(reply, address(request.params));
  });

  app.post(
    `${ONE}/defaut`,
    { config, schema: { ...schema, params, body: versionForm } },
    async (request, reply) => {
      try {
        const place = { ...request.params, version: request.body.version };
        const now = await courriels.revenirModele(actorOf(request), place);
        if (wantsJson(request)) return await reply.send(presentModele(now));
      } catch (error) {
        return refused(request, reply, request.params, error);
      }
      setFlash(reply, { tone: 'success', text: courrielsTexts(request.lang).revenu });
      return redirectAfterPost(reply, address(request.params));
    },
  );
}
