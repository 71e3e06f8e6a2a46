import { deflateSync } from 'node:zlib';
import type { UserActor } from '@gec/core';
import { describeEachDatabase, samplePng, testClock } from '@gec/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestBase, type TestBase } from '../../test/harness.ts';
import { migrated } from '../../test/migrated.ts';
import { createJournalService, type JournalService } from '../journal/journal.service.ts';
import { IMAGE_MAX_BYTES, readImage } from './parametres.image.ts';
import { PARAMETRES_PAR_DEFAUT } from './parametres.schema.ts';
import { createParametresService, type ParametresService } from './parametres.service.ts';

const logo = (): Promise<Buffer> => samplePng();

describeEachDatabase('paramètres', (open) => {
  let base: TestBase;
  let journal: JournalService;
  let service: ParametresService;
  let chief: UserActor;
  let clerk: UserActor;
  const clock = testClock('2026-11-21T10:00:00Z');

  beforeEach(async () => {
    base = await createTestBase((await open(migrated)).url, clock);
    journal = createJournalService(base);
    service = createParametresService({ ...base, journal });
    chief = await base.person('super_admin', null);
    clerk = await base.person('user');
  });
  afterEach(() => base.close());

  it('begins with the defaults of the specification', async () => {
    expect(await service.get()).toEqual(PARAMETRES_PAR_DEFAUT);
    expect(PARAMETRES_PAR_DEFAUT).toMatchObject({
      titreResponsable: 'Secrétaire Général',
      appellationDepartement: 'Départements',
      fuseauHoraire: 'Africa/Kinshasa',
      tailleMaxFichierMo: 16,
      dureeSessionHeures: 8,
    });
  });

  it('keeps what was set sealed, says who set it, and journals which but not what', async () => {
    const { version } = await service.versioned(chief);
    const after = await service.update(chief, {
      adresse: ' 36, avenue Kasa-Vubu ',
      tailleMaxFichierMo: '32',
      organisme: PARAMETRES_PAR_DEFAUT.organisme,
    });
    expect(after.version).toBe(version + 1);
    expect(after.modifications).toEqual({
      adresse: { parId: chief.userId, le: '2026-11-21T10:00:00.000Z' },
      tailleMaxFichierMo: { parId: chief.userId, le: '2026-11-21T10:00:00.000Z' },
    });
    expect(await service.versioned(chief)).toEqual(after);
    expect(await service.get()).toMatchObject({ adresse: '36, avenue Kasa-Vubu', tailleMaxFichierMo: 32 });
    const rows = await base.database.kysely.selectFrom('parametre').selectAll().execute();
    expect(rows.map(({ cle }) => cle).sort()).toEqual(['adresse', 'tailleMaxFichierMo']);
    expect(JSON.stringify(rows)).not.toContain('Kasa');
    const { lignes } = await journal.list(chief, { action: 'parametres.modification' }, { size: 5 });
    expect(lignes.map(({ details }) => details)).toEqual([{ cles: 'adresse, tailleMaxFichierMo' }]);
  });

  it('refuses wrong values beside their fields, and keeps nothing of them', async () => {
    const wrong = {
      nomLogiciel: ' ',
      email: 'secretariat@',
      fuseauHoraire: 'Afrique/Kinshasa',
      modeNumero: 'parfois',
      tailleMaxFichierMo: '0',
      dureeSessionHeures: 'huit',
      valeurDepartArrivee: '',
      piedPage: 'x'.repeat(241),
      couleur: 'bleu',
    };
    const refused = await service
      .update(chief, { ...wrong, pays: 'Ailleurs' })
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ kind: 'invalid' });
    const { fields } = refused as { fields: { field: string; message: string }[] };
    expect(fields.map(({ field }) => field).sort()).toEqual(Object.keys(wrong).sort());
    expect(Object.fromEntries(fields.map(({ field, message }) => [field, message]))).toMatchObject({
      nomLogiciel: 'Ce champ est obligatoire.',
      tailleMaxFichierMo: 'Au moins 1.',
      dureeSessionHeures: 'Écrivez un nombre entier.',
      valeurDepartArrivee: 'Ce champ est obligatoire.',
      piedPage: 'Au plus 240 caractères.',
    });
    expect((await service.get()).pays).toBe(PARAMETRES_PAR_DEFAUT.pays);
  });

  it('lets nobody overwrite what another administrator has just saved', async () => {
    const { version } = await service.versioned(chief);
    await service.update(chief, { telephone: '+243 1' }, { expectedVersion: version });
    await expect(
      service.update(chief, { telephone: '+243 2' }, { expectedVersion: version }),
    ).rejects.toMatchObject({ kind: 'conflict', code: 'VERSION_CONFLICT' });
    expect((await service.get()).telephone).toBe('+243 1');
    const both = await Promise.allSettled(
      ['a', 'b'].map((telephone) => service.update(chief, { telephone }, { expectedVersion: version + 1 })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('is for those who manage the settings', async () => {
    await expect(service.versioned(clerk)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(service.update(clerk, { pays: 'RDC' })).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(service.setImage(clerk, 'logo', null)).rejects.toMatchObject({ kind: 'forbidden' });
  });

  it('takes back everything when another module refuses', async () => {
    service.onChange(async () => {
      throw new Error('not like this');
    });
    await expect(service.update(chief, { pays: 'Ailleurs' })).rejects.toThrow('not like this');
    expect((await service.get()).pays).toBe(PARAMETRES_PAR_DEFAUT.pays);
  });

  it('keeps a logo and takes it away again', async () => {
    await service.setImage(chief, 'logo', await logo());
    expect((await service.get()).logo).toMatchObject({ type: 'image/png' });
    await service.setImage(chief, 'logo', null);
    expect((await service.get()).logo).toBe(null);
  });
});

describe('the logo', () => {
  it('is rewritten without anything but the image', async () => {
    const png = await logo();
    const hidden = Buffer.concat([png, Buffer.from('<script>alert(1)</script>')]);
    const read = readImage('fr', 'logo', hidden);
    const kept = Buffer.from(read.base64, 'base64');
    expect(kept.includes('script')).toBe(false);
    expect(readImage('fr', 'logo', kept)).toEqual(read);
    expect([read.largeur, read.hauteur]).toEqual([png.readUInt32BE(16), png.readUInt32BE(20)]);
  });

  it('is refused when it is no whole PNG', async () => {
    const png = await logo();
    const flipped = Buffer.from(png);
    flipped[png.length - 20]! ^= 1;
    const wrong = [
      Buffer.alloc(0),
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
      png.subarray(0, png.length - 30),
      flipped,
      deflateSync(png),
      Buffer.alloc(IMAGE_MAX_BYTES + 1),
    ];
    for (const bytes of wrong) {
      expect(() => readImage('fr', 'logo', bytes)).toThrow(expect.objectContaining({ kind: 'invalid' }));
    }
  });
});
