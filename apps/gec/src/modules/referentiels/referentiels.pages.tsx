import { AppError, fill, invalid, type FieldError } from '@gec/core';
import { csrfToken, describeError, redirectAfterPost, setFlash, wantsJson } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../../http/app.ts';
import { sendList } from '../../http/liste.envoi.ts';
import { personOf, renderPage } from '../../http/page.tsx';
import type { Atelier } from '../../workers/atelier.ts';
import {
  activationForm,
  ENTREE_VIERGE,
  entreeForm,
  entreeParams,
  exportParams,
  filtrer,
  filtresQuery,
  listeParams,
  modifierForm,
  ordreForm,
  ordreVoulu,
  saisieDe,
  versionForm,
  type FiltresQuery,
} from './referentiels.forms.ts';
import { ReferentielView } from './referentiels.liste.views.tsx';
import { exportDe, presentEntree } from './referentiels.presenter.ts';
import type { Liste, SaisieEntree } from './referentiels.schema.ts';
import type { ReferentielsService } from './referentiels.service.ts';
import { referentielsTexts } from './referentiels.texts.ts';
import { EntreeView } from './referentiels.views.tsx';

/** What the pages of the lists are made from. */
export interface ReferentielsPagesDeps {
  referentiels: ReferentielsService;
  atelier: Pick<Atelier, 'document'>;
}

const config = { permission: 'manage_statuses' } as const;
const HOME = '/admin/referentiels';

const isRefusal = (error: unknown): error is AppError =>
  error instanceof AppError && (error.kind === 'invalid' || error.kind === 'conflict');

