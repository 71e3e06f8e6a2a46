import type { Actor, Lang } from '@gec/core';
import { actorOf } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../../http/app.ts';
import { listeQuery, type PageLue } from '../../http/liste.ts';
import { answerList } from '../../http/liste.reponse.ts';
import type { Atelier } from '../../workers/atelier.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import {
  ordreImports,
  tableauImports,
  trierImports,
  TRIS_IMPORTS,
  type ImportListe,
  type MotsImports,
  type TriImports,
} from './imports.liste.ts';
import { importsTexts } from './imports.texts.ts';

/** What the list of imports of one kind is made from. */
export interface ListeImportsDeps {
  atelier: Pick<Atelier, 'document'>;
  parametres: Pick<ParametresService, 'get'>;
}

/** Imports that a list goes back to. */
const LISTE = 500;

/**
 * Registers the list of imports of one kind: a page of it, to a program as JSON, or all of it as a file.
 *
 * @param page its address
 */
export function registerListeImports<Row extends ImportListe>(
  app: App,
  page: string,
  { atelier, parametres }: ListeImportsDeps,
  handlers: {
    mots(lang: Lang): MotsImports;
    list(actor: Actor, limit: number): Promise<readonly Row[]>;
    present(rows: readonly Row[]): Record<string, unknown>;
    show(
      request: FastifyRequest,
      reply: FastifyReply,
      page: PageLue<ImportListe, TriImports>,
    ): Promise<FastifyReply>;
  },
): void {
  app.get(
    page,
    {
      config: { permission: 'import_courriers' },
      schema: { hide: true, querystring: listeQuery },
    },
    async (request, reply) => {
      const { lang, query } = request;
      const mots = handlers.mots(lang);
      const { fuseauHoraire: fuseau } = await parametres.get();
      return answerList<Row, TriImports>(request, reply, {
        query,
        atelier,
        tris: TRIS_IMPORTS,
        filtreInconnu: importsTexts(lang).filtreInconnu,
        nom: mots.derniers,
        find: async (lue) =>
          trierImports(await handlers.list(actorOf(request), LISTE), lue.tri, ordreImports(query, lue), mots),
        table: (rows) => tableauImports(lang, fuseau, rows, mots),
        present: (rows) => handlers.present(rows),
        show: (one) => handlers.show(request, reply, one),
      });
    },
  );
}
