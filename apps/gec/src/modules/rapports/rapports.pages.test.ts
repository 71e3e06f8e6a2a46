import { describeEachDatabase } from '@gec/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { qrOf } from '../../test/qr.ts';
import { enregistrer, poster, texteDuPdf } from './rapports.harness.ts';
import { migrated } from '../../test/migrated.ts';

describeEachDatabase('reports over HTTP', (open) => {
  let test: TestApp;
  let close: () => Promise<void>;

  beforeEach(async () => {
    const database = await open(migrated);
    test = await createTestApp(database.url);
    close = async () => {
      await test.close();
      await database.drop();
    };
  });
  afterEach(() => close());

  const get = async (personne: { userId: number }, url: string, accept = 'text/html') => {
    const { cookie } = await test.signIn(personne);
    return test.app.inject({ url, headers: { cookie, accept } });
  };

  it('prints the record sheet of a letter for those who may read it, and for nobody else', async () => {
    const { container } = test;
    const [agent, autre] = [
      await test.person('user', 'ADM', 'agent'),
      await test.person('user', 'JUR', 'autre'),
    ];
    const { id, numero } = await enregistrer(container, agent, {
      objet: 'Œuvre de réhabilitation à l’échangeur',
      numeroReference: 'N/Réf. 042/CAMI/2026',
      autresInformations: 'Remis en main propre',
    });
    const { version } = await container.courriers.get(agent, id);
    await container.courriers.update(agent, id, { objet: 'Réhabilitation de l’échangeur' }, version);
    await container.transmissions.transmit(agent, id, {
      destinataires: [autre.userId],
      instruction: 'etude_avis',
      message: 'Avant la réunion de cabinet',
    });
    await container.commentaires.add(agent, id, { type: 'annotation', texte: 'Vu, très urgent' });

    const chef = await test.person('super_admin', 'SG');
    await container.parametres.update(chef, { organisme: 'Cabinet d’essai', telephone: '+243 1 23' });
    const response = await get(agent, `/export_pdf/${id}`);
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toBe('application/pdf');
    expect(response.headers['content-disposition']).toBe(
      `inline; filename="Fiche ${numero}.pdf"; filename*=UTF-8''Fiche%20${numero}.pdf`,
    );
    const texte = await texteDuPdf(response.rawPayload);
    for (const words of [
      numero,
      'Fiche de courrier arrivée',
      'Cabinet d’essai',
      '+243 1 23',
      'N/Réf. 042/CAMI/2026',
      'Remis en main propre',
      'lettre.pdf',
      'Objet : « Œuvre de réhabilitation à l’échangeur » devient « Réhabilitation de l’échangeur »',
      'Transmis à Personne autre, pour étude et avis',
      'Avant la réunion de cabinet',
      'Annotation – Vu, très urgent',
      'Copie au Secrétaire Général',
    ]) {
      expect(texte).toContain(words);
    }
    // Sheet and label lead whoever scans them to the letter.
    const etiquette = await get(agent, `/mail/${id}/etiquette.pdf`);
    expect(await qrOf(response.rawPayload, 1_240)).toMatch(new RegExp(`^https?://[^/]+/mail/${id}$`));
    expect(await qrOf(etiquette.rawPayload, 730)).toMatch(new RegExp(`^https?://[^/]+/mail/${id}$`));
    const journal = await container.journal.ofCourrier(id);
    expect(journal.filter((line) => line.action === 'courrier.fiche')).toHaveLength(1);

    const parJson = await get(autre, `/api/v1/courriers/${id}/fiche`);
    expect([parJson.statusCode, parJson.headers['content-type']]).toEqual([200, 'application/pdf']);
    expect((await get(autre, `/export_pdf/${id}`)).statusCode).toBe(200);
    const tiers = await test.person('user', 'FIN', 'tiers');
    expect((await get(tiers, `/export_pdf/${id}`)).statusCode).toBe(404);
    expect((await get(tiers, `/api/v1/courriers/${id}/fiche`)).statusCode).toBe(404);
    expect((await get(agent, '/export_pdf/999999')).statusCode).toBe(404);
    expect((await test.app.inject({ url: `/export_pdf/${id}` })).statusCode).toBe(303);
    // The letter in the corbeille does not exist any more for those who may not look there.
    await container.courriers.remove(chef, id);
    expect((await get(agent, `/export_pdf/${id}`)).statusCode).toBe(404);
  });

  it('takes a request from a form, shows it on the page, and gives the file to its owner alone', async () => {
    const { container } = test;
    const [agent, chef] = [await test.person('user', 'ADM', 'agent'), await test.person('super_admin', 'SG')];
    await enregistrer(container, agent, { objet: 'Permis de recherches' });

    const page = await get(agent, '/rapports?search=permis&type_courrier=ENTRANT&page=7');
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('Courriers arrivée contenant «\u00A0permis\u00A0»');

    const posted = await poster(test, agent, '/rapports/export', { genre: 'liste-xlsx', search: 'permis' });
    expect([posted.statusCode, posted.headers.location]).toEqual([303, '/rapports?search=permis#exports']);
    const [waiting] = await container.rapports.list(agent);
    const id = waiting?.id ?? '';
    expect((await get(agent, '/rapports')).body).toContain('En attente');
    expect((await get(agent, `/rapports/taches/${id}/fichier`)).statusCode).toBe(409);
    await container.rapports.drain();

    const etat = await get(agent, `/rapports/taches/${id}`, 'application/json');
    expect(etat.json()).toMatchObject({ etat: 'TERMINEE', fait: 1, total: 1, genre: 'liste-xlsx' });
    const file = await get(agent, `/rapports/taches/${id}/fichier`);
    expect(file.statusCode).toBe(200);
    expect(file.rawPayload.subarray(0, 2).toString()).toBe('PK');
    expect(file.headers['content-disposition']).toMatch(/^attachment; filename="Liste des courriers /);
    for (const url of [`/rapports/taches/${id}`, `/rapports/taches/${id}/fichier`, `/api/v1/exports/${id}`]) {
      expect((await get(chef, url, 'application/json')).statusCode).toBe(404);
    }
    const removed = await poster(test, agent, `/rapports/taches/${id}/supprimer`, {});
    expect(removed.statusCode).toBe(303);
    expect((await get(agent, `/rapports/taches/${id}/fichier`)).statusCode).toBe(404);
  });

  it('shows what is wrong with a request, and escapes what was typed', async () => {
    const agent = await test.person('user', 'ADM', 'agent');
    const hostile = '"><script>alert(1)</script>';
    const query = new URLSearchParams({ search: hostile, statut: hostile, date_from: "2026-02-31' --" });
    const page = await get(agent, `/rapports?${query.toString()}`);
    expect(page.statusCode).toBe(400);
    expect(page.body).not.toContain('<script>alert');
    expect(page.body).toContain('Ce statut n’existe pas.');
    const refused = await poster(test, agent, '/rapports/export', {
      genre: 'registre-pdf',
      flux: hostile,
      du: '2026-11-30',
      au: '2026-11-01',
    });
    expect(refused.statusCode).toBe(400);
    expect(refused.body).toContain('La période finit avant de commencer.');
    expect(refused.body).toContain('value="2026-11-30"');
    expect(refused.body).not.toContain('<script>alert');
    expect(await test.container.rapports.list(agent)).toEqual([]);
  });

  it('says in JSON what the pages say', async () => {
    const { container, app } = test;
    const agent = await test.person('user', 'ADM', 'agent');
    const { cookie } = await test.signIn(agent);
    const { id } = await enregistrer(container, agent);
    const courrier = await container.courriers.get(agent, id);
    await container.courriers.changeStatut(agent, id, 'TRAITE', courrier.version);
    const headers = { cookie, accept: 'application/json' };

    const asked = await app.inject({
      method: 'POST',
      url: '/api/v1/exports',
      headers,
      payload: { genre: 'liste-pdf', statut: 'TRAITE' },
    });
    expect(asked.statusCode).toBe(202);
    await container.rapports.drain();
    const { location = '' } = asked.headers;
    const done = await app.inject({ url: String(location), headers });
    expect(done.json()).toMatchObject({ etat: 'TERMINEE', fait: 1 });
    const { fichier } = done.json<{ fichier: string }>();
    expect((await app.inject({ url: fichier, headers })).rawPayload.subarray(0, 5).toString()).toBe('%PDF-');
    const wrong = await app.inject({
      method: 'POST',
      url: '/api/v1/exports',
      headers,
      payload: { genre: 'liste-pdf', date_to: 'demain' },
    });
    expect(wrong.statusCode).toBe(400);
    expect(wrong.json()).toMatchObject({ error: { fields: [{ field: 'date_to' }] } });
    expect((await app.inject({ method: 'DELETE', url: String(location), headers })).statusCode).toBe(204);
    expect((await app.inject({ url: '/api/v1/exports', headers })).json()).toEqual({ exports: [] });

    const chiffres = (await app.inject({ url: '/api/v1/chiffres', headers })).json<{
      mois: { arrivees: number }[];
      departements: { nom: string; arrivees: number; departs: number }[];
      delai_traitement: { courriers: number };
    }>();
    expect(chiffres.mois.at(-1)).toMatchObject({ arrivees: 1, departs: 0 });
    expect(chiffres.departements).toMatchObject([
      { nom: 'Administration Générale', arrivees: 1, departs: 0 },
    ]);
    expect(chiffres.delai_traitement.courriers).toBe(1);
    const autre = await test.person('user', 'JUR', 'autre');
    const rien = await get(autre, '/api/v1/chiffres', 'application/json');
    expect(rien.json()).toEqual({ mois: [], departements: [], delai_traitement: null });
  });
});
