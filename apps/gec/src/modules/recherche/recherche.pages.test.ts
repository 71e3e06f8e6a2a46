import { describeEachDatabase, testClock } from '@gec/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../http/app.ts';
import { createTestBase, type TestBase } from '../../test/harness.ts';
import { migrated } from '../../test/migrated.ts';
import { browser, createPeopleApp } from '../../test/people-app.ts';
import { createPeople } from '../../test/people.ts';
import { registerAuthPages } from '../auth/auth.pages.tsx';
import { createCorrespondantsService } from '../correspondants/correspondants.service.ts';
import { createParametresService } from '../parametres/parametres.service.ts';
import { createReferentielsService } from '../referentiels/referentiels.service.ts';
import { registerRechercheApi } from './recherche.api.ts';
import { enregistrer } from './recherche.fixture.ts';
import { registerRecherchePages } from './recherche.pages.tsx';
import { puces } from './recherche.presenter.ts';
import { filtersToQuery, parseFilters } from './recherche.schema.ts';
import { createRechercheService } from './recherche.service.ts';

describe('the parameters of the list', () => {
  it('are refused one by one, each with its reason', () => {
    const { errors, saisie } = parseFilters(
      {
        search: 'x'.repeat(201),
        type_courrier: 'AUTRE',
        sg_copie: 'peut-être',
        statut: 'INCONNU',
        type_courrier_sortant_id: '9',
        date_from: '2026-02-30',
        date_to: 'hier',
        date_redaction_from: '2026-02-02',
        date_redaction_to: '2026-02-01',
        sort_by: 'couleur',
        sort_order: 'haut',
        page: '0',
        size: '26',
        apres: '-1',
        total: 'oui',
      },
      { statuts: ['RECU'], typesSortants: [1] },
    );
    expect(errors.map(({ field }) => field).sort()).toEqual(
      [
        'search',
        'type_courrier',
        'sg_copie',
        'statut',
        'type_courrier_sortant_id',
        'date_from',
        'date_to',
        'date_redaction_to',
        'sort_by',
        'sort_order',
        'page',
        'size',
        'apres',
        'total',
      ].sort(),
    );
    expect(saisie['date_from']).toBe('2026-02-30');
    expect(parseFilters({ statut: ['RECU', 'TRAITE'] }).errors).toHaveLength(1);
    expect(parseFilters({ search: 'a b '.repeat(40) + 'mots '.repeat(8) }).errors).toEqual([]);
    expect(parseFilters({ search: '1 '.repeat(40) }).errors.map(({ field }) => field)).toEqual(['search']);
    expect(parseFilters({ page: '801' }).errors.map(({ field }) => field)).toEqual(['page']);
  });

  it('take blanks for nothing, and survive a round trip', () => {
    expect(parseFilters({ search: '  ', statut: '', autre: 'x' }).errors).toEqual([]);
    const query = {
      search: 'permis "Kolwezi"',
      type_courrier: 'SORTANT',
      sg_copie: 'non',
      statut: 'RECU',
      type_courrier_sortant_id: '3',
      date_from: '2026-01-01',
      date_to: '2026-01-31',
      sort_by: 'objet',
      sort_order: 'desc',
      size: '50',
      page: '2',
    };
    const { filters, pagination } = parseFilters(query);
    expect(Object.fromEntries(filtersToQuery(filters, pagination))).toEqual(query);
    expect([...filtersToQuery(parseFilters({}).filters, parseFilters({}).pagination)]).toEqual([]);
    expect(parseFilters({ sort_by: 'statut' }).filters.sortOrder).toBe('asc');
  });

  it('read as a sentence, from which each part can be taken', () => {
    const lecture = parseFilters({
      type_courrier: 'ENTRANT',
      date_from: '2026-11-01',
      date_to: '2026-11-01',
      sg_copie: 'oui',
      size: '7',
      page: '3',
    });
    const mots = {
      statuts: new Map(),
      types: new Map(),
      urgences: new Map(),
      titreResponsable: 'Secrétaire Général',
    };
    const [sens, copie, jour, taille] = puces('fr', lecture, mots);
    expect([sens?.label, copie?.label, jour?.label]).toEqual([
      'arrivés',
      'en copie au Secrétaire Général',
      'enregistrés le 1er\u00A0nov.\u00A02026',
    ]);
    expect(jour?.removeHref).toBe('/view_mail?sg_copie=oui&type_courrier=ENTRANT&size=7');
    expect(taille?.error).toBe('Une page a 25, 50 ou 100 lignes.');
  });
});

