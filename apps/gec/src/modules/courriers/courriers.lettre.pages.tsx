import { AppError, fill } from '@gec/core';
import { csrfToken, setFlash, wantsJson } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { personOf, renderPage } from '../../http/page.tsx';
import { shellTexts } from '../../http/shell.texts.ts';
import type { CommentairesService } from '../commentaires/commentaires.service.ts';
import type { ReferentielsService } from '../referentiels/referentiels.service.ts';
import type { TransmissionsService } from '../transmissions/transmissions.service.ts';
import { ACTIVE, lettreParams, provenanceOf, refuseOnLetter, toLetter } from './courriers.lettre.http.ts';
import { presentLettre } from './courriers.lettre.presenter.ts';
import { backTo } from './courriers.lettre.provenance.ts';
import type { LettreService } from './courriers.lettre.service.ts';
import { lettreTexts } from './courriers.lettre.texts.ts';
import { LettreView, type LettreProps } from './courriers.lettre.views.tsx';
import type { CourriersService } from './courriers.service.ts';

/** What the page of a letter is made from. */
export interface LettrePagesDeps {
  lettres: LettreService;
  courriers: Pick<CourriersService, 'changeStatut'>;
  transmissions: Pick<TransmissionsService, 'markDone'>;
  commentaires: Pick<CommentairesService, 'add'>;
  referentiels: Pick<ReferentielsService, 'statuts'>;
}

const text = z.string().max(10_000).default('');
const statutForm = z.object({ statut: z.string().max(40), version: z.coerce.number().int().positive() });
const annotationForm = z.object({ type: z.string().max(40), texte: text });
const traiterForm = z.object({ transmission: z.coerce.number().int().positive(), note: text });

/** The letter itself, and what its page does at once: statut, annotation, done. */
export function registerLettrePages(app: App, deps: LettrePagesDeps): void {
  const { lettres, courriers, transmissions, commentaires, referentiels } = deps;
  const config = { permission: 'session' } as const;

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    id: number,
    more: Pick<LettreProps, 'annotation'> & { status?: number } = {},
  ): Promise<FastifyReply> {
    const lettre = await lettres.open(personOf(request), id, provenanceOf(request));
    if (wantsJson(request)) return reply.send(presentLettre(lettre));
    const { courrier } = lettre;
    const t = shellTexts(request.lang);
    return renderPage(request, reply, {
      title: fill(lettreTexts(request.lang).titrePage, { numero: courrier.numero, objet: courrier.objet }),
      active: courrier.isDeleted ? 'corbeille' : ACTIVE[courrier.typeCourrier],
      wide: true,
      status: more.status,
      shortcuts: [
        ...(courrier.droits.modifier ? [{ keys: 'e', label: t.raccourciModifier }] : []),
        ...(courrier.droits.transmettre ? [{ keys: 't', label: t.raccourciTransmettre }] : []),
      ],
      children: (
        <LettreView
          lang={request.lang}
          csrfToken={csrfToken(request)}
          lettre={lettre}
          annotation={more.annotation}
        />
      ),
    });
  }

  app.get(
    '/mail/:id',
    // A HEAD would be noted as a reading that never happened.
    { config, exposeHeadRoute: false, schema: { hide: true, params: lettreParams } },
    async (request, reply) => show(request, reply, request.params.id),
  );

  app.post(
    '/mail/:id/statut',
    { config, schema: { hide: true, params: lettreParams, body: statutForm } },
    async (request, reply) => {
      const { id } = request.params;
      const { statut, version } = request.body;
      try {
        await courriers.changeStatut(personOf(request), id, statut, version);
      } catch (error) {
        return refuseOnLetter(request, reply, id, error);
      }
      const libelle = (await referentiels.statuts()).find(({ nom }) => nom === statut)?.libelle ?? statut;
      setFlash(reply, {
        tone: 'success',
        text: fill(lettreTexts(request.lang).statutChange, { statut: libelle }),
      });
      return toLetter(request, reply, id);
    },
  );

  app.post(
    '/mail/:id/annotations',
    { config, schema: { hide: true, params: lettreParams, body: annotationForm } },
    async (request, reply) => {
      const { id } = request.params;
      const { type, texte } = request.body;
      try {
        await commentaires.add(personOf(request), id, { type, texte });
      } catch (error) {
        if (!(error instanceof AppError) || error.kind !== 'invalid') {
          return refuseOnLetter(request, reply, id, error);
        }
        // What was typed stays in the page.
        return show(request, reply, id, { status: 400, annotation: { type, texte, error: error.message } });
      }
      setFlash(reply, { tone: 'success', text: lettreTexts(request.lang).annote });
      return toLetter(request, reply, id, '#historique');
    },
  );

  app.post(
    '/mail/:id/traiter',
    { config, schema: { hide: true, params: lettreParams, body: traiterForm } },
    async (request, reply) => {
      const { id } = request.params;
      const { transmission, note } = request.body;
      const t = lettreTexts(request.lang);
      try {
        await transmissions.markDone(personOf(request), transmission, note);
      } catch (error) {
        return refuseOnLetter(request, reply, id, error);
      }
      setFlash(reply, { tone: 'success', text: t.traite });
      const from = provenanceOf(request);
      if (from.genre === 'a-traiter') return reply.redirect(backTo(from, 'ENTRANT'), 303);
      return toLetter(request, reply, id);
    },
  );
}
