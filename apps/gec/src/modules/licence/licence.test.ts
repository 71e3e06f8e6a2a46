import { listRoutes } from '@gec/http';
import { formatTrustAnchor } from '@gec/licence-client';
import { createEditor, type Editor } from '@gec/licence-client/test-editor';
import { describeEachDatabase, testClock, type TestClock } from '@gec/testing';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { permisEnLectureSeule } from './licence.policy.ts';

const DAY = 86_400_000;
const KEY = 'ABCDEFGH1234';
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

describeEachDatabase('the licence', (open, engine) => {
  let clock: TestClock;
  let editor: Editor;
  let site: TestApp;
  let url: string;

  const start = (over: Record<string, string> = {}): Promise<TestApp> =>
    createTestApp(url, {
      clock,
      licenceFetch: editor.fetch,
      env: {
        LICENSE_TRUST_ANCHOR: formatTrustAnchor([editor.root]),
        LICENSE_SERVER_URL: 'https://licences.example.cd',
        GEC_PUBLIC_URL: 'https://courrier.example.cd',
        ...over,
      },
    });

  beforeAll(async () => {
    clock = testClock('2026-03-01T08:00:00Z');
    editor = await createEditor(() => clock.now().getTime());
  });
  beforeEach(async () => {
    clock.set('2026-03-01T08:00:00Z');
    url = (await open()).url;
    editor.sell(KEY, 365);
    editor.setDown(false);
    site = await start();
    return () => site.close();
  });

  const chief = () => site.person('super_admin', null);
  const asChief = async () => site.signIn(await chief());

  /** Days on which the office works. */
  async function live(days: number): Promise<void> {
    for (let day = 0; day < days; day++) {
      clock.advance(DAY);
      await site.container.licence.etat();
    }
  }

  async function page(headers: { cookie: string }, path = '/admin/licence') {
    const { body, statusCode } = await site.app.inject({ url: path, headers });
    expect(statusCode).toBe(200);
    return { html: body, csrf: /name="_csrf" value="([^"]+)"/.exec(body)?.[1] ?? '' };
  }

  async function post(headers: { cookie: string }, path: string, form: Record<string, string>) {
    const { csrf } = await page(headers);
    return site.app.inject({
      method: 'POST',
      url: path,
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ _csrf: csrf, ...form }).toString(),
    });
  }

  it('begins with an evaluation, takes a key in the page, and says so in the journal', async () => {
    const headers = await asChief();
    expect((await page(headers)).html).toContain('Période d’évaluation');
    const wrong = await post(headers, '/admin/licence/activer', { cle: 'ABC' });
    expect(wrong.statusCode).toBe(400);
    expect(wrong.body).toContain('value="ABC"');
    expect(wrong.body).toContain('Une clé de licence a 12 lettres et chiffres');
    const done = await post(headers, '/admin/licence/activer', { cle: 'abcd-efgh-1234' });
    expect([done.statusCode, done.headers.location]).toEqual([303, '/admin/licence']);
    const { html } = await page(headers);
    for (const word of [
      'Licence active',
      '••••-••••-1234',
      '365 jours',
      'inchangé',
      'Synchroniser maintenant',
    ]) {
      expect(html).toContain(word);
    }
    expect(html).not.toContain(KEY);
    const json = await site.app.inject({ url: '/api/v1/licence', headers });
    expect(json.json()).toMatchObject({ etat: 'active', jours_restants: 365, modifiable: true });
    const entries = await site.container.database.kysely
      .selectFrom('log_activite')
      .select('action')
      .where('action', 'like', 'licence.%')
      .execute();
    expect(entries).toEqual([{ action: 'licence.activation' }]);
  });

  it('keeps nothing in clear, and one state for all processes', async () => {
    await site.container.licence.activer(await chief(), KEY);
    const row = await site.container.database.kysely
      .selectFrom('licence_local')
      .selectAll()
      .executeTakeFirstOrThrow();
    expect(JSON.stringify(row)).not.toMatch(/certificate|eyJhbGciOi|ABCDEFGH|gec-licence/);
    const other = await start();
    try {
      expect(await other.container.licence.etat()).toMatchObject({ state: 'active' });
    } finally {
      await other.close();
    }
  });

  it('says that the row was altered, stays open, and gets its licence back with the key', async () => {
    await site.container.licence.activer(await chief(), KEY);
    await live(31);
    const { kysely } = site.container.database;
    const { contenu } = await kysely.selectFrom('licence_local').select('contenu').executeTakeFirstOrThrow();
    const altered = contenu.replace(/"memory":"..../, '"memory":"AAAA');
    await kysely.updateTable('licence_local').set({ contenu: altered }).execute();
    const other = await start();
    try {
      const { licence } = other.container;
      expect(await licence.etat()).toMatchObject({ state: 'read-only', reason: 'file-altered' });
      expect((await licence.bandeau(await chief()))?.texte).toContain('modifiées ou abîmées');
      expect(await licence.activer(await chief(), KEY)).toMatchObject({ state: 'active', warnings: [] });
    } finally {
      await other.close();
    }
  });

  it('says when the server refuses or is away, and keeps what was valid', async () => {
    const headers = await asChief();
    const unknown = await post(headers, '/admin/licence/activer', { cle: 'NOSUCHKEY000' });
    expect(unknown.statusCode).toBe(400);
    expect(unknown.body).toContain('Le serveur de licences a refusé');
    await site.container.licence.activer(await chief(), KEY);
    editor.setDown(true);
    const away = await post(headers, '/admin/licence/synchroniser', {});
    expect(away.statusCode).toBe(503);
    expect(away.body).toContain('ne répond pas');
    expect(await site.container.licence.etat()).toMatchObject({ state: 'active' });
  });

  it('goes by file and by QR code without a server', async () => {
    await site.close();
    site = await start({ LICENSE_SERVER_URL: '' });
    const headers = await asChief();
    const request = await post(headers, '/admin/licence/demande', { genre: 'activate', cleDemande: KEY });
    expect(request.headers['content-disposition']).toContain('.gecreq');
    const shown = await post(headers, '/admin/licence/demande', {
      genre: 'activate',
      cleDemande: KEY,
      forme: 'qr',
    });
    expect(shown.body).toContain('Code 1 sur');
    expect(shown.body).toContain('<path d="M0 0h7');
    const file = await editor.offline(request.body);

    const { csrf } = await page(headers);
    const send = async (content: string) => {
      const form = new FormData();
      form.set('_csrf', csrf);
      form.set('fichier', new File([content], 'licence.geclic'));
      const body = new Request('http://localhost/', { method: 'POST', body: form });
      return site.app.inject({
        method: 'POST',
        url: '/admin/licence/fichier',
        headers: { ...headers, 'content-type': body.headers.get('content-type') ?? '' },
        payload: Buffer.from(await body.arrayBuffer()),
      });
    };
    const altered = await send(file.replace('"certificate":"eyJ', '"certificate":"fyJ'));
    expect(altered.statusCode).toBe(400);
    expect(altered.body).toContain('n’est pas un fichier de licence valable');
    expect((await send('')).body).toContain('Choisissez un fichier');
    expect((await send(file)).statusCode).toBe(303);
    expect((await page(headers)).html).toContain('Licence active');
    const again = await post(headers, '/admin/licence/codes', { lignes: 'bonjour' });
    expect(again.statusCode).toBe(400);
  });

  it('is synchronised about once a day by one process of many, later and later when the server is away', async () => {
    await site.container.licence.activer(await chief(), KEY);
    const other = await start();
    try {
      const all = async (): Promise<boolean[]> => {
        const beats = [site, other].map(({ container }) => container.licence.battement);
        if (engine === 'postgres') return Promise.all(beats.map((beat) => beat()));
        // Two connections to one SQLite file in one thread cannot wait for each other.
        return [await beats[0]!(), await beats[1]!()];
      };
      expect((await all()).filter(Boolean)).toHaveLength(1);
      expect((await all()).filter(Boolean)).toHaveLength(0);
      clock.advance(1.2 * DAY);
      expect((await all()).filter(Boolean)).toHaveLength(1);
      editor.setDown(true);
      clock.advance(1.2 * DAY);
      const tries: number[] = [];
      for (let minute = 0; minute < 300; minute += 5) {
        if (await site.container.licence.battement()) tries.push(minute);
        clock.advance(5 * 60_000);
      }
      const gaps = tries.slice(1).map((minute, index) => minute - tries[index]!);
      expect(gaps.length).toBeGreaterThanOrEqual(3);
      gaps.slice(1).forEach((gap, index) => expect(gap).toBeGreaterThan(gaps[index]!));
    } finally {
      await other.close();
    }
  });

  it('tells those who can act when it ends soon, and everybody who registers when it has ended', async () => {
    editor.sell('SHORT0000001', 5);
    await live(31);
    const clerk = await site.person('user', 'TECH');
    const bandeaux = async () => {
      const { licence } = site.container;
      return { chief: await licence.bandeau(await chief()), clerk: await licence.bandeau(clerk) };
    };
    const ended = await bandeaux();
    expect(ended.chief).toMatchObject({ lien: { href: '/admin/licence' } });
    expect(ended.clerk).toMatchObject({ lien: null });
    expect(ended.clerk?.texte).toContain('La période d’évaluation est terminée');
    await site.container.licence.activer(await chief(), 'SHORT0000001');
    const soon = await bandeaux();
    expect(soon.chief?.texte).toContain('La licence prend fin le 6\u00a0avr.\u00a02026');
    expect(soon.clerk).toBeNull();
    expect((await page(await asChief(), '/settings')).html).toContain('class="banner"');
    await site.container.licence.activer(await chief(), KEY);
    expect((await bandeaux()).chief).toBeNull();
  });

  it('in read-only refuses every change and lets everything be read', async () => {
    await live(31);
    const headers = await asChief();
    expect(await site.container.licence.etat()).toMatchObject({ state: 'read-only', mayChange: false });
    const unsafe = listRoutes(site.app).filter(({ method }) => !['GET', 'HEAD', 'OPTIONS'].includes(method));
    expect(unsafe.length).toBeGreaterThan(60);
    for (const { method, url: route } of unsafe) {
      if (permisEnLectureSeule(method, route)) continue;
      const answer = await site.app.inject({
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
      expect((await site.app.inject({ url: path, headers })).statusCode, path).toBe(200);
    }
    const refused = await site.app.inject({
      method: 'POST',
      url: '/api/v1/courriers',
      headers: { ...headers, ...JSON_HEADERS },
      payload: '{}',
    });
    expect(refused.json<{ error: { message: string } }>().error.message).toContain('Activez une licence');
    // And the licence can be activated: then everything works again.
    expect((await post(headers, '/admin/licence/activer', { cle: KEY })).statusCode).toBe(303);
    const works = await site.app.inject({
      method: 'POST',
      url: '/api/v1/courriers',
      headers: { ...headers, ...JSON_HEADERS },
      payload: '{}',
    });
    expect(works.statusCode).toBe(400);
  });

  it('decides for every route whether read-only allows it', () => {
    const allowed = listRoutes(site.app)
      .filter(
        ({ method, url: route }) =>
          !['GET', 'HEAD', 'OPTIONS'].includes(method) && permisEnLectureSeule(method, route),
      )
      .map(({ method, url: route }) => `${method} ${route}`);
    expect([...new Set(allowed)].sort()).toEqual(PERMIS);
  });

  it('is the business of those who manage the program', async () => {
    const clerk = await site.signIn(await site.person('user', 'TECH'));
    for (const path of ['/admin/licence', '/api/v1/licence']) {
      expect((await site.app.inject({ url: path, headers: clerk })).statusCode).toBe(403);
    }
    const person = await site.person('user', 'TECH');
    await expect(site.container.licence.activer(person, KEY)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(site.container.licence.consulter(person)).rejects.toMatchObject({ kind: 'forbidden' });
  });

  it('can be given back', async () => {
    const headers = await asChief();
    await site.container.licence.activer(await chief(), KEY);
    expect((await post(headers, '/admin/licence/rendre', {})).statusCode).toBe(303);
    expect(await site.container.licence.etat()).toMatchObject({ state: 'evaluation' });
    await live(31);
    expect(await site.container.licence.etat()).toMatchObject({ state: 'read-only', reason: 'released' });
  });
});

describeEachDatabase('no licence', (open) => {
  let site: TestApp;
  beforeAll(async () => {
    site = await createTestApp((await open()).url);
  });
  afterAll(() => site.close());

  it('is needed where no editor is named: everything works, and the page says so', async () => {
    const chief = await site.person('super_admin', null);
    expect(await site.container.licence.etat()).toBeNull();
    expect(await site.container.licence.bandeau(chief)).toBeNull();
    expect(await site.container.licence.battement()).toBe(false);
    const page = await site.app.inject({ url: '/admin/licence', headers: await site.signIn(chief) });
    expect(page.body).toContain('Aucune licence n’est nécessaire');
    await expect(site.container.licence.activer(chief, KEY)).rejects.toMatchObject({ code: 'LICENCE_OFF' });
  });
});