describeEachDatabase('the page of the list', (open) => {
  let base: TestBase;
  let app: App;
  let chef: ReturnType<typeof browser>;
  let agent: ReturnType<typeof browser>;
  let recherche: ReturnType<typeof createRechercheService>;
  let chefId: number;

  beforeAll(async () => {
    base = await createTestBase((await open(migrated)).url, testClock('2026-11-21T10:00:00Z'));
    const people = createPeople(base);
    const parametres = createParametresService({ ...base, journal: people.journal });
    const referentiels = createReferentielsService({ ...base, journal: people.journal });
    await base.database.transaction((trx) => referentiels.seed(trx));
    const correspondants = createCorrespondantsService(base);
    recherche = createRechercheService({ ...base, parametres, correspondants });
    app = await createPeopleApp(base, people, (server) => {
      registerAuthPages(server, { ...base, ...people });
      registerRecherchePages(server, { ...base, recherche, referentiels, parametres });
      registerRechercheApi(server, { recherche, referentiels });
    });
    const { userId } = await base.person('super_admin', 'SG');
    chefId = userId;
    const autre = await base.person('user', 'JUR');
    await enregistrer(base, recherche, [
      ...Array.from({ length: 30 }, (_, i) => ({ utilisateurId: userId, objet: `Rapport ${i} <b>gras</b>` })),
      { utilisateurId: userId, objet: 'Réclamation', typeCourrier: 'SORTANT' as const, statut: 'URGENT' },
      { utilisateurId: autre.userId, objet: 'Réclamation de l’agent', correspondant: 'Éts « Kin »' },
    ]);
    chef = browser(app);
    await chef.signIn('super_admin.sg');
    agent = browser(app);
    await agent.signIn('user.jur');
  });
  afterAll(async () => {
    await app.close();
    await base.close();
  });

  it('answers HTML, JSON and a part of the page at the same address', async () => {
    const page = await chef.get('/view_mail?search=reclam');
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('<mark>Réclam</mark>ation');
    expect(page.body).toContain('2 courriers');
    const part = await chef.get('/view_mail?search=reclam', { 'x-fragment': 'liste' });
    expect(part.body).toMatch(/^<section id="liste"/);
    expect(part.body).not.toContain('<html');
    const json = await chef.json('GET', '/view_mail?search=reclam&type_courrier=SORTANT');
    expect(json.json()).toMatchObject({ total: 1, courriers: [{ objet: 'Réclamation', statut: 'URGENT' }] });
    const api = await chef.json('GET', '/api/v1/courriers?search=reclam&type_courrier=SORTANT');
    expect(api.json()).toEqual(json.json());
  });

  it('escapes what letters say', async () => {
    const { body } = await chef.get('/view_mail?search=%3Cscript%3E');
    expect(body).not.toContain('<script>');
    expect((await chef.get('/view_mail')).body).toContain('&lt;b>gras');
  });

  it('pages by the letter, and keeps the filters in every link', async () => {
    const { body } = await chef.get('/view_mail?search=rapport&sort_by=objet&sort_order=desc');
    expect(body).toMatch(
      /href="\/view_mail\?search=rapport&amp;sort_by=objet&amp;sort_order=desc&amp;page=2&amp;apres=\d+"/,
    );
    expect(body).toMatch(/href="\/mail\/\d+\?search=rapport&amp;sort_by=objet&amp;sort_order=desc"/);
    expect(body).toContain('1 à 25 sur 30');
    expect(body).toContain('name="sort_by" value="objet" form="filtres"');
    const [, suite = ''] = /href="([^"]+page=2[^"]+)"/.exec(body) ?? [];
    expect((await chef.get(suite.replaceAll('&amp;', '&'))).body).toContain('26 à 30 sur 30');
    const deux = await chef.json('GET', '/view_mail?search=rapport&page=2');
    expect(deux.json()).toMatchObject({ page: 2, total: 30, suivant: null });
    expect((deux.json() as { courriers: unknown[] }).courriers).toHaveLength(5);
  });

  it('shows what is wrong beside the filter, and keeps the rest', async () => {
    const page = await chef.get('/view_mail?search=rapport&date_from=2026-02-30&statut=NON');
    expect(page.statusCode).toBe(400);
    expect(page.body).toContain('id="filtre-date_from-error"');
    expect(page.body).toContain('Ce statut n’existe pas.');
    const copie = await chef.get('/view_mail?sg_copie=peut-etre');
    expect(copie.body).toMatch(/Copie au Secrétaire Général\s: peut-etre/);
    expect(page.body).toContain('value="rapport"');
    expect(page.body).not.toContain('row-link');
    const json = await chef.json('GET', '/view_mail?date_from=2026-02-30');
    expect(json.statusCode).toBe(400);
    expect(json.json()).toMatchObject({ error: { fields: [{ field: 'date_from' }] } });
    const api = await chef.json('GET', '/api/v1/courriers?sg_copie=peut-etre');
    expect(api.json()).toMatchObject({ error: { fields: [{ field: 'sg_copie' }] } });
    const gone = await chef.get('/view_mail?sort_by=objet&apres=12');
    expect(gone.statusCode).toBe(400);
  });

  it('shows until when letters are to be treated, and which are late', async () => {
    expect((await chef.get('/view_mail')).body).not.toContain('Échéance');
    const ligne = { utilisateurId: chefId, correspondant: 'Cadastre minier' };
    await enregistrer(base, recherche, [
      { ...ligne, objet: 'Délai dépassé', echeance: '2026-11-20T10:00:00.000Z' },
      {
        ...ligne,
        objet: 'Délai dépassé mais traité',
        statut: 'TRAITE',
        echeance: '2026-11-19T10:00:00.000Z',
      },
      { ...ligne, objet: 'Délai à venir', echeance: '2026-11-25T10:00:00.000Z' },
    ]);
    const { body } = await chef.get('/view_mail?search=delai');
    expect(body).toContain('Échéance');
    expect(body.match(/en retard/g)).toHaveLength(1);
    expect(body).toContain('20\u00A0nov.\u00A02026 (en retard)');
    expect(body).toContain('<time datetime="2026-11-25T10:00:00.000Z">25\u00A0nov.\u00A02026</time>');
    const json = await chef.json('GET', '/api/v1/courriers?search=delai+venir');
    expect(json.json()).toMatchObject({ courriers: [{ echeance: '2026-11-25T10:00:00.000Z' }] });
    const api = await chef.json('GET', '/api/v1/courriers?urgence_id=99999');
    expect(api.json()).toMatchObject({ error: { fields: [{ field: 'urgence_id' }] } });
  });

  it('says on the fold of the filters how many are in force in it, and opens it where one is wrong', async () => {
    const repli = (body: string) =>
      /<details class="liste-repli"( open)?.*?<span data-filters-of="liste">(.*?)<\/span>.*?data-filters="(.*?)"/s
        .exec(body)
        ?.slice(1);
    expect(repli((await chef.get('/view_mail?search=rapport&page=1')).body)).toEqual([
      undefined,
      'Filtres',
      'Filtres',
    ]);
    const deux = (
      await chef.get('/view_mail?search=rapport&statut=URGENT&date_from=2026-01-01&date_to=2026-12-31')
    ).body;
    expect(repli(deux)).toEqual([undefined, 'Filtres (2)', 'Filtres (2)']);
    expect(repli((await chef.get('/view_mail?date_from=2026-02-30')).body)).toEqual([
      ' open',
      'Filtres',
      'Filtres',
    ]);
  });

  it('says why it is empty', async () => {
    expect((await chef.get('/view_mail?search=introuvable')).body).toContain('Aucun courrier ne répond');
    // Others may have departures: it is not said that there is none.
    const { body } = await agent.get('/view_mail?type_courrier=SORTANT');
    expect(body).toContain('Aucun courrier pour l’instant');
    expect(body).not.toContain('registre est vide');
    const loin = await chef.get('/view_mail?search=rapport&page=9');
    expect(loin.body).toContain('Cette page n’existe plus');
    expect(loin.body).toContain('href="/view_mail?search=rapport"');
    expect(loin.body).not.toContain('class="pagination"');
  });

  it('offers periods, chips and exports only to whom they belong', async () => {
    const { body } = await chef.get('/view_mail?statut=URGENT');
    expect(body).toContain('date_from=2026-11-21&amp;date_to=2026-11-21');
    expect(body).toContain('date_from=2026-11-16&amp;date_to=2026-11-21');
    expect(body).toContain('au statut Urgent');
    expect(body).toContain('value="liste-pdf"');
    // What is exported is what is shown.
    const [formulaire = ''] = /<form[^>]*action="\/rapports\/export".*?<\/form>/.exec(body) ?? [];
    expect(formulaire).toContain('name="statut" value="URGENT"');
  });

  it('shows each person their letters, and proposes no others', async () => {
    const json = await agent.json('GET', '/view_mail');
    expect(json.json()).toMatchObject({ total: 1, courriers: [{ objet: 'Réclamation de l’agent' }] });
    const propose = await agent.json('GET', '/api/v1/suggestions?q=r');
    expect(propose.json()).toEqual([]);
    const deux = await agent.json('GET', '/api/v1/suggestions?q=re');
    expect(deux.json()).toMatchObject([
      { title: expect.stringContaining('Réclamation de l’agent') as string },
    ]);
    expect((await browser(app).get('/view_mail')).statusCode).toBe(303);
    expect((await browser(app).json('GET', '/api/v1/courriers')).statusCode).toBe(401);
  });
});
