import { addDays, dayOf } from '@gec/core';
import { describeEachDatabase, samplePng, testClock } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { createTestCourriers } from '../courriers/courriers.harness.ts';
import { migrated } from '../../test/migrated.ts';
import { SANS_FILTRE } from '../recherche/recherche.schema.ts';
import type { Personne } from '../utilisateurs/utilisateurs.schema.ts';
import { lundiDe } from './accueil.service.ts';

it.each([
  ['2026-11-23', '2026-11-23'],
  ['2026-11-29', '2026-11-23'],
  ['2027-01-01', '2026-12-28'],
])('the week of %s begins on %s', (day, monday) => {
  expect(lundiDe(day)).toBe(monday);
});

describeEachDatabase('home page', (open) => {
  const clock = testClock('2026-11-01T08:00:00Z');
  let site: TestApp;
  let chef: Personne;
  let agent: Personne;
  let juriste: Personne;
  let patron: Personne;
  /** Instant, flow and author of every letter that is not in the corbeille. */
  const letters: { at: Date; flux: 'ENTRANT' | 'SORTANT'; par: Personne }[] = [];

  beforeAll(async () => {
    site = await createTestApp((await open(migrated)).url, { clock });
    chef = await site.person('admin', 'ADM', 'chef');
    agent = await site.person('user', 'ADM', 'agent');
    juriste = await site.person('user', 'JUR', 'juriste');
    patron = await site.person('super_admin', 'SG', 'patron');
    const made = createTestCourriers(site, await samplePng({ width: 60, height: 80 }));
    // The day of Kinshasa begins an hour before that of UTC: 23:30 UTC is the next day there.
    const instants = [
      '2026-11-09T22:59:59Z',
      '2026-11-09T23:00:00Z',
      '2026-11-15T23:30:00Z',
      '2026-11-18T10:00:00Z',
      '2026-11-22T22:30:00Z',
      '2026-11-22T23:30:00Z',
      '2026-11-23T09:00:00Z',
    ];
    for (const [index, instant] of instants.entries()) {
      clock.set(instant);
      const flux = index % 3 === 2 ? 'SORTANT' : 'ENTRANT';
      const par = index % 2 === 0 ? agent : juriste;
      await made.enregistrer(par, { typeCourrier: flux });
      letters.push({ at: clock.now(), flux, par });
    }
    const { id } = await made.enregistrer(agent);
    await site.container.courriers.remove(chef, id);
    clock.set('2026-11-23T10:00:00Z');
  });
  afterAll(() => site.close());

  /** What the page should say, counted letter by letter. */
  function expected(sees: (par: Personne) => boolean) {
    const seen = letters.filter(({ par }) => sees(par));
    const count = (from: string, to: string, flux: string) =>
      seen.filter((one) => one.flux === flux && dayOf(one.at) >= from && dayOf(one.at) <= to).length;
    const both = (from: string, to = from) => ({
      arrivees: count(from, to, 'ENTRANT'),
      departs: count(from, to, 'SORTANT'),
    });
    const today = '2026-11-23';
    return {
      jour: both(today),
      semaine: both('2026-11-23', today),
      activite: Array.from({ length: 14 }, (_, index) => {
        const jour = addDays(today, index - 13);
        return { jour, ...both(jour) };
      }),
    };
  }

  it('counts the days of the office for everybody within what they may see', async () => {
    const { accueil } = site.container;
    expect(await accueil.apercu(patron)).toMatchObject(expected(() => true));
    expect(await accueil.apercu(agent)).toMatchObject(expected((par) => par === agent));
    expect(await accueil.apercu(chef)).toMatchObject(
      expected((par) => par.departementId === chef.departementId),
    );
  });

  it('counts once what one may see for two reasons', async () => {
    const { accueil, transmissions, recherche } = site.container;
    const before = await accueil.apercu(chef);
    const list = await recherche.list(chef, SANS_FILTRE);
    await transmissions.transmit(agent, list.lignes[0]?.id ?? 0, { destinataires: [chef.userId] });
    const after = await accueil.apercu(chef);
    expect(after.activite).toEqual(before.activite);
    expect(after.attente).toMatchObject({ total: 1, nonLus: 1, enRetard: 0 });
    expect(after.attente.lignes[0]?.courrierId).toBe(list.lignes[0]?.id);
  });

  it('shows the latest letters first, and says when there is none', async () => {
    const { accueil } = site.container;
    const seen = await accueil.apercu(patron);
    expect(seen.vide).toBe(false);
    expect(seen.derniers.map(({ dateEnregistrement }) => dateEnregistrement)).toEqual(
      letters.map(({ at }) => at.toISOString()).reverse(),
    );
    const nouveau = await site.person('user', 'FIN', 'nouveau');
    expect(await accueil.apercu(nouveau)).toMatchObject({ vide: true, derniers: [], attente: { total: 0 } });
  });

  it('leads back to what one began to register, and not to a form that holds nothing', async () => {
    const { accueil, courriers } = site.container;
    const objet = 'Plainte des creuseurs de Kolwezi';
    await courriers.saveDraft(agent, 'ENTRANT', { champs: { objet }, pieces: [] });
    await courriers.saveDraft(agent, 'SORTANT', { champs: { statut: 'EN_COURS' }, pieces: [] });
    const dateModification = clock.now().toISOString();
    expect((await accueil.apercu(agent)).enCours).toEqual([{ flux: 'ENTRANT', objet, dateModification }]);
    expect((await accueil.apercu(chef)).enCours).toEqual([]);
    const { body } = await site.app.inject({ url: '/', headers: await site.signIn(agent) });
    expect(body).toMatch(/Plainte des creuseurs de Kolwezi\s», brouillon du 23\snov\.\s2026\sà\s11\sh\s00\./);
    await courriers.clearDraft(agent, 'ENTRANT');
    await courriers.clearDraft(agent, 'SORTANT');
  });

  it('is a page, and the same as JSON at both addresses', async () => {
    const headers = await site.signIn(agent);
    const page = await site.app.inject({ url: '/', headers });
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('href="/courriers/nouveau?flux=ENTRANT"');
    const json = await site.app.inject({ url: '/', headers: { ...headers, accept: 'application/json' } });
    const api = await site.app.inject({ url: '/api/v1/accueil', headers });
    expect(json.json()).toEqual(api.json());
    expect(api.json()).toMatchObject({ aujourdhui: '2026-11-23', semaine: { depuis: '2026-11-23' } });
  });

  it('leads from each figure to the letters that it counts, and says each bar to whoever does not see it', async () => {
    // Not on a Monday, when the week is the day.
    clock.set('2026-11-24T10:00:00Z');
    const headers = await site.signIn(patron);
    const { body } = await site.app.inject({ url: '/', headers });
    const figures = /stat-label">.*?href="([^"]+)".*?stat-value num">([\d\s]+)</g;
    const found = [...body.matchAll(figures)].map(([, href, n]) => [
      href!.replaceAll('&amp;', '&'),
      Number(n),
    ]);
    expect(found).toHaveLength(4);
    expect(new Set(found.map(([, n]) => n)).size).toBeGreaterThan(1);
    for (const [url, n] of found) {
      const accept = 'application/json';
      const list = await site.app.inject({ url: String(url), headers: { ...headers, accept } });
      expect([url, list.json<{ total: number }>().total]).toEqual([url, n]);
    }
    expect(body).toMatch(/<li>lundi\s23\snov\.\s2026\s:\s\d+\sarrivées?,\s\d+\sdéparts?<\/li>/);
  });
});
