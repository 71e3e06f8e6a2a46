import { AppError, systemActor } from '@gec/core';
import { describeEachDatabase, testClock } from '@gec/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { migrated } from '../../test/migrated.ts';
import { browser } from '../../test/people-app.ts';
import type { JournalLine } from '../journal/journal.schema.ts';
import type { Personne } from '../utilisateurs/utilisateurs.schema.ts';
import { alertesDe, reseauDe, SEUIL_COMPTE, SEUIL_RESEAU, type Constats } from './securite.alertes.ts';

const NOW = '2026-03-02T08:30:00.000Z';
const PAGE = '/admin/securite';

const codeOf = (work: Promise<unknown>): Promise<string | null> =>
  work.then(
    () => null,
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );

describe('alerts', () => {
  const line = (over: Partial<JournalLine>): JournalLine => ({
    id: 1,
    action: 'auth.echec',
    date: NOW,
    acteur: 'system:connexion',
    utilisateurId: null,
    ip: '203.0.113.7',
    courrierId: null,
    numero: null,
    details: {},
    seq: 1,
    ...over,
  });
  const nothing: Constats = {
    echecs: [],
    adresses: [],
    nouveauDepuis: '2026-02-23T00:00:00.000Z',
    retraits: [],
    verification: null,
    noms: new Map([[3, 'Aline Mukendi']]),
  };
  const times = (n: number, over: Partial<JournalLine>) => Array.from({ length: n }, () => line(over));

  it('are none while nothing happens, nor below what people do by mistake', () => {
    expect(alertesDe(nothing)).toEqual([]);
    expect(
      alertesDe({ ...nothing, echecs: times(SEUIL_COMPTE - 1, { details: { compte: 'jean' } }) }),
    ).toEqual([]);
  });

  it('tell accounts and networks that fail often, and names that belong to nobody', () => {
    const echecs = [
      ...times(SEUIL_COMPTE, { details: { compte: 'jean' }, ip: '198.51.100.1' }),
      ...times(SEUIL_RESEAU - 1, { details: { empreinte: 'abc' }, ip: '203.0.113.9' }),
      line({ details: { empreinte: 'abc' }, ip: '203.0.113.200' }),
    ];
    expect(alertesDe({ ...nothing, echecs })).toEqual([
      { genre: 'compte', date: NOW, compte: 'jean', connu: true, nombre: SEUIL_COMPTE },
      { genre: 'compte', date: NOW, compte: 'abc', connu: false, nombre: SEUIL_RESEAU },
      { genre: 'reseau', date: NOW, reseau: '203.0.113.0/24', nombre: SEUIL_RESEAU },
    ]);
    expect(reseauDe('2001:db8:1:2:3::4')).toBe('2001:db8:1:2::/64');
  });

  it('tell an administrator’s new address, once there are known ones to compare with', () => {
    const seen = (ip: string, premiere: string) => ({ utilisateurId: 3, ip, premiere, derniere: premiere });
    const [old, fresh] = ['2026-01-10T08:00:00.000Z', '2026-03-01T08:00:00.000Z'];
    expect(alertesDe({ ...nothing, adresses: [seen('10.0.0.1', fresh)] })).toEqual([]);
    const adresses = [
      seen('10.0.0.1', old),
      seen('2001:db8::1', old),
      seen('2001:db8::2', fresh),
      seen('10.0.0.9', fresh),
    ];
    expect(alertesDe({ ...nothing, adresses })).toEqual([
      { genre: 'adresse', date: fresh, personne: 'Aline Mukendi', ip: '10.0.0.9' },
    ]);
  });

  it('put a broken chain first, and tell removed factors', () => {
    const retraits = [
      line({ utilisateurId: 3, details: { compte: 'jean', nombre: 1 } }),
      line({
        utilisateurId: 9,
        acteur: 'paul',
        details: { facteur: 'totp' },
        date: '2026-03-01T00:00:00.000Z',
      }),
    ];
    const verification = {
      id: 1,
      etat: 'TERMINEE',
      fait: 9,
      total: 9,
      parId: 3,
      debut: '2026-01-01T00:00:00.000Z',
      fin: '2026-01-01T00:00:01.000Z',
      entrees: 9,
      rupture: { nature: 'altered', seq: 4, id: 4 },
    } as const;
    expect(alertesDe({ ...nothing, retraits, verification }).map(({ genre }) => genre)).toEqual([
      'chaine',
      'facteur',
      'facteur',
    ]);
    expect(alertesDe({ ...nothing, retraits })).toMatchObject([
      { par: 'Aline Mukendi', compte: 'jean' },
      { par: 'paul', compte: null },
    ]);
  });
});

