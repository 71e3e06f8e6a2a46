import { AppError, reconcile, type Conflict, type FieldError, type Lang } from '@gec/core';
import { csrfToken, redirectAfterPost, setFlash, wantsJson } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { listeQuery, texteForm } from '../../http/liste.ts';
import { answerList } from '../../http/liste.reponse.ts';
import { personOf, renderPage } from '../../http/page.tsx';
import type { Atelier } from '../../workers/atelier.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import type { UtilisateursService } from '../utilisateurs/utilisateurs.service.ts';
import { choisirTextes, presentTexte, tableauTextes } from './textes.presenter.ts';
import { TRIS_TEXTES } from './textes.schema.ts';
import type { TextesService } from './textes.service.ts';
import { textesTexts } from './textes.texts.ts';
import { adresseTexte, LIST, TextesListView, TexteView } from './textes.views.tsx';

/** What the pages of the texts need. */
export interface TextesPagesDeps {
  readonly textes: Pick<TextesService, 'list' | 'find' | 'update'>;
  readonly parametres: Pick<ParametresService, 'get'>;
  readonly utilisateurs: Pick<UtilisateursService, 'names'>;
  readonly atelier: Pick<Atelier, 'document'>;
}

type Mots = Readonly<Record<Lang, string>>;

const config = { permission: 'manage_system_settings' } as const;
const params = z.object({ module: z.string().max(80), cle: z.string().max(120) });
const motsShape = z.object({ fr: texteForm, en: texteForm });
const form = motsShape.extend({ version: texteForm, avant: texteForm });

/** What stood in the form when it was opened; `fallback` where the form does not say it. */
function readAvant(json: string, fallback: Mots): Mots {
  try {
    const read = motsShape.safeParse(JSON.parse(json));
    return read.success ? read.data : fallback;
  } catch {
    return fallback;
  }
}

/** The pages of the texts: the list, and each text. */
export function registerTextesPages(app: App, deps: TextesPagesDeps): void {
  const { textes, parametres, utilisateurs, atelier } = deps;

  async function actuels(request: FastifyRequest, module: string, cle: string) {
    const texte = await textes.find(personOf(request), module, cle);
    return { texte, mots: { fr: texte.remplace.fr ?? '', en: texte.remplace.en ?? '' } };
  }

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    { module, cle }: z.output<typeof params>,
    shown: {
      saisie?: Mots;
      errors?: readonly FieldError[];
      conflits?: readonly Conflict<Lang>[];
      status?: number;
    } = {},
  ): Promise<FastifyReply> {
    const { texte, mots } = await actuels(request, module, cle);
    const parId = texte.modifieParId;
    const names = parId === null ? null : await utilisateurs.names([parId]);
    const { fuseauHoraire } = await parametres.get();
    return renderPage(request, reply, {
      title: textesTexts(request.lang).modifierTitre,
      active: 'textes',
      status: shown.status,
      children: (
        <TexteView
          csrfToken={csrfToken(request)}
          texte={texte}
          auteur={parId === null ? null : (names?.get(parId) ?? null)}
          fuseau={fuseauHoraire}
          saisie={shown.saisie ?? mots}
          avant={mots}
          errors={shown.errors ?? []}
          conflits={shown.conflits ?? null}
        />
      ),
    });
  }

  app.get(LIST, { config, schema: { hide: true, querystring: listeQuery } }, (request, reply) => {
    const t = textesTexts(request.lang);
    return answerList(request, reply, {
      query: request.query,
      atelier,
      tris: TRIS_TEXTES,
      filtreInconnu: t.filtreInconnu,
      nom: t.titre,
      find: async (lue) => choisirTextes(await textes.list(personOf(request)), lue),
      table: (rows, lang) => tableauTextes(lang, rows),
      present: (rows) => ({ textes: rows.map(presentTexte) }),
      show: (page) =>
        renderPage(request, reply, {
          title: t.titre,
          active: 'textes',
          children: <TextesListView {...page} />,
        }),
    });
  });

  app.get(`${LIST}/:module/:cle`, { config, schema: { hide: true, params } }, async (request, reply) =>
    wantsJson(request)
      ? reply.send(
          presentTexte(await textes.find(personOf(request), request.params.module, request.params.cle)),
        )
      : show(request, reply, request.params),
  );

  app.post(
    `${LIST}/:module/:cle`,
    { config, schema: { hide: true, params, body: form } },
    async (request, reply) => {
      const { fr, en, version, avant } = request.body;
      const saisie = { fr, en };
      const seen = /^\d{1,9}$/.test(version) ? Number(version) : -1;
      try {
        await textes.update(personOf(request), request.params, saisie, seen);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        if (error.kind === 'invalid') {
          return show(request, reply, request.params, { saisie, errors: error.fields, status: 400 });
        }
        if (error.code !== 'VERSION_CONFLICT') throw error;
        const { mots } = await actuels(request, request.params.module, request.params.cle);
        const { valeurs, conflits } = reconcile(readAvant(avant, mots), saisie, mots);
        return show(request, reply, request.params, { saisie: valeurs, conflits, status: 409 });
      }
      setFlash(reply, { tone: 'success', text: textesTexts(request.lang).enregistre });
      return redirectAfterPost(reply, adresseTexte(request.params));
    },
  );
}
