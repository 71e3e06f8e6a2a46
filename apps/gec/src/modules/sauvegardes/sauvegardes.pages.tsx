import { AppError } from '@gec/core';
import {
  asAttachment,
  csrfToken,
  redirectAfterPost,
  sendHtml,
  setFlash,
  wantsFragment,
  wantsJson,
} from '@gec/http';
import { LangContext, renderDocument } from '@gec/ui';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { answerInPlace } from '../../http/bouton.ts';
import { texteForm } from '../../http/liste.ts';
import { personOf, renderPage } from '../../http/page.tsx';
import type { ParametresService } from '../parametres/parametres.service.ts';
import { presentReglage, presentSauvegarde } from './sauvegardes.presenter.ts';
import type { SauvegardesService } from './sauvegardes.service.ts';
import { sauvegardesTexts } from './sauvegardes.texts.ts';
import {
  ClePage,
  FRAGMENT,
  ListeCard,
  SAUVEGARDES,
  SauvegardesPage,
  type SauvegardesPageProps,
} from './sauvegardes.views.tsx';

const config = { permission: 'manage_backups' } as const;
const hide = { hide: true } as const;
const nomForm = z.object({ nom: texteForm });
const versionForm = z.object({ version: texteForm });
const planForm = z.object({
  actif: texteForm,
  heure: texteForm,
  jours: z.preprocess(
    (value) => (Array.isArray(value) ? value : typeof value === 'string' ? [value] : []),
    z.array(z.string().max(10)).max(20),
  ),
  retention: texteForm,
  version: texteForm,
});
/** A number of a form; what is none is refused as such. */
const nombre = (text: string): number => (/^\s*\d{1,9}\s*$/.test(text) ? Number(text) : Number.NaN);
const versionOf = (text: string): number | undefined => (/^\d{1,9}$/.test(text) ? Number(text) : undefined);

/** `/admin/sauvegardes`: backups, their key and their schedule. */
export function registerSauvegardesPages(
  app: App,
  services: { sauvegardes: SauvegardesService; parametres: Pick<ParametresService, 'get'> },
): void {
  const { sauvegardes, parametres } = services;

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    back: Pick<SauvegardesPageProps, 'saisie' | 'errors' | 'conflit'> & { status?: number } = {},
  ): Promise<FastifyReply> {
    const actor = personOf(request);
    const [found, reglage] = [await sauvegardes.lister(actor), await sauvegardes.reglage(actor)];
    if (wantsJson(request)) {
      return reply.send({ sauvegardes: found.map(presentSauvegarde), reglage: presentReglage(reglage) });
    }
    const { status, ...rest } = back;
    const props: SauvegardesPageProps = {
      lang: request.lang,
      csrfToken: csrfToken(request),
      fuseau: (await parametres.get()).fuseauHoraire,
      lieu: sauvegardes.destination,
      sauvegardes: found,
      reglage,
      pret: await sauvegardes.pret(),
      ...rest,
    };
    if (wantsFragment(request) === FRAGMENT) {
      const card = (
        <LangContext.Provider value={request.lang}>
          <ListeCard {...props} />
        </LangContext.Provider>
      );
      return sendHtml(reply, renderDocument(card));
    }
    return renderPage(request, reply, {
      title: sauvegardesTexts(request.lang).titre,
      active: 'sauvegardes',
      ...(status !== undefined && { status }),
      children: <SauvegardesPage {...props} />,
    });
  }

  app.get(SAUVEGARDES, { config, schema: hide }, async (request, reply) => show(request, reply));

  app.post(SAUVEGARDES, { config, schema: hide }, async (request, reply) =>
    answerInPlace(request, reply, SAUVEGARDES, async () => {
      await sauvegardes.lancer(personOf(request));
      return { tone: 'success', text: sauvegardesTexts(request.lang).lancee };
    }),
  );

  app.post(
    `${SAUVEGARDES}/verifier`,
    { config, schema: { ...hide, body: nomForm } },
    async (request, reply) =>
      answerInPlace(request, reply, SAUVEGARDES, async () => {
        const t = sauvegardesTexts(request.lang);
        const intacte = await sauvegardes.controler(personOf(request), request.body.nom);
        if (intacte === null) return { tone: 'warning', text: t.sansEmpreinte };
        return intacte ? { tone: 'success', text: t.intacte } : { tone: 'danger', text: t.abimee };
      }),
  );

  app.post(
    `${SAUVEGARDES}/supprimer`,
    { config, schema: { ...hide, body: nomForm } },
    async (request, reply) =>
      answerInPlace(request, reply, SAUVEGARDES, async () => {
        await sauvegardes.supprimer(personOf(request), request.body.nom);
        return { tone: 'success', text: sauvegardesTexts(request.lang).supprimee };
      }),
  );

  app.get(
    `${SAUVEGARDES}/archive/:nom`,
    { config, schema: { ...hide, params: z.object({ nom: z.string().max(120) }) } },
    async (request, reply) => {
      const { nom } = request.params;
      const content = await sauvegardes.ouvrir(personOf(request), nom);
      void reply.header('content-disposition', asAttachment(nom)).type('application/octet-stream');
      return reply.send(content);
    },
  );

  app.post(
    `${SAUVEGARDES}/cle`,
    { config, schema: { ...hide, body: versionForm } },
    async (request, reply) => {
      const version = versionOf(request.body.version);
      try {
        const pair = await sauvegardes.nouvelleCle(personOf(request), version);
        void reply.header('cache-control', 'no-store');
        if (wantsJson(request)) {
          return await reply.code(201).send({ cle_publique: pair.publicKey, cle_secrete: pair.secretKey });
        }
        // Not after a redirection: the secret half is in this answer and nowhere else.
        return await renderPage(request, reply, {
          title: sauvegardesTexts(request.lang).cleSecrete,
          active: 'sauvegardes',
          children: <ClePage lang={request.lang} {...pair} />,
        });
      } catch (error) {
        const stale = error instanceof AppError && error.code === 'VERSION_CONFLICT';
        if (!stale || wantsJson(request)) throw error;
        setFlash(reply, { tone: 'warning', text: error.message });
        return redirectAfterPost(reply, SAUVEGARDES);
      }
    },
  );

  app.post(
    `${SAUVEGARDES}/reglage`,
    { config, schema: { ...hide, body: planForm } },
    async (request, reply) => {
      const { version, ...typed } = request.body;
      const saisie = {
        ...typed,
        actif: typed.actif !== '',
        jours: typed.jours.filter((jour) => jour !== ''),
      };
      const patch = {
        actif: saisie.actif,
        heure: nombre(saisie.heure),
        jours: saisie.jours.map(nombre),
        retention: nombre(saisie.retention),
      };
      try {
        await sauvegardes.regler(personOf(request), patch, versionOf(version));
      } catch (error) {
        if (wantsJson(request) || !(error instanceof AppError)) throw error;
        if (error.kind === 'invalid') {
          return show(request, reply, { saisie, errors: error.fields, status: 400 });
        }
        if (error.code !== 'VERSION_CONFLICT') throw error;
        return show(request, reply, { saisie, conflit: true, status: 409 });
      }
      if (wantsJson(request)) return reply.code(204).send();
      setFlash(reply, { tone: 'success', text: sauvegardesTexts(request.lang).enregistre });
      return redirectAfterPost(reply, `${SAUVEGARDES}#plan`);
    },
  );
}