/** Registers the pages of the lists that letters choose from. */
export function registerReferentielsPages(app: App, { referentiels, atelier }: ReferentielsPagesDeps): void {
  async function showListe(
    request: FastifyRequest,
    reply: FastifyReply,
    liste: Liste,
    query: FiltresQuery,
  ): Promise<FastifyReply> {
    const toutes = await referentiels.entrees(personOf(request), liste);
    const { entrees, errors } = filtrer(request.lang, toutes, query);
    if (wantsJson(request)) {
      if (errors.length > 0) throw invalid(errors);
      return reply.send({ entrees: entrees.map(presentEntree) });
    }
    return renderPage(request, reply, {
      title: `${referentielsTexts(request.lang)[`liste_${liste}`]} · ${referentielsTexts(request.lang).titre}`,
      active: 'referentiels',
      status: errors.length > 0 ? 400 : 200,
      children: (
        <ReferentielView
          csrfToken={csrfToken(request)}
          liste={liste}
          toutes={toutes}
          entrees={entrees}
          query={query}
          errors={errors}
        />
      ),
    });
  }

  app.get(HOME, { config, schema: { hide: true, querystring: filtresQuery } }, (request, reply) =>
    showListe(request, reply, 'statuts', request.query),
  );
  app.get(
    `${HOME}/:liste`,
    { config, schema: { hide: true, params: listeParams, querystring: filtresQuery } },
    (request, reply) => showListe(request, reply, request.params.liste, request.query),
  );

  app.get(
    `${HOME}/:liste/export.:format`,
    { config, schema: { hide: true, params: exportParams, querystring: filtresQuery } },
    async (request, reply) => {
      const { liste, format } = request.params;
      const { lang } = request;
      const toutes = await referentiels.entrees(personOf(request), liste);
      const { entrees, errors } = filtrer(lang, toutes, request.query);
      if (errors.length > 0) throw invalid(errors);
      const nom = referentielsTexts(lang)[`liste_${liste}`];
      return sendList(request, reply, atelier, { format, lang, nom, ...exportDe(lang, liste, entrees) });
    },
  );

  async function showForm(
    request: FastifyRequest,
    reply: FastifyReply,
    liste: Liste,
    form: {
      id?: number;
      saisie?: SaisieEntree;
      errors?: readonly FieldError[];
      version?: number;
      conflit?: boolean;
      status?: number;
    },
  ): Promise<FastifyReply> {
    const actor = personOf(request);
    const { id, saisie, errors = [] } = form;
    const entree = id === undefined ? undefined : await referentiels.entree(actor, liste, id);
    const statuts = liste === 'statuts' ? await referentiels.entrees(actor, liste) : [];
    const stored = entree && saisieDe(entree);
    return renderPage(request, reply, {
      title: entree?.libelle ?? referentielsTexts(request.lang)[`ajouter_${liste}`],
      active: 'referentiels',
      status: form.status,
      children: (
        <EntreeView
          csrfToken={csrfToken(request)}
          liste={liste}
          saisie={saisie ?? stored ?? ENTREE_VIERGE}
          errors={errors}
          entree={entree}
          statuts={statuts}
          version={form.version ?? entree?.version}
          conflit={form.conflit ? stored : undefined}
        />
      ),
    });
  }

  /** After a change: back to the list with a word, or the entry as JSON. */
  async function done(
    request: FastifyRequest,
    reply: FastifyReply,
    liste: Liste,
    id: number,
    word: 'ajoute' | 'modifie' | 'active' | 'desactive',
  ): Promise<FastifyReply> {
    const entree = await referentiels.entree(personOf(request), liste, id);
    if (wantsJson(request)) return reply.code(word === 'ajoute' ? 201 : 200).send(presentEntree(entree));
    const text = fill(referentielsTexts(request.lang)[word], { nom: entree.libelle });
    setFlash(reply, { tone: 'success', text });
    return redirectAfterPost(reply, `${HOME}/${liste}`);
  }

  app.get(
    `${HOME}/:liste/nouveau`,
    { config, schema: { hide: true, params: listeParams } },
    (request, reply) => showForm(request, reply, request.params.liste, {}),
  );

  app.post(
    `${HOME}/:liste`,
    { config, schema: { hide: true, params: listeParams, body: entreeForm } },
    async (request, reply) => {
      const { liste } = request.params;
      try {
        const id = await referentiels.ajouter(personOf(request), liste, request.body);
        return await done(request, reply, liste, id, 'ajoute');
      } catch (error) {
        if (!isRefusal(error) || wantsJson(request)) throw error;
        const { status, fields } = describeError(error, request);
        return showForm(request, reply, liste, { saisie: request.body, errors: fields, status });
      }
    },
  );

  app.get(
    `${HOME}/:liste/:id`,
    { config, schema: { hide: true, params: entreeParams } },
    async (request, reply) => {
      const { liste, id } = request.params;
      if (wantsJson(request)) {
        return reply.send(presentEntree(await referentiels.entree(personOf(request), liste, id)));
      }
      return showForm(request, reply, liste, { id });
    },
  );

  app.post(
    `${HOME}/:liste/:id`,
    { config, schema: { hide: true, params: entreeParams, body: modifierForm } },
    async (request, reply) => {
      const { liste, id } = request.params;
      const { version, ...saisie } = request.body;
      try {
        await referentiels.modifier(personOf(request), liste, id, saisie, version);
        return await done(request, reply, liste, id, 'modifie');
      } catch (error) {
        if (!isRefusal(error) || wantsJson(request)) throw error;
        const { status, fields } = describeError(error, request);
        const conflit = error.kind === 'conflict';
        // After both were shown, sending again is a decision: the form takes the newer version.
        return showForm(request, reply, liste, {
          id,
          saisie,
          errors: fields,
          status,
          conflit,
          ...(conflit ? {} : { version }),
        });
      }
    },
  );

  /** A change without fields that was refused: back to the entry with the reason. */
  function refuse(request: FastifyRequest, reply: FastifyReply, error: unknown, to: string): FastifyReply {
    if (!isRefusal(error) || wantsJson(request)) throw error;
    setFlash(reply, { tone: 'danger', text: error.message });
    return redirectAfterPost(reply, to);
  }

  app.post(
    `${HOME}/:liste/:id/activation`,
    { config, schema: { hide: true, params: entreeParams, body: activationForm } },
    async (request, reply) => {
      const { liste, id } = request.params;
      const actif = request.body.actif === 'oui';
      try {
        await referentiels.activer(personOf(request), liste, id, actif, request.body.version);
        return await done(request, reply, liste, id, actif ? 'active' : 'desactive');
      } catch (error) {
        return refuse(request, reply, error, `${HOME}/${liste}/${id}`);
      }
    },
  );

  app.post(
    `${HOME}/:liste/:id/supprimer`,
    { config, schema: { hide: true, params: entreeParams, body: versionForm } },
    async (request, reply) => {
      const { liste, id } = request.params;
      const actor = personOf(request);
      try {
        const { libelle } = await referentiels.entree(actor, liste, id);
        await referentiels.supprimer(actor, liste, id, request.body.version);
        if (wantsJson(request)) return await reply.code(204).send();
        const text = fill(referentielsTexts(request.lang).supprime, { nom: libelle });
        setFlash(reply, { tone: 'success', text });
        return await redirectAfterPost(reply, `${HOME}/${liste}`);
      } catch (error) {
        return refuse(request, reply, error, `${HOME}/${liste}/${id}`);
      }
    },
  );

  app.post(
    `${HOME}/:liste/ordre`,
    { config, schema: { hide: true, params: listeParams, body: ordreForm } },
    async (request, reply) => {
      const { liste } = request.params;
      const { vu, deplacer } = request.body;
      const back = `${HOME}/${liste}${deplacer === undefined ? '' : `?deplace=${encodeURIComponent(deplacer)}`}`;
      try {
        await referentiels.ordonner(personOf(request), liste, vu, ordreVoulu(request.body));
        if (wantsJson(request)) return await reply.code(204).send();
        setFlash(reply, { tone: 'success', text: referentielsTexts(request.lang).ordreChange });
        return await redirectAfterPost(reply, back);
      } catch (error) {
        return refuse(request, reply, error, back);
      }
    },
  );
}
