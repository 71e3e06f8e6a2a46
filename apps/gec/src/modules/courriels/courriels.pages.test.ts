import { describeEachDatabase, startSmtpSink, type SmtpSink } from '@gec/testing';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { browserOf } from '../../test/attack.harness.ts';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { migrated } from '../../test/migrated.ts';

const PAGE = '/admin/courriels';
const MODELE = `${PAGE}/modeles/transmission/fr`;

describeEachDatabase('the pages of e-mail', (open) => {
  let test: TestApp;
  let sink: SmtpSink;
  let chief: Awaited<ReturnType<typeof browserOf>>;

  beforeAll(async () => {
    sink = await startSmtpSink();
    test = await createTestApp((await open(migrated)).url);
    chief = await browserOf(test, await test.person('super_admin', null));
  });
  afterAll(async () => {
    await test.close();
    await sink.stop();
  });
  beforeEach(() => sink.clear());

  const version = async (url: string) =>
    /name="version" value="(\d+)"/.exec((await chief.send({ url })).body)?.[1] ?? '';
  const fields = (rest: Record<string, string> = {}) => ({
    hote: '127.0.0.1',
    port: String(sink.port),
    securite: 'aucune',
    expediteur: 'courrier@mines.example.cd',
    ...rest,
  });

  it('says that nothing is sent, and takes a mail server', async () => {
    const before = await chief.send({ url: PAGE });
    expect(before.body).toContain('Aucun serveur n’est réglé');
    expect(before.body).toContain('GEC_PUBLIC_URL');
    const refused = await chief.post(`${PAGE}/smtp`, {
      ...fields({ hote: 'deux mots', expediteur: 'rien' }),
      version: '0',
    });
    expect(refused.statusCode).toBe(400);
    expect(refused.body).toContain('id="hote-error"');
    expect(refused.body).toContain('value="deux mots"');
    const saved = await chief.post(`${PAGE}/smtp`, {
      ...fields({ utilisateur: 'gec', motDePasse: 'secret-affiche' }),
      version: '0',
    });
    expect([saved.statusCode, saved.headers.location]).toEqual([303, PAGE]);
    const after = await chief.send({ url: PAGE });
    expect(after.body).toContain('Un mot de passe est enregistré');
    expect(after.body).not.toContain('secret-affiche');
    expect(after.body).toContain('circulent en clair');
    const late = await chief.post(`${PAGE}/smtp`, {
      ...fields({ nomExpediteur: 'Autre nom' }),
      version: '0',
    });
    expect(late.statusCode).toBe(409);
    expect(late.body).toContain('Autre nom');
    const back = await chief.post(`${PAGE}/smtp/retirer`, { version: await version(PAGE) });
    expect(back.statusCode).toBe(303);
  });

  it('tries what is typed, and shows the talk', async () => {
    const shown = await chief.post(`${PAGE}/smtp/essai`, fields({ adresse: 'chef@example.cd' }));
    expect(shown.statusCode).toBe(200);
    expect(shown.body).toContain('Le serveur a accepté le message.');
    expect(shown.body).toContain('RCPT TO:&lt;chef@example.cd>');
    expect(sink.mails).toHaveLength(1);
    const wrong = await chief.post(`${PAGE}/smtp/essai`, fields({ adresse: 'personne' }));
    expect(wrong.statusCode).toBe(400);
    expect(wrong.body).toContain('id="adresse-error"');
    const json = await chief.send({
      method: 'POST',
      url: '/api/v1/courriels/smtp/essai',
      payload: {
        hote: '127.0.0.1',
        port: 1,
        securite: 'aucune',
        expediteur: 'a@example.cd',
        adresse: 'b@example.cd',
      },
    });
    expect(json.json()).toMatchObject({
      reussi: false,
      message: 'Le serveur ne répond pas. Vérifiez son nom, le port et le réseau.',
    });
  });

  it('changes a template over what was seen, with its preview', async () => {
    const list = await chief.send({ url: `${PAGE}/modeles` });
    expect(list.body).toContain(MODELE);
    const page = await chief.send({ url: MODELE });
    expect(page.body).toContain('GEC-2026-00042');
    const typed = { sujet: 'Pli {numero}', texte: 'Cher {destinataire}', html: '<p>{auteur}</p>' };
    const looked = await chief.post(`${MODELE}/apercu`, { ...typed, version: '0' });
    expect(looked.statusCode).toBe(200);
    expect(looked.body).toContain('<p>Jean Kalonji</p>');
    const refused = await chief.post(MODELE, { ...typed, html: '<script>x</script>', version: '0' });
    expect(refused.statusCode).toBe(400);
    expect(refused.body).toContain('id="html-error"');
    expect(refused.body).not.toContain('<script>x');
    const unknown = await chief.post(`${MODELE}/apercu`, { ...typed, sujet: '{nom}', version: '0' });
    expect(unknown.body).toContain('La variable {nom} n’existe pas');
    expect((await chief.post(MODELE, { ...typed, version: '0' })).statusCode).toBe(303);
    const late = await chief.post(MODELE, { ...typed, sujet: 'Autre {numero}', version: '0' });
    expect(late.statusCode).toBe(409);
    expect(late.body).toContain('Autre {numero}');
    expect((await chief.post(`${MODELE}/essai`, {})).statusCode).toBe(303);
    const json = await chief.send({ url: '/api/v1/courriels/modeles/transmission/fr' });
    expect(json.json()).toMatchObject({ sujet: 'Pli {numero}', par_defaut: false, version: 1 });
    expect((await chief.post(`${MODELE}/defaut`, { version: '1' })).statusCode).toBe(303);
    expect((await chief.send({ url: `${PAGE}/modeles/rien/fr` })).statusCode).toBe(404);
  });

  it('sets what people are told of by default', async () => {
    const url = `${PAGE}/notifications`;
    const page = await chief.send({ url });
    expect(page.body).toContain('name="notif.transmission.courriel"');
    const wrong = await chief.post(url, { version: '0', joursAvantEcheance: '99' });
    expect(wrong.statusCode).toBe(400);
    const right = { 'notif.transmission.page': '1', joursAvantEcheance: '5', inclureObjet: 'oui' };
    expect((await chief.post(url, { ...right, version: '0' })).statusCode).toBe(303);
    const late = await chief.post(url, { ...right, joursAvantEcheance: '7', version: '0' });
    expect(late.statusCode).toBe(409);
    const json = await chief.send({ url: '/api/v1/notifications/reglages' });
    expect(json.json()).toMatchObject({
      jours_avant_echeance: 5,
      inclure_objet: true,
      defauts: { transmission: { page: true, courriel: false }, commentaire: { page: false } },
      version: 1,
    });
  });

  it('is for those who may', async () => {
    const clerk = await browserOf(test, await test.person('admin', 'TECH'));
    for (const url of [PAGE, `${PAGE}/modeles`, MODELE, `${PAGE}/notifications`]) {
      expect((await clerk.send({ url })).statusCode, url).toBe(403);
    }
    for (const url of [`${PAGE}/smtp`, `${PAGE}/smtp/essai`, MODELE, `${PAGE}/notifications`]) {
      expect((await clerk.post(url, {})).statusCode, url).toBe(403);
    }
  });
});
