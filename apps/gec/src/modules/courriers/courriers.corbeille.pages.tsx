import { can, fill, forbidden, type FieldError } from '@gec/core';
import { csrfToken, redirectAfterPost, setFlash, wantsJson } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { lireListe, listeQuery } from '../../http/liste.ts';
import { personOf, renderPage } from '../../http/page.tsx';
import { sendTable } from '../../tableur/write-table.ts';
import type { Atelier } from '../../workers/atelier.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import { CORBEILLE, CorbeilleView, tableauCorbeille } from './courriers.corbeille.views.tsx';
import { ConfirmerView, GESTES, parolesDe, type Geste } from './courriers.lettre.confirmer.views.tsx';
import { ACTIVE, isRefusal, lettreParams, provenanceOf, toLetter } from './courriers.lettre.http.ts';
import { backTo } from './courriers.lettre.provenance.ts';
import { lettreTexts } from './courriers.lettre.texts.ts';
import { presentSupprime } from './courriers.presenter.ts';
import { TRIS_CORBEILLE, type Courrier } from './courriers.schema.ts';
import type { CourriersService } from './courriers.service.ts';
import { courriersTexts } from './courriers.texts.ts';

/** What deleting, restoring and destroying need. */
export interface CorbeillePagesDeps {
  courriers: Pick<
    CourriersService,
    'get' | 'glance' | 'trash' | 'exporterCorbeille' | 'remove' | 'cancelRegistration' | 'restore' | 'destroy'
  >;
  parametres: Pick<ParametresService, 'get'>;
  atelier: Pick<Atelier, 'document'>;
}

const PAGE = 25;
const text = z.string().max(10_000).default('');
const confirmerForm = z.object({ motif: text, numero: text }).prefault({});

/** The corbeille, and the pages that lead into it and out of it. */
export function registerCorbeillePages(app: App, deps: CorbeillePagesDeps): void {
  const { courriers, parametres, atelier } = deps;
  const config = { permission: 'session' } as const;

  /** The letter, if the person may do this with it. */
  async function target(request: FastifyRequest, id: number, geste: Geste): Promise<Courrier> {
    const courrier = await courriers.get(personOf(request), id);
    const t = courriersTexts(request.lang);
    if (geste === 'detruire' && !courrier.droits.detruire) throw forbidden(t.refusDetruire);
    if (geste !== 'detruire' && !courrier.droits.supprimer) {
      throw forbidden(courrier.isDeleted ? t.dejaSupprime : t.refusSupprimer);
    }
    return courrier;
  }

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    courrier: Courrier,
    geste: Geste,
    refused?: { saisie: { motif: string; numero: string }; errors: readonly FieldError[] },
  ): Promise<FastifyReply> {
    await courriers.glance(personOf(request), courrier);
    return renderPage(request, reply, {
      title: parolesDe(request.lang, geste, courrier.numero).titre,
      active: courrier.isDeleted ? 'corbeille' : ACTIVE[courrier.typeCourrier],
      status: refused ? 400 : 200,
      children: (
        <ConfirmerView
          lang={request.lang}
          csrfToken={csrfToken(request)}
          courrier={courrier}
          provenance={provenanceOf(request)}
          geste={geste}
          saisie={refused?.saisie ?? { motif: '', numero: '' }}
          errors={refused?.errors ?? []}
        />
      ),
    });
  }

  /** Does it, and says what was done. */
  async function act(
    request: FastifyRequest,
    courrier: Courrier,
    geste: Geste,
    motif: string,
  ): Promise<string> {
    const person = personOf(request);
    const t = lettreTexts(request.lang);
    if (geste === 'supprimer') await courriers.remove(person, courrier.id);
    else if (geste === 'annuler') await courriers.cancelRegistration(person, courrier.id, motif);
    else await courriers.destroy(person, courrier.id, motif);
    const said = { supprimer: t.supprime, annuler: t.annule, detruire: t.detruit }[geste];
    return fill(said, { numero: courrier.numero });
  }

  for (const geste of GESTES) {
    app.get(
      `/mail/:id/${geste}`,
      { config, schema: { hide: true, params: lettreParams } },
      async (request, reply) => show(request, reply, await target(request, request.params.id, geste), geste),
    );

    app.post(
      `/mail/:id/${geste}`,
      { config, schema: { hide: true, params: lettreParams, body: confirmerForm } },
      async (request, reply) => {
        const courrier = await target(request, request.params.id, geste);
        const saisie = request.body;
        if (geste === 'detruire' && saisie.numero.trim() !== courrier.numero) {
          const message = lettreTexts(request.lang).detruireNumero;
          return show(request, reply, courrier, geste, { saisie, errors: [{ field: 'numero', message }] });
        }
        try {
          setFlash(reply, { tone: 'success', text: await act(request, courrier, geste, saisie.motif) });
        } catch (error) {
          if (!isRefusal(error)) throw error;
          const errors =
            error.fields.length > 0 ? error.fields : [{ field: 'motif', message: error.message }];
          return show(request, reply, courrier, geste, { saisie, errors });
        }
        const next = geste === 'detruire' ? CORBEILLE : backTo(provenanceOf(request), courrier.typeCourrier);
        return redirectAfterPost(reply, next);
      },
    );
  }

  app.post(
    '/mail/:id/restaurer',
    { config, schema: { hide: true, params: lettreParams } },
    async (request, reply) => {
      const { id } = request.params;
      const person = personOf(request);
      const { numero } = await courriers.get(person, id);
      await courriers.restore(person, id);
      setFlash(reply, { tone: 'success', text: fill(lettreTexts(request.lang).restaure, { numero }) });
      return toLetter(request, reply, id);
    },
  );

  app.get(
    CORBEILLE,
    { config: { permission: 'view_trash' }, schema: { hide: true, querystring: listeQuery } },
    async (request, reply) => {
      const { lang, query } = request;
      const person = personOf(request);
      const t = lettreTexts(lang);
      const lue = lireListe(query, TRIS_CORBEILLE, t.corbeilleInconnu, 'desc');
      const { q, tri, ordre, page, format } = lue;
      const { fuseauHoraire } = await parametres.get();
      if (format) {
        const all = await courriers.exporterCorbeille(person, { q, tri, ordre }, format);
        const tableau = tableauCorbeille(lang, fuseauHoraire, all);
        return sendTable(reply, atelier, { format, lang, nom: t.corbeilleTitre, ...tableau });
      }
      const found = await courriers.trash(person, { q, tri, ordre, limit: PAGE, offset: (page - 1) * PAGE });
      if (wantsJson(request)) {
        return reply.send({ page, total: found.total, courriers: found.courriers.map(presentSupprime) });
      }
      return renderPage(request, reply, {
        title: t.corbeilleTitre,
        active: 'corbeille',
        wide: true,
        children: (
          <CorbeilleView
            {...found}
            lang={lang}
            csrfToken={csrfToken(request)}
            pageSize={PAGE}
            query={query}
            lue={lue}
            exportable={can(person, 'export_courriers')}
            fuseauHoraire={fuseauHoraire}
          />
        ),
      });
    },
  );
}
