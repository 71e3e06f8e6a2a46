import { Readable } from 'node:stream';
import { describeEachDatabase, samplePdf } from '@gec/testing';
import { expect, it } from 'vitest';
import { createTestApp, TEST_PASSWORD } from './harness.ts';
import { migrated } from './migrated.ts';

describeEachDatabase('the journal of a day', (open) => {
  it('has an entry for every sign-in, registration, view, download, export, change and deletion', async () => {
    const database = await open(migrated);
    const test = await createTestApp(database.url);
    const { app, container } = test;
    try {
      const admin = await test.person('super_admin', 'SG');
      const form = { 'content-type': 'application/x-www-form-urlencoded' };
      const login = (password: string) =>
        app.inject({
          method: 'POST',
          url: '/login',
          headers: form,
          payload: new URLSearchParams({ email: admin.username, password }).toString(),
        });
      expect((await login('faux')).statusCode).toBe(401);
      const signedIn = await login(TEST_PASSWORD);
      expect(signedIn.statusCode).toBe(303);
      const cookie = signedIn.cookies
        .map(({ name, value }) => `${name}=${encodeURIComponent(value)}`)
        .join('; ');
      const send = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) => {
        const answer = await app.inject({
          method,
          url,
          headers: { cookie, accept: 'application/json' },
          payload,
        });
        expect(`${method} ${url} ${answer.statusCode < 400}`).toBe(`${method} ${url} true`);
        return answer;
      };

      const pdf = await samplePdf({ pages: 1, text: 'Journée' });
      const register = async () => {
        const piece = await container.pieces.receive(admin, {
          name: 'lettre.pdf',
          stream: Readable.from([pdf]),
        });
        const answer = await send('POST', '/api/v1/courriers', {
          type_courrier: 'ENTRANT',
          objet: 'Journée ordinaire',
          expediteur: 'Cadastre minier',
          secretaire_general_copie: false,
          pieces: [piece.id],
        });
        return answer.json<{ id: number }>().id;
      };
      const id = await register();
      // The scan beside the list is the letter, seen without being opened; then its pages belong to the reading of it.
      const [page] = await container.pieces.ofCourrier(id);
      await send('GET', `/mail/${id}/pieces/${page!.id}/pages/1.jpg?w=480`);
      await send('GET', `/mail/${id}`);
      await send('GET', `/mail/${id}/pieces/${page!.id}/pages/1.jpg?w=480`);
      await send('GET', `/api/v1/courriers/${id}/pieces/${page!.id}/pages/1.jpg?w=480`);
      await send('GET', `/mail/${id}/modifier`);
      await send('GET', `/download_file/${id}`);
      await send('GET', `/export_pdf/${id}`);
      await send('PATCH', `/api/v1/courriers/${id}`, { objet: 'Journée mouvementée', version: 1 });
      await send('POST', `/api/v1/courriers/${id}/statut`, { statut: 'TRAITE', version: 2 });
      const tache = (await send('POST', '/api/v1/exports', { genre: 'liste-xlsx' })).json<{ id: string }>();
      await container.rapports.drain();
      await send('GET', `/api/v1/exports/${tache.id}/fichier`);
      await send('DELETE', `/api/v1/courriers/${id}`);
      await send('POST', `/api/v1/courriers/${id}/restauration`);
      await send('DELETE', `/api/v1/courriers/${id}`);
      await send('POST', `/api/v1/courriers/${id}/destruction`, { motif: 'Fin de l’épreuve' });

      await container.journal.chainNow();
      const { lignes } = await container.journal.list(admin, {}, { size: 100 });
      const actions = lignes.map((line) => line.action).reverse();
      expect(actions).toEqual([
        'auth.echec',
        'auth.connexion',
        'courrier.enregistrement',
        'courrier.consultation',
        'courrier.consultation',
        'courrier.telechargement',
        'courrier.fiche',
        'courrier.modification',
        'courrier.statut',
        'export.demande',
        'export.telechargement',
        'courrier.suppression',
        'courrier.restauration',
        'courrier.suppression',
        'courrier.destruction',
      ]);
      for (const line of lignes) {
        expect(line.ip, line.action).toBe('127.0.0.1');
        expect(line.seq, line.action).not.toBeNull();
        expect(Date.parse(line.date)).not.toBeNaN();
        if (line.action.startsWith('courrier.')) {
          expect([line.courrierId, line.acteur, line.numero !== null]).toEqual([id, admin.username, true]);
        }
      }
      const lues = lignes.filter(({ action }) => action === 'courrier.consultation').reverse();
      expect(lues.map(({ details }) => details)).toEqual([{ apercu: true }, {}]);

      // Whatever else shows the facts of a letter is a reading of it.
      for (const address of [
        '/mail/:id/modifier',
        '/mail/:id/transmettre',
        '/mail/:id/supprimer',
        '/api/v1/courriers/:id/historique',
        '/api/v1/courriers/:id/pieces',
        '/api/v1/courriers/:id/commentaires',
        '/api/v1/courriers/:id/transmissions',
      ]) {
        const vue = await register();
        await send('GET', address.replace(':id', String(vue)));
        const { lignes: entrees } = await container.journal.list(admin, {}, { size: 1 });
        expect([address, entrees[0]?.action, entrees[0]?.courrierId]).toEqual([
          address,
          'courrier.consultation',
          vue,
        ]);
      }
      expect((await container.journal.verify(admin)).ok).toBe(true);
    } finally {
      await test.close();
      await database.drop();
    }
  });
});
