import { dayOf, type Clock } from '@gec/core';
import { wantsJson } from '@gec/http';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { personOf, renderPage } from '../../http/page.tsx';
import type { ParametresService } from '../parametres/parametres.service.ts';
import { presentLigne } from './transmissions.presenter.ts';
import { ETATS } from './transmissions.schema.ts';
import type { TransmissionsService } from './transmissions.service.ts';
import { transmissionsTexts } from './transmissions.texts.ts';
import { ATraiterView } from './transmissions.views.tsx';

/** What « À traiter » is made from. */
export interface TransmissionsPagesDeps {
  transmissions: TransmissionsService;
  parametres: Pick<ParametresService, 'get'>;
  clock: Clock;
}

/** `/a-traiter`: what waits for me, what I have done, what I have sent. */
export function registerTransmissionsPages(
  app: App,
  { transmissions, parametres, clock }: TransmissionsPagesDeps,
): void {
  app.get(
    '/a-traiter',
    {
      config: { permission: 'session' },
      schema: {
        hide: true,
        querystring: z.object({
          etat: z.enum(ETATS).catch('a_traiter').default('a_traiter'),
          page: z.coerce.number().int().min(1).max(10_000).catch(1).default(1),
        }),
      },
    },
    async (request, reply) => {
      const person = personOf(request);
      const { etat, page } = request.query;
      const { lignes, total } = await transmissions.inbox(person, { etat, page });
      if (wantsJson(request)) {
        return reply.send({ etat, page, total, transmissions: lignes.map(presentLigne) });
      }
      const [{ aTraiter }, { fuseauHoraire }] = await Promise.all([
        transmissions.counts(person),
        parametres.get(),
      ]);
      return renderPage(request, reply, {
        title: transmissionsTexts(request.lang).titre,
        active: 'a-traiter',
        wide: true,
        children: (
          <ATraiterView
            lang={request.lang}
            etat={etat}
            lignes={lignes}
            total={total}
            page={page}
            aTraiter={aTraiter}
            fuseauHoraire={fuseauHoraire}
            aujourdhui={dayOf(clock.now(), fuseauHoraire)}
          />
        ),
      });
    },
  );
}
