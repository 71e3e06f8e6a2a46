import { AppError, systemActor, type UserActor } from '@gec/core';
import { describeEachDatabase, testClock } from '@gec/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestBase, type TestBase } from '../../test/harness.ts';
import { createPeople, ouverte, preparedDatabase } from '../../test/people.ts';

const SYSTEM = systemActor('test');

async function errorOf(work: Promise<unknown>): Promise<AppError> {
  const thrown: unknown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(AppError);
  return thrown as AppError;
}

describeEachDatabase('people', (open) => {
  const clock = testClock('2026-03-02T08:00:00.000Z');
  let base: TestBase;
  let people: ReturnType<typeof createPeople>;
  let boss: UserActor;
  let head: UserActor;

  beforeEach(async () => {
    base = await createTestBase((await open(preparedDatabase)).url, clock);
    people = createPeople(base);
    boss = await base.person('super_admin', 'SG');
    head = await base.person('admin', 'TECH');
  });
  afterEach(() => base.close());

  const fresh = async (patch: object = {}) => ({
    username: 'nouvelle',
    email: 'nouvelle@example.cd',
    nomComplet: 'Nouvelle Personne',
    role: 'user',
    departementId: await base.departement('TECH'),
    ...patch,
  });
  const fieldsOf = async (work: Promise<unknown>) => (await errorOf(work)).fields.map(({ field }) => field);

  it('adds an account with a one-time password that opens and must be changed', async () => {
    const { id, motDePasse = '' } = await people.utilisateurs.add(boss, await fresh());
    expect(motDePasse).toMatch(/^\w{6}-\w{6}-\w{6}$/);
    const entered = ouverte(
      await people.auth.login({
        identifiant: 'nouvelle@example.cd',
        motDePasse,
        ip: '10.0.0.1',
        userAgent: '',
        lang: 'fr',
      }),
    );
    expect(entered).toMatchObject({ userId: id, doitChangerMotDePasse: true });
  });

  it('refuses what is taken or badly written, each beside its field', async () => {
    await people.utilisateurs.add(boss, await fresh());
    const add = async (patch: object) => fieldsOf(people.utilisateurs.add(boss, await fresh(patch)));
    expect(await add({ email: 'autre@example.cd' })).toEqual(['username']);
    expect(await add({ username: 'NOUVELLE', email: 'autre@example.cd' })).toEqual(['username']);
    expect(await add({ username: 'autre', email: 'Nouvelle@EXAMPLE.cd' })).toEqual(['email']);
    expect(await add({})).toEqual(['username', 'email']);
    for (const username of ['', 'a', 'a b', 'a@b', 'a\0b', '-ab', 'x'.repeat(61), `'; drop table "user"`]) {
      expect(await add({ username, email: 'autre@example.cd' }), username).toEqual(['username']);
    }
    expect(
      await add({ email: 'pas une adresse', nomComplet: ' ', role: 'roi', departementId: 999_999 }),
    ).toEqual(['email', 'nomComplet', 'role', 'departementId']);
    expect(await add({ username: 'autre', email: 'o@example.cd', fonction: 'a\0b' })).toEqual(['fonction']);
    expect(await add({ username: 'autre', email: 'o@example.cd', motDePasse: 'court' })).toEqual([
      'motDePasse',
    ]);
  });

  it('keeps an administrator within the own department', async () => {
    await base.person('user', 'TECH', 'technicien');
    const lawyer = await base.person('user', 'JUR', 'juriste');
    const names = async (actor: UserActor) =>
      (await people.utilisateurs.list(actor)).utilisateurs.map(({ username }) => username);
    expect(await names(head)).toEqual(['admin.tech', 'technicien']);
    expect(await names(boss)).toHaveLength(4);
    expect((await errorOf(people.utilisateurs.find(head, lawyer.userId))).kind).toBe('not-found');
    expect((await errorOf(people.utilisateurs.setPassword(head, lawyer.userId))).kind).toBe('not-found');
    const jur = await base.departement('JUR');
    expect(await fieldsOf(people.utilisateurs.add(head, await fresh({ departementId: jur })))).toEqual([
      'departementId',
    ]);
    expect(await fieldsOf(people.utilisateurs.add(head, await fresh({ departementId: null })))).toEqual([
      'departementId',
    ]);
    const own = await people.utilisateurs.add(head, await fresh());
    expect(await fieldsOf(people.utilisateurs.setDepartement(head, own.id, jur))).toEqual(['departementId']);
    const clerk = await base.person('user', 'TECH', 'technicien');
    expect((await errorOf(people.utilisateurs.list(clerk))).kind).toBe('forbidden');
    expect((await errorOf(people.utilisateurs.setActive(clerk, own.id, false))).kind).toBe('forbidden');
  });

  it('lets nobody pass on a right they lack, or take the place of somebody who has more', async () => {
    expect(await fieldsOf(people.utilisateurs.add(head, await fresh({ role: 'super_admin' })))).toEqual([
      'role',
    ]);
    const clerk = await base.person('user', 'TECH', 'technicien');
    expect(await fieldsOf(people.utilisateurs.setRole(head, clerk.userId, 'super_admin'))).toEqual(['role']);
    await people.utilisateurs.setRole(head, clerk.userId, 'admin');
    expect((await base.person('user', 'TECH', 'technicien')).role).toBe('admin');

    const mighty = await base.person('super_admin', 'TECH', 'directeur');
    for (const attempt of [
      () => people.utilisateurs.setPassword(head, mighty.userId),
      () => people.utilisateurs.setRole(head, mighty.userId, 'user'),
      () => people.utilisateurs.setActive(head, mighty.userId, false),
    ]) {
      expect((await errorOf(attempt())).kind).toBe('forbidden');
    }
    expect((await people.utilisateurs.find(head, mighty.userId)).gerable).toBe(false);
  });

  it('keeps the own account out of one’s own reach, and one super administrator always', async () => {
    for (const attempt of [
      () => people.utilisateurs.setRole(boss, boss.userId, 'user'),
      () => people.utilisateurs.setActive(boss, boss.userId, false),
      () => people.utilisateurs.setPassword(boss, boss.userId),
    ]) {
      expect((await errorOf(attempt())).kind).toBe('forbidden');
    }
    expect((await errorOf(people.utilisateurs.setActive(SYSTEM, boss.userId, false))).code).toBe(
      'LAST_SUPER_ADMIN',
    );
    expect((await errorOf(people.utilisateurs.setRole(SYSTEM, boss.userId, 'user'))).code).toBe(
      'LAST_SUPER_ADMIN',
    );
    const second = await base.person('super_admin', 'SG', 'adjoint');
    const results = await Promise.allSettled([
      people.utilisateurs.setActive(boss, second.userId, false),
      people.utilisateurs.setActive(second, boss.userId, false),
    ]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('closes the sessions with the account or its password, and lifts locks', async () => {
    const clerk = await base.person('user', 'TECH', 'technicien');
    const enter = () => people.sessions.create(null, clerk.userId, { ip: '10.0.0.1', userAgent: '' });
    const first = await enter();
    const { motDePasse = '' } = await people.utilisateurs.setPassword(head, clerk.userId);
    expect(await people.sessions.resolve(first.token)).toBeNull();
    const second = await enter();
    await people.utilisateurs.setActive(head, clerk.userId, false);
    expect(await people.sessions.resolve(second.token)).toBeNull();
    expect(await people.auth.authenticate(clerk.userId, '')).toBeNull();
    await people.utilisateurs.setActive(head, clerk.userId, true);

    const attempt = (password: string) =>
      people.auth.login({
        identifiant: 'technicien',
        motDePasse: password,
        ip: '10.0.0.1',
        userAgent: '',
        lang: 'fr',
      });
    for (let n = 0; n < 8; n++) await errorOf(attempt('faux'));
    expect((await people.utilisateurs.find(head, clerk.userId)).bloque).toBe(true);
    expect((await people.utilisateurs.list(head)).comptes.bloques).toBe(1);
    expect(await people.utilisateurs.unlock(head, clerk.userId)).toBe(1);
    await attempt(motDePasse);
  });

  it('lets one of two administrators who demote each other at once, and never the last one', async () => {
    const third = await base.person('super_admin', 'SG', 'troisieme');
    const attempts = await Promise.allSettled([
      people.utilisateurs.setRole(boss, third.userId, 'user'),
      people.utilisateurs.modifier(third, boss.userId, { role: 'user' }),
    ]);
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const left = (await people.utilisateurs.list(SYSTEM, { role: 'super_admin', actif: true })).utilisateurs;
    expect(left).toHaveLength(1);
    const [last] = left;
    const error = await errorOf(people.utilisateurs.modifier(SYSTEM, last?.id ?? 0, { role: 'admin' }));
    expect(error.code).toBe('LAST_SUPER_ADMIN');
    // Somebody whose rights went while their request was under way changes nothing any more.
    const stale = [boss, third].find(({ userId }) => userId !== last?.id);
    expect((await errorOf(people.utilisateurs.setActive(stale ?? boss, head.userId, false))).kind).toBe(
      'forbidden',
    );
  });

  it('changes what was typed of an account, over the version that was seen', async () => {
    const { id } = await people.utilisateurs.add(boss, await fresh({ fonction: 'Commis' }));
    await people.utilisateurs.add(boss, await fresh({ username: 'prise', email: 'prise@example.cd' }));
    const before = await people.utilisateurs.find(boss, id);
    const fin = await base.departement('FIN');
    const patch = {
      username: 'nouvelle.2',
      email: ' Nouvelle.2@example.cd ',
      matricule: ' 7 ',
      fonction: '',
      departementId: fin,
      role: 'admin',
      langue: 'en' as const,
    };
    await people.utilisateurs.modifier(boss, id, patch, before.version);
    expect(await people.utilisateurs.find(boss, id)).toMatchObject({
      username: 'nouvelle.2',
      email: 'Nouvelle.2@example.cd',
      nomComplet: 'Nouvelle Personne',
      matricule: '7',
      fonction: null,
      departementId: fin,
      role: 'admin',
      langue: 'en',
    });
    expect((await people.utilisateurs.identifiants('nouvelle.2@EXAMPLE.cd'))?.id).toBe(id);
    const late = await errorOf(people.utilisateurs.modifier(boss, id, { fonction: 'x' }, before.version));
    expect(late.code).toBe('VERSION_CONFLICT');
    const change = (one: object) => fieldsOf(people.utilisateurs.modifier(boss, id, one));
    expect(await change({ username: 'PRISE' })).toEqual(['username']);
    expect(await change({ username: 'prise', email: 'PRISE@example.cd' })).toEqual(['username', 'email']);
    expect(await change({ email: 'x', nomComplet: '', role: 'roi', departementId: 9_999 })).toEqual([
      'email',
      'nomComplet',
      'role',
      'departementId',
    ]);
    // One's own account keeps its role, whoever one is.
    expect((await errorOf(people.utilisateurs.modifier(boss, boss.userId, { role: 'user' }))).kind).toBe(
      'forbidden',
    );
    const actions = (await people.utilisateurs.historique(boss, id)).map(({ action }) => action);
    expect(actions).toEqual(['utilisateur.modification', 'utilisateur.role', 'utilisateur.ajout']);
    expect((await errorOf(people.utilisateurs.historique(head, id))).kind).toBe('not-found');
  });

  it('lets people keep their own particulars, and nothing else', async () => {
    const clerk = await base.person('user', 'TECH', 'technicien');
    await people.utilisateurs.modifierSoi(clerk, { fonction: 'Chef de bureau', telephone: '+243 81' }, 1);
    expect(await people.utilisateurs.compte(clerk.userId)).toMatchObject({
      fonction: 'Chef de bureau',
      telephone: '+243 81',
      email: 'technicien@example.cd',
      version: 2,
    });
    const again = people.utilisateurs.modifierSoi(clerk, { fonction: 'a', telephone: null }, 1);
    expect((await errorOf(again)).code).toBe('VERSION_CONFLICT');
    expect(
      await fieldsOf(people.utilisateurs.modifierSoi(clerk, { fonction: 'x'.repeat(161), telephone: null })),
    ).toEqual(['fonction']);
  });

  it('shows and ends the sessions of an account', async () => {
    const clerk = await base.person('user', 'TECH', 'technicien');
    const enter = (ip: string) => people.sessions.create(null, clerk.userId, { ip, userAgent: 'curl/8' });
    const [first, second] = [await enter('10.0.0.1'), await enter('10.0.0.2')];
    const open = await people.utilisateurs.sessionsDe(head, clerk.userId);
    expect(open.map(({ ip, navigateur }) => [ip, navigateur]).sort()).toEqual([
      ['10.0.0.1', 'curl'],
      ['10.0.0.2', 'curl'],
    ]);
    const handle = open.find(({ ip }) => ip === '10.0.0.1')?.id;
    expect(await people.utilisateurs.fermerSessions(head, clerk.userId, handle)).toBe(1);
    expect(await people.sessions.resolve(first.token)).toBeNull();
    expect(await people.sessions.resolve(second.token)).not.toBeNull();
    const gone = await errorOf(people.utilisateurs.fermerSessions(head, clerk.userId, handle));
    expect(gone.kind).toBe('not-found');
    expect(await people.utilisateurs.fermerSessions(head, clerk.userId)).toBe(1);
    expect((await errorOf(people.utilisateurs.fermerSessions(clerk, head.userId))).kind).toBe('forbidden');
    const [entry] = await people.utilisateurs.historique(head, clerk.userId);
    expect(entry).toMatchObject({ action: 'utilisateur.sessions', details: { nombre: 1 } });
  });

  it('sorts and filters by what is sealed and what is not', async () => {
    const add = async (username: string, nomComplet: string, code: string) => {
      const departementId = await base.departement(code);
      const email = `${username}@example.cd`;
      return people.utilisateurs.add(boss, { username, email, nomComplet, role: 'user', departementId });
    };
    const { id } = await add('zoe', 'Ébène ANGE', 'FIN');
    await add('bob', 'Zacharie BEYA', 'ADM');
    const names = async (filters: object, page: object = {}) => {
      const found = await people.utilisateurs.list(boss, filters, { page: 1, size: 10, ...page });
      return found.utilisateurs.map(({ username }) => username);
    };
    expect(await names({ jamais: true, role: 'user' })).toEqual(['zoe', 'bob']);
    expect(await names({ role: 'user' }, { ordre: 'desc' })).toEqual(['bob', 'zoe']);
    expect(await names({ role: 'user' }, { tri: 'identifiant' })).toEqual(['bob', 'zoe']);
    expect(await names({ role: 'user' }, { tri: 'departement' })).toEqual(['bob', 'zoe']);
    await base.database.kysely
      .updateTable('user')
      .set({ derniere_connexion: '2026-03-01T08:00:00.000Z' })
      .where('id', '=', id)
      .execute();
    for (const ordre of ['asc', 'desc']) {
      expect(await names({ role: 'user' }, { tri: 'connexion', ordre })).toEqual(['zoe', 'bob']);
    }
    expect(await names({ jamais: false })).toEqual(['zoe']);
    expect(await names({ bloque: true })).toEqual([]);
    for (let n = 0; n < 8; n++) {
      const attempt = { identifiant: 'bob', motDePasse: 'faux', ip: '10.0.0.9', userAgent: '' };
      await errorOf(people.auth.login({ ...attempt, lang: 'fr' }));
    }
    expect(await names({ bloque: true })).toEqual(['bob']);
    expect(await names({ bloque: false, role: 'user' })).toEqual(['zoe']);
  });

  it('finds by words of the name, role, department and state', async () => {
    await people.utilisateurs.add(boss, await fresh({ nomComplet: 'Élodie KABONGO wa Ilunga' }));
    const find = async (filters: object) =>
      (await people.utilisateurs.list(boss, filters)).utilisateurs.map(({ username }) => username);
    expect(await find({ q: 'ilunga ELODIE' })).toEqual(['nouvelle']);
    expect(await find({ q: 'nouvelle@exam' })).toEqual(['nouvelle']);
    expect(await find({ q: 'absente' })).toEqual([]);
    expect(await find({ role: 'admin' })).toEqual(['admin.tech']);
    expect(await find({ departementId: await base.departement('SG') })).toEqual(['super_admin.sg']);
    expect(await find({ actif: false })).toEqual([]);
    const page = await people.utilisateurs.list(boss, {}, { page: 2, size: 2 });
    expect([page.utilisateurs.length, page.total]).toEqual([1, 3]);
  });

  it('names people, and says to whom one can send', async () => {
    const clerk = await base.person('user', 'TECH', 'technicien');
    const closed = await base.person('user', 'TECH', 'parti');
    await people.utilisateurs.setActive(boss, closed.userId, false);
    expect(await people.utilisateurs.names([clerk.userId, closed.userId, 424_242])).toEqual(
      new Map([
        [clerk.userId, 'Personne technicien'],
        [closed.userId, 'Personne parti'],
      ]),
    );
    const list = await people.utilisateurs.transmissible(clerk);
    expect(list.map(({ nomComplet }) => nomComplet)).toEqual([
      'Personne admin.tech',
      'Personne super_admin.sg',
    ]);
    expect(list[0]).toMatchObject({ departement: 'Département Technique', fonction: null });
  });

  it('seals what names a person', async () => {
    await people.utilisateurs.add(boss, await fresh({ fonction: 'Chef de bureau', telephone: '+243 000' }));
    const rows = await base.database.kysely.selectFrom('user').selectAll().execute();
    expect(JSON.stringify(rows)).not.toMatch(/Nouvelle Personne|example\.cd|Chef de bureau|\+243 000/);
  });
});
