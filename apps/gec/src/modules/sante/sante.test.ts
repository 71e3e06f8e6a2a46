import { describeEachDatabase, startSmtpSink, type SmtpSink } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { browserOf } from '../../test/attack.harness.ts';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { migrated } from '../../test/migrated.ts';

describeEachDatabase('the page of the state of the system', (open) => {
  let test: TestApp;
  let sink: SmtpSink;
  let browser: Awaited<ReturnType<typeof browserOf>>;

  beforeAll(async () => {
    sink = await startSmtpSink({ refuseRecipient: () => ({ code: 550, message: 'no such user' }) });
    const env = {
      SMTP_HOST: sink.host,
      SMTP_PORT: String(sink.port),
      SMTP_SECURITY: 'none',
      SMTP_FROM: 'courrier@mines.example.cd',
    };
    test = await createTestApp((await open(migrated)).url, { env });
    browser = await browserOf(test, await test.person('super_admin', null));
  });
  afterAll(async () => {
    await test.close();
    await sink.stop();
  });

  const json = async () => {
    const answer = await browser.send({ url: '/api/v1/sante' });
    expect(answer.statusCode).toBe(200);
    return answer.json<{
      etat: string;
      controles: { id: string; etat: string; constat: string; valeurs: Record<string, unknown> }[];
      travaux_echoues: { id: number; libelle: string; erreur: string }[];
    }>();
  };
  const failOne = async () => {
    const { courriels, outbox, database } = test.container;
    const actor = await test.person('super_admin', null);
    await database.transaction((trx) =>
      courriels.envoyerMotDePasse(trx, actor, {
        genre: 'premier',
        utilisateur: { email: 'x@example.cd', nomComplet: 'X', username: 'x', langue: 'fr' },
        motDePasse: 'Provisoire-1',
      }),
    );
    await outbox.drain();
    const [failed] = (await json()).travaux_echoues;
    return failed?.id ?? 0;
  };

  it('tells of every part, in JSON and in words', async () => {
    const found = await json();
    expect(found.controles.map(({ id }) => id)).toEqual([
      'versions',
      'base',
      'disque',
      'travaux',
      'sauvegarde',
      'licence',
      'horloge',
      'courriel',
      'entretien',
      'journal',
    ]);
    const part = (id: string) => found.controles.find((one) => one.id === id);
    expect(part('versions')?.valeurs).toMatchObject({ schema: expect.stringMatching(/^\d{4}_/) });
    expect(part('base')?.valeurs['octets']).toBeGreaterThan(10_000);
    expect(part('horloge')?.etat).toBe('ok');
    expect(part('sauvegarde')).toMatchObject({ etat: 'attention', constat: 'Aucune sauvegarde connue.' });
    expect(part('courriel')).toMatchObject({ etat: 'attention' });
    const page = await browser.send({ url: '/admin/sante' });
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('Aucun travail échoué');
    expect(page.body).toContain('Aucune sauvegarde connue.');
  });

  it('shows work that failed, with its reason, to be tried again or given up', async () => {
    const id = await failOne();
    const page = await browser.send({ url: '/admin/sante' });
    expect(page.body).toContain('Envoyer un courriel');
    expect(page.body).toContain('550');
    const asked = async (query: string) => (await browser.send({ url: `/admin/sante?${query}` })).body;
    expect(await asked('q=550&sort_by=travail&sort_order=asc')).toContain(`/travaux/${id}/relancer`);
    const nothing = await asked('q=absent');
    expect([nothing.includes('Aucun travail ne porte'), nothing.includes('/relancer')]).toEqual([
      true,
      false,
    ]);
    expect((await asked('format=csv')).split('\r\n')[1]).toMatch(/^Envoyer un courriel;.*550/);
    const again = await browser.post(`/admin/sante/travaux/${id}/relancer`, {});
    expect([again.statusCode, again.headers.location]).toEqual([303, '/admin/sante#travaux']);
    // The first may find the job in the hands of the worker that was woken; the second waits for it.
    await test.container.outbox.drain();
    await test.container.outbox.drain();
    expect((await json()).travaux_echoues).toHaveLength(1);
    const given = await browser.send({ method: 'POST', url: `/api/v1/sante/travaux/${id}/abandon` });
    expect(given.statusCode).toBe(200);
    expect((await json()).travaux_echoues).toEqual([]);
    const left = await test.container.database.kysely.selectFrom('courriel').selectAll().execute();
    expect(left).toEqual([]);
    const gone = await browser.send({ method: 'POST', url: `/api/v1/sante/travaux/${id}/relance` });
    expect(gone.statusCode).toBe(404);
    const late = await browser.post(`/admin/sante/travaux/${id}/abandonner`, {});
    expect(late.statusCode).toBe(303);
    const entries = await test.container.journal.list(
      await test.person('super_admin', null),
      { action: 'travail.abandon' },
      { size: 5 },
    );
    expect(entries.lignes).toHaveLength(1);
  });

  it('knows how the upkeep ended', async () => {
    const task = { name: 'sessions', everyMs: 3_600_000, run: async () => undefined };
    await test.container.sante.noter(task, Object.assign(new Error('secret'), { code: 'EACCES' }));
    const failed = (await json()).controles.find(({ id }) => id === 'entretien');
    expect(failed).toMatchObject({ etat: 'attention' });
    const [row] = await test.container.database.kysely
      .selectFrom('passage')
      .selectAll()
      .where('nom', '=', 'sessions')
      .execute();
    expect(row?.erreur).toBe('Error EACCES');
    await test.container.sante.noter(task, null);
    await test.container.sante.noter({ ...task, name: 'souvent', everyMs: 1_000 }, null);
    const done = (await json()).controles.find(({ id }) => id === 'entretien');
    expect(done).toMatchObject({ etat: 'ok' });
  });

  it('is for those who manage the system', async () => {
    const clerk = await browserOf(test, await test.person('admin', 'TECH'));
    for (const url of ['/admin/sante', '/api/v1/sante']) {
      expect((await clerk.send({ url })).statusCode).toBe(403);
    }
    expect((await clerk.post('/admin/sante/travaux/1/relancer', {})).statusCode).toBe(403);
    const actor = await test.person('admin', 'TECH');
    await expect(test.container.sante.consulter(actor)).rejects.toMatchObject({ kind: 'forbidden' });
  });
});
