import { AppError, systemActor, type UserActor } from '@gec/core';
import { describeEachDatabase, testClock } from '@gec/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestBase, type TestBase } from '../../test/harness.ts';
import { createPeople, preparedDatabase } from '../../test/people.ts';
import type { JournalAction, JournalFilters } from './journal.schema.ts';

const SYSTEM = systemActor('test');

describeEachDatabase('the journal', (open) => {
  const clock = testClock('2026-03-02T08:00:00.000Z');
  let base: TestBase;
  let people: ReturnType<typeof createPeople>;
  let clerk: UserActor;

  beforeEach(async () => {
    clock.set('2026-03-02T08:00:00.000Z');
    base = await createTestBase((await open(preparedDatabase)).url, clock);
    people = createPeople(base);
    clerk = await base.person('user', 'TECH', 'technicien');
  });
  afterEach(() => base.close());

  const write = (actor: Parameters<typeof people.journal.recordAlone>[0], numero: string | null = null) =>
    people.journal.recordAlone(actor, { action: 'courrier.consultation', numero, details: { piece: 1 } });
  const see = async (actor: UserActor, filters: JournalFilters = {}) =>
    (await people.journal.list(actor, filters, { size: 100 })).lignes.map(({ acteur }) => acteur);
  const table = () => base.database.kysely;

  it('shows everything to whoever reads every letter, and to a head what the own department did', async () => {
    const boss = await base.person('super_admin', 'SG');
    const head = await base.person('admin', 'TECH');
    const lawyer = await base.person('user', 'JUR', 'juriste');
    for (const actor of [clerk, lawyer, head, SYSTEM]) await write(actor);
    expect(await see(boss)).toEqual(['system:test', 'admin.tech', 'juriste', 'technicien']);
    expect(await see(head)).toEqual(['admin.tech', 'technicien']);
    expect(await see(head, { utilisateurId: lawyer.userId })).toEqual([]);
    const { total } = await people.journal.list(head, {}, { size: 1 });
    expect(total).toBe(2);
    await expect(see(clerk)).rejects.toMatchObject({ kind: 'forbidden' });
    expect((await people.utilisateurs.journalises(head)).map(({ username }) => username)).toEqual([
      'admin.tech',
      'technicien',
    ]);
    expect(await people.utilisateurs.journalises(clerk)).toEqual([]);
  });

  it('shows a head without a department what they did themselves, not what others without one did', async () => {
    const alone = await base.person('admin', null);
    const other = await base.person('user', null, 'sans.departement');
    await write(alone);
    await write(other);
    expect(await see(alone)).toEqual(['admin.sans']);
    expect(await people.utilisateurs.journalises(alone)).toHaveLength(1);
  });

  it('filters by action, person, part of the number and time, and pages by keys', async () => {
    const boss = await base.person('super_admin', 'SG');
    await write(clerk, 'GEC-2026-00017');
    clock.advance(3_600_000);
    await write(boss, 'GEC-2026-00018');
    await people.journal.recordAlone(boss, { action: 'parametres.modification' });
    expect(await see(boss, { numero: 'gec-2026-00017' })).toEqual(['technicien']);
    expect(await see(boss, { numero: '%' })).toEqual([]);
    expect(await see(boss, { action: 'parametres.modification' })).toHaveLength(1);
    expect(await see(boss, { utilisateurId: clerk.userId })).toEqual(['technicien']);
    expect(await see(boss, { from: '2026-03-02T09:00:00.000Z' })).toHaveLength(2);
    expect(await see(boss, { before: '2026-03-02T09:00:00.000Z' })).toEqual(['technicien']);

    const first = await people.journal.list(boss, {}, { size: 2 });
    expect([first.lignes.length, first.total]).toEqual([2, 3]);
    const rest = await people.journal.list(boss, {}, { size: 2, before: first.suivant ?? 0 });
    expect(rest.lignes.map(({ acteur }) => acteur)).toEqual(['technicien']);
    expect(rest.suivant).toBeNull();
  });

  it('writes nothing when what it records is not done', async () => {
    await expect(
      base.database.transaction(async (trx) => {
        await people.journal.record(trx, clerk, { action: 'courrier.enregistrement' });
        throw new Error('refused');
      }),
    ).rejects.toThrow('refused');
    expect(await table().selectFrom('log_activite').selectAll().execute()).toEqual([]);
  });

  it('notes what is seen of a letter once for a while, for each person and letter, and each time it is opened', async () => {
    const other = await base.person('user', 'TECH', 'collegue');
    const glance = (actor: UserActor, id: number) =>
      people.journal.recordReading(actor, { id, numero: `N-${id}` }, { apercu: true });
    const read = async () =>
      (await table().selectFrom('log_activite').select('courrier_id').orderBy('id').execute()).map(
        ({ courrier_id }) => Number(courrier_id),
      );
    await Promise.all([glance(clerk, 7), glance(clerk, 7), glance(clerk, 7)]);
    await glance(other, 7);
    await glance(clerk, 8);
    expect(await read()).toEqual([7, 7, 8]);
    await people.journal.recordReading(clerk, { id: 8, numero: 'N-8' });
    clock.advance(14 * 60_000);
    await glance(clerk, 8);
    expect(await read()).toEqual([7, 7, 8, 8]);
    clock.advance(60_000);
    await glance(clerk, 8);
    expect(await read()).toEqual([7, 7, 8, 8, 8]);
    // What could not be written down is not taken as noted.
    let away = true;
    people.journal.onRecord(async () => {
      if (away) throw new Error('away');
    });
    const refused = await Promise.allSettled([glance(clerk, 9), glance(clerk, 9)]);
    expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    away = false;
    await glance(clerk, 9);
    expect(await read()).toEqual([7, 7, 8, 8, 8, 9]);
  });

  it('keeps the facts of an entry sealed', async () => {
    await people.journal.recordAlone(clerk, {
      action: 'courrier.statut',
      details: { de: 'RECU', a: 'URGENT' },
    });
    const rows = await table().selectFrom('log_activite').select('description').execute();
    expect(JSON.stringify(rows)).not.toContain('URGENT');
  });

  it('proves that nothing was changed, and records that it was asked', async () => {
    for (let n = 0; n < 5; n++) await write(clerk);
    const seen: number[] = [];
    const report = await people.journal.verify(SYSTEM, (done) => seen.push(done));
    expect(report).toEqual({ ok: true, chained: 5, waiting: 0, firstBreak: null });
    expect(seen).toEqual([5]);
    const [last] = (await people.journal.list(SYSTEM, {}, { size: 1 })).lignes;
    expect(last).toMatchObject({ action: 'journal.verification', details: { intact: true, entrees: 5 } });
    const head = await base.person('admin', 'TECH');
    await expect(people.journal.verify(head)).rejects.toBeInstanceOf(AppError);
  });

  it.each<[string, () => Promise<unknown>]>([
    [
      'altered',
      () => table().updateTable('log_activite').set({ acteur: 'x' }).where('seq', '=', 3).execute(),
    ],
    [
      'altered',
      () => table().updateTable('log_activite').set({ compte_id: 7 }).where('seq', '=', 3).execute(),
    ],
    ['removed', () => table().deleteFrom('log_activite').where('seq', '=', 3).execute()],
    ['removed', () => table().deleteFrom('log_activite').where('seq', '=', 5).execute()],
    [
      'inserted',
      async () => {
        const row = await table()
          .selectFrom('log_activite')
          .selectAll()
          .where('seq', '=', 3)
          .executeTakeFirstOrThrow();
        await table()
          .insertInto('log_activite')
          .values({ ...row, id: 9_999, seq: null, hash: null })
          .execute();
      },
    ],
  ])('finds an entry that was %s, and names the place', async (kind, tamper) => {
    for (let n = 0; n < 5; n++) await write(clerk);
    await people.journal.chainNow();
    await tamper();
    const { ok, firstBreak } = await people.journal.verify(SYSTEM);
    expect(ok).toBe(false);
    expect(firstBreak?.kind).toBe(kind);
    expect(firstBreak?.seq ?? firstBreak?.id).toBeOneOf([3, 5, 9_999]);
  });

  it('has words for every action, in both languages', async () => {
    const { journalTexts } = await import('./journal.texts.ts');
    const { JOURNAL_ACTIONS } = await import('./journal.schema.ts');
    for (const action of JOURNAL_ACTIONS satisfies readonly JournalAction[]) {
      expect(journalTexts('fr')[action]).toBeTruthy();
      expect(journalTexts('en')[action]).toBeTruthy();
    }
  });
});
