import { listRoutes } from '@gec/http';
import { describeEachDatabase } from '@gec/testing';
import { expect, it } from 'vitest';
import { KEY, preparerLicence } from '../../test/licence.ts';
import { permisEnLectureSeule } from './licence.policy.ts';

const JSON_HEADERS = { accept: 'application/json', 'content-type': 'application/json' };

/** What may be done in read-only; whoever adds a route decides whether it belongs here. */
const PERMIS = [
  'DELETE /api/v1/exports/:id',
  'DELETE /api/v1/profil/photo',
  'DELETE /api/v1/profil/sessions',
  'DELETE /api/v1/profil/sessions/:id',
  'DELETE /api/v1/sauvegardes/:nom',
  'DELETE /api/v1/securite/adresses/:genre/:id',
  'DELETE /api/v1/securite/sessions/:id',
  'DELETE /api/v1/session',
  'DELETE /api/v1/utilisateurs/:id/facteurs',
  'PATCH /api/v1/profil',
  'PATCH /api/v1/sauvegardes/reglage',
  'PATCH /api/v1/securite/second-facteur',
  'POST /admin/cles/renouveler',
  'POST /admin/cles/suspendre',
  'POST /admin/licence/activer',
  'POST /admin/licence/codes',
  'POST /admin/licence/demande',
  'POST /admin/licence/fichier',
  'POST /admin/licence/rendre',
  'POST /admin/licence/synchroniser',
  'POST /admin/logs/export',
  'POST /admin/logs/verifier',
  'POST /admin/sante/travaux/:id/abandonner',
  'POST /admin/sante/travaux/:id/relancer',
  'POST /admin/sauvegardes',
  'POST /admin/sauvegardes/cle',
  'POST /admin/sauvegardes/reglage',
  'POST /admin/sauvegardes/supprimer',
  'POST /admin/sauvegardes/verifier',
  'POST /admin/securite/adresses',
  'POST /admin/securite/adresses/:genre/:id/retirer',
  'POST /admin/securite/blocages/lever',
  'POST /admin/securite/second-facteur',
  'POST /admin/securite/sessions/:id/fermer',
  'POST /admin/securite/verification',
  'POST /admin/users/:id/debloquer',
  'POST /admin/users/:id/mot-de-passe',
  'POST /admin/users/:id/second-facteur',
  'POST /api/v1/cles/renouvellements',
  'POST /api/v1/cles/renouvellements/:sorte/suspension',
  'POST /api/v1/exports',
  'POST /api/v1/journal/exports',
  'POST /api/v1/journal/verification',
  'POST /api/v1/licence/activation',
  'POST /api/v1/licence/demandes',
  'POST /api/v1/licence/fichier',
  'POST /api/v1/licence/restitution',
  'POST /api/v1/licence/synchronisation',
  'POST /api/v1/notifications/:id/lue',
  'POST /api/v1/notifications/lues',
  'POST /api/v1/profil/facteurs/:id/retrait',
  'POST /api/v1/profil/facteurs/cles',
  'POST /api/v1/profil/facteurs/cles/options',
  'POST /api/v1/profil/facteurs/secours',
  'POST /api/v1/profil/facteurs/totp',
  'POST /api/v1/profil/facteurs/totp/confirmation',
  'POST /api/v1/profil/mot-de-passe',
  'POST /api/v1/sante/travaux/:id/abandon',
  'POST /api/v1/sante/travaux/:id/relance',
  'POST /api/v1/sauvegardes',
  'POST /api/v1/sauvegardes/cle',
  'POST /api/v1/sauvegardes/verification',
  'POST /api/v1/securite/adresses',
  'POST /api/v1/securite/blocages/levee',
  'POST /api/v1/securite/verification',
  'POST /api/v1/utilisateurs/:id/deblocage',
  'POST /api/v1/utilisateurs/:id/mot-de-passe',
  'POST /login',
  'POST /login/cle',
  'POST /login/cle/options',
  'POST /login/second-facteur',
  'POST /login/second-facteur/cle',
  'POST /logout',
  'POST /notifications/:id/lue',
  'POST /notifications/lues',
  'POST /profil/coordonnees',
  'POST /profil/langue',
  'POST /profil/mot-de-passe',
  'POST /profil/notifications',
  'POST /profil/photo',
  'POST /profil/photo/retirer',
  'POST /profil/second-facteur/:id/retirer',
  'POST /profil/second-facteur/application',
  'POST /profil/second-facteur/application/confirmer',
  'POST /profil/second-facteur/cle',
  'POST /profil/second-facteur/secours',
  'POST /profil/sessions/fermer',
  'POST /rapports/export',
  'POST /rapports/taches/:id/supprimer',
  'PUT /api/v1/profil/coordonnees',
  'PUT /api/v1/profil/notifications',
  'PUT /api/v1/profil/photo',
];

describeEachDatabase('a licence that has ended', (open) => {
  const { ici, asChief, live, post } = preparerLicence(open);

  it('in read-only refuses every change and lets everything be read', async () => {
    await live(31);
    const headers = await asChief();
    expect(await ici.site.container.licence.etat()).toMatchObject({ state: 'read-only', mayChange: false });
    const unsafe = listRoutes(ici.site.app).filter(
      ({ method }) => !['GET', 'HEAD', 'OPTIONS'].includes(method),
    );
    expect(unsafe.length).toBeGreaterThan(60);
    for (const { method, url: route } of unsafe) {
      if (permisEnLectureSeule(method, route)) continue;
      const answer = await ici.site.app.inject({
        method: method as 'POST',
        url: route.replace(/:\w+/g, '1'),
        headers: { ...headers, ...JSON_HEADERS },
        payload: '{}',
      });
      expect([
        method,
        route,
        answer.statusCode,
        answer.json<{ error: { code: string } }>().error.code,
      ]).toEqual([method, route, 403, 'LICENCE_READ_ONLY']);
    }
    for (const path of [
      '/',
      '/view_mail',
      '/a-traiter',
      '/rapports',
      '/admin/logs',
      '/settings',
      '/admin/licence',
    ]) {
      expect((await ici.site.app.inject({ url: path, headers })).statusCode, path).toBe(200);
    }
    const register = () =>
      ici.site.app.inject({
        method: 'POST',
        url: '/api/v1/courriers',
        headers: { ...headers, ...JSON_HEADERS },
        payload: '{}',
      });
    const refused = await register();
    expect(refused.json<{ error: { message: string } }>().error.message).toContain('Activez une licence');
    // And the licence can be activated: then everything works again.
    expect((await post(headers, '/admin/licence/activer', { cle: KEY })).statusCode).toBe(303);
    expect((await register()).statusCode).toBe(400);
  });

  it('decides for every route whether read-only allows it', () => {
    const allowed = listRoutes(ici.site.app)
      .filter(
        ({ method, url: route }) =>
          !['GET', 'HEAD', 'OPTIONS'].includes(method) && permisEnLectureSeule(method, route),
      )
      .map(({ method, url: route }) => `${method} ${route}`);
    expect([...new Set(allowed)].sort()).toEqual(PERMIS);
  });
});
