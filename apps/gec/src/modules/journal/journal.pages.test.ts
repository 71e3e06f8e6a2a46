import { describeEachDatabase } from '@gec/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../http/app.ts';
import { createTestBase, type TestBase } from '../../test/harness.ts';
import { browser, createPeopleApp } from '../../test/people-app.ts';
import { createPeople, preparedDatabase } from '../../test/people.ts';
import { registerAuthPages } from '../auth/auth.pages.tsx';
import { createReferentielsService } from '../referentiels/referentiels.service.ts';
import { createParametresService } from '../parametres/parametres.service.ts';
import { registerJournalApi } from './journal.api.ts';
import { journalQuery, parseJournalQuery } from './journal.forms.ts';
import { registerJournalPages } from './journal.pages.tsx';
import { detailsInWords } from './journal.presenter.ts';

describe('filters of the journal', () => {
  const parse = (words: Record<string, string>) =>
    parseJournalQuery('fr', journalQuery.parse(words), {
      users: new Set([7]),
      timeZone: 'Africa/Kinshasa',
    });

  it('takes days of the office, both included', () => {
    expect(parse({ du: '2026-03-02', au: '2026-03-02' }).filters).toEqual({
      from: '2026-03-01T23:00:00.000Z',
      before: '2026-03-02T23:00:00.000Z',
    });
  });

  it('names each value that it does not understand', () => {
    const words = { action: 'x', utilisateur: '8', du: '2026-02-30', au: 'hier', numero: 'a\0', avant: '-1' };
    expect(parse(words).errors.map(({ field }) => field)).toEqual([
      'action',
      'utilisateur',
      'numero',
      'du',
      'au',
      'avant',
    ]);
    expect(parse({ du: '2026-03-02', au: '2026-03-01' }).errors[0]?.field).toBe('au');
  });

  it('writes the facts of an entry in words', () => {
    const names = {
      personnes: new Map(),
      departements: new Map([[3, 'Département Technique']]),
      statuts: new Map([['RECU', 'Reçu']]),
      roles: new Map([['admin', 'Administrateur']]),
    };
    const change = { de: 'RECU', a: 'DISPARU', type: 'ENTRANT' };
    expect(detailsInWords('en', { action: 'courrier.statut', details: change }, names)).toBe(
      'from: Reçu · to: DISPARU · type: incoming',
    );
    const role = { compte: 'admin', avant: 'admin', apres: 'parti' };
    expect(detailsInWords('fr', { action: 'utilisateur.role', details: role }, names)).toBe(
      'compte\u00A0: admin · avant\u00A0: Administrateur · après\u00A0: parti',
    );
    // An entry of a list may be called as a role is.
    expect(
      detailsInWords('fr', { action: 'referentiel.modification', details: { avant: 'admin' } }, names),
    ).toBe('avant\u00A0: admin');
    const details = { compte: 'jean', departement_apres: 3, actif: false, motif: null, autre_fait: 1530 };
    expect(detailsInWords('fr', { action: 'utilisateur.modification', details }, names)).toBe(
      'compte\u00A0: jean · nouvelle unité\u00A0: Département Technique · actif\u00A0: non · ' +
        'motif\u00A0: aucun · autre fait\u00A0: 1\u202F530',
    );
  });
});

