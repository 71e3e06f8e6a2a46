import { describeEachDatabase } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestBase, type TestBase } from '../../test/harness.ts';
import { migrated } from '../../test/migrated.ts';
import { createJournalService } from '../journal/journal.service.ts';
import { STATUT_INITIAL } from './referentiels.schema.ts';
import { createReferentielsService, type ReferentielsService } from './referentiels.service.ts';

describeEachDatabase('référentiels', (open) => {
  let base: TestBase;
  let service: ReferentielsService;

  beforeAll(async () => {
    base = await createTestBase((await open(migrated)).url);
    service = createReferentielsService({ ...base, journal: createJournalService(base) });
    await base.database.transaction((trx) => service.seed(trx));
  });
  afterAll(() => base.close());

  it('begins with the statuts and types of the specification', async () => {
    const statuts = await service.statuts();
    expect(statuts.map(({ nom }) => nom)).toEqual(['RECU', 'EN_COURS', 'TRAITE', 'ARCHIVE', 'URGENT']);
    expect(statuts[0]).toMatchObject({ nom: STATUT_INITIAL, libelle: 'Reçu', final: false, actif: true });
    expect(statuts.filter(({ final }) => final).map(({ nom }) => nom)).toEqual(['TRAITE', 'ARCHIVE']);
    for (const { couleur } of statuts) expect(couleur).toMatch(/^#[0-9A-F]{6}$/);
    expect((await service.typesSortants()).map(({ nom }) => nom)).toEqual([
      'Note circulaire',
      'Note télégramme',
      'Lettre officielle',
      'Mémorandum',
      'Convocation',
      'Rapport',
      'Note de service',
      'Autre',
    ]);
  });

  it('does not bring back what the office took out', async () => {
    await base.database.kysely.deleteFrom('type_courrier_sortant').where('nom', '=', 'Autre').execute();
    const restarted = createReferentielsService({ ...base, journal: createJournalService(base) });
    await base.database.transaction((trx) => restarted.seed(trx));
    await base.database.transaction(async (trx) => {
      expect(await restarted.typesSortants(trx)).toHaveLength(7);
      expect(await restarted.statuts(trx)).toHaveLength(5);
    });
  });
});
