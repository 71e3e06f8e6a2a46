import { can } from '@gec/core';
import { wantsJson } from '@gec/http';
import type { App } from '../../http/app.ts';
import { personOf, renderPage } from '../../http/page.tsx';
import type { ReferentielsService } from '../referentiels/referentiels.service.ts';
import { presentAccueil } from './accueil.presenter.ts';
import type { AccueilService } from './accueil.service.ts';
import { accueilTexts } from './accueil.texts.ts';
import { AccueilView } from './accueil.views.tsx';

/** What the home page is made from. */
export interface AccueilPagesDeps {
  accueil: AccueilService;
  referentiels: Pick<ReferentielsService, 'statuts'>;
}

/** `/`: the home page. */
export function registerAccueilPages(app: App, { accueil, referentiels }: AccueilPagesDeps): void {
  app.get('/', { config: { permission: 'session' }, schema: { hide: true } }, async (request, reply) => {
    const person = personOf(request);
    const apercu = await accueil.apercu(person);
    if (wantsJson(request)) return reply.send(presentAccueil(apercu));
    return renderPage(request, reply, {
      title: accueilTexts(request.lang).titre,
      active: 'accueil',
      children: (
        <AccueilView
          lang={request.lang}
          nom={person.nomComplet}
          accueil={apercu}
          statuts={await referentiels.statuts()}
          enregistre={can(person, 'register_mail')}
        />
      ),
    });
  });
}