describeEachDatabase('the pages of the journal', (open) => {
  let base: TestBase;
  let people: ReturnType<typeof createPeople>;
  let app: App;

  beforeEach(async () => {
    base = await createTestBase((await open(preparedDatabase)).url);
    people = createPeople(base);
    const parametres = createParametresService({ ...base, journal: people.journal });
    const referentiels = createReferentielsService({ ...base, journal: people.journal });
    await base.database.transaction((trx) => referentiels.seed(trx));
    app = await createPeopleApp(base, people, (server) => {
      registerAuthPages(server, people);
      // Of the letters that the tests name, number 42 alone is still there.
      const courriers = { ouvrables: async () => new Set([42]) };
      registerJournalPages(server, { ...people, parametres, referentiels, courriers });
      registerJournalApi(server, { ...people, parametres, referentiels, courriers });
    });
    await base.person('super_admin', 'SG');
    await base.person('admin', 'TECH');
  });
  afterEach(async () => {
    await app.close();
    await base.close();
  });

  it('shows who did what to which letter, with a link, and notes that it was read', async () => {
    const clerk = await base.person('user', 'TECH', 'technicien');
    await people.journal.recordAlone(clerk, {
      action: 'courrier.statut',
      courrierId: 42,
      numero: 'GEC-2026-00042',
      details: { de: 'RECU', a: 'TRAITE' },
    });
    await people.journal.recordAlone(clerk, {
      action: 'courrier.destruction',
      courrierId: 43,
      numero: 'GEC-2026-00043',
    });
    const boss = browser(app);
    await boss.signIn('super_admin.sg');
    const page = await boss.get('/admin/logs?numero=0004');
    for (const part of [
      'href="/mail/42"',
      'Statut changé',
      'Personne technicien',
      'de\u00A0: Reçu · à\u00A0: Traité',
    ])
      expect(page.body).toContain(part);
    // A letter that was destroyed keeps its number in the journal; there is nothing behind it.
    expect(page.body).toContain('GEC-2026-00043');
    expect(page.body.split('href="/mail/')).toHaveLength(2);
    const { entrees } = (await boss.json('GET', '/api/v1/journal?action=journal.consultation')).json<{
      entrees: { acteur: string; details: object }[];
    }>();
    expect(entrees).toMatchObject([{ acteur: 'super_admin.sg', details: { filtres: 'numero' } }]);
  });

  it('begins with the oldest where it is asked to, page after page', async () => {
    for (const n of [42, 43]) {
      const numero = `GEC-2026-000${n}`;
      await people.journal.recordAlone(await base.person('user', 'TECH', `agent${n}`), {
        action: 'courrier.fiche',
        courrierId: n,
        numero,
      });
    }
    const boss = browser(app);
    await boss.signIn('super_admin.sg');
    const oldest = await boss.json('GET', '/api/v1/journal?numero=0004&sort_order=asc&size=1');
    const first = oldest.json<{ entrees: { numero: string }[]; suivant: number }>();
    const next = await boss.json(
      'GET',
      `/api/v1/journal?numero=0004&sort_order=asc&size=1&avant=${first.suivant}`,
    );
    expect(
      [first, next.json<typeof first>()].flatMap(({ entrees }) => entrees.map((one) => one.numero)),
    ).toEqual(['GEC-2026-00042', 'GEC-2026-00043']);
    const sorted = (await boss.get('/admin/logs?numero=0004&sort_order=asc')).body;
    expect(sorted.indexOf('GEC-2026-00042')).toBeLessThan(sorted.indexOf('GEC-2026-00043'));
    expect(sorted).toContain('aria-sort="ascending"');
    expect((await boss.json('GET', '/api/v1/journal?sort_order=danse')).statusCode).toBe(400);
  });

  it('says beside a filter what is wrong with it, and to a program with 400', async () => {
    const boss = browser(app);
    await boss.signIn('super_admin.sg');
    const page = await boss.get('/admin/logs?du=2026-02-30&action=danser&utilisateur=999');
    expect(page.statusCode).toBe(200);
    for (const part of [
      'Cette date n’existe pas',
      'Cette action n’existe pas',
      'Cet utilisateur n’existe pas',
    ])
      expect(page.body).toContain(part);
    const refused = await boss.json('GET', '/api/v1/journal?du=hier');
    expect([refused.statusCode, refused.json().error.fields[0].field]).toEqual([400, 'du']);
    expect((await boss.get('/admin/logs?numero=%00')).statusCode).toBe(200);
  });

  it('verifies the chain on demand and says the result', async () => {
    const boss = browser(app);
    await boss.signIn('super_admin.sg');
    const sent = await boss.post('/admin/logs/verifier', {}, '/admin/logs');
    expect(sent.statusCode).toBe(303);
    expect((await boss.get('/admin/logs')).body).toContain('Le journal est intact');
    await base.database.kysely.updateTable('log_activite').set({ ip_address: '6.6.6.6' }).execute();
    await boss.post('/admin/logs/verifier', {}, '/admin/logs');
    expect((await boss.get('/admin/logs')).body).toContain(
      'Première rupture\u00A0: entrée modifiée, place 1',
    );
    expect((await boss.json('POST', '/api/v1/journal/verification')).json()).toMatchObject({ ok: false });
  });

  it('lets a head see the department, without the chain, and a clerk nothing', async () => {
    const head = browser(app);
    await head.signIn('admin.tech');
    await browser(app).signIn('super_admin.sg');
    const page = await head.get('/admin/logs');
    expect(page.body).toContain('Personne admin.tech');
    expect(page.body).not.toContain('super_admin.sg');
    expect(page.body).not.toContain('Vérifier la chaîne');
    expect((await head.post('/admin/logs/verifier', {}, '/profil')).statusCode).toBe(403);
    await base.person('user');
    const clerk = browser(app);
    await clerk.signIn('user.adm');
    expect((await clerk.get('/admin/logs')).statusCode).toBe(403);
  });
});
