import { AppError, can, systemActor, type UserActor } from '@gec/core';
import { describeEachDatabase, testClock } from '@gec/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestBase, TEST_PASSWORD, type TestBase } from '../../test/harness.ts';
import { createPeople, ouverte, preparedDatabase } from '../../test/people.ts';
import { passwordProblem } from './mot-de-passe.policy.ts';

const SYSTEM = systemActor('test');

async function errorOf(work: Promise<unknown>): Promise<AppError> {
  const thrown: unknown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(AppError);
  return thrown as AppError;
}

describe('rules of a password', () => {
  const porteur = { username: 'jean.mukendi', email: 'j.mukendi@mines.example', nomComplet: 'Jean MUKENDI' };
  const accepted = (password: string) => passwordProblem('fr', password, porteur) === null;

  it.each(['quatre mots sans lien', 'Lualaba-cuivre-7-ruche', 'ééééàààà çççç ùùùù', '😀😁😂🤣😃😄😅😆😉😊'])(
    'takes %s',
    (password) => expect(accepted(password)).toBe(true),
  );
  it.each([
    'court',
    'neuf-sign',
    'Jean.Mukendi1',
    'jean mukendi 2026',
    'J.Mukendi@mines.example',
    'MotDePasse2026!',
    'Password123',
    'Kinshasa2026',
    'azertyuiop',
    '1234567890',
    '9876543210',
    'aaaaaaaaaaaa',
    'abababababab',
    'x'.repeat(1_001),
  ])('refuses %s', (password) => expect(accepted(password)).toBe(false));
});

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

describeEachDatabase('the first administrator', (open) => {
  it('is made once, however many processes start at once, with a password of one use', async () => {
    const { url } = await open(preparedDatabase);
    const base = await createTestBase(url);
    try {
      const people = createPeople(base);
      const made = await Promise.all(
        [1, 2, 3].map(() => createPeople(base).utilisateurs.ensureFirstAdmin(base.config)),
      );
      const winners = made.filter(({ created }) => created);
      expect(winners).toHaveLength(1);
      const password = (winners[0] as { password: string }).password;
      const entered = ouverte(
        await people.auth.login({
          identifiant: 'admin@gecmines.cd',
          motDePasse: password,
          ip: '127.0.0.1',
          userAgent: '',
          lang: 'fr',
        }),
      );
      expect(entered.doitChangerMotDePasse).toBe(true);
      const person = await people.auth.authenticate(entered.userId, '');
      expect(person).toMatchObject({ username: 'admin', role: 'super_admin' });
      expect(person && can(person, 'permanent_delete')).toBe(true);
      expect(person?.departementId).toBe(await base.departement('SG'));
      expect(await people.utilisateurs.ensureFirstAdmin(base.config)).toEqual({ created: false });
    } finally {
      await base.close();
    }
  });

  it('keeps the password of GEC_ADMIN_PASSWORD, and does not repeat it', async () => {
    const base = await createTestBase((await open(preparedDatabase)).url);
    try {
      const people = createPeople(base);
      const config = { ...base.config, adminPassword: TEST_PASSWORD };
      expect(await people.utilisateurs.ensureFirstAdmin(config)).toEqual({ created: true });
      const entered = ouverte(
        await people.auth.login({
          identifiant: 'admin',
          motDePasse: TEST_PASSWORD,
          ip: '127.0.0.1',
          userAgent: '',
          lang: 'fr',
        }),
      );
      expect(entered.doitChangerMotDePasse).toBe(false);
    } finally {
      await base.close();
    }
  });
});
