import { AppError, systemActor } from '@gec/core';
import { describeEachDatabase, testClock } from '@gec/testing';
import { generateSync } from 'otplib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestBase, TEST_PASSWORD, type TestBase } from '../../test/harness.ts';
import { createPasskey, type Misdeed } from '../../test/passkey.ts';
import { createPeople, preparedDatabase } from '../../test/people.ts';
import type { Personne } from '../utilisateurs/utilisateurs.schema.ts';

const NOW = '2026-03-02T08:00:00.000Z';
const SITE = { rpId: 'courrier.example', origine: 'https://courrier.example' };
const FROM = { ip: '10.20.0.7', userAgent: 'curl/8', lang: 'fr' } as const;

const codeOf = (work: Promise<unknown>): Promise<string | null> =>
  work.then(
    () => null,
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );

describeEachDatabase('second factors', (open) => {
  const clock = testClock(NOW);
  let base: TestBase;
  let people: ReturnType<typeof createPeople>;
  let person: Personne;

  beforeEach(async () => {
    clock.set(NOW);
    base = await createTestBase((await open(preparedDatabase)).url, clock);
    people = createPeople(base);
    person = await base.person('user');
  });
  afterEach(() => base.close());

  const later = (seconds: number) =>
    clock.set(new Date(clock.now().getTime() + seconds * 1000).toISOString());
  const codeNow = (secret: string) => generateSync({ secret, epoch: clock.now().getTime() / 1000 });
  const journal = async () =>
    (await people.journal.list(systemActor('test'), {}, { size: 100 })).lignes.map(({ action, details }) => ({
      action,
      details,
    }));

  async function addTotp(who = person) {
    const { secret } = await people.facteurs.commencerTotp(who, TEST_PASSWORD);
    const made = await people.facteurs.confirmerTotp(who, { code: codeNow(secret), nom: 'Téléphone' });
    later(30);
    return { secret, ...made };
  }

  /** Types the password; @returns what the browser keeps until the second step. */
  async function password(who = 'user.adm', from: { ip: string } = FROM): Promise<string> {
    const answer = await people.auth.login({ identifiant: who, motDePasse: TEST_PASSWORD, ...FROM, ...from });
    if (answer.etape !== 'second-facteur') throw new Error('no second factor was asked');
    return answer.attente;
  }

  async function addPasskey(who = person) {
    const key = createPasskey({ rpId: SITE.rpId, origin: SITE.origine });
    const options = await people.facteurs.optionsCle(who, SITE, TEST_PASSWORD);
    const made = await people.facteurs.ajouterCle(who, SITE, { reponse: key.create(options), nom: '' });
    return { key, ...made };
  }

  it('begin with a secret that counts only once a code of it was given, and the password before', async () => {
    expect(await codeOf(people.facteurs.commencerTotp(person, 'faux'))).toBe('INVALID');
    expect(await codeOf(people.facteurs.confirmerTotp(person, { code: '123456', nom: '' }))).toBe(
      'ENROLMENT_EXPIRED',
    );
    const { secret, uri } = await people.facteurs.commencerTotp(person, TEST_PASSWORD);
    expect(uri).toContain(secret);
    expect(await codeOf(people.facteurs.confirmerTotp(person, { code: '12', nom: '' }))).toBe('INVALID');
    expect((await people.facteurs.etat(person)).facteurs).toEqual([]);
    expect(
      (await people.auth.login({ identifiant: 'user.adm', motDePasse: TEST_PASSWORD, ...FROM })).etape,
    ).toBe('ouverte');
    const { codes } = await people.facteurs.confirmerTotp(person, { code: codeNow(secret), nom: '' });
    expect(codes).toHaveLength(10);
    expect((await people.facteurs.etat(person)).facteurs).toMatchObject([
      { genre: 'totp', nom: 'Application d’authentification' },
    ]);
    expect((await journal())[0]).toEqual({ action: 'facteur.ajout', details: { facteur: 'totp' } });
    later(16 * 60);
    await people.facteurs.commencerTotp(person, TEST_PASSWORD);
    later(16 * 60);
    expect(await people.facteurs.totpEnCours(person)).toBeNull();
    expect(await people.facteurs.sweep()).toBe(1);
  });

  it('keep a sign-in without a session until the code is given; a code serves once', async () => {
    const { secret } = await addTotp();
    const attente = await password();
    expect(await people.sessions.resolve(attente)).toBeNull();
    expect(await people.sessions.list(person.userId)).toEqual([]);
    expect(await codeOf(people.auth.finir(attente, { code: '000000' }, FROM))).toBe('WRONG_SECOND_FACTOR');
    const code = codeNow(secret);
    const opened = await people.auth.finir(attente, { code: `${code.slice(0, 3)} ${code.slice(3)}` }, FROM);
    expect((await people.sessions.resolve(opened.token))?.userId).toBe(person.userId);
    expect((await journal())[0]).toEqual({ action: 'auth.connexion', details: { facteur: 'totp' } });
    // Neither the waiting sign-in nor the code opens a second session.
    expect(await codeOf(people.auth.finir(attente, { code }, FROM))).toBe('SECOND_FACTOR_EXPIRED');
    expect(await codeOf(people.auth.finir(await password(), { code }, FROM))).toBe('WRONG_SECOND_FACTOR');
    later(30);
    expect(await codeOf(people.auth.finir(await password(), { code: codeNow(secret) }, FROM))).toBeNull();
  });

  it('let one of many answers at once through', async () => {
    const { secret } = await addTotp();
    const attentes = [];
    for (let i = 0; i < 3; i += 1) attentes.push(await password());
    const code = codeNow(secret);
    const answers = await Promise.all(attentes.map((one) => codeOf(people.auth.finir(one, { code }, FROM))));
    expect(answers.filter((one) => one === null)).toHaveLength(1);
  });

  it('wait ten minutes, and not for somebody whose password changed or whose account was closed', async () => {
    const { secret } = await addTotp();
    const slow = await password();
    later(10 * 60);
    expect(await codeOf(people.auth.finir(slow, { code: codeNow(secret) }, FROM))).toBe(
      'SECOND_FACTOR_EXPIRED',
    );
    const before = await password();
    const boss = await base.person('super_admin');
    await people.utilisateurs.setPassword(boss, person.userId, { motDePasse: 'quatre mots sans lien' });
    expect(await codeOf(people.auth.finir(before, { code: codeNow(secret) }, FROM))).toBe(
      'WRONG_SECOND_FACTOR',
    );
  });

  it('count wrong codes in the guard, whatever password is typed between and from wherever', async () => {
    await addTotp();
    const attente = await password();
    let locked = 0;
    for (let i = 0; i < 12 && locked === 0; i += 1) {
      const code = await codeOf(people.auth.finir(attente, { code: '000000' }, FROM));
      if (code === 'LOCKED_OUT') locked = i;
    }
    expect(locked).toBe(7);
    expect(await codeOf(password())).toBe('LOCKED_OUT');
    // Other addresses have the password too, and go on with the codes: the account is closed to second steps.
    const elsewhere = await password('user.adm', { ip: '203.0.113.9' });
    expect(
      await codeOf(people.auth.finir(elsewhere, { code: '000000' }, { ...FROM, ip: '203.0.113.9' })),
    ).toBe('WRONG_SECOND_FACTOR');
    expect(
      await codeOf(people.auth.finir(elsewhere, { code: '000000' }, { ...FROM, ip: '203.0.113.9' })),
    ).toBe('LOCKED_OUT');
    expect((await journal()).some(({ action }) => action === 'auth.blocage')).toBe(true);
    expect(await people.utilisateurs.unlock(await base.person('super_admin'), person.userId)).toBeGreaterThan(
      0,
    );
    expect(await codeOf(password())).toBeNull();
  });

  it('take each recovery code once, in any writing, and none of the old ones after new ones were made', async () => {
    const { codes } = await addTotp();
    const [first = '', second = '', third = ''] = codes ?? [];
    const opened = await people.auth.finir(await password(), { code: first.toLowerCase() }, FROM);
    expect(opened.secours).toBe(9);
    expect(await codeOf(people.auth.finir(await password(), { code: first }, FROM))).toBe(
      'WRONG_SECOND_FACTOR',
    );
    expect(await codeOf(people.auth.finir(await password(), { code: second }, FROM))).toBeNull();
    expect(await codeOf(people.facteurs.nouveauxSecours(person, 'faux'))).toBe('INVALID');
    const fresh = await people.facteurs.nouveauxSecours(person, TEST_PASSWORD);
    expect(fresh).toHaveLength(10);
    expect(await codeOf(people.auth.finir(await password(), { code: third }, FROM))).toBe(
      'WRONG_SECOND_FACTOR',
    );
    expect(await codeOf(people.auth.finir(await password(), { code: fresh[0] ?? '' }, FROM))).toBeNull();
  });

  it('open by a passkey, as the second step or alone', async () => {
    const { key, codes } = await addPasskey();
    expect(codes).toHaveLength(10);
    const attente = await password();
    const options = await people.auth.optionsSeconde(attente, SITE, 'fr');
    expect(options.allowCredentials?.map(({ id }) => id)).toEqual([key.id]);
    expect(options.userVerification).toBe('required');
    const signed = key.get(options);
    expect(await codeOf(people.auth.finir(attente, { cle: signed, site: SITE }, FROM))).toBeNull();
    const alone = await people.auth.optionsCle(SITE);
    expect(alone.allowCredentials ?? []).toEqual([]);
    const entered = await people.auth.entrerParCle(SITE, JSON.stringify(key.get(alone)), FROM);
    expect((await people.sessions.resolve(entered.token))?.userId).toBe(person.userId);
    // The same signature again, and one that was made for the other way in.
    expect(await codeOf(people.auth.finir(await password(), { cle: signed, site: SITE }, FROM))).toBe(
      'WRONG_SECOND_FACTOR',
    );
    const second = await people.auth.optionsSeconde(await password(), SITE, 'fr');
    expect(await codeOf(people.auth.entrerParCle(SITE, key.get(second), FROM))).toBe('WRONG_PASSKEY');
  });

  const misdeeds: readonly (readonly [string, Misdeed])[] = [
    ['another site', { origin: 'https://courrier.evil.example' }],
    ['another name', { rpId: 'evil.example' }],
    ['nobody checked', { unverified: true }],
    ['a copy, counting from an old place', { counter: 1 }],
  ];
  it.each(misdeeds)('refuse a signature of %s', async (_name, misdeed) => {
    const { key } = await addPasskey();
    await people.auth.entrerParCle(SITE, key.get(await people.auth.optionsCle(SITE)), FROM);
    const refused = key.get(await people.auth.optionsCle(SITE), misdeed);
    expect(await codeOf(people.auth.entrerParCle(SITE, refused, FROM))).toBe('WRONG_PASSKEY');
  });

  it('count a refused passkey like a wrong password, and do not tell whether it exists', async () => {
    const { key } = await addPasskey();
    const stranger = createPasskey({ rpId: SITE.rpId, origin: SITE.origine });
    const replies = new Map([
      [key, [] as (string | null)[]],
      [stranger, []],
    ]);
    for (const [tried, codes] of replies) {
      for (let i = 0; i < 9; i += 1) {
        const options = await people.auth.optionsCle(SITE);
        const refused = tried.get(options, { origin: 'https://courrier.evil.example' });
        codes.push(await codeOf(people.auth.entrerParCle(SITE, refused, FROM)));
      }
    }
    const [known, unknown] = [...replies.values()];
    expect(known).toEqual([...Array<string>(8).fill('WRONG_PASSKEY'), 'LOCKED_OUT']);
    expect(unknown).toEqual(known);
    const own = { compte: 'user.adm', motif: 'clé d’accès' };
    const entries = await journal();
    const actions = entries
      .filter(({ details }) => details['compte'] === own.compte)
      .map((one) => one.action);
    expect(actions.filter((action) => action === 'auth.echec')).toHaveLength(8);
    expect(entries).toContainEqual({ action: 'auth.blocage', details: { ...own, minutes: 15 } });
    expect(entries.filter(({ action }) => action === 'auth.echec')).toHaveLength(16);
    expect(JSON.stringify(entries)).not.toContain(stranger.id);
    // The account is locked at this address for its password too, and nowhere else.
    expect(await codeOf(password())).toBe('LOCKED_OUT');
    expect(await codeOf(password('user.adm', { ip: '10.99.0.1' }))).toBeNull();
    later(16 * 60);
    const right = key.get(await people.auth.optionsCle(SITE));
    expect(await codeOf(people.auth.entrerParCle(SITE, right, FROM))).toBeNull();
    const junk = [];
    for (let i = 0; i < 9; i += 1) junk.push(await codeOf(people.auth.entrerParCle(SITE, '{', FROM)));
    expect(junk).toEqual(known);
  });

  it('refuse a passkey that was made for another person, another site, or without checking who holds it', async () => {
    const key = createPasskey({ rpId: SITE.rpId, origin: SITE.origine });
    const other = await base.person('user', 'FIN');
    const options = await people.facteurs.optionsCle(other, SITE, TEST_PASSWORD);
    const add = (reponse: unknown) => people.facteurs.ajouterCle(person, SITE, { reponse, nom: '' });
    expect(await codeOf(add(key.create(options)))).toBe('INVALID');
    for (const misdeed of [
      { origin: 'https://evil.example' },
      { rpId: 'evil.example' },
      { unverified: true },
    ]) {
      const asked = await people.facteurs.optionsCle(person, SITE, TEST_PASSWORD);
      expect(await codeOf(add(key.create(asked, misdeed)))).toBe('INVALID');
    }
    for (const junk of [null, '', '{', '{}', 42, { id: 'x' }, key.get({ challenge: 'x' })]) {
      expect(await codeOf(add(junk))).toBe('INVALID');
    }
    await addPasskey();
    expect((await people.facteurs.etat(person)).facteurs).toHaveLength(1);
  });

  it('knows a passkey once, and opens no closed account with it', async () => {
    const { key } = await addPasskey();
    const options = await people.facteurs.optionsCle(person, SITE, TEST_PASSWORD);
    expect(options.excludeCredentials?.map(({ id }) => id)).toEqual([key.id]);
    const again = people.facteurs.ajouterCle(person, SITE, { reponse: key.create(options), nom: '' });
    await expect(again).rejects.toMatchObject({
      fields: [{ message: 'Cette clé d’accès est déjà ajoutée.' }],
    });
    await people.utilisateurs.setActive(await base.person('super_admin'), person.userId, false);
    const alone = key.get(await people.auth.optionsCle(SITE));
    expect(await codeOf(people.auth.entrerParCle(SITE, alone, FROM))).toBe('WRONG_PASSKEY');
  });

  it('go with the password only, one’s own only, and with the last one go the recovery codes', async () => {
    const { id } = await addTotp();
    const other = await base.person('user', 'FIN');
    expect(await codeOf(people.facteurs.retirer(other, id, TEST_PASSWORD))).toBe('NOT_FOUND');
    expect(await codeOf(people.facteurs.retirer(person, id, 'faux'))).toBe('INVALID');
    await people.facteurs.retirer(person, id, TEST_PASSWORD);
    expect(await people.facteurs.etat(person)).toMatchObject({ facteurs: [], secours: 0 });
    expect((await journal())[0]).toEqual({ action: 'facteur.retrait', details: { facteur: 'totp' } });
  });

  it('are asked of the roles that the settings name, and the last one then stays', async () => {
    const boss = await base.person('super_admin');
    await people.parametres.update(boss, { secondFacteurRoles: ['user'] });
    expect(await people.auth.authenticate(person.userId, '')).toMatchObject({ doitAjouterFacteur: true });
    expect(await people.auth.authenticate(boss.userId, '')).not.toHaveProperty('doitAjouterFacteur');
    const { id } = await addTotp();
    expect(await people.auth.authenticate(person.userId, '')).not.toHaveProperty('doitAjouterFacteur');
    expect(await codeOf(people.facteurs.retirer(person, id, TEST_PASSWORD))).toBe('FACTOR_REQUIRED');
  });

  it('can be removed by an administrator for somebody who lost them, never for somebody who may do more', async () => {
    const { secret } = await addTotp();
    await people.auth.finir(await password(), { code: codeNow(secret) }, FROM);
    const admin = await base.person('admin');
    const boss = await base.person('super_admin');
    expect(await codeOf(people.facteurs.reinitialiser(person, person.userId))).toBe('FORBIDDEN');
    expect(
      await codeOf(people.facteurs.reinitialiser(await base.person('admin', 'FIN'), person.userId)),
    ).toBe('NOT_FOUND');
    await addTotp(boss);
    expect(await codeOf(people.facteurs.reinitialiser(admin, boss.userId))).toBe('FORBIDDEN');
    expect(await people.facteurs.reinitialiser(admin, person.userId)).toBe(1);
    expect(await people.sessions.list(person.userId)).toEqual([]);
    expect(await people.facteurs.etat(person)).toMatchObject({ facteurs: [], secours: 0 });
    expect(await journal()).toContainEqual({
      action: 'facteur.reinitialisation',
      details: { compte: 'user.adm', nombre: 1 },
    });
    expect(await people.facteurs.reinitialiser(admin, person.userId)).toBe(0);
  });

  it('leave no secret and no code readable in the database', async () => {
    const { secret, codes } = await addTotp();
    await people.facteurs.commencerTotp(person, TEST_PASSWORD);
    const waiting = await people.facteurs.totpEnCours(person);
    const rows = [
      ...(await base.database.kysely.selectFrom('facteur').selectAll().execute()),
      ...(await base.database.kysely.selectFrom('facteur_defi').selectAll().execute()),
      ...(await base.database.kysely.selectFrom('code_secours').selectAll().execute()),
    ];
    const dump = JSON.stringify(rows);
    for (const word of [secret, waiting?.secret ?? 'missing', 'Téléphone', ...(codes ?? [])]) {
      expect(dump).not.toContain(word);
      expect(dump).not.toContain(word.replaceAll('-', ''));
    }
  });
});