describeEachDatabase('the security of an installation', (open) => {
  const clock = testClock(NOW);
  let site: TestApp;
  let boss: Personne;

  beforeEach(async () => {
    clock.set(NOW);
    site = await createTestApp((await open(migrated)).url, { clock });
    boss = await site.person('super_admin');
  });
  afterEach(() => site.close());

  const fail = (email: string, times = 1) =>
    Array.from({ length: times }).reduce<Promise<unknown>>(
      (before) =>
        before.then(() =>
          site.app.inject({
            method: 'POST',
            url: '/login',
            headers: { accept: 'application/json' },
            payload: { email, password: 'faux' },
          }),
        ),
      Promise.resolve(),
    );

  it('counts failures by hour and by day of the office', async () => {
    clock.set('2026-02-20T23:30:00.000Z');
    await fail('personne');
    clock.set('2026-03-02T07:10:00.000Z');
    await fail('personne', 2);
    clock.set(NOW);
    await fail('personne', 3);
    const { heures, jours } = await site.container.securite.echecs(boss);
    expect([heures.length, jours.length]).toEqual([24, 30]);
    expect(heures.slice(-2)).toEqual([
      { debut: '2026-03-02T07:00:00.000Z', nombre: 2 },
      { debut: '2026-03-02T08:00:00.000Z', nombre: 3 },
    ]);
    // 23:30 UTC is the next day in Kinshasa.
    expect(jours.filter(({ nombre }) => nombre > 0)).toEqual([
      { debut: '2026-02-20T23:00:00.000Z', nombre: 1 },
      { debut: '2026-03-01T23:00:00.000Z', nombre: 5 },
    ]);
  });

  it('derives alerts from what really happened', async () => {
    await site.person('user', 'ADM', 'jean');
    await fail('jean', 8);
    await fail('jean', 4);
    const from = (ip: string) =>
      site.container.database.transaction((trx) =>
        site.container.journal.record(trx, { ...boss, ip }, { action: 'auth.connexion' }),
      );
    clock.set('2026-02-01T08:00:00.000Z');
    await from('10.0.0.1');
    clock.set(NOW);
    await from('10.0.0.2');
    const alertes = await site.container.securite.alertes(boss);
    expect(alertes.map(({ genre }) => genre)).toContain('adresse');
    // Eight failures were recorded; the attempts of a locked pair are not failures.
    expect(alertes.map(({ genre }) => genre)).not.toContain('compte');
    expect(await codeOf(site.container.securite.alertes(await site.person('admin')))).toBe('FORBIDDEN');
  });

  it('shows locks with whom they concern, and lifts one', async () => {
    await site.person('user', 'ADM', 'jean');
    await fail('jean', 8);
    await fail('fantome', 8);
    const { securite } = site.container;
    const blocages = await securite.blocages(boss);
    expect(blocages).toMatchObject([{ adresse: '127.0.0.1' }, { adresse: '127.0.0.1' }]);
    expect(new Set(blocages.map(({ compte }) => compte))).toEqual(new Set(['jean', null]));
    for (const { cle, adresse } of blocages) await securite.debloquer(boss, { cle, adresse });
    expect(await securite.blocages(boss)).toEqual([]);
    expect(await codeOf(securite.debloquer(boss, { cle: 'x', adresse: 'y' }))).toBe('NOT_FOUND');
    expect(await codeOf(securite.blocages(await site.person('admin')))).toBe('FORBIDDEN');
    const entry = (await site.container.journal.list(systemActor('test'), {}, { size: 2 })).lignes;
    expect(entry.map(({ details }) => details['deblocage'])).toEqual([true, true]);
  });

  it('shows everybody’s sessions and ends one, but never the one that asks', async () => {
    const jean = await site.person('user', 'ADM', 'jean');
    await site.signIn(jean);
    const { cookie } = await site.signIn(boss);
    const { securite, sessions } = site.container;
    const mine = (await sessions.list(boss.userId))[0]?.id ?? '';
    const open = await securite.sessions(boss, mine);
    expect(open.map(({ personne, courante }) => [personne, courante]).sort()).toEqual([
      ['Personne jean', false],
      ['Personne super_admin.adm', true],
    ]);
    const id = (one: (typeof open)[number] | undefined) => one?.id ?? '';
    expect(await codeOf(securite.terminer(boss, id(open.find(({ courante }) => courante)), mine))).toBe(
      'NOT_FOUND',
    );
    await securite.terminer(boss, id(open.find(({ courante }) => !courante)), mine);
    expect(await sessions.list(jean.userId)).toEqual([]);
    expect((await site.app.inject({ url: '/profil', headers: { cookie } })).statusCode).toBe(200);
  });

  it('keeps who blocks addresses from shutting themselves out, unless they say so', async () => {
    const { adresses } = site.container;
    const me = { ...boss, ip: '10.20.0.7' };
    const own = { cidr: '10.20.0.0/16', motif: '' };
    expect(await codeOf(adresses.block(me, own))).toBe('OWN_ADDRESS');
    expect(await codeOf(adresses.block({ ...boss, ip: '::ffff:10.20.0.7' }, own))).toBe('OWN_ADDRESS');
    expect(
      await codeOf(adresses.block({ ...boss, ip: '2001:db8::7' }, { cidr: '2001:db8::/32', motif: '' })),
    ).toBe('OWN_ADDRESS');
    const allowed = await adresses.allow(me, { cidr: '10.20.0.7', motif: 'bureau' });
    await adresses.block(me, own);
    expect(await codeOf(adresses.removeRule(me, allowed.id, 'autorisee', false))).toBe('OWN_ADDRESS');
    await adresses.removeRule(me, allowed.id, 'autorisee', true);
    expect(await codeOf(adresses.removeRule(me, allowed.id, 'autorisee', true))).toBe('NOT_FOUND');
    expect(await codeOf(adresses.block(me, { ...own, confirme: true }))).toBeNull();
    expect(await codeOf(adresses.block(systemActor('cli'), { cidr: '::/0', motif: '' }))).toBeNull();
  });

  it('verifies the journal in the background, keeps what it found, and tells a break', async () => {
    const { securite, journal, database } = site.container;
    await fail('personne', 3);
    expect(await securite.derniereVerification(boss)).toBeNull();
    expect(await securite.verifier(boss)).toMatchObject({ etat: 'EN_COURS', parId: boss.userId });
    await securite.finVerification();
    expect(await securite.derniereVerification(boss)).toMatchObject({
      etat: 'TERMINEE',
      rupture: null,
      entrees: 3,
    });
    await journal.chainNow();
    await database.kysely.updateTable('log_activite').set({ acteur: 'autre' }).where('id', '=', 2).execute();
    await securite.verifier(boss);
    await securite.finVerification();
    expect(await securite.derniereVerification(boss)).toMatchObject({
      etat: 'TERMINEE',
      rupture: { nature: 'altered', id: 2 },
    });
    expect((await securite.alertes(boss))[0]).toMatchObject({ genre: 'chaine' });
    expect(await codeOf(securite.verifier(await site.person('admin')))).toBe('FORBIDDEN');
    // A process that died says nothing more: another one may begin again.
    await database.kysely.updateTable('verification_journal').set({ etat: 'EN_COURS' }).execute();
    clock.set('2026-03-02T08:32:00.000Z');
    expect(await securite.derniereVerification(boss)).toMatchObject({ etat: 'INTERROMPUE' });
    expect(await securite.verifier(boss)).toMatchObject({ etat: 'EN_COURS' });
    await securite.finVerification();
  });

  it('is one screen with forms that come back filled, lists that sort, search and export', async () => {
    const jean = await site.person('user', 'ADM', 'jean');
    const visitor = browser(site.app);
    await visitor.signIn(boss.username);
    const overview = await visitor.get(PAGE);
    expect(overview.body).toContain('Rien à signaler');
    expect(overview.body).toContain('aria-current="page"');
    const own = { genre: 'bloquee', cidr: '127.0.0.0/8', motif: 'essai', duree: '60' };
    const asked = await visitor.post(`${PAGE}/adresses`, own, `${PAGE}/adresses`);
    expect([
      asked.statusCode,
      asked.body.includes('value="127.0.0.0/8"'),
      asked.body.includes('name="confirme"'),
    ]).toEqual([409, true, true]);
    const bad = await visitor.post(`${PAGE}/adresses`, { ...own, cidr: 'ailleurs' }, `${PAGE}/adresses`);
    expect([bad.statusCode, bad.body.includes('field-error')]).toEqual([400, true]);
    const added = await visitor.post(
      `${PAGE}/adresses`,
      { ...own, cidr: '2001:db8::/32' },
      `${PAGE}/adresses`,
    );
    expect(added.headers.location).toBe(`${PAGE}/adresses`);
    expect((await visitor.get(`${PAGE}/adresses`)).body).toContain('2001:db8::/32');
    expect((await visitor.get(`${PAGE}/adresses?q=rien`)).body).toContain('Rien ne répond');
    const csv = await visitor.get(`${PAGE}/adresses?format=csv`);
    expect([csv.headers['content-type'], csv.body.includes('2001:db8::/32')]).toEqual([
      'text/csv; charset=utf-8',
      true,
    ]);
    expect((await visitor.json('GET', `${PAGE}/adresses?sort_by=rien`)).statusCode).toBe(400);
    const { regles } = (await visitor.json('GET', '/api/v1/securite/adresses')).json<{
      regles: { id: number }[];
    }>();
    const gone = await visitor.post(
      `${PAGE}/adresses/bloquee/${regles[0]?.id}/retirer`,
      {},
      `${PAGE}/adresses`,
    );
    expect(gone.headers.location).toBe(`${PAGE}/adresses`);

    await site.signIn(jean);
    expect((await visitor.get(`${PAGE}/sessions?q=jean`)).body).toContain(
      'Fermer la session de Personne jean',
    );
    await fail('jean', 8);
    const locks = await visitor.get(`${PAGE}/blocages`);
    expect(locks.body).toContain('Débloquer Personne jean à 127.0.0.1');
    const cle = /name="cle" value="([^"]+)"/.exec(locks.body)?.[1] ?? '';
    await visitor.post(`${PAGE}/blocages/lever`, { cle, adresse: '127.0.0.1' }, `${PAGE}/blocages`);
    expect((await visitor.get(`${PAGE}/blocages`)).body).toContain('Aucun compte bloqué');

    const chosen = await visitor.post(`${PAGE}/second-facteur`, { roles: 'user', avant: '' }, PAGE);
    expect(chosen.statusCode).toBe(303);
    const stale = await visitor.post(`${PAGE}/second-facteur`, { roles: 'admin', avant: '' }, PAGE);
    expect([stale.statusCode, stale.body.includes('Quelqu’un d’autre')]).toEqual([409, true]);
    expect((await site.container.parametres.get()).secondFacteurRoles).toEqual(['user']);
    await visitor.post(`${PAGE}/verification`, {}, PAGE);
    await site.container.securite.finVerification();
    expect((await visitor.get(PAGE)).body).toContain('Le journal est intact');
  });

  it('is shown to nobody without the right', async () => {
    for (const role of ['user', 'admin']) {
      const { cookie } = await site.signIn(await site.person(role));
      for (const path of ['', '/adresses', '/blocages', '/sessions']) {
        const { statusCode } = await site.app.inject({ url: `${PAGE}${path}`, headers: { cookie } });
        expect([role, path, statusCode]).toEqual([role, path, 403]);
      }
    }
  });
});
