import { AppError } from '@gec/core';
import { actorOf, csrfToken, redirectAfterPost, setFlash, wantsJson } from '@gec/http';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { sendList } from '../../http/liste.envoi.ts';
import { lireListe, listeQuery } from '../../http/liste.ts';
import { personOf, renderPage } from '../../http/page.tsx';
import type { Atelier } from '../../workers/atelier.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import { presentSante } from './sante.presenter.ts';
import type { SanteService } from './sante.service.ts';
import { santeTexts } from './sante.texts.ts';
import { choisirTravaux, tableauTravaux, TRIS_TRAVAUX } from './sante.travaux.ts';
import { SANTE, SantePage } from './sante.views.tsx';

/** What the page of the state of the system is made from. */
export interface SantePagesDeps {
  sante: SanteService;
  parametres: Pick<ParametresService, 'get'>;
  atelier: Pick<Atelier, 'document'>;
}

const config = { permission: 'manage_system_settings' } as const;
const params = z.object({ id: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER) });

/** `/admin/sante`: the state of the system, and what to do with work that failed. */
export function registerSantePages(app: App, { sante, parametres, atelier }: SantePagesDeps): void {
  const schema = { hide: true } as const;

  app.get(SANTE, { config, schema: { ...schema, querystring: listeQuery } }, async (request, reply) => {
    const { lang, query } = request;
    const t = santeTexts(lang);
    const found = await sante.consulter(actorOf(request));
    const lue = lireListe(query, TRIS_TRAVAUX, t.valeurInconnue, 'desc');
    const travaux = choisirTravaux(found.echecs, lue);
    const { fuseauHoraire } = await parametres.get();
    if (lue.format) {
      const tableau = tableauTravaux(lang, fuseauHoraire, travaux);
      return sendList(request, reply, atelier, { format: lue.format, lang, nom: t.echecsTitre, ...tableau });
    }
    if (wantsJson(request)) return reply.send(presentSante({ ...found, echecs: travaux }));
    return renderPage(request, reply, {
      title: t.titre,
      active: 'sante',
      children: (
        <SantePage
          lang={lang}
          csrfToken={csrfToken(request)}
          sante={found}
          permissions={personOf(request).permissions}
          travaux={travaux}
          query={query}
          lue={lue}
          fuseau={fuseauHoraire}
        />
      ),
    });
  });

  const actions = { relancer: 'relance', abandonner: 'abandonne' } as const;
  for (const [action, done] of Object.entries(actions) as [keyof typeof actions, 'relance' | 'abandonne'][]) {
    app.post(
      `${SANTE}/travaux/:id/${action}`,
      { config, schema: { ...schema, params } },
      async (request, reply) => {
        const t = santeTexts(request.lang);
        try {
          await sante[action](actorOf(request), request.params.id);
          setFlash(reply, { tone: 'success', text: t[done] });
        } catch (error) {
          // Somebody else was quicker: the page shows how things stand now.
          const gone = error instanceof AppError && error.kind === 'not-found' && !wantsJson(request);
          if (!gone) throw error;
          setFlash(reply, { tone: 'warning', text: error.message });
        }
        if (wantsJson(request)) return reply.send({ fait: true });
        return redirectAfterPost(reply, `${SANTE}#travaux`);
      },
    );
  }
}
