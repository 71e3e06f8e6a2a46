import { describeEachDatabase } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { DAY, KEY, preparerLicence } from '../../test/licence.ts';

describeEachDatabase('the licence', (open, engine) => {
  const { clock, ici, start, restart, chief, asChief, live, page, post } = preparerLicence(open);

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
    const json = await ici.site.app.inject({ url: '/api/v1/licence', headers });
    expect(json.json()).toMatchObject({ etat: 'active', jours_restants: 365, modifiable: true });
    const entries = await ici.site.container.database.kysely
      .selectFrom('log_activite')
      .select('action')
      .where('action', 'like', 'licence.%')
      .execute();
    expect(entries).toEqual([{ action: 'licence.activation' }]);
  });

  it('keeps nothing in clear, and one state for all processes', async () => {
    await ici.site.container.licence.activer(await chief(), KEY);
    const row = await ici.site.container.database.kysely
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
    await ici.site.container.licence.activer(await chief(), KEY);
    await live(31);
    const { kysely } = ici.site.container.database;
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
    await ici.site.container.licence.activer(await chief(), KEY);
    ici.editor.setDown(true);
    const away = await post(headers, '/admin/licence/synchroniser', {});
    expect(away.statusCode).toBe(503);
    expect(away.body).toContain('ne répond pas');
    expect(await ici.site.container.licence.etat()).toMatchObject({ state: 'active' });
  });

  it('goes by file and by QR code without a server', async () => {
    await restart({ LICENSE_SERVER_URL: '' });
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
    const file = await ici.editor.offline(request.body);

    const { csrf } = await page(headers);
    const send = async (content: string) => {
      const form = new FormData();
      form.set('_csrf', csrf);
      form.set('fichier', new File([content], 'licence.geclic'));
      const body = new Request('http://localhost/', { method: 'POST', body: form });
      return ici.site.app.inject({
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
    await ici.site.container.licence.activer(await chief(), KEY);
    const other = await start();
    try {
      const all = async (): Promise<boolean[]> => {
        const beats = [ici.site, other].map(({ container }) => container.licence.battement);
        if (engine === 'postgres') return Promise.all(beats.map((beat) => beat()));
        // Two connections to one SQLite file in one thread cannot wait for each other.
        return [await beats[0]!(), await beats[1]!()];
      };
      expect((await all()).filter(Boolean)).toHaveLength(1);
      expect((await all()).filter(Boolean)).toHaveLength(0);
      clock.advance(1.2 * DAY);
      expect((await all()).filter(Boolean)).toHaveLength(1);
      ici.editor.setDown(true);
      clock.advance(1.2 * DAY);
      const tries: number[] = [];
      for (let minute = 0; minute < 300; minute += 5) {
        if (await ici.site.container.licence.battement()) tries.push(minute);
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
    ici.editor.sell('SHORT0000001', 5);
    await live(31);
    const clerk = await ici.site.person('user', 'TECH');
    const bandeaux = async () => {
      const { licence } = ici.site.container;
      return { chief: await licence.bandeau(await chief()), clerk: await licence.bandeau(clerk) };
    };
    const ended = await bandeaux();
    expect(ended.chief).toMatchObject({ lien: { href: '/admin/licence' } });
    expect(ended.clerk).toMatchObject({ lien: null });
    expect(ended.clerk?.texte).toContain('La période d’évaluation est terminée');
    await ici.site.container.licence.activer(await chief(), 'SHORT0000001');
    const soon = await bandeaux();
    expect(soon.chief?.texte).toContain('La licence prend fin le 6\u00a0avr.\u00a02026');
    expect(soon.clerk).toBeNull();
    expect((await page(await asChief(), '/settings')).html).toContain('class="banner"');
    await ici.site.container.licence.activer(await chief(), KEY);
    expect((await bandeaux()).chief).toBeNull();
  });

  it('is the business of those who manage the program', async () => {
    const clerk = await ici.site.signIn(await ici.site.person('user', 'TECH'));
    for (const path of ['/admin/licence', '/api/v1/licence']) {
      expect((await ici.site.app.inject({ url: path, headers: clerk })).statusCode).toBe(403);
    }
    const person = await ici.site.person('user', 'TECH');
    await expect(ici.site.container.licence.activer(person, KEY)).rejects.toMatchObject({
      kind: 'forbidden',
    });
    await expect(ici.site.container.licence.consulter(person)).rejects.toMatchObject({ kind: 'forbidden' });
  });

  it('can be given back', async () => {
    const headers = await asChief();
    await ici.site.container.licence.activer(await chief(), KEY);
    expect((await post(headers, '/admin/licence/rendre', {})).statusCode).toBe(303);
    expect(await ici.site.container.licence.etat()).toMatchObject({ state: 'evaluation' });
    await live(31);
    expect(await ici.site.container.licence.etat()).toMatchObject({ state: 'read-only', reason: 'released' });
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
