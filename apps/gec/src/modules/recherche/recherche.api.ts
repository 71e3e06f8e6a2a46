import { invalid } from '@gec/core';
import { actorOf } from '@gec/http';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import type { ReferentielsService } from '../referentiels/referentiels.service.ts';
import { listeShape, presentListe } from './recherche.presenter.ts';
import { filtresQuery, parseFilters } from './recherche.schema.ts';
import type { RechercheService } from './recherche.service.ts';

const suggestion = z.object({ href: z.string(), title: z.string(), subtitle: z.string() });

/** Registers the JSON routes of the list and of the search field. */
export function registerRechercheApi(
  app: App,
  services: {
    recherche: RechercheService;
    referentiels: Pick<ReferentielsService, 'statuts' | 'typesSortants' | 'urgences'>;
  },
): void {
  const { recherche, referentiels } = services;
  const config = { permission: 'session' } as const;
  const tags = ['recherche'];

  app.get(
    '/api/v1/courriers',
    {
      config,
      schema: {
        tags,
        summary: 'Les courriers que l’on peut voir, filtrés, triés, page par page',
        description:
          'Une valeur fausse donne 400 avec le champ et la raison. Parcourir toute la liste : donner `suivant` en `apres` jusqu’à ce qu’il soit nul ; rien n’est sauté ni répété, même si des courriers arrivent entre-temps.',
        querystring: filtresQuery,
        response: { 200: listeShape },
      },
    },
    async (request) => {
      const [statuts, types, urgences] = await Promise.all([
        referentiels.statuts(),
        referentiels.typesSortants(),
        referentiels.urgences(),
      ]);
      const { filters, pagination, errors } = parseFilters(request.query, {
        lang: request.lang,
        statuts: statuts.map(({ nom }) => nom),
        typesSortants: types.map(({ id }) => id),
        urgences: urgences.map(({ id }) => id),
      });
      if (errors.length > 0) throw invalid(errors);
      return presentListe(await recherche.list(actorOf(request), filters, pagination));
    },
  );

  app.get(
    '/api/v1/suggestions',
    {
      config,
      schema: {
        tags,
        summary: 'Courriers et correspondants que désigne ce qui est tapé, parmi ceux que l’on peut voir',
        querystring: z.object({ q: z.string().max(200).default('') }),
        response: { 200: z.array(suggestion) },
      },
    },
    async (request) => recherche.suggest(actorOf(request), request.query.q),
  );
}
