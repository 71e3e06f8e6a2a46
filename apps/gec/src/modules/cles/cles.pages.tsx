import { csrfToken, wantsJson } from '@gec/http';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { answerInPlace } from '../../http/bouton.ts';
import { personOf, renderPage } from '../../http/page.tsx';
import type { ParametresService } from '../parametres/parametres.service.ts';
import type { UtilisateursService } from '../utilisateurs/utilisateurs.service.ts';
import { presentCles } from './cles.presenter.ts';
import { BUTS } from './cles.schema.ts';
import type { ClesService } from './cles.service.ts';
import { clesTexts } from './cles.texts.ts';
import { CLES, ClesPage } from './cles.views.tsx';

const config = { permission: 'manage_system_settings' } as const;
const hide = { hide: true } as const;
const lancerForm = z.object({ sorte: z.enum(['tout', ...BUTS]) });
const suspendreForm = z.object({ sorte: z.enum(BUTS) });

/** `/admin/cles`: the keys, their renewal, and who did what with them. */
export function registerClesPages(
  app: App,
  services: {
    cles: ClesService;
    parametres: Pick<ParametresService, 'get'>;
    utilisateurs: Pick<UtilisateursService, 'names'>;
  },
): void {
  const { cles, parametres, utilisateurs } = services;

  app.get(CLES, { config, schema: hide }, async (request, reply) => {
    const actor = personOf(request);
    const vue = await cles.consulter(actor);
    if (wantsJson(request)) return reply.send(presentCles(vue));
    const ids = vue.historique.flatMap(({ utilisateurId }) =>
      utilisateurId === null ? [] : [utilisateurId],
    );
    return renderPage(request, reply, {
      title: clesTexts(request.lang).titre,
      active: 'cles',
      children: (
        <ClesPage
          lang={request.lang}
          csrfToken={csrfToken(request)}
          fuseau={(await parametres.get()).fuseauHoraire}
          vue={vue}
          names={{ personnes: await utilisateurs.names(ids) }}
          sauvegardes={actor.permissions.has('manage_backups')}
        />
      ),
    });
  });

  app.post(`${CLES}/renouveler`, { config, schema: { ...hide, body: lancerForm } }, async (request, reply) =>
    answerInPlace(request, reply, CLES, async () => {
      const { sorte } = request.body;
      await cles.lancer(personOf(request), sorte === 'tout' ? BUTS : [sorte]);
      return { tone: 'success', text: clesTexts(request.lang).lance };
    }),
  );

  app.post(
    `${CLES}/suspendre`,
    { config, schema: { ...hide, body: suspendreForm } },
    async (request, reply) =>
      answerInPlace(request, reply, CLES, async () => {
        const t = clesTexts(request.lang);
        const done = await cles.suspendre(personOf(request), request.body.sorte);
        return done ? { tone: 'success', text: t.suspendu } : { tone: 'warning', text: t.rienASuspendre };
      }),
  );
}
