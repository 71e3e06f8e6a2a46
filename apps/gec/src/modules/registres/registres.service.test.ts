import type { Actor } from '@gec/core';
import { describeEachDatabase, testClock, type TestClock } from '@gec/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestBase, type TestBase } from '../../test/harness.ts';
import { migrated } from '../../test/migrated.ts';
import { createDepartementsService } from '../departements/departements.service.ts';
import { createJournalService } from '../journal/journal.service.ts';
import { createParametresService, type ParametresService } from '../parametres/parametres.service.ts';
import type { NumeroRegistre } from './registres.schema.ts';
import { createRegistresService, type RegistresService } from './registres.service.ts';

describeEachDatabase('registres', (open) => {
  let base: TestBase;
  let clock: TestClock;
  let parametres: ParametresService;
  let registres: RegistresService;
  let clerk: Actor;
  let chief: Actor;
  let letter = 0;

  beforeEach(async () => {
    clock = testClock('2026-11-21T10:00:00Z');
    base = await createTestBase((await open(migrated)).url, clock);
    const journal = createJournalService(base);
    parametres = createParametresService({ ...base, journal });
    const departements = createDepartementsService({ ...base, journal, parametres });
    registres = createRegistresService({ ...base, journal, parametres, departements });
    clerk = await base.person('user', 'TECH');
    chief = await base.person('super_admin', null);
  });
  afterEach(() => base.close());

  const take = async (flux: 'ENTRANT' | 'SORTANT' = 'ENTRANT', manuel?: string): Promise<string> => {
    letter += 1;
    const { numero } = await base.database.transaction((trx) =>
      registres.take(trx, clerk, {
        flux,
        courrierId: letter,
        codeDepartement: 'TECH',
        at: clock.now(),
        manuel,
      }),
    );
    return numero;
  };
  const bookOf = async (
    reader: Actor,
    range: { flux: 'ENTRANT' | 'SORTANT'; from: string; to: string },
  ): Promise<NumeroRegistre[]> => {
    const numbers: NumeroRegistre[] = [];
    for await (const one of registres.book(reader, range)) numbers.push(one);
    return numbers;
  };
  const field = (name: string) =>
    expect.objectContaining({ fields: [expect.objectContaining({ field: name })] });

  it('gives each flow its own numbers, in order', async () => {
    expect(await take()).toBe('GEC-2026-00001');
    expect(await take()).toBe('GEC-2026-00002');
    expect(await take('SORTANT')).toBe('GEC-D-2026-00001');
    expect(await registres.proposed('ENTRANT')).toEqual({ mode: 'automatique', numero: 'GEC-2026-00003' });
    expect(await registres.gaps('ENTRANT', 2026)).toEqual([]);
  });

  it('continues a paper register, and begins the next year at 1', async () => {
    await parametres.update(chief, { formatArrivee: '{counter:06d}-{yy}', valeurDepartArrivee: '8951' });
    expect(await registres.proposed('ENTRANT')).toMatchObject({ numero: '008951-26' });
    expect(await take()).toBe('008951-26');
    expect(await take()).toBe('008952-26');
    clock.set('2027-01-04T08:00:00Z');
    expect(await take()).toBe('000001-27');
  });

  it('goes on counting in the next year when numbers do not say their year', async () => {
    await parametres.update(chief, { formatArrivee: 'SG/{counter}', valeurDepartArrivee: 412 });
    expect(await take()).toBe('SG/412');
    clock.set('2027-01-04T08:00:00Z');
    expect(await registres.proposed('ENTRANT')).toMatchObject({ numero: 'SG/413' });
    expect(await take()).toBe('SG/413');
  });

  it('takes the year from the clock of the office', async () => {
    // 23:30 UTC is past midnight in Kinshasa.
    clock.set('2026-12-31T23:30:00Z');
    expect(await take()).toBe('GEC-2027-00001');
    await parametres.update(chief, { fuseauHoraire: 'UTC' });
    expect(await take()).toBe('GEC-2026-00001');
  });

  it('gives the number back when the letter is not stored', async () => {
    await expect(
      base.database.transaction(async (trx) => {
        await registres.take(trx, clerk, {
          flux: 'ENTRANT',
          courrierId: 9,
          codeDepartement: null,
          at: clock.now(),
        });
        throw new Error('the disk is full');
      }),
    ).rejects.toThrow('the disk is full');
    expect(await take()).toBe('GEC-2026-00001');
  });

  it('fills the code of the department', async () => {
    await parametres.update(chief, { formatArrivee: '{dept}/{counter:03d}/{year}' });
    expect(await take()).toBe('TECH/001/2026');
    await registres.cancelNext(chief, { flux: 'ENTRANT', motif: 'Étiquette gâchée' });
    expect(await take()).toBe('TECH/003/2026');
    expect(await registres.gaps('ENTRANT', 2026)).toEqual([]);
  });

  it('refuses formats by which two letters could have one number', async () => {
    await expect(parametres.update(chief, { formatArrivee: 'GEC-D-{year}-{counter}' })).rejects.toEqual(
      field('formatArrivee'),
    );
    await expect(parametres.update(chief, { formatDepart: 'D-{counter}' })).rejects.toEqual(
      field('formatDepart'),
    );
    await expect(
      registres.configure(chief, {
        flux: 'SORTANT',
        annee: 2027,
        format: 'GEC-{year}-{counter}',
        mode: 'manuel',
      }),
    ).rejects.toEqual(field('format'));
    expect((await parametres.get()).formatArrivee).toBe('GEC-{year}-{counter:05d}');
    // Both at once may change places.
    await parametres.update(chief, {
      formatArrivee: 'GEC-D-{year}-{counter:05d}',
      formatDepart: 'GEC-{year}-{counter:05d}',
    });
    expect(await take()).toBe('GEC-D-2026-00001');
  });

  it('keeps the starting value of a register that has given numbers', async () => {
    await take();
    await expect(parametres.update(chief, { valeurDepartArrivee: 500 })).rejects.toEqual(
      field('valeurDepartArrivee'),
    );
    const next = { flux: 'ENTRANT', annee: 2027, format: '{year}/{counter}', mode: 'automatique' } as const;
    expect(await registres.configure(chief, { ...next, valeurDepart: 700 })).toMatchObject({ prochain: 700 });
    clock.set('2027-02-01T08:00:00Z');
    expect(await take()).toBe('2027/700');
    await expect(registres.configure(clerk, next)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(registres.configure(chief, { ...next, annee: 2040 })).rejects.toEqual(field('annee'));
  });

  it('cancels the next number with its reason, and keeps it in the book', async () => {
    await take();
    await expect(registres.cancelNext(clerk, { flux: 'ENTRANT', motif: ' ' })).rejects.toEqual(
      field('motif'),
    );
    const { numero } = await registres.cancelNext(clerk, { flux: 'ENTRANT', motif: 'Tampon renversé' });
    expect(numero).toBe('GEC-2026-00002');
    expect(await take()).toBe('GEC-2026-00003');
    await base.database.transaction((trx) => registres.cancelOf(trx, clerk, letter, 'Doublon'));
    const book = await bookOf(chief, { flux: 'ENTRANT', from: '2026-11-21', to: '2026-11-21' });
    expect(book.map(({ numero: n, etat, motif }) => [n, etat, motif])).toEqual([
      ['GEC-2026-00001', 'ATTRIBUE', null],
      ['GEC-2026-00002', 'ANNULE', 'Tampon renversé'],
      ['GEC-2026-00003', 'ANNULE', 'Doublon'],
    ]);
    const stored = await base.database.kysely.selectFrom('numero').select('motif').execute();
    expect(JSON.stringify(stored)).not.toContain('Tampon');
    await base.database.transaction((trx) => registres.destroyOf(trx, chief, letter, 'Destruction demandée'));
    expect((await registres.list(chief))[0]).toMatchObject({
      flux: 'ENTRANT',
      annee: 2026,
      ouvert: true,
      prochainNumero: 'GEC-2026-00004',
      attribues: 1,
      annules: 1,
      detruits: 1,
      manquants: [],
    });
    expect((await registres.list(chief))[1]).toMatchObject({ flux: 'SORTANT', ouvert: false, attribues: 0 });
  });

  it('cancels no other number than the one that was seen, however often it is asked', async () => {
    const [{ prochainNumero: attendu = '' } = {}] = await registres.list(clerk);
    const wish = { flux: 'ENTRANT', motif: 'Tampon renversé', attendu } as const;
    const done = await Promise.allSettled(Array.from({ length: 6 }, () => registres.cancelNext(clerk, wish)));
    expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(
      done.filter(({ status }) => status === 'rejected').map((one) => 'reason' in one && one.reason),
    ).toEqual(Array.from({ length: 5 }, () => field('flux')));
    expect(await take()).toBe('GEC-2026-00002');
    expect(await registres.gaps('ENTRANT', 2026)).toEqual([]);
  });

  it('shows in the book only what the reader may know of', async () => {
    await take();
    await registres.cancelNext(chief, { flux: 'ENTRANT', motif: 'Essai' });
    const range = { flux: 'ENTRANT', from: '2026-11-01', to: '2026-11-30' } as const;
    expect(await bookOf(clerk, range)).toEqual([]);
    const userId = clerk.kind === 'user' ? clerk.userId : 0;
    await base.database.kysely
      .insertInto('courrier_acces')
      .values({ principal: `o:${userId}`, ordre: 1, courrier_id: letter })
      .execute();
    expect(await bookOf(clerk, range)).toMatchObject([{ numero: 'GEC-2026-00001' }]);
    expect(await bookOf(chief, { ...range, to: '2026-11-20' })).toEqual([]);
  });

  it('lets the clerk type the numbers in manual mode', async () => {
    await parametres.update(chief, { modeNumero: 'manuel', formatArrivee: '{counter:06d}-{yy}' });
    await expect(take('ENTRANT', '')).rejects.toEqual(field('numero_accuse_reception'));
    expect(await take('ENTRANT', ' 008951-26 ')).toBe('008951-26');
    expect(await registres.proposed('ENTRANT')).toEqual({ mode: 'manuel', numero: '008952-26' });
    expect(await take('ENTRANT', '008951-25')).toBe('008951-25');
    expect(await take('ENTRANT', 'Spécial/3')).toBe('Spécial/3');
    for (const wrong of ['008951-26', 'Spécial/3', 'GEC-D-2026-00001', '<script>', '1'.repeat(61)]) {
      await expect(take('ENTRANT', wrong)).rejects.toEqual(field('numero_accuse_reception'));
    }
    await expect(take('SORTANT', '000012-26')).rejects.toEqual(field('numero_accuse_reception'));
    expect(await take('SORTANT', 'gec-d-2026-00040')).toBe('GEC-D-2026-00040');
    expect(await registres.gaps('ENTRANT', 2026)).toEqual([{ de: 1, a: 8950 }]);
    expect(await take('ENTRANT', '000007-26')).toBe('000007-26');
    expect(await registres.gaps('ENTRANT', 2026)).toEqual([
      { de: 1, a: 6 },
      { de: 8, a: 8950 },
    ]);
    await registres.cancelNext(clerk, { flux: 'ENTRANT', motif: 'Page arrachée' });
    expect(await registres.proposed('ENTRANT')).toMatchObject({ numero: '008953-26' });
  });

  it('refuses a typed number when numbering is automatic', async () => {
    await expect(take('ENTRANT', 'GEC-2026-00001')).rejects.toEqual(field('numero_accuse_reception'));
  });

  it('passes over numbers that were typed before, and gives them their place', async () => {
    await parametres.update(chief, { modeNumero: 'manuel', formatArrivee: 'M{counter}-{year}' });
    expect(await take('ENTRANT', 'A/2/2026')).toBe('A/2/2026');
    expect(await take('SORTANT', 'A/3/2026')).toBe('A/3/2026');
    await parametres.update(chief, { modeNumero: 'automatique', formatArrivee: 'A/{counter}/{year}' });
    expect(await take()).toBe('A/1/2026');
    expect(await registres.proposed('ENTRANT')).toMatchObject({ numero: 'A/4/2026' });
    expect(await take()).toBe('A/4/2026');
    // The second place is that of the typed number; the third number exists in the other register.
    expect(await registres.gaps('ENTRANT', 2026)).toEqual([]);
    const second = await base.database.kysely
      .selectFrom('numero')
      .select('compteur')
      .where('numero', '=', 'A/2/2026')
      .executeTakeFirstOrThrow();
    expect(second.compteur).toBe(2);
  });
});
