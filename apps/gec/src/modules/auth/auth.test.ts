import { AppError, systemActor } from '@gec/core';
import { burnPassword, hashPassword, verifyLegacyWerkzeug, verifyPassword } from '@gec/crypto';
import { describeEachDatabase, testClock } from '@gec/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createTestBase, TEST_PASSWORD, type TestBase } from '../../test/harness.ts';
import { createPeople, ouverte, preparedDatabase } from '../../test/people.ts';

const NOW = '2026-03-02T08:00:00.000Z';
const OFFICE = '10.20.0.7';

async function errorOf(work: Promise<unknown>): Promise<AppError> {
  const thrown: unknown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(AppError);
  return thrown as AppError;
}

describeEachDatabase('sign-in', (open) => {
  const clock = testClock(NOW);
  let base: TestBase;
  let people: ReturnType<typeof createPeople>;

  beforeEach(async () => {
    clock.set(NOW);
    base = await createTestBase((await open(preparedDatabase)).url, clock);
    people = createPeople(base);
  });
  afterEach(() => base.close());

  const login = async (
    identifiant: string,
    motDePasse = TEST_PASSWORD,
    from: Partial<{ ip: string; ancienneSession: string | null; userAgent: string | undefined }> = {},
  ) =>
    ouverte(
      await people.auth.login({
        identifiant,
        motDePasse,
        ip: OFFICE,
        userAgent: 'curl/8',
        lang: 'fr',
        ...from,
      }),
    );
  const journal = async () =>
    (await people.journal.list(systemActor('test'), {}, { size: 100 })).lignes.map(
      ({ action, acteur, details }) => ({ action, acteur, details }),
    );

  it('takes the user name or the e-mail address, in any case and with spaces around', async () => {
    const person = await base.person('user', 'ADM', 'Élodie.K');
    for (const word of ['Élodie.K', 'élodie.k', 'ELODIE.K', ' elodie.k ', 'Élodie.K@EXAMPLE.cd']) {
      const { token, userId } = await login(word);
      expect(userId).toBe(person.userId);
      expect((await people.sessions.resolve(token))?.userId).toBe(person.userId);
    }
  });

  it('notes the time and writes the journal with the session', async () => {
    const { userId } = await base.person('user');
    await login('user.adm');
    expect((await people.utilisateurs.compte(userId))?.derniereConnexion).toBe(NOW);
    expect(await journal()).toEqual([{ action: 'auth.connexion', acteur: 'user.adm', details: {} }]);
  });

  it('says the same of an unknown name, a closed account and a wrong password, and takes as long', async () => {
    const { userId } = await base.person('user');
    const closed = await base.person('user', 'ADM', 'ancien');
    const boss = await base.person('super_admin');
    await people.utilisateurs.setActive(boss, closed.userId, false);
    const burn = vi.fn(burnPassword);
    people = createPeople(base, { verify: verifyPassword, verifyLegacy: verifyLegacyWerkzeug, burn });

    const refusals = [];
    for (const [name, password] of [
      ['user.adm', 'faux'],
      ['personne', 'faux'],
      ['ancien', TEST_PASSWORD],
      ['ancien', 'faux'],
    ] as const) {
      const { kind, code, message, fields } = await errorOf(login(name, password));
      refusals.push({ kind, code, message, fields });
    }
    expect(new Set(refusals.map((refusal) => JSON.stringify(refusal))).size).toBe(1);
    expect(refusals[0]).toMatchObject({ kind: 'unauthenticated', code: 'WRONG_CREDENTIALS' });
    expect(burn.mock.calls.map(([, , cost]) => cost)).toEqual([4, 4, 4]);
    expect(await people.sessions.list(userId)).toEqual([]);
  });

  it('never writes down what was typed when it belongs to nobody: it may be a password', async () => {
    await base.person('user');
    await errorOf(login('Mon-vrai-mot-de-passe-9', 'faux'));
    await errorOf(login('USER.ADM', 'autre-secret-77'));
    const entries = await journal();
    expect(entries.map(({ action, acteur }) => [action, acteur])).toEqual([
      ['auth.echec', 'system:connexion'],
      ['auth.echec', 'system:connexion'],
    ]);
    expect(entries[0]?.details).toEqual({ compte: 'user.adm' });
    expect(entries[1]?.details).toEqual({ empreinte: expect.stringMatching(/^[\w-]{12}$/) });
    expect(JSON.stringify(entries)).not.toMatch(/vrai-mot|secret-77/i);
  });

  it('locks the account at this address after 8 failures, not the colleague beside, not for ever', async () => {
    await base.person('user');
    await base.person('user', 'ADM', 'collegue');
    for (let n = 0; n < 8; n++)
      expect((await errorOf(login('user.adm', 'faux'))).kind).toBe('unauthenticated');
    const locked = await errorOf(login('user.adm'));
    expect(locked).toMatchObject({ kind: 'locked-out', code: 'LOCKED_OUT', retryAfter: 900 });
    expect(locked.message).toContain('15\u00A0minutes');
    expect((await errorOf(login('USER.ADM@example.cd'))).kind).toBe('locked-out');

    await login('collegue');
    await login('user.adm', TEST_PASSWORD, { ip: '10.99.0.1' });
    people = createPeople(base);
    expect((await errorOf(login('user.adm'))).kind).toBe('locked-out');
    expect((await journal()).filter(({ action }) => action === 'auth.blocage')).toEqual([
      { action: 'auth.blocage', acteur: 'system:connexion', details: { compte: 'user.adm', minutes: 15 } },
    ]);

    clock.advance(15 * 60_000 + 1_000);
    await login('user.adm');
  });

  it('locks a name that belongs to nobody just as well', async () => {
    for (let n = 0; n < 8; n++) await errorOf(login('fantome', 'faux'));
    expect((await errorOf(login('fantome', 'faux'))).kind).toBe('locked-out');
  });

  it('counts attempts at once as it counts one after the other', async () => {
    await base.person('user');
    const kinds = await Promise.all(
      Array.from({ length: 20 }, async () => (await errorOf(login('user.adm', 'faux'))).kind),
    );
    expect(kinds.filter((kind) => kind === 'unauthenticated')).toHaveLength(8);
  });

  it('takes hostile input for what it is: the name of nobody', async () => {
    await base.person('user');
    const hostile = [
      '',
      ' ',
      'user.adm\0',
      '\0',
      `' OR 1=1 --`,
      '"; drop table "user"; --',
      'x'.repeat(10_240),
      '😀'.repeat(50),
      '\uD800',
      '%',
      'user:1',
      '__proto__',
    ];
    for (const word of hostile) {
      expect((await errorOf(login(word, word))).code).toBe('WRONG_CREDENTIALS');
      expect((await errorOf(login('user.adm', word || ' '))).kind).toMatch(/unauthenticated|locked-out/);
    }
  });

  it('renews a hash of other parameters, and takes one of the older program once', async () => {
    const { userId } = await base.person('user');
    const pepper = base.config.passwordPepper;
    const keep = (hash: string) =>
      base.database.kysely
        .updateTable('user')
        .set({ password_hash: hash })
        .where('id', '=', userId)
        .execute();
    const hash = async () => (await people.utilisateurs.identifiantsOf(userId))?.passwordHash ?? '';

    await keep(await hashPassword(TEST_PASSWORD, pepper, 5));
    await login('user.adm');
    expect(await hash()).toMatch(/^\$2b\$04\$/);

    // pbkdf2:sha256, 1 round, salt « sel », of this password (RFC 8018).
    const { pbkdf2Sync } = await import('node:crypto');
    const legacy = pbkdf2Sync(TEST_PASSWORD, 'sel', 1, 32, 'sha256').toString('hex');
    await keep(`pbkdf2:sha256:1$sel$${legacy}`);
    await errorOf(login('user.adm', 'faux'));
    await login('user.adm');
    expect(await verifyPassword(TEST_PASSWORD, await hash(), pepper)).toBe(true);
  });

  it('makes no session when the password is replaced while it is being compared', async () => {
    const person = await base.person('user');
    const boss = await base.person('super_admin');
    people = createPeople(base, {
      burn: burnPassword,
      verifyLegacy: verifyLegacyWerkzeug,
      verify: async (...args) => {
        await people.utilisateurs.setPassword(boss, person.userId);
        return verifyPassword(...args);
      },
    });
    expect((await errorOf(login('user.adm'))).code).toBe('WRONG_CREDENTIALS');
    expect(await people.sessions.list(person.userId)).toEqual([]);
  });

  it('ends the session that the browser had before, and the own one at sign-out', async () => {
    const person = await base.person('user');
    const first = await login('user.adm');
    const session = await people.sessions.resolve(first.token);
    const second = await login('user.adm', TEST_PASSWORD, {
      userAgent: undefined,
      ancienneSession: session?.id ?? null,
    });
    expect(await people.sessions.resolve(first.token)).toBeNull();
    const current = await people.sessions.resolve(second.token);
    await people.auth.logout(person, current?.id ?? '');
    expect(await people.sessions.resolve(second.token)).toBeNull();
    expect((await journal())[0]?.action).toBe('auth.deconnexion');
  });

  it('changes one’s password: every other session ends, this one gets a new token', async () => {
    const person = await base.person('user');
    const [here, there] = [await login('user.adm'), await login('user.adm')];
    const change = (ancien: string, nouveau: string) =>
      people.auth.changePassword(person, { ancien, nouveau }, { userAgent: 'curl/8' });

    expect((await errorOf(change('faux', 'quatre mots sans lien'))).fields[0]?.field).toBe('ancien');
    for (const weak of [
      'court',
      TEST_PASSWORD,
      'user.adm2026!',
      'MotDePasse2026',
      'aaaaaaaaaaaa',
      '0123456789',
      'x'.repeat(1_001),
    ]) {
      expect((await errorOf(change(TEST_PASSWORD, weak))).fields[0]?.field, weak).toBe('nouveau');
    }
    const { token } = await change(TEST_PASSWORD, 'quatre mots sans lien');
    expect(await people.sessions.resolve(here.token)).toBeNull();
    expect(await people.sessions.resolve(there.token)).toBeNull();
    expect((await people.sessions.resolve(token))?.userId).toBe(person.userId);
    await errorOf(login('user.adm'));
    await login('user.adm', 'quatre mots sans lien');
    expect((await journal()).find(({ action }) => action === 'auth.mot_de_passe')?.details).toEqual({
      sessions_fermees: 1,
    });
  });

  it('cuts nothing off a long password', async () => {
    const person = await base.person('user');
    const long = `${'mot '.repeat(60)}fin`;
    await people.auth.changePassword(
      person,
      { ancien: TEST_PASSWORD, nouveau: long },
      { userAgent: undefined },
    );
    await errorOf(login('user.adm', long.slice(0, -1)));
    await login('user.adm', long);
  });

  it('does not let an open session guess the password without end', async () => {
    const person = await base.person('user');
    const guess = () =>
      people.auth.changePassword(
        person,
        { ancien: 'faux', nouveau: 'quatre mots sans lien' },
        { userAgent: '' },
      );
    for (let n = 0; n < 8; n++) expect((await errorOf(guess())).kind).toBe('invalid');
    expect((await errorOf(guess())).kind).toBe('locked-out');
  });

  it('lists one’s own sessions and closes one or all others, never somebody else’s', async () => {
    const person = await base.person('user');
    const other = await base.person('user', 'ADM', 'autre');
    const tokens = [await login('user.adm'), await login('user.adm'), await login('user.adm')];
    await login('autre');
    const current = (await people.sessions.resolve(tokens[0]?.token ?? ''))?.id ?? '';
    const list = await people.auth.sessions(person, current);
    expect(list).toHaveLength(3);
    expect(list.filter(({ courante }) => courante)).toHaveLength(1);

    const [foreign] = await people.auth.sessions(other, '');
    expect((await errorOf(people.auth.closeSession(person, foreign?.id ?? '', current))).kind).toBe(
      'not-found',
    );
    const own = list.find(({ courante }) => courante);
    expect((await errorOf(people.auth.closeSession(person, own?.id ?? '', current))).kind).toBe('not-found');

    await people.auth.closeSession(person, list.find(({ courante }) => !courante)?.id ?? '', current);
    expect(await people.auth.closeOthers(person, current)).toBe(1);
    expect(await people.auth.closeOthers(person, current)).toBe(0);
    expect((await people.auth.sessions(person, current)).map(({ courante }) => courante)).toEqual([true]);
    expect(await people.auth.sessions(other, '')).toHaveLength(1);
  });
});
