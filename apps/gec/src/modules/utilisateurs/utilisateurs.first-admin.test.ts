import { can } from '@gec/core';
import { describeEachDatabase } from '@gec/testing';
import { expect, it } from 'vitest';
import { createTestBase, TEST_PASSWORD } from '../../test/harness.ts';
import { createPeople, ouverte, preparedDatabase } from '../../test/people.ts';

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
