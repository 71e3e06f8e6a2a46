import { AppError } from '@gec/core';
import { describeEachDatabase } from '@gec/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { browser } from '../../test/people-app.ts';
import type { Personne } from '../utilisateurs/utilisateurs.schema.ts';
import { exporter, lignesDuTableur, texteDuPdf } from './rapports.harness.ts';
import { migrated } from '../../test/migrated.ts';

describeEachDatabase('the export of the journal', (open) => {
  let site: TestApp;
  let boss: Personne;

  beforeEach(async () => {
    site = await createTestApp((await open(migrated)).url);
    boss = await site.person('super_admin');
    const { journal, database } = site.container;
    const jean = await site.person('user', 'FIN', 'jean');
    await database.transaction(async (trx) => {
      await journal.record(trx, jean, { action: 'auth.connexion', details: { facteur: 'totp' } });
      await journal.record(trx, boss, {
        action: 'utilisateur.role',
        details: { compte: '=jean', apres: 'admin' },
      });
    });
  });
  afterEach(() => site.close());

  const ask = async (who: Personne, genre: 'journal-pdf' | 'journal-xlsx' | 'journal-csv', champs = {}) =>
    exporter(site.container, who, await site.container.rapports.lireJournal(who, genre, champs));

  it('is a spreadsheet, a PDF or CSV with the filters in force, and is itself in the journal', async () => {
    const { contenu: csv, fini } = await ask(boss, 'journal-csv');
    const text = csv.toString('utf8');
    expect(text).toContain('Date et heure;Action;Par');
    expect(text).toContain('Personne jean');
    expect(text).toContain('Rôle changé');
    expect([fini.type, fini.nom]).toEqual([
      'text/csv; charset=utf-8',
      expect.stringMatching(/^Journal .*\.csv$/),
    ]);
    const { contenu: xlsx } = await ask(boss, 'journal-xlsx', { action: 'auth.connexion' });
    const rows = lignesDuTableur(xlsx);
    expect(rows).toHaveLength(2);
    expect(rows[1]).toContain('Personne jean');
    const { contenu: pdf } = await ask(boss, 'journal-pdf', { action: 'auth.connexion' });
    const words = await texteDuPdf(pdf);
    expect(words).toContain('Journal des activités');
    expect(words).toContain('Entrées « Connexion »');
    const { lignes } = await site.container.journal.list(boss, { action: 'export.demande' }, { size: 10 });
    expect(lignes.map(({ details }) => details['genre'])).toEqual([
      'journal-pdf',
      'journal-xlsx',
      'journal-csv',
    ]);
  });

  it('holds what the page of the journal would show: the own department, or nothing', async () => {
    const head = await site.person('admin', 'FIN');
    const text = (await ask(head, 'journal-csv')).contenu.toString('utf8');
    expect(text).toContain('Personne jean');
    expect(text).not.toContain('Rôle changé');
    const clerk = await site.person('user', 'FIN', 'jean');
    const refused = site.container.rapports.requestExport(clerk, { genre: 'journal-csv', journal: {} });
    await expect(refused).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(
      site.container.rapports.lireJournal(head, 'journal-csv', { du: 'hier', action: 'rien' }),
    ).rejects.toBeInstanceOf(AppError);
  });

  it('is asked from the page of the journal, and found beside it', async () => {
    const visitor = browser(site.app);
    await visitor.signIn(boss.username);
    const asked = await visitor.post(
      '/admin/logs/export',
      { genre: 'journal-csv', action: 'auth.connexion' },
      '/admin/logs',
    );
    expect(asked.headers.location).toBe('/admin/logs/exports#exports');
    await site.container.rapports.drain();
    const page = (await visitor.get('/admin/logs/exports')).body;
    const file = /href="(\/rapports\/taches\/[\w-]+\/fichier)"/.exec(page)?.[1] ?? '';
    expect((await visitor.get(file)).body).toContain('Personne jean');
    const bad = await visitor.post('/admin/logs/export', { genre: 'journal-csv', du: 'hier' }, '/admin/logs');
    expect([bad.statusCode, bad.body.includes('role="alert"')]).toEqual([400, true]);
    const json = await visitor.json('POST', '/api/v1/journal/exports', { genre: 'journal-xlsx' });
    expect([json.statusCode, json.json()]).toMatchObject([202, { genre: 'journal-xlsx' }]);
  });
});
